"""What a regime counts: the trees of zones, categories and statuses, and mistakes in them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from overflight.terms.holdings import line, root
from overflight.treaty.loader import find_folder, load_treaty
from overflight.treaty.validate import validate


def test_every_ceiling_is_of_something_that_is_counted() -> None:
    treaty = load_treaty("cfe")
    assert treaty.holdings is not None
    for ceiling in treaty.ceilings:
        assert "area" in line(treaty.holdings.zones, ceiling.zone)
        assert root(treaty.holdings.categories, ceiling.category) in treaty.holdings.roots
        assert "all" in line(treaty.holdings.statuses, ceiling.counts)


def test_a_regime_without_the_file_counts_nothing() -> None:
    assert load_treaty("open-skies").holdings is None


MISTAKES = {
    'within = "iv-3"': 'within = "iv-9"',
    'id = "iv-2"\nname = "the zone of IV.2"\nwithin = "area"': (
        'id = "iv-2"\nname = "the zone of IV.2"\nwithin = "iv-4"'
    ),
    'id = "apc"': 'id = "artillery"',
    'id = "hacv"': 'id = "heavy"',
    'effect = "owes"': 'effect = "lends"',
    'needs = ["corrects"]': 'needs = ["colour"]',
}


@pytest.mark.parametrize("right", MISTAKES)
def test_a_mistake_in_it_is_found(tmp_path: Path, right: str) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(find_folder("cfe"), folder)
    assert validate(folder) == ()
    file = folder / "holdings.toml"
    text = file.read_text(encoding="utf-8")
    assert right in text
    file.write_text(text.replace(right, MISTAKES[right], 1), encoding="utf-8")
    assert validate(folder)
