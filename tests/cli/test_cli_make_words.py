"""The words of ``plan make``: what is refused before any work, and what help and errors tell."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
WORDS = (
    *("--treaty", "open-skies", "--observing", "DEU", "--observed", "RUS"),
    *("--on", "2019-05-19", "--from", "UUMB"),
)
SITES = "id,lat,lon,value\na,56.9,40.9,5\nb,54.6,39.7,3\n"
# Nobody public knows their range: fact sheet, section 9, and the notes of their files.
UNKNOWN = ("c-130-samson", "oc-135b", "tu-154m-lk1", "tu-214on")
KNOWN = ("a319-oh", "an-30b-rou", "an-30b-rus", "an-30b-ukr", "saab-340b")

Cli = Callable[..., Any]


@pytest.fixture
def sites(tmp_path: Path) -> Path:
    file = tmp_path / "sites.csv"
    file.write_text(SITES, encoding="utf-8")
    return file


@pytest.fixture
def searches(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was searched; nothing is, since the search is taken out."""
    begun: list[str] = []

    def make_plan(*_: object, **__: object) -> None:
        begun.append("searched")
        raise AssertionError("the search began")

    # The demo first: it takes make_plan over when it is imported, which must not be this one.
    monkeypatch.setattr("overflight.mission.demo.planning.make_plan", make_plan)
    monkeypatch.setattr("overflight.mission.plan.make_plan", make_plan)
    return begun


@pytest.mark.parametrize("verb", ["make", "demo"])
@pytest.mark.parametrize(
    "words",
    [
        ("--iterations", "0"),
        ("--iterations", "-3"),
        ("--iterations", "2.5"),
        ("--seconds", "0"),
        ("--seconds=-1"),
        ("--seconds", "nan"),
        ("--seconds", "inf"),
        ("--seconds", "soon"),
    ],
)
def test_a_budget_of_nothing_is_a_usage_error(
    cli: Cli, sites: Path, searches: list[str], verb: str, words: tuple[str, ...] | str
) -> None:
    given = (words,) if isinstance(words, str) else words
    start = (
        ("plan", "make", sites, *WORDS, "--aircraft", "saab-340b") if verb == "make" else (verb,)
    )
    run = cli(*start, *given)
    assert run.status == 2
    assert "give" in run.err and "Traceback" not in run.err
    assert not searches


@pytest.mark.parametrize("budget", [{"seconds": 0.0}, {"seconds": -1.0}, {"seconds": float("nan")},
                                    {"iterations": 0}, {"iterations": -1}])  # fmt: skip
def test_the_function_refuses_it_too(budget: dict[str, Any]) -> None:
    import datetime as dt

    from overflight.errors import DataError
    from overflight.mission.plan import make_plan

    with pytest.raises(DataError, match="to search for"):
        make_plan(
            [], treaty="open-skies", observing="DEU", observed="RUS", on=dt.date(2019, 5, 19),
            aircraft="saab-340b", start="UUMB", **budget,
        )  # fmt: skip


@pytest.mark.parametrize("verb", ["make", "demo"])
@pytest.mark.parametrize("place", ["file", "below a file", "home is a file"])
def test_a_folder_that_takes_nothing_is_told_before_the_search(
    cli: Cli, sites: Path, tmp_path: Path, searches: list[str], verb: str, place: str
) -> None:
    out = tmp_path / "out"
    if place == "home is a file":
        out.mkdir()
        (out / "home").write_text("mine")
    else:
        out.write_text("mine")
    before = sorted(tmp_path.rglob("*"))
    asked = out / "deeper" if place == "below a file" else out
    start = (
        ("plan", "make", sites, *WORDS, "--aircraft", "saab-340b") if verb == "make" else (verb,)
    )
    run = cli(*start, "--iterations", "5", "--out", asked)
    assert run.status == 2
    assert "nothing can be written" in run.err and "--out" in run.err
    assert not searches
    assert sorted(tmp_path.rglob("*")) == before


def test_the_trial_leaves_nothing_behind(tmp_path: Path) -> None:
    from overflight.cli.outfolder import require_writable

    require_writable(tmp_path / "a" / "b", ("home", "release"))
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "kept").mkdir()
    require_writable(tmp_path / "kept", ("home",))
    assert [p.name for p in tmp_path.rglob("*")] == ["kept"]


def test_help_tells_which_aircraft_can_be_planned_with(cli: Cli) -> None:
    run = cli("plan", "make", "--help")
    assert run.status == 0
    able, unable = " ".join(run.out.replace("-\n", "-").split()).split("Unknown, so", 1)
    assert all(name in able for name in KNOWN)
    assert not any(name in able for name in UNKNOWN)
    assert all(name in unable for name in UNKNOWN)
    assert "II.30" in unable and "--refuel" in unable


@pytest.mark.parametrize("aircraft", UNKNOWN)
def test_an_aircraft_of_unknown_range_tells_how_to_give_it_and_that_works(
    cli: Cli, sites: Path, tmp_path: Path, aircraft: str
) -> None:
    asked = ("plan", "make", sites, *WORDS, "--aircraft", aircraft, "--iterations", "1")
    run = cli(*asked)
    assert run.status == 3
    assert all(name in run.err for name in KNOWN)
    lines = run.err[run.err.index("[aircraft]") :]
    overlay = tmp_path / "overlay" / "aircraft"
    overlay.mkdir(parents=True)
    for figure, value in (("km", 4000), ("km/h", 600), ("kg", 90_000)):
        lines = lines.replace(f"value = 0  # {figure}\n", f"value = {value}\n")
    (overlay / f"{aircraft}.toml").write_text(textwrap.dedent(lines), encoding="utf-8")
    made = cli(*asked, "--overlay", overlay.parent, "--json")
    assert made.status in (0, 1, 3), made.err
    assert '"kind": "working-plan"' in made.out
    assert json.loads(made.out)["value_observed"] > 0


@pytest.mark.parametrize("code", ["ULAA", "UUBP"])
def test_refuelling_where_nobody_designated_it_says_what_stays_open(
    cli: Cli, tmp_path: Path, code: str
) -> None:
    """Arkhangelsk is on the way to sites that are out of reach without it; Bryansk is on none."""
    file = tmp_path / "north.csv"
    far = "".join(f"n{k},{66.0 - k / 3},{40.0 + k},1\n" for k in range(3))
    file.write_text("id,lat,lon,value\n" + (far if code == "ULAA" else "a,56.9,40.9,5\n"))
    run = cli(
        *("plan", "make", file, *WORDS, "--aircraft", "saab-340b", "--iterations", "5"),
        *("--refuel", code),
    )
    said = " ".join(run.out.split())
    if code == "ULAA":
        assert run.status == 3
        assert f"Asked for, not designated: landing to refuel at {code}." in said
        assert "until it does, II.30 stays undetermined" in said
    else:
        assert run.status == 0
        assert f"Asked for and not designated, and of no use: {code}." in said


def test_the_demo_writes_where_readme_and_tutorial_say() -> None:
    """The issue: `make demo` "leaves plan, map, PDF, KML in out/"."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    (folder,) = re.findall(r"overflight demo --out (\S+)", makefile)
    assert folder == "out"
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    tutorial = (ROOT / "docs" / "tutorial" / "first-plan.md").read_text(encoding="utf-8")
    assert "It leaves in `out`" in readme
    assert "## What lies in out\n" in tutorial
    assert not re.search(r"out/demo", readme + tutorial + makefile)
