"""The missions of an archive as the rules ask about them.

What no sealed document says of a flight (that it was extraordinary, for which bodies it was made,
that its data go another way by agreement) its keeper may state in access/stated.toml:

    [[mission]]
    bundle = "M-7/2026"
    observing = "..."
    observed = "..."
    kind = "extraordinary"            # or quota, voluntary
    bodies = ["..."]                  # for which it was made
    counted = false
    otherwise_agreed = true
    why = "the decision or agreement that says so"

What a sealed document says goes before it.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from overflight.archive.keeping.layout import Archive
from overflight.archive.keeping.missions import DELIVERY, Mission
from overflight.errors import DataError
from overflight.files import read_bounded
from overflight.terms.access import CIRCUMSTANCES, Flight
from overflight.treaty.loader import load_treaty
from overflight.treaty.model import Treaty
from overflight.treaty.view import TreatyView

STATED = "stated.toml"
KINDS = CIRCUMSTANCES["kind"]
_OUTSIDE = "outside"
_KEYS: Mapping[str, type] = {
    "bundle": str, "observing": str, "observed": str, "kind": str, "bodies": list,
    "counted": bool, "otherwise_agreed": bool, "why": str,
}  # fmt: skip
_NEEDED = ("bundle", "observing", "observed", "why")
_Name = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Stated:
    """What the keeper states of a flight."""

    kind: str = ""
    bodies: tuple[str, ...] = ()
    counted: bool | None = None
    otherwise_agreed: bool | None = None


def flight_of(mission: Mission, stated: Stated | None = None) -> Flight:
    """What a decision rests on: as the sealed documents have it, then as stated, else unknown."""
    more = stated or Stated()
    kind = mission.kind if mission.kind in (*KINDS, _OUTSIDE) else ""
    if not kind or (kind == _OUTSIDE and more.kind in KINDS[1:]):
        kind = more.kind
    return Flight(
        mission.observing, mission.observed, mission.flown, kind,
        more.counted if mission.counted is None else mission.counted, mission.marks,
        more.bodies, more.otherwise_agreed,
    )  # fmt: skip


def is_delivery(mission: Mission) -> bool:
    """Whether the archive's holder has it as a copy that was delivered to it."""
    return mission.received_as == DELIVERY


def read_stated(folder: Path) -> Mapping[_Name, Stated]:
    """What is stated, by bundle and Parties; nothing where there is no such file. DataError."""
    path = folder / STATED
    if not path.exists():
        return {}
    try:
        document = tomllib.loads(read_bounded(path).decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise _wrong(path, f"it is no TOML ({error})") from None
    rows = document.get("mission", [])
    if set(document) - {"mission"} or not isinstance(rows, list):
        raise _wrong(path, "it holds something else than [[mission]] tables")
    return dict(_row(path, row) for row in rows)


def _row(path: Path, row: Any) -> tuple[_Name, Stated]:
    if not isinstance(row, dict):
        raise _wrong(path, "[[mission]] is no table")
    for key, value in row.items():
        if key not in _KEYS or not isinstance(value, _KEYS[key]):
            raise _wrong(path, f"{key!r} does not belong there, or is of another type")
    missing = [key for key in _NEEDED if not row.get(key)]
    kind = row.get("kind", "")
    bodies = row.get("bodies", [])
    if missing or (kind and kind not in KINDS) or not all(isinstance(b, str) for b in bodies):
        raise _wrong(path, f"{missing[0]!r} is missing" if missing else f"no kind is {kind!r}")
    name = (row["bundle"], row["observing"], row["observed"])
    said = Stated(kind, tuple(bodies), row.get("counted"), row.get("otherwise_agreed"))
    return name, said


def _wrong(path: Path, message: str) -> DataError:
    return DataError(
        message, file=path, remedy="Write [[mission]] tables as docs/explanation/"
        "who-may-have-what.md has them.",
    )  # fmt: skip


class Flights:
    """The missions of one archive, their regimes (each loaded once), and what is stated of them.

    ``chosen``: the name or folder of a regime that stands for its id.
    """

    def __init__(self, archive: Archive, chosen: str | Path | None = None) -> None:
        self.settings = archive.settings
        self._stated = read_stated(archive.access)
        self._known: dict[str, Treaty | None] = {}
        self._views: dict[tuple[Treaty, dt.date], TreatyView] = {}
        if chosen is not None:
            treaty = load_treaty(chosen)
            self._known[treaty.id] = treaty

    def flight(self, mission: Mission) -> Flight:
        """What a decision on it rests on."""
        return flight_of(mission, self.stated(mission))

    def stated(self, mission: Mission) -> Stated | None:
        """What the keeper states of it."""
        if not self._stated:
            return None
        return self._stated.get((mission.bundle, mission.observing, mission.observed))

    def treaty(self, mission: Mission) -> Treaty | None:
        """The regime of a mission; None for one that is not known here."""
        return self.named(mission.treaty or self.settings.treaty)

    def named(self, name: str) -> Treaty | None:
        """The regime of that id, or None."""
        if name not in self._known:
            try:
                self._known[name] = load_treaty(name) if name else None
            except DataError:
                self._known[name] = None
        return self._known[name]

    def readings(self, treaty: Treaty) -> dict[str, str]:
        """The archive's readings, as far as the treaty has them."""
        known = {reading.name for reading in treaty.readings}
        return {k: v for k, v in self.settings.readings.items() if k in known}

    def view(self, treaty: Treaty, on: dt.date) -> TreatyView:
        """The treaty on a day, under the archive's readings."""
        key = (treaty, on)
        if key not in self._views:
            self._views[key] = treaty.on(on, self.readings(treaty))
        return self._views[key]

    def with_readings(self, readings: Mapping[str, str]) -> None:
        """Take other readings than the archive's own, for a question."""
        self._views.clear()
        self.settings = replace(self.settings, readings={**self.settings.readings, **readings})
