"""Every rule on holdings against ledgers written by hand: on time, late, absent, unknown."""

from __future__ import annotations

import datetime as dt
import tomllib
from pathlib import Path
from typing import Any

import pytest

from overflight.errors import NotInForceError
from overflight.procedure.holdings import HoldingsLedger, check_holdings
from overflight.terms.findings import Finding, Verdict
from overflight.terms.holdings import HoldingEntry
from overflight.treaty.loader import load_treaty

CASES: list[dict[str, Any]] = tomllib.loads(
    (Path(__file__).parents[1] / "cases" / "holdings.toml").read_text(encoding="utf-8")
)["case"]
TREATIES = {name: load_treaty(name) for name in ("cfe", "inf")}
_FIELDS = ("kind", "party", "zone", "category", "status", "unit", "items", "valid", "notified")


def entry(line: str) -> HoldingEntry:
    words = line.split()
    given = dict(zip(_FIELDS, words, strict=False))
    given |= dict(word.split("=", 1) for word in words[len(_FIELDS) :])
    found: dict[str, Any] = {k: v for k, v in given.items() if v != "-"}
    found["items"] = None if given["items"] == "?" else int(given["items"])
    for name in ("valid", "notified"):
        if name in found:
            found[name] = dt.date.fromisoformat(found[name])
    return HoldingEntry(0, dt.date(2020, 1, 1), **found)


def findings(case: dict[str, Any]) -> list[Finding]:
    treaty = TREATIES[case["treaty"]]
    ledger = HoldingsLedger(treaty, [entry(line) for line in case["entries"]])
    found = list(check_holdings(ledger, case["on"], only=[case["rule"]]).items)
    if "category" in case:
        assert treaty.holdings is not None
        name = treaty.holdings.categories[case["category"]].name
        named = [f"{name} in ", f"{name} (", f"the {name} of"]
        found = [f for f in found if any(text in f.message for text in named)]
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['rule']}: {case['what']}")
def test_a_rule_on_holdings(case: dict[str, Any]) -> None:
    found = findings(case)
    said = {
        (
            f.where.replace(",", " ").split()[0] if f.where else "",
            str(f.verdict),
            "" if f.measured is None else f.measured,
        )
        for f in found
    }
    for holder, verdict, measured in case["expect"]:
        assert (holder, verdict, measured) in said, said
    assert len(found) == len(case["expect"]), [f.message for f in found]
    for finding in found:
        assert finding.cite and finding.phase == "holdings"
        assert bool(finding.needs) is (finding.verdict is Verdict.UNDETERMINED)


def test_every_rule_is_looked_at() -> None:
    for name, treaty in TREATIES.items():
        here = {case["rule"] for case in CASES if case["treaty"] == name}
        ours = {rule.id for rule in treaty.rules if rule.phase == "holdings"}
        assert ours - here <= {"intermediate-range.launchers"}


def test_who_suspended_owes_no_exchange() -> None:
    """Russia, from 2007-12-12; it gave its last one for 2007."""
    ledger = HoldingsLedger(TREATIES["cfe"])
    found = check_holdings(ledger, dt.date(2008, 1, 1), only=["PIE.VII.1(C)"]).items
    apart = [f for f in found if f.verdict is Verdict.DOES_NOT_APPLY]
    assert [("RUS" in f.message, "2007-12-12" in f.message) for f in apart] == [(True, True)]
    (absent,) = [f for f in found if f.verdict is Verdict.UNDETERMINED]
    assert len(absent.where.split(", ")) == 29
    before = check_holdings(ledger, dt.date(2007, 6, 1), only=["PIE.VII.1(C)"]).items
    assert len(before) == 1 and len(before[0].where.split(", ")) == 30


def test_who_has_left_is_no_longer_counted() -> None:
    lines = ["exchanged RUS - battle-tank - - 13301 2023-01-01 -"]
    ledger = HoldingsLedger(TREATIES["cfe"], [entry(line) for line in lines])
    verdicts = {
        day: check_holdings(ledger, dt.date.fromisoformat(day), only=["VI"]).verdict
        for day in ("2023-11-06", "2023-11-07")
    }
    assert verdicts == {"2023-11-06": "breach", "2023-11-07": "undetermined"}


@pytest.mark.parametrize(
    ("name", "day", "in_force"),
    [
        ("inf", "1988-05-31", False),
        ("inf", "1988-06-01", True),
        ("inf", "2019-08-01", True),
        ("inf", "2019-08-02", False),
        ("cfe", "1992-11-08", False),
        ("cfe", "1992-11-09", True),
    ],
)
def test_rules_are_asked_while_the_regime_is_in_force(name: str, day: str, in_force: bool) -> None:
    ledger = HoldingsLedger(TREATIES[name])
    on = dt.date.fromisoformat(day)
    if in_force:
        assert check_holdings(ledger, on).items
    else:
        with pytest.raises(NotInForceError):
            check_holdings(ledger, on)


def test_the_eliminated_totals_are_those_of_the_data() -> None:
    """846 and 1,846, 2,692 together; the declared items come down to none."""
    view = TREATIES["inf"].on(dt.date(1991, 6, 1))
    totals = [view.value(f"eliminated.{side}").value for side in ("USA", "USSR")]
    assert totals == [846, 1846] and sum(totals) == 2692
