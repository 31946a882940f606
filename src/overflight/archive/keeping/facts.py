"""What access to a mission is decided on, as the documents that both sides signed have it.

Nothing is guessed: what no sealed document says stays unknown.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from overflight.archive.keeping.contents import STAC_ROLE, Document, refused
from overflight.treaty.loader import available_treaties, find_folder

QUOTA, OUTSIDE = "quota", "outside"
"""A flight within the quotas; an extraordinary or a voluntary one, outside of them."""
_KIND_OF = {"inside": QUOTA, "outside": OUTSIDE}


@dataclass(frozen=True, slots=True)
class Facts:
    """``flown``: day of the flight; ``begun``, ``ended``: of observation, as written; ``counted``:
    whether it counts against both quotas; ``route``: (longitude, latitude), degrees. "" and None
    where no document says."""

    treaty: str = ""
    flown: dt.date | None = None
    begun: str = ""
    ended: str = ""
    aircraft_state: str = ""
    sensors: tuple[str, ...] = ()
    counted: bool | None = None
    kind: str = ""
    route: tuple[tuple[float, float], ...] = ()


def facts_of(documents: Iterable[Document], treaty: str = "") -> Facts:
    """The facts, a later stage's before an earlier one's; what happened before what was planned.

    Raises Refused (``treaty-differs``) for documents of two treaties, or of another than
    ``treaty``.
    """
    of: dict[str, dict[str, Any]] = {}
    treaties: dict[str, str] = {treaty: ""} if treaty else {}
    sensors: set[str] = set()
    moments: list[str] = []
    kind = ""
    for document in sorted(documents, key=lambda d: d.path):
        value = document.value
        if not isinstance(value, dict):
            continue
        properties = value.get("properties")
        if document.entry.role == STAC_ROLE and isinstance(properties, dict):
            sensors |= {s for s in properties.get("instruments") or () if isinstance(s, str)}
            moments += _moments(properties)
            said = properties.get("overflight:treaty")
        else:
            said = value.get("treaty")
            of[str(value.get("kind"))] = value
            kind = _kind(value) or kind
        if isinstance(said, str) and said:
            said = regime_of(said)
            treaties.setdefault(said, document.path)
            if len(treaties) > 1:
                one, other = tuple(treaties)[:2]
                raise refused(
                    "treaty-differs", f"it is of a flight under {ascii(said)[1:-1]}; "
                    f"expected was {one if said != one else other}", document.path,
                )  # fmt: skip
    plan, flown = of.get("mission-plan", {}), of.get("flight-record", {})
    times = plan.get("times") or {}
    begun = str(flown.get("commenced") or min(moments, default="") or
                times.get("commencement") or "")  # fmt: skip
    ended = str(flown.get("completed") or max(moments, default="") or times.get("completion") or "")
    return Facts(
        next(iter(treaties), ""),
        _day(of.get("mission-report", {}).get("date")) or _day(begun),
        begun,
        ended,
        str(plan.get("aircraft_provided_by") or
            of.get("notification", {}).get("aircraft_provided_by") or ""),
        tuple(sorted(sensors or {str(s["id"]) for s in plan.get("sensors", ())})),
        flown.get("counted"),
        kind,
        tuple((float(f["lon"]), float(f["lat"])) for f in plan.get("fixes", ())),
    )  # fmt: skip


def regime_of(said: str) -> str:
    """The id of the treaty that a document means: items name it as people do, plans by its id.

    What is the name of none that is known here stays as it is.
    """
    return _regimes().get(said, said)


@cache
def _regimes() -> dict[str, str]:
    """Names of treaties, long and short -> id."""
    found: dict[str, str] = {}
    for name in available_treaties():
        data = (find_folder(name) / "treaty.toml").read_bytes()
        head = tomllib.loads(data.decode("utf-8"))["treaty"]
        found |= {str(head[word]): str(head["id"]) for word in ("name", "short") if word in head}
    return found


def _moments(properties: dict[str, Any]) -> Iterator[str]:
    for word in ("datetime", "start_datetime", "end_datetime"):
        if isinstance(properties.get(word), str):
            yield properties[word]


def _kind(value: dict[str, Any]) -> str:
    """The kind of flight, as the events that both sides share have it."""
    found = ""
    if value.get("kind") == "bundle-events":
        for event in value.get("events", ()):
            found = _KIND_OF.get(str(event.get("facts", {}).get("quota_flight")), found)
    return found


def _day(said: Any) -> dt.date | None:
    try:
        return dt.date.fromisoformat(said[:10]) if isinstance(said, str) else None
    except ValueError:
        return None
