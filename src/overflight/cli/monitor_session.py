"""One run of the monitor: what comes in goes through the machine to the log and to the view."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from overflight.cli.monitor_sources import Came
from overflight.errors import DataError
from overflight.flying.monitor.happenings import Happening
from overflight.flying.monitor.intake import Point
from overflight.formats.monitor_log import fix_from_dict, fix_to_dict, line_of
from overflight.report.flight_monitor import Said
from overflight.terms.live_fix import LiveFix, NoFix, Spoilt

if TYPE_CHECKING:
    from overflight.flying.monitor.watch import Monitor
    from overflight.formats.monitor_log import ReadLog
    from overflight.mission.monitored import Book, LiveRules

_KEEP = 200
_ADVICE = 8


class LogFile:
    """A log that is only ever added to: each line in one write, flushed to disk when told."""

    def __init__(self, path: Path, *, whole_bytes: int | None = None) -> None:
        flags = os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC
        if whole_bytes is None:
            flags |= os.O_CREAT | os.O_EXCL
        try:
            self._descriptor = os.open(path, flags, 0o644)
        except FileExistsError:
            raise DataError(
                "there is a log already",
                file=path,
                remedy="Go on with it: --resume; or give another name.",
            ) from None
        except OSError as error:
            raise DataError(
                f"the log cannot be written: {error.strerror}",
                file=path,
                remedy="Give --log FILE in a folder that can be written to.",
            ) from None
        if whole_bytes is not None and os.fstat(self._descriptor).st_size > whole_bytes:
            os.ftruncate(self._descriptor, whole_bytes)
        self._dirty = True
        self.error = ""

    def write(self, lines: bytes) -> int:
        """Add whole lines; a process that is killed afterwards has not lost them.

        Returns how many bytes were taken: fewer where the disk is full, and ``error`` says so.
        """
        done = 0
        self.error = ""
        self._dirty = True
        try:
            while done < len(lines):
                done += os.write(self._descriptor, memoryview(lines)[done:])
        except OSError as error:
            self.error = error.strerror or str(error)
        return done

    def sync(self) -> None:
        """Flush to disk: now the power may fail too."""
        if self._dirty:
            try:
                os.fsync(self._descriptor)
                self._dirty = False
            except OSError as error:
                self.error = error.strerror or str(error)

    def close(self) -> None:
        self.sync()
        os.close(self._descriptor)


@dataclass(slots=True)
class Session:
    """The machine, its log, and what was said; ``show`` is told of each thing said."""

    monitor: Monitor
    book: Book
    rules: LiveRules
    log: LogFile | None
    show: Callable[[Said], None]
    said: list[Said] = field(default_factory=list)
    advice: list[tuple[float, str, str]] = field(default_factory=list)
    happened: dict[str, int] = field(default_factory=dict)
    unwritten: bytearray = field(default_factory=bytearray)
    _failed: bool = False

    def came(self, came: Sequence[Came]) -> None:
        """Take what came; the log has it on return."""
        for one in came:
            self._take(one)
        self._flush()

    def tick(self, now_s: float) -> None:
        said = self.monitor.tick(now_s)
        if said:
            self._write({"do": "silent", "arrived": now_s})
            self._told(said, [])
            self._flush()

    def switch(self, sensor: str) -> None:
        self._key({"do": "switch", "sensor": sensor}, self.monitor.switch(sensor))

    def note(self, cause: str) -> None:
        self._key({"do": "note", "cause": cause}, self.monitor.note(cause))

    def unnote(self) -> None:
        self._key({"do": "unnote"}, self.monitor.unnote())

    def finish(self) -> None:
        """The run is over; the log says so."""
        self._told(self.monitor.finish(), [])
        self._write({"do": "ended", "time_s": self.monitor.now_s})
        self._flush()

    def resume(self, log: ReadLog) -> None:
        """Go through what a log holds, without writing or showing it."""
        for number, entry in log.entries:
            try:
                points = self._again(entry)
            except (KeyError, TypeError, ValueError, AttributeError):
                raise DataError(
                    "this line is not one that the monitor wrote",
                    line=number,
                    remedy="Take the log as it was written.",
                ) from None
            self.rules.collect(self.monitor, points)
        self.monitor.intake.cut()
        self.monitor.marks = tuple(dict.fromkeys((*self.monitor.marks, *log.marks)))
        facts = {"points": self.monitor.points, "cut": log.cut_bytes}
        self._write({"do": "resumed", **facts})
        self._told([Happening("resumed", self.monitor.now_s, facts)], [])
        self._told(self.rules.refresh(self.monitor), [])
        self._flush()

    def link(self, kind: str, detail: str) -> None:
        """The line was cut, or is there again."""
        self._told([Happening(kind, self.monitor.now_s, {"detail": detail})], [])
        self._flush()

    # --- within -------------------------------------------------------------------------------

    def _take(self, came: Came) -> None:
        if came.link:
            self.link(came.link, came.detail)
            return
        received = came.received
        if isinstance(received, LiveFix):
            points, said = self.monitor.fix(received, came.arrived_s)
            self._write(
                {
                    "do": "fix",
                    "n": self.monitor.received,
                    **({} if came.arrived_s is None else {"arrived": came.arrived_s}),
                    "fix": fix_to_dict(received),
                    "points": [[point.number, point.time_s] for point in points],
                }
            )
            self._told(said, points)
        elif isinstance(received, Spoilt):
            self._write({"do": "spoilt", "why": received.kind, "text": received.text})
            self._told(self.monitor.spoilt(received.kind), [])
        elif isinstance(received, NoFix):
            self._write({"do": "nothing", "why": received.why})
            self._told(self.monitor.no_position(), [])

    def _again(self, entry: Any) -> list[Point]:
        do, monitor = entry.get("do"), self.monitor
        if do == "fix":
            return monitor.fix(fix_from_dict(entry["fix"]), entry.get("arrived"))[0]
        if do == "spoilt":
            monitor.spoilt(str(entry["why"]))
        elif do == "nothing":
            monitor.no_position()
        elif do == "silent":
            monitor.tick(float(entry["arrived"]))
        elif do == "switch":
            monitor.switch(str(entry["sensor"]))
        elif do == "note":
            monitor.note(str(entry["cause"]))
        elif do == "unnote":
            monitor.unnote()
        elif do == "resumed":
            monitor.intake.cut()
        return []

    def _key(self, entry: dict[str, Any], said: list[Happening]) -> None:
        self._write(entry)
        self._told(said, [])
        self._flush()

    def _told(self, said: list[Happening], points: list[Point]) -> None:
        for one in (*said, *self.rules.follow(self.monitor, points, said)):
            told = Said(one, self.book.advice(one))
            self.happened[one.kind] = self.happened.get(one.kind, 0) + 1
            self.said = [*self.said[-_KEEP:], told]
            spoken = [(one.time_s, text, cite) for text, cite in told.advice]
            self.advice = [*self.advice, *spoken][-_ADVICE:]
            self._write(said_to_dict(told))
            self.show(told)

    def _write(self, entry: dict[str, Any]) -> None:
        if self.log is not None:
            self.unwritten += line_of(entry, self.monitor.marks)

    def _flush(self) -> None:
        """To the log; what it does not take is kept, and tried again with the next."""
        if self.log is None or not self.unwritten:
            return
        del self.unwritten[: self.log.write(bytes(self.unwritten))]
        if bool(self.log.error) != self._failed:
            self._failed = bool(self.log.error)
            kind = "log-failed" if self._failed else "log-back"
            facts = {"detail": self.log.error or "what was held back is written"}
            self._told([Happening(kind, self.monitor.now_s, facts)], [])


def said_to_dict(told: Said) -> dict[str, Any]:
    """A happening with its advice, as the log and --json-lines have it."""
    one = told.happening
    return {
        "do": "say",
        "what": one.kind,
        "time_s": one.time_s,
        "facts": dict(one.facts),
        "advice": [{"text": text, "cite": cite} for text, cite in told.advice],
    }
