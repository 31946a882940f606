"""Finding and reading regimes, the one that comes with overflight among them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from overflight.errors import DataError
from overflight.treaty import loader
from overflight.treaty.loader import available_treaties, load_treaty
from overflight.treaty.validate import validate


def test_what_comes_with_overflight_is_valid() -> None:
    assert "open-skies" in available_treaties()
    for name in available_treaties():
        assert validate(name) == ()
        assert load_treaty(name).id == name


def test_by_name_or_by_folder() -> None:
    by_name = load_treaty("open-skies")
    assert load_treaty(loader.DATA / "treaties" / "open-skies") is by_name


def test_a_name_that_is_none() -> None:
    with pytest.raises(DataError) as caught:
        load_treaty("open-skys")
    assert "'open-skies'" in caught.value.remedy
    assert "treaty new" in caught.value.remedy


def test_a_treaty_is_read_once_while_its_files_stay_as_they_are() -> None:
    assert load_treaty("open-skies") is load_treaty("open-skies")


def test_importing_it_imports_nothing_heavy() -> None:
    heavy = ("numpy", "pyproj", "shapely", "matplotlib", "jsonschema", "reportlab", "pyvrp")
    code = f"import overflight.treaty, sys; print([m for m in {heavy!r} if m in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_no_treaty_is_named_in_the_code() -> None:
    names = re.compile(r"open-skies(?!-airfield)|Open Skies|RUBY|Benelux|kubinka|UUMB")
    for file in sorted(Path(loader.__file__).parent.glob("*.py")):
        if file.name in ("geography.py", "borders.py"):
            continue  # their own tests look after them
        text = file.read_text(encoding="utf-8")
        code = text.split('"""', 2)[2]  # the module's docstring may give an example
        assert not names.findall(code), file.name
