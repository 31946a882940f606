"""Predicates on what follows from an event: whether a flight counts, and who keeps the data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from overflight.rules.case import Case
from overflight.rules.outcome import (
    Bound,
    Outcome,
    breach,
    compliant,
    does_not_apply,
    lacking,
    right_arises,
    undetermined,
)
from overflight.rules.paths import Missing, as_flag, as_text, find, what
from overflight.rules.words import words


def quota_effect(case: Case, bound: Bound) -> Iterable[Outcome]:
    """Whether the flight counts agrees with ``table`` = {cause: "counts" | "choice"}.

    The cause stands at ``path`` (null: the event did not happen), whether it was counted at
    ``counted``. "choice" is a right of the observing Party.
    """
    path, counted_path = str(bound.parameter("path")), str(bound.parameter("counted"))
    cause = find(case, path)
    if isinstance(cause, Missing):
        return [lacking(cause.words)]
    if cause is None:
        return [does_not_apply(str(bound.parameter("none")))]
    table: Mapping[str, str] = bound.parameter("table")
    cause = as_text(cause, path)
    effect = table.get(cause)
    if effect is None:
        named = ", ".join(table)
        text = f"The cause {cause!r} is none of those for which the text has an answer: {named}."
        return [undetermined(text, "the cause in the text's own words", measured=cause)]
    if effect == "choice":
        return [right_arises(f"Cause: {cause}. {bound.parameter('right')}", measured=cause)]
    return [_counts(find(case, counted_path), counted_path, cause, True)]


def not_counted(case: Case, bound: Bound) -> Iterable[Outcome]:
    """A flight for which any of ``paths`` is not null must not count (at ``counted``)."""
    paths, counted_path = bound.paths("paths"), str(bound.parameter("counted"))
    values = {path: find(case, path) for path in paths}
    happened = [p for p, v in values.items() if v is not None and not isinstance(v, Missing)]
    if happened:
        name = words(happened[0]).rpartition("'s ")[2]
        return [_counts(find(case, counted_path), counted_path, name, False)]
    missing = [v.words for v in values.values() if isinstance(v, Missing)]
    if missing:
        return [lacking(*dict.fromkeys(missing))]
    return [does_not_apply(str(bound.parameter("none")))]


def data_retention(case: Case, bound: Bound) -> Iterable[Outcome]:
    """Data are kept (``retained``) only if the flight counts (``counted``)."""
    counted_path, kept_path = str(bound.parameter("counted")), str(bound.parameter("retained"))
    counted, kept = find(case, counted_path), find(case, kept_path)
    missing = [
        what(v, p)
        for p, v in ((counted_path, counted), (kept_path, kept))
        if v is None or isinstance(v, Missing)
    ]
    if missing:
        return [lacking(*missing)]
    keeps, counts = as_flag(kept, kept_path), as_flag(counted, counted_path)
    state = f"The flight {'counts' if counts else 'does not count'}; the data are "
    state += "kept" if keeps else "not kept"
    if keeps and not counts:
        return [breach(f"{state}, though only a flight that counts gives a right to them.")]
    return [compliant(f"{state}.")]


def _counts(value: Any, path: str, cause: str, wanted: bool) -> Outcome:
    if value is None or isinstance(value, Missing):
        return lacking(what(value, path))
    counted = as_flag(value, path)
    must = "counts against the quotas of both" if wanted else "does not count against any quota"
    text = f"Cause: {cause}; such a flight {must}, and it was {'' if counted else 'not '}counted."
    return (compliant if counted is wanted else breach)(text, measured=cause)
