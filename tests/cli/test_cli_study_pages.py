"""Every study says what it rests on and how its answer changes, as text and as a page."""

import re
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import pytest

Cli = Callable[..., Any]
EXAMPLES = Path(__file__).parents[2] / "examples" / "studies"
TITLES = ("Inputs", "Readings", "Not known", "What this is not",
          "How the answer changes with the inputs")  # fmt: skip
VALUES = "id,value\na,5\nb,4\nc,1\n"
ROUTES = (
    '{"sites": [{"id": "a", "value": 3}, {"id": "b", "value": 2}],'
    ' "routes": [{"id": "r", "sees": ["a"]}, {"id": "s", "sees": ["b"]}]}'
)
STUDIES = {
    "exit": (("exit", "--leave", "USA", "--on", "2020-11-22"), {"flights"}),
    "return": (("return", "--state", "USA", "--on", "2027-01-01", "--flights", "4", "--costs",
                str(EXAMPLES / "costs.toml")), {"ways", "owners"}),
    "case": (("case", str(EXAMPLES / "withdrawals-2020-2021.toml")), {"flights"}),
    "coverage": (("coverage", "--sites", str(EXAMPLES / "sites.csv"), "--flights",
                  str(EXAMPLES / "flights.csv")), {"chance", "gaps"}),
    "share": (("coverage", "--distance", "6500", "--swath", "7", "--area", "17098246"), set()),
    "sites": (("inspect", "--values", "VALUES", "--flights", "1"), {"coverage"}),
    "routes": (("inspect", "--routes", "ROUTES", "--flights", "1"), {"coverage"}),
    "turn": (("inspect", "--sequential", "--stages", "6", "--inspections", "2"), {"inspections"}),
    "time": (("inspect", "--timely", "6"), {"timeliness"}),
    "reciprocity": (("reciprocity", "--pair", "gtft,gtft", "--quota", "--discount", "0.9",
                     "--max-flights", "4"), {"noise", "pairs", "flights", "discounts", "quotas"}),
}  # fmt: skip


@pytest.mark.parametrize("study", STUDIES)
def test_what_it_rests_on_and_how_it_changes(study: str, cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "VALUES").write_text(VALUES, encoding="utf-8")
    (tmp_path / "ROUTES").write_text(ROUTES, encoding="utf-8")
    words, pictures = STUDIES[study]
    asked = [str(tmp_path / word) if word in ("VALUES", "ROUTES") else word for word in words]
    run = cli("study", *asked, "--out", str(tmp_path / "page"))
    assert run.status == 0, run.err
    page = unescape((tmp_path / "page" / "index.html").read_text(encoding="utf-8"))
    for title in TITLES:
        assert re.search(rf"^{title}:?$", run.out, re.MULTILINE), title
        assert title in page, title
    assert {p.stem for p in (tmp_path / "page").glob("*.png")} == pictures
    assert {p.stem for p in (tmp_path / "page").glob("*.svg")} == pictures
    assert not re.search(r"\b1 (flights|sites|days|looks|inspections|routes)\b", run.out)
