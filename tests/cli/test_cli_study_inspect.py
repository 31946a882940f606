"""``overflight study inspect`` as it is typed."""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from overflight.formats.schema import validate

Cli = Callable[..., Any]
INSPECT = ("study", "inspect")
IN_TURN = (*INSPECT, "--sequential")


def document(run: Any) -> dict[str, Any]:
    assert run.status == 0, run.err
    found: dict[str, Any] = json.loads(run.out)
    validate(found, "study-inspect")
    return found


def written(folder: Path, name: str, text: str) -> str:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return str(path)


@pytest.mark.parametrize(
    ("stages", "inspections", "violations", "penalty", "expected"),
    [("2", "1", "1", "1", "1/3"), ("3", "2", "1", "1", "1/7"), ("3", "1", "2", "1", "3/4"),
     ("10", "0", "4", "1", "4"), ("4", "4", "2", "1", "0"), ("2", "1", "1", "1/2", "2/5"),
     ("2", "1", "1", "0.5", "2/5")],
)  # fmt: skip
def test_in_turn(
    cli: Cli, stages: str, inspections: str, violations: str, penalty: str, expected: str
) -> None:
    found = document(
        cli(*IN_TURN, "--stages", stages, "--inspections", inspections, "--violations", violations,
            "--penalty", penalty, "--json")
    )  # fmt: skip
    assert found["value"] == expected
    assert found["value_float"] == float(Fraction(expected))


def test_in_turn_with_errors(cli: Cli) -> None:
    asked = ("--stages", "2", "--inspections", "1", "--missed", "1/4", "--json")
    found = document(cli(*IN_TURN, *asked))
    # as if being found cost 1 * 3/4 - 1/4
    assert found["value"] == "2/5"
    assert found["errors"]["value_without_errors"] == "1/3"
    assert found["errors"]["exact"] is True


@pytest.mark.parametrize(
    ("treaty", "on", "more", "inspections"),
    [("inf", "1990-01-01", (), 20), ("inf", "1993-01-01", (), 15), ("inf", "1998-01-01", (), 10),
     ("cfe", "1994-01-01", ("--objects", "60"), 6), ("cfe", "1997-01-01", ("--objects", "3"), 1)],
)  # fmt: skip
def test_quotas_of_treaties(
    cli: Cli, treaty: str, on: str, more: tuple[str, ...], inspections: int
) -> None:
    found = document(
        cli(*IN_TURN, "--stages", "30", "--quota", "--treaty", treaty, "--on", on, *more, "--json")
    )
    assert found["inspections"] == found["quota"]["inspections"] == inspections
    assert found["quota"]["cite"]


@pytest.mark.parametrize(
    ("name", "text"),
    [("v.csv", "id,value\na,5\nb,4\nc,1\n"), ("v.txt", "5\n4\n1\n"), ("v.json", "[5, 4, 1]"),
     ("w.json", '{"a": 5, "b": 4, "c": 1}'), ("x.csv", "id;value\na;5\nb;4\nc;1\n"),
     ("y.json", '{"sites": [{"id": "a", "value": 5}, {"id": "b", "value": 4}, '
                '{"id": "c", "value": 1}]}')],
)  # fmt: skip
def test_over_sites(cli: Cli, tmp_path: Path, name: str, text: str) -> None:
    values = written(tmp_path, name, text)
    found = document(cli(*INSPECT, "--values", values, "--flights", "1", "--draw", "3", "--json"))
    assert found["value"] == pytest.approx(20 / 9, abs=1e-12)
    assert found["coverage"] == pytest.approx([5 / 9, 4 / 9, 0.0], abs=1e-12)
    assert [len(drawn) for drawn in found["draws"]] == [1, 1, 1]


def test_over_sites_of_four_payoffs(cli: Cli, tmp_path: Path) -> None:
    rows = "id,unseen,seen,lost,caught\na,4,0,-1,0\nb,4,0,-3,0\n"
    found = document(
        cli(*INSPECT, "--values", written(tmp_path, "v.csv", rows), "--flights", "1", "--json")
    )
    assert found["zero_sum"] is False
    assert found["value"] == pytest.approx(2.0)
    # of equals the site is taken that is best for the side that looks
    assert found["acted_at"] == "a"
    assert found["value_to_looking_side"] == pytest.approx(-0.5)


ROUTES = '{"routes": [{"id": "A", "sees": ["a", "b"]}, {"id": "B", "sees": ["c"]}]}'


def test_over_routes(cli: Cli, tmp_path: Path) -> None:
    """Two routes, values 4, 3 and 2: 4 (1 - x) = 2 x, so x = 2/3 and 4/3 is left."""
    routes = written(tmp_path, "routes.json", ROUTES)
    values = written(tmp_path, "v.csv", "id,value\na,4\nb,3\nc,2\n")
    found = document(
        cli(*INSPECT, "--routes", routes, "--values", values, "--flights", "1", "--json")
    )
    assert found["value"] == pytest.approx(4 / 3, abs=1e-9)
    assert found["coverage"] == pytest.approx([2 / 3, 2 / 3, 1 / 3], abs=1e-9)
    assert found["bounds"]["lower"] == pytest.approx(4 / 3, abs=1e-8)
    chances = {row["routes"][0]: row["chance"] for row in found["lottery"]}
    assert chances == pytest.approx({"A": 2 / 3, "B": 1 / 3}, abs=1e-9)


def test_in_time(cli: Cli) -> None:
    assert document(cli(*INSPECT, "--timely", "4", "--json"))["value"] == "11/24"


@pytest.mark.parametrize(
    ("asked", "figure"),
    [(("--timely", "6"), "timeliness"),
     (("--sequential", "--stages", "5", "--inspections", "2", "--missed", "0.1"), "inspections"),
     (("--values", "V", "--flights", "2"), "coverage"),
     (("--routes", "R", "--values", "V", "--flights", "1", "--draw", "2"), "coverage")],
)  # fmt: skip
def test_a_page(cli: Cli, tmp_path: Path, asked: tuple[str, ...], figure: str) -> None:
    files = {
        "V": written(tmp_path, "v.csv", "id,value\na,4\nb,3\nc,2\n"),
        "R": written(tmp_path, "r.json", ROUTES),
    }
    out = tmp_path / "page"
    run = cli(*INSPECT, *(files.get(word, word) for word in asked), "--out", str(out))
    assert run.status == 0, run.err
    assert "prediction" in run.out
    page = (out / "index.html").read_text(encoding="utf-8")
    assert "What this is not" in page or figure == "timeliness"
    assert "How the answer changes" in page or figure == "timeliness"
    assert (out / f"{figure}.svg").stat().st_size > 1000
    assert (out / f"{figure}.png").stat().st_size > 1000


@pytest.mark.parametrize(
    ("asked", "words"),
    [((), "no game"), (("--timely", "4", "--sequential"), "two games"),
     (("--timely", "0"), "0 is no number"), (("--sequential", "--stages", "4"), "inspections"),
     (("--sequential", "--inspections", "4"), "stages"),
     (("--sequential", "--stages", "4", "--inspections", "1", "--penalty", "x"), "no number"),
     (("--sequential", "--stages", "4", "--quota"), "not said"),
     (("--values", "V"), "--flights"), (("--values", "gone", "--flights", "1"), "no such file"),
     (("--values", "BAD", "--flights", "1"), "no number"),
     (("--values", "TWICE", "--flights", "1"), "twice"),
     (("--values", "V", "--flights", "1", "--detect", "2"), "chance"),
     (("--routes", "R", "--flights", "1"), "without sites"),
     (("--routes", "R", "--values", "TWO", "--flights", "1"), "not among"),
     (("--sites", "V", "--flights", "1", "--observing", "AAA"), "missing")],
)  # fmt: skip
def test_what_cannot_be_answered_is_said(
    cli: Cli, tmp_path: Path, asked: tuple[str, ...], words: str
) -> None:
    files = {
        "V": written(tmp_path, "v.csv", "id,value\na,4\nb,3\nc,2\n"),
        "R": written(tmp_path, "r.json", ROUTES),
        "BAD": written(tmp_path, "bad.csv", "id,value\na,4\nb,many\n"),
        "TWICE": written(tmp_path, "twice.csv", "id,value\na,4\na,3\n"),
        "TWO": written(tmp_path, "two.csv", "id,value\na,4\nb,3\n"),
    }
    run = cli(*INSPECT, *(files.get(word, word) for word in asked))
    assert run.status == 2
    assert words in run.err and "->" in run.err
