"""Costs: quantities of the plan drawn by hand, prices as decimals, totals by side."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal

import pytest

from overflight.errors import DataError
from overflight.formats.costs_json import read_rates, statement_to_dict
from overflight.formats.schema import validate
from overflight.mission.cost import cost_statement
from overflight.report.costs import costs_text
from overflight.terms.costs import Rates
from plan_by_hand import HOUR, plan

DOCUMENT = {
    "kind": "cost-rates", "version": 1, "currency": "EUR",
    "rates": [
        {"id": "hour", "per": "flight-hour", "amount": 2500, "paid_by": "observing"},
        {"id": "km", "per": "flight-km", "amount": "0.10", "paid_by": "observing"},
        {"id": "landing", "per": "landing", "amount": 310.55, "paid_by": "observed"},
        {"id": "hotel", "per": "person-day", "amount": 95, "paid_by": "observed"},
        {"id": "film", "per": "item", "amount": 12.5, "paid_by": "observing", "source": "ours"},
    ],
}  # fmt: skip


def rates() -> Rates:
    return read_rates(json.dumps(DOCUMENT).encode())


def test_what_the_plan_counts() -> None:
    """Two landings; 40 h before the start to the end of the flight is two days begun."""
    lines = {x.rate.id: x for x in cost_statement(plan(), rates(), people=21).lines}
    km = sum(leg.distance_km for leg in plan().legs)
    assert lines["km"].quantity == Decimal(f"{km:.1f}")
    assert lines["hour"].quantity == Decimal(f"{km / 450:.1f}")
    assert lines["landing"].amount == Decimal("621.10")
    assert lines["hotel"].quantity == 42
    assert lines["hotel"].amount == Decimal("3990.00")


def test_what_cannot_be_counted_is_said_and_left_out() -> None:
    statement = cost_statement(plan(), rates())
    missing = {x.rate.id for x in statement.lines if x.amount is None}
    assert missing == {"hotel", "film"}
    assert not statement.whole
    assert statement.totals["observed"] == Decimal("621.10")
    assert "hotel, film" in statement.notes[-1]


def test_what_is_given_goes_first() -> None:
    given = {"film": Decimal(3), "hour": Decimal("1.5")}
    lines = {x.rate.id: x for x in cost_statement(plan(), rates(), quantities=given).lines}
    assert lines["film"].amount == Decimal("37.50")
    assert lines["hour"].amount == Decimal("3750.00")


def test_days_until_departure() -> None:
    ends = plan().times.completion
    assert ends is not None
    later = ends + 31 * HOUR
    lines = {x.rate.id: x for x in cost_statement(plan(), rates(), people=1, departs=later).lines}
    assert lines["hotel"].quantity == 4  # 40 h + 1.9 h + 31 h
    silent = replace(plan(), times=replace(plan().times, arrival_at_point_of_entry=None))
    assert cost_statement(silent, rates(), people=1).lines[3].amount is None


def test_amounts_are_decimals() -> None:
    """0.1 + 0.2: three lines of a tenth are three tenths."""
    many = [{"id": f"r{i}", "per": "item", "amount": 0.1, "paid_by": "observing"} for i in range(3)]
    book = read_rates(json.dumps({**DOCUMENT, "rates": many}).encode())
    given = {f"r{i}": Decimal(1) for i in range(3)}
    assert cost_statement(plan(), book, quantities=given).totals["observing"] == Decimal("0.30")


def test_the_documents() -> None:
    statement = cost_statement(plan(), rates(), people=2)
    validate(statement_to_dict(statement), "cost-statement")
    text = costs_text(statement)
    assert "observed Party: " in text
    assert max(map(len, text.splitlines())) <= 80


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"currency": "euro"}, "/currency"),
        ({"rates": []}, "/rates"),
        ({"rates": [DOCUMENT["rates"][0]] * 2}, "two rates"),  # type: ignore[index]
        ({"rates": [{**DOCUMENT["rates"][0], "per": "year"}]}, "/rates/0/per"),  # type: ignore[index]
        ({"rates": [{**DOCUMENT["rates"][0], "amount": -1}]}, "/rates/0/amount"),  # type: ignore[index]
    ],
)
def test_malformed_rates_are_refused(change: dict[str, object], words: str) -> None:
    with pytest.raises(DataError) as caught:
        read_rates(json.dumps({**DOCUMENT, **change}).encode())
    assert words in str(caught.value)


def test_a_quantity_of_nothing_is_refused() -> None:
    with pytest.raises(DataError, match="no rate 'fuel'"):
        cost_statement(plan(), rates(), quantities={"fuel": Decimal(1)})
