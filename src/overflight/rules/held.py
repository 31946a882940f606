"""How many items are surely, and at most, held: counts that are as fine or coarse as stated.

An item stated for a zone, a category or a status lies in everything that this lies in; whether it
lies in a part of it is not known. So every question has a least and a most, and says what is
missing where they differ.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from overflight.terms.holdings import Amount, HoldingsFrame, Tree, line, root

Counts = Sequence[Mapping[str, Any]]
"""Rows {party, zone, category, status, unit, items}; items None: not known."""

_SURE, _PERHAPS, _NOT = 2, 1, 0


def held(
    frame: HoldingsFrame,
    state: Mapping[str, Any],
    parties: frozenset[str],
    members: Mapping[str, frozenset[str]],
    *,
    category: str,
    zone: str,
    status: str,
    weight: str = "",
    without: str = "",
) -> Amount:
    """What ``parties`` hold together.

    ``state`` has ``counts``, and ``declared``: pairs of a Party, or group, and an outermost
    category of which it stated all it has. ``members`` are those of each group. ``weight``
    counts that measure of each item, as the categories give it; ``without`` leaves out what is
    stated with that status.
    """
    least, most, needs = 0, 0, list[str]()
    bounded = True
    for row in state["counts"]:
        how = min(
            _of_party(row["party"], parties, members),
            _of_tree(frame.categories, row["category"], category),
            _of_tree(frame.zones, row["zone"], zone),
            _of_tree(frame.statuses, row["status"], status),
        )
        if how == _NOT or row["status"] == without:
            continue
        items = _weighed(frame, row, weight)
        if items is None:
            bounded = False
            needs.append(f"how many {_named(frame, row)} {row['party']} holds")
            continue
        most += items
        if how == _SURE:
            least += items
        elif items:
            needs.append(_where(frame, row, category, zone, status))
    missing = undeclared(frame, state, parties, members, category)
    if missing:
        bounded = False
        name = frame.categories[root(frame.categories, category)].name
        needs.append(f"the holdings of {', '.join(missing)} ({name})")
    return Amount(least, most if bounded else None, tuple(dict.fromkeys(needs)))


def undeclared(
    frame: HoldingsFrame,
    state: Mapping[str, Any],
    parties: Iterable[str],
    members: Mapping[str, frozenset[str]],
    category: str,
) -> list[str]:
    """The Parties that have not stated all they hold of the category."""
    outer = root(frame.categories, category)
    stated = {party for party, of in state["declared"] if of == outer}
    stated |= {code for group in stated for code in members.get(group, ())}
    return sorted(code for code in parties if code not in stated)


def _weighed(frame: HoldingsFrame, row: Mapping[str, Any], weight: str) -> int | None:
    items: int | None = row["items"]
    if not weight or not items:
        return items
    each = frame.categories[row["category"]].weights.get(weight)
    return None if each is None else items * each


def _of_party(party: str, parties: frozenset[str], members: Mapping[str, frozenset[str]]) -> int:
    if party in parties:
        return _SURE
    group = members.get(party, frozenset())
    if group and group <= parties:
        return _SURE
    return _PERHAPS if group & parties else _NOT


def _of_tree(tree: Tree, stated: str, wanted: str) -> int:
    if wanted in line(tree, stated):
        return _SURE
    return _PERHAPS if stated in line(tree, wanted) else _NOT


def _named(frame: HoldingsFrame, row: Mapping[str, Any]) -> str:
    return frame.categories[row["category"]].name


def _where(
    frame: HoldingsFrame, row: Mapping[str, Any], category: str, zone: str, status: str
) -> str:
    parts = []
    if _of_tree(frame.categories, row["category"], category) == _PERHAPS:
        parts.append(f"are {frame.categories[category].name}")
    if _of_tree(frame.zones, row["zone"], zone) == _PERHAPS:
        parts.append(f"lie in {frame.zones[zone].name}")
    if _of_tree(frame.statuses, row["status"], status) == _PERHAPS:
        parts.append(f"are {frame.statuses[status].name}")
    said = " and ".join(parts) or "belong to it"
    return f"how many of the {row['items']} {_named(frame, row)} of {row['party']} {said}"


def as_day(text: Any) -> dt.date | None:
    """A day of a document, or None."""
    return dt.date.fromisoformat(text) if isinstance(text, str) and text else None
