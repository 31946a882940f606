"""Which records are asked for: by day, by who, by kind, and those that contradict each other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from overflight.errors import DataError
from overflight.study.chronicle.documents import both_ways
from overflight.terms.chronicle import Coded, Record


@dataclass(frozen=True, slots=True)
class Choice:
    """What is asked for; None and empty: whatever there is.

    ``contradictions``: only records that another tells otherwise, and all those others with them,
    whether they were asked for or not: the sides of a thing stay together.
    """

    first: dt.date | None = None
    last: dt.date | None = None
    actor: str | None = None
    kinds: tuple[str, ...] = ()
    contradictions: bool = False


def chosen(
    records: Iterable[Record], choice: Choice, ontology: Mapping[str, Coded]
) -> list[Record]:
    """The records asked for, by day; each names those that contradict it as well.

    Raises DataError for an actor or a kind that there is not, and for days the wrong way round.
    """
    everything = both_ways(list(records))
    _check(everything, choice, ontology)
    found = {
        (r.regime, r.id)
        for r in everything
        if (choice.first is None or r.latest >= choice.first)
        and (choice.last is None or r.earliest <= choice.last)
        and (choice.actor is None or choice.actor in (*r.actors, *r.counterparts))
        and (not choice.kinds or r.kind in choice.kinds)
        and (not choice.contradictions or r.contradicts)
    }
    if choice.contradictions:
        found |= {
            (r.regime, other) for r in everything if (r.regime, r.id) in found
            for other in r.contradicts
        }  # fmt: skip
    return sorted(
        (r for r in everything if (r.regime, r.id) in found),
        key=lambda r: (r.earliest, r.latest, r.regime, r.id),
    )


def _check(records: Iterable[Record], choice: Choice, ontology: Mapping[str, Coded]) -> None:
    if choice.first is not None and choice.last is not None and choice.last < choice.first:
        raise DataError(
            f"until {choice.last} lies before from {choice.first}", remedy="Swap the two days."
        )
    if unknown := [kind for kind in choice.kinds if kind not in ontology]:
        raise DataError(
            f"there is no kind {unknown[0]!r}", remedy=f"Give one of: {', '.join(ontology)}."
        )
    actors = {code for r in records for code in (*r.actors, *r.counterparts)}
    if choice.actor is not None and choice.actor not in actors:
        raise DataError(
            f"nothing is told of {choice.actor!r}",
            remedy=f"Give one of: {', '.join(sorted(actors))}.",
        )
