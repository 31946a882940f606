"""Rates as JSON (schema: cost-rates), and a statement of costs written (cost-statement).

Money is read and written as text or as the digits in the file, never through a binary fraction.
"""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from overflight.errors import DataError
from overflight.formats.schema import validate
from overflight.formats.strict_json import decode_utf8, load_json, pointer, read_source
from overflight.terms.costs import COSTS_VERSION, CostStatement, Rate, Rates


def read_rates(source: str | Path | bytes) -> Rates:
    """From a file or bytes. Raises DataError with place and remedy."""
    data, label = read_source(source)
    validate(load_json(data, label), "cost-rates", file=label)
    document = json.loads(decode_utf8(data, label), parse_float=Decimal, parse_int=Decimal)
    rates, seen = [], set()
    for number, part in enumerate(document["rates"]):
        if part["id"] in seen:
            raise DataError(
                f"two rates have the id {part['id']!r}",
                file=label,
                where=pointer("rates", number, "id"),
                remedy="Give each rate an id of its own.",
            )
        seen.add(part["id"])
        rates.append(
            Rate(
                part["id"],
                part.get("words", part["id"]),
                part["per"],
                Decimal(part["amount"]),
                part["paid_by"],
                part.get("source", ""),
            )
        )
    return Rates(document["currency"], tuple(rates))


def statement_to_dict(statement: CostStatement) -> dict[str, Any]:
    """The cost-statement document; amounts and quantities are decimal numbers as text."""
    return {
        "kind": "cost-statement",
        "version": COSTS_VERSION,
        "currency": statement.currency,
        "whole": statement.whole,
        "lines": [
            {
                "rate": line.rate.id,
                "words": line.rate.words,
                "per": line.rate.per,
                "price": str(line.rate.amount),
                "quantity": None if line.quantity is None else str(line.quantity),
                "amount": None if line.amount is None else str(line.amount),
                "paid_by": line.rate.paid_by,
                "source": line.rate.source,
                "said": line.said,
            }
            for line in statement.lines
        ],
        "totals": {side: str(total) for side, total in statement.totals.items()},
        "notes": list(statement.notes),
    }
