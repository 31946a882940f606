"""``overflight study reciprocity`` as it is typed."""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from overflight.formats.schema import validate

Cli = Callable[..., Any]
NAMES = ("noise", "pairs", "flights", "discounts", "quotas")
USUAL = ("study", "reciprocity", "--payoffs", "5,3,1,0")


def document(run: Any) -> dict[str, Any]:
    assert run.status == 0, run.err
    found: dict[str, Any] = json.loads(run.out)
    validate(found, "study-reciprocity")
    return found


def test_the_scripted_command(cli: Cli) -> None:
    found = document(cli(*USUAL, "--noise", "0.05", "--pair", "gtft,gtft", "--json"))
    assert found["mean_payoff"] == pytest.approx(2.859375, abs=1e-12)
    assert found["mean_payoff_exact"] == "183/64"
    assert found["assumed"] == []
    assert "quota" not in found


@pytest.mark.parametrize(
    ("pair", "first", "second"),
    [("tft,tft", 2.25, 2.25), ("wsls,wsls", 2.7765, 2.7765), ("grim,grim", 1.1925, 1.1925),
     ("1:0:1:0,tft", 2.25, 2.25)],
)  # fmt: skip
def test_pairs(cli: Cli, pair: str, first: float, second: float) -> None:
    found = document(cli(*USUAL, "--noise", "0.05", "--pair", pair, "--json"))
    assert found["mean_payoffs"] == pytest.approx([first, second], abs=1e-12)


def test_the_order_of_payoffs_is_t_r_p_s(cli: Cli) -> None:
    """Always breaking against always keeping gets the temptation, the first of the four."""
    words = ("--payoffs", "7,5,2,1", "--pair", "alld,allc", "--json")
    found = document(cli("study", "reciprocity", *words))
    assert found["mean_payoffs"] == [7, 1]
    assert found["payoffs"]["temptation"] == 7 and found["payoffs"]["sucker"] == 1


def test_flights_set_the_errors_of_a_round(cli: Cli) -> None:
    watch = ("--flights", "3", "--alarms", "2", "--detect", "0.5", "--false-alarm", "0.1")
    words = (*USUAL, "--noise", "0.05", "--pair", "forgive:2,tft", *watch, "--json")
    private = document(cli(*words))
    assert private["errors_of_a_round"] == {"false_alarm": 0.028, "miss": 0.5}
    assert private["signals"] == "private"
    assert private["pair"][0]["keeps_in_state"] == ["1", "0", "0"]
    public = document(cli(*words, "--public"))
    assert public["signals"] == "public"
    assert public["mean_payoff"] != private["mean_payoff"]


def test_a_quota(cli: Cli) -> None:
    watch = ("--detect", "0.2", "--false-alarm", "0.02", "--discount", "0.9")
    found = document(cli(*USUAL, "--quota", *watch, "--max-flights", "16", "--json"))
    rules = {rule["rule"]: rule for rule in found["quota"]["rules"]}
    assert set(rules) == {"any", "any-lot", "k-of-n", "best"}
    assert rules["any"]["critical_quota"] == 1
    assert rules["any"]["most_flights_that_sustain"] < 16
    assert rules["best"]["most_flights_that_sustain"] == 16
    # by hand: q = 1 - 0.98^2, p = 1 - 0.8 * 0.98, u = 2 - 2 / (p/q - 1), value = 1 + u
    q, p = 1 - 0.98**2, 1 - 0.8 * 0.98
    year = rules["any-lot"]["years"][1]
    assert year["value_float"] == pytest.approx(1 + 2 - 2 / (p / q - 1))
    assert float(Fraction(year["value"])) == pytest.approx(year["value_float"])
    # the critical quota at another discount is what a run with it says
    steps = rules["best"]["critical_quota_by_least_discount"]
    few = next(s["flights"] for s in steps if s["least_discount"] <= 0.7)
    other = document(cli(*USUAL, "--quota", *watch[:4], "--discount", "0.7", "--json"))
    assert {r["rule"]: r["critical_quota"] for r in other["quota"]["rules"]}["best"] == few > 1
    assert "mean_payoff" not in found and found["assumed"] == ["noise"]


def test_many_flights_are_reckoned_in_floating_point(cli: Cli) -> None:
    words = (*USUAL, "--quota", "--rule", "k-of-n", "--max-flights", "60", "--json")
    (rule,) = document(cli(*words))["quota"]["rules"]
    assert len(rule["years"]) == 61
    assert rule["years"][60]["value"] is None and rule["years"][60]["value_float"] > 2.9


def test_a_report_says_what_was_given_and_what_assumed(cli: Cli) -> None:
    run = cli(*USUAL, "--pair", "wsls,wsls", "--noise", "0.05", "--quota", "--max-flights", "8")
    assert run.status == 0
    assert "2.7765 (5553/2000)" in run.out
    assert "payoffs T,R,P,S: 5,3,1,0 (given)" in run.out
    assert "weight of the next year: 0.9 (assumed; a default of this command, no source)" in run.out
    for section in ("Inputs", "Readings", "Not known", "What this is not", "under other inputs"):
        assert section in run.out


@pytest.mark.slow
def test_the_page_and_its_pictures(tmp_path: Path, cli: Cli) -> None:
    words = (*USUAL, "--pair", "gtft,gtft", "--noise", "0.05", "--quota", "--max-flights", "6")
    run = cli(*words, "--out", str(tmp_path / "page"))
    assert run.status == 0, run.err
    names = {path.name for path in (tmp_path / "page").iterdir()}
    plots = {f"{n}.{s}" for n in NAMES for s in ("svg", "png")}
    assert names == {"index.html"} | plots
    again = cli(*words, "--out", str(tmp_path / "again"))
    assert again.status == 0
    for name in sorted(names):
        assert (tmp_path / "page" / name).read_bytes() == (tmp_path / "again" / name).read_bytes()


@pytest.mark.parametrize(
    "words",
    [
        ("--pair", "gtft"),
        ("--pair", "gtft,gtft,gtft"),
        ("--pair", "gtft,nobody"),
        ("--pair", "grim,grim"),  # no noise: depends on how play begins
        ("--pair", "tft,tft", "--noise", "0.6"),
        ("--pair", "tft,tft", "--noise", "often"),
        ("--pair", "tft,tft", "--discount", "1"),
        ("--pair", "tft,tft", "--flights", "2", "--alarms", "3"),
        ("--pair", "tft,tft", "--flights", "0"),
        ("--quota", "--noise", "0.5"),
        ("--quota", "--detect", "0.01", "--false-alarm", "0.5"),
        ("--quota", "--max-flights", "1000000"),
        ("--quota", "--max-flights", "-1"),
        ("--quota", "--discount", "0"),
        ("--quota", "--flights", "3"),
        ("--rule", "any"),
        ("--payoffs", "0,1,3,5"),
    ],
)
def test_what_cannot_be_is_refused_with_a_remedy(cli: Cli, words: tuple[str, ...]) -> None:
    run = cli("study", "reciprocity", *words, "--json")
    assert run.status == 2
    assert json.loads(run.out)["remedy"]
    assert "Traceback" not in run.err
