"""Rights remembered for a server: worked out once for an asker and a day, as long as the archive
stays as it is.

What can change them: a mission that comes in, a delivery (each has its entry in the log), and what
the keeper states. Each is looked at before an answer that was remembered is given again.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from overflight.archive.access.finding import Sight, sight_of
from overflight.archive.access.flights import STATED, Flights
from overflight.archive.access.rights import Rights, rights_of
from overflight.archive.asking.delivering import handed_to
from overflight.archive.keeping import missions as tables
from overflight.archive.keeping.database import connect, spoken
from overflight.archive.keeping.layout import Archive
from overflight.archive.keeping.missions import Mission
from overflight.record.log.journal import NAME as JOURNAL
from overflight.terms.access import STATE, Asker

MOST = 256
"""Askers and days that are remembered."""
_State = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """What an asker may find and open, and how what it finds goes out to it."""

    rights: Rights
    sight: Sight


class Book:
    """Use from any number of threads; ``close`` it, or use it as a context manager.

    ``chosen``: as ``Flights`` has it.
    """

    def __init__(self, archive: Archive, chosen: str | Path | None = None) -> None:
        self.archive = archive
        self._chosen = chosen
        self._lock = Lock()
        self._connection = connect(archive.database)
        self._state: _State = ()
        self._missions: tuple[Mission, ...] = ()
        self._flights = Flights(archive, chosen)
        self._known: OrderedDict[tuple[Asker, dt.date], Known] = OrderedDict()

    def __enter__(self) -> Book:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def of(self, asker: Asker, on: dt.date) -> Known:
        """What the asker may have on that day. Raises DataError where the archive is not to be
        read."""
        with self._lock, spoken(self.archive.database):
            self._look()
            known = self._known.get((asker, on))
            if known is None:
                known = self._worked_out(asker, on)
                self._known[asker, on] = known
                if len(self._known) > MOST:
                    self._known.popitem(last=False)
            self._known.move_to_end((asker, on))
            return known

    def missions(self) -> tuple[Mission, ...]:
        """All missions as they are now."""
        with self._lock, spoken(self.archive.database):
            self._look()
            return self._missions

    def _worked_out(self, asker: Asker, on: dt.date) -> Known:
        handed = {}
        if asker.sort == STATE:
            handed = dict(handed_to(self.archive, self._missions, self._flights, asker.code, on))
        rights = rights_of(self._flights, self._missions, asker, on, handed)
        return Known(rights, sight_of(self._connection, self._missions, rights))

    def _look(self) -> None:
        """Forget all that was remembered where the archive is not what it was."""
        state = (
            _version(self._connection), _stamp(self.archive.log / JOURNAL),
            _stamp(self.archive.access / STATED),
        )  # fmt: skip
        if state == self._state:
            return
        self._known.clear()
        self._flights = Flights(self.archive, self._chosen)
        self._missions = tables.missions(self._connection)
        self._state = state


def _version(connection: sqlite3.Connection) -> int:
    """Another number once somebody else has committed."""
    return int(connection.execute("PRAGMA data_version").fetchone()[0])


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns
