"""What Parties hold: zones, categories, statuses, and the lines of a ledger of holdings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from overflight.terms.citations import Citation

HOLDING_EFFECTS = ("declares", "adds", "removes", "moves", "owes", "none", "cancels")
"""What an entry does with its items: they are stated, come in, go out, change their place,
category, status or holder, or are owed to be reduced."""

HOLDING_FIELDS = (
    "category",
    "unit",
    "to",
    "to_zone",
    "to_category",
    "to_status",
    "notified",
    "ref",
    "corrects",
)
"""Fields that a kind of entry may need."""

ANYWHERE, ANY_STATUS = "area", "all"
"""The zone and the status that hold all others."""


@dataclass(frozen=True, slots=True)
class Node:
    """A zone, a category or a status; what lies in it lies in ``within``, too.

    ``weights`` say what one item stands for in another measure (warheads on a launcher).
    """

    id: str
    name: str
    within: str
    citations: tuple[Citation, ...]
    weights: Mapping[str, int] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True, slots=True)
class HoldingKind:
    """A kind of line in a ledger of holdings. ``reduces``: its items count as reduced."""

    kind: str
    title: str
    effect: str
    citations: tuple[Citation, ...]
    needs: tuple[str, ...] = ()
    reduces: bool = False
    note: str = ""

    @property
    def cite(self) -> str:
        return ", ".join(c.paragraph or str(c) for c in self.citations)


Tree = Mapping[str, Node]


@dataclass(frozen=True, slots=True)
class HoldingsFrame:
    """What a regime counts, where, and what may be entered of it."""

    zones: Tree
    categories: Tree
    statuses: Tree
    kinds: Mapping[str, HoldingKind]

    @property
    def roots(self) -> tuple[str, ...]:
        """The categories that lie in no other."""
        return tuple(node.id for node in self.categories.values() if not node.within)


def line(tree: Tree, node: str) -> Iterator[str]:
    """The node and everything that it lies in, from the inside outwards."""
    while node:
        yield node
        node = tree[node].within if node in tree else ""


def root(tree: Tree, node: str) -> str:
    """The outermost node that this one lies in."""
    return list(line(tree, node))[-1]


@dataclass(frozen=True, slots=True)
class HoldingEntry:
    """One line of a ledger of holdings.

    ``date`` is the day on which it was entered and never goes back; ``valid`` the day on which
    the count holds or the change happens; ``notified`` the day on which the other Parties were
    told. ``items`` None: that many are held or changed, but how many is not known. ``party`` may
    be a group, for figures known of the group only. ``unit`` is the formation or the site; empty
    fields stand for the whole ("area", "all"). ``to...`` say where moved items went; what is
    empty stays as it was. ``corrects`` is the number of the entry that this one cancels.
    ``despite`` is the reason for entering what does not fit.
    """

    number: int
    date: dt.date
    valid: dt.date
    kind: str
    party: str = ""
    zone: str = ""
    category: str = ""
    status: str = ""
    unit: str = ""
    items: int | None = None
    to: str = ""
    to_zone: str = ""
    to_category: str = ""
    to_status: str = ""
    to_unit: str = ""
    notified: dt.date | None = None
    cites: tuple[str, ...] = ()
    ref: str = ""
    corrects: int | None = None
    despite: str = ""
    remark: str = ""

    @property
    def bucket(self) -> Bucket:
        """Where its items are, or come from."""
        return Bucket(
            self.party, self.zone or ANYWHERE, self.category, self.status or ANY_STATUS, self.unit
        )

    @property
    def target(self) -> Bucket:
        """Where its items go to."""
        old = self.bucket
        return Bucket(
            self.to or old.party,
            self.to_zone or old.zone,
            self.to_category or old.category,
            self.to_status or old.status,
            self.to_unit or ("" if self.to else old.unit),
        )


@dataclass(frozen=True, slots=True, order=True)
class Bucket:
    """Items of one holder, zone, category, status and unit, as finely as they were stated."""

    party: str
    zone: str
    category: str
    status: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Amount:
    """Between ``least`` and ``most`` items (None: nothing known bounds them)."""

    least: int
    most: int | None
    needs: tuple[str, ...] = ()

    @property
    def exact(self) -> int | None:
        return self.least if self.least == self.most else None
