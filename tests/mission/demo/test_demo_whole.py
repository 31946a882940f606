"""The demo, once, with a short search: what it says, what it leaves, and what must not leak.

33 parties, Annex A's 42 flights, the A319's certificate of 4 November 2022, the exit of
18 December 2021 and that of the United States before the flight: fact sheet, sections 1, 2 and 9.
"""

from __future__ import annotations

import contextlib
import io
import json
import re
import shutil
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from overflight.cli.main import main

pytestmark = [
    pytest.mark.slow,
    # rasterio itself multiplies as affine 3.1 no longer likes.
    pytest.mark.filterwarnings("ignore:Use `@` matmul:PendingDeprecationWarning"),
]
PASSPORT = b"C01X00T47"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder, with a file of somebody else's in it, and what was printed."""
    out = tmp_path_factory.mktemp("demo") / "out"
    (out / "mine").mkdir(parents=True)
    (out / "mine" / "plan.txt").write_text("kept")
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        assert main(["demo", "--out", str(out), "--iterations", "10"]) == 0
    return out, said.getvalue()


def document(out: Path, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((out / name).read_text(encoding="utf-8"))
    return found


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_it_tells_its_story(made: tuple[Path, str]) -> None:
    out, said = made
    plain = re.sub(r"\s+", " ", said)
    for words in (
        "33 States Parties", "42 flights a year", "2022-11-04", "2021-12-18", "unknown",
        "THE TREATY'S ANSWER: COMPLIANT", "A319-OH: BREACH", "no plan is worth more than",
        "no limit passed", "left its path by 8.0 km (weather-safety)",
        "THE BUNDLE (SIMULATED): INTACT",
        "Poland, a Party that was not there, finds 3 frames",
        "United States finds nothing", "denied",
        "183 before and 141 after", "Saab 340B OS-100 (SWE)", str(out / "index.html"),
    ):  # fmt: skip
        assert words in plain, words
    *story, _ = said.splitlines()  # the last one names the folder
    assert max(map(len, story)) <= 100
    assert len(story) < 90


def test_resolution_is_measured_and_not_finer_than_the_limit(made: tuple[Path, str]) -> None:
    """0.30 m for optical cameras: Article IV, paragraph 2(A)."""
    found = document(made[0], "pictures/processed.json")
    assert found["limit"]["metres"] == 0.30
    measured = [one for one in found["frames"] if one["resolution"] is not None]
    assert len(measured) == 1
    low, high = measured[0]["resolution"]["interval_95"]
    assert 0.30 < low < high < 0.40
    assert [f["verdict"] for f in measured[0]["findings"]] == ["compliant"]


def test_the_bundle_is_whole_by_openssl_alone(made: tuple[Path, str]) -> None:
    if not all(map(shutil.which, ("sh", "openssl", "sha256sum"))):
        pytest.skip("no openssl or sha256sum")
    assert "INTACT by openssl and sha256sum alone" in made[1]


def test_the_seats_agree_on_one_plan(made: tuple[Path, str]) -> None:
    """What was agreed is the same bytes on both sides, with the take-off that was proposed."""
    seats = made[0] / "seats"
    handed = [
        sorted((seats / side / "documents").glob("*mission-plan.json")) for side in ("deu", "rus")
    ]
    assert [p.name for p in handed[0]] == [p.name for p in handed[1]]
    assert handed[0][-1].read_bytes() == handed[1][-1].read_bytes()
    agreed = json.loads(handed[0][-1].read_bytes())
    assert agreed["times"]["commencement"] == "2021-05-19T08:00:00Z"


def test_everything_made_up_says_so(made: tuple[Path, str]) -> None:
    out = made[0]
    for name in (
        "release/mission-plan.json", "home/working-plan.json", "flight/flight-record.json",
        "pictures/processed.json", "bundle/stage-01/manifest.json",
    ):  # fmt: skip
        assert "SIMULATED" in (out / name).read_text(encoding="utf-8"), name
    for frame in (out / "frames").iterdir():
        assert b"SIMULATED" in frame.read_bytes()
    for row in (out / "flight").glob("*.csv"):
        assert "SIMULATED" in row.read_text(encoding="utf-8"), row.name


def test_nothing_leaves_that_is_to_stay(made: tuple[Path, str]) -> None:
    """No passport in the bundle or what comes of it, and nothing of the working plan."""
    out = made[0]
    assert any(PASSPORT in p.read_bytes() for p in files(out / "seats"))
    for folder in ("bundle", "archive", "delivered", "release"):
        assert not [p for p in files(out / folder) if PASSPORT in p.read_bytes()], folder
        assert not [p for p in files(out / folder) if b"sites_observed" in p.read_bytes()], folder
    assert not [p for p in files(out / "seats" / "rus") if b"value_observed" in p.read_bytes()]


def test_the_third_party_gets_a_portion_and_the_stranger_nothing(made: tuple[Path, str]) -> None:
    out = made[0]
    assert [p.name for p in (out / "delivered").iterdir()] == ["pol"]
    decision = document(out, "delivered/pol/access-decision.json")["decision"]
    assert decision["answer"] == "allowed"
    asked = out / "archive" / "access" / "asked"
    (refused,) = asked.glob("usa-*/access-decision.json")
    assert json.loads(refused.read_bytes())["decision"]["answer"] == "denied"


def test_the_page_shows_only_what_is_there(made: tuple[Path, str]) -> None:
    out = made[0]
    page = (out / "index.html").read_text(encoding="utf-8")
    addresses = re.findall(r'(?:href|src)="([^"]+)"', page)
    assert len(addresses) > 15
    for address in addresses:
        assert not re.match(r"[a-z]+:|/|\.\.", address)
        assert (out / unquote(address)).exists(), address
    images = re.findall(r"<img [^>]*>", page)
    assert len(images) >= 6
    assert all(re.search(r'alt="[^"]{10,}"', image) for image in images)
    assert page.count("<section>") == page.count("</section>") == page.count("<h2>") == 12


def test_what_is_not_its_own_stays(made: tuple[Path, str]) -> None:
    out = made[0]
    assert (out / "mine" / "plan.txt").read_text() == "kept"
    assert [p.name for p in out.iterdir() if p.name.startswith(".")] == []
    assert not [p for p in files(out) if b".demo-new" in p.read_bytes()]


def test_another_regime_and_a_disaster_agency(tmp_path: Path) -> None:
    """The flood of examples/flood, under the invented agreement: 0.5 m (4.2), 700 km (Schedule 2),
    both Parties have all files (11.1), and Cindra is none."""
    root = Path(__file__).parents[3]
    said = io.StringIO()
    asked = ["--scenario", str(root / "examples" / "flood" / "demo.toml"), "--iterations", "10"]
    with contextlib.redirect_stdout(said):
        assert main(["demo", "--out", str(tmp_path / "out"), *asked]) == 0
    plain = re.sub(r"\s+", " ", said.getvalue())
    for words in (
        "disaster agency", "THE TREATY'S ANSWER: COMPLIANT", "of 700 km at most",
        "nothing finer than 0.5 m", "INTACT", "Beldur, one of the two, finds 3 frames and may open",
        "Cindra finds nothing",
    ):  # fmt: skip
        assert words in plain, words
    assert "Open Skies" not in plain
    assert "Open Skies" not in (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    verdicts = {
        finding["verdict"]
        for one in document(tmp_path / "out", "pictures/processed.json")["frames"]
        for finding in one["findings"]
    }
    assert "compliant" in verdicts
