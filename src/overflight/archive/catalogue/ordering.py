"""The order of answers: what was asked for, made total by collection and id, as pgSTAC does."""

from __future__ import annotations

from collections.abc import Sequence

from overflight.archive.catalogue.protocol import Sort
from overflight.errors import DataError

TIME = "datetime"
_MOST = 8
_SAME = {"start_datetime": TIME}
_DEFAULT = (Sort(TIME, descending=True),)


def total(sortby: Sequence[Sort]) -> tuple[Sort, ...]:
    """The sorting asked for (newest first where none is), then collection and id, each in the
    direction of the first. DataError for too many fields or one without a name."""
    asked = [Sort(field_name(one.field), one.descending) for one in sortby or _DEFAULT]
    if len(asked) > _MOST or not all(one.field for one in asked):
        raise DataError(
            f"items are sorted by 1 to {_MOST} named fields", remedy="Name fields to sort by."
        )
    named = {one.field for one in asked}
    rest = [Sort(name, asked[0].descending) for name in ("collection", "id") if name not in named]
    return (*asked, *rest)


def by_time_alone(order: Sequence[Sort]) -> bool:
    """Whether the indexes have this order: time, collection, id, all in one direction."""
    return [one.field for one in order] == [TIME, "collection", "id"] and len(
        {one.descending for one in order}
    ) == 1


def field_name(name: str) -> str:
    """A field as it is known here: without ``properties.``, and one name for the start."""
    bare = name.strip().removeprefix("properties.")
    return _SAME.get(bare, bare)
