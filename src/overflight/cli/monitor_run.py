"""How ``overflight flight monitor`` runs: the loop, the keys, and the audit at its end."""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import json
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from overflight.cli.common import parse_readings, print_json
from overflight.cli.monitor_screen import Keys, Lines, Screen, View, on_screen, stopping
from overflight.cli.monitor_session import LogFile, Session
from overflight.cli.monitor_sources import Options, Source
from overflight.errors import (
    EXIT_BREACH,
    EXIT_OK,
    EXIT_UNDETERMINED,
    AccessError,
    DataError,
    OverflightError,
)

if TYPE_CHECKING:
    from overflight.formats.monitor_log import ReadLog
    from overflight.report.flight_monitor import Standing
    from overflight.terms.mission_plan import MissionPlan

_LOG = "monitor.jsonl"
_FRAME_S, _SYNC_S, _WAIT_S = 0.2, 1.0, 0.1
_NOW = frozenset({"commenced", "completed", "off-plan", "on-plan", "finding", "noted"})


def run(arguments: argparse.Namespace) -> int:
    """The whole command; returns the exit status."""
    from overflight.formats.plan_json import mission_plan_from_dict

    if sys.stdout.isatty() and not arguments.json:
        print("Reading the plan and its treaty ...", end="\r", flush=True)
    document, digest = _plan_document(arguments.plan)
    plan = mission_plan_from_dict(document, file=arguments.plan)
    _require_sense(arguments)
    _folder(arguments)
    log_path = arguments.log or (_new_log() if arguments.out is None else arguments.out / _LOG)
    before = _log_before(log_path, digest, arguments)
    skip = 0 if before is None else sum(e.get("do") == "fix" for _, e in before.entries)
    source = (
        None if arguments.source is None else Source(arguments.source, _options(arguments, skip))
    )
    view: View
    if sys.stdout.isatty() and not (arguments.json or arguments.json_lines):
        view = Screen(bell=arguments.bell)
    else:
        view = Lines(
            "quiet" if arguments.json else "json-lines" if arguments.json_lines else "lines"
        )
    session = _session(arguments, plan, source, view, before)
    session.log = _log_file(session, log_path, before, plan, digest, arguments)
    loop = _Loop(arguments, session, view, source, plan)
    keys = Keys(stdin_is_source=arguments.source == "-")
    with stopping() as asked, keys.reading(), on_screen(view):
        loop.draw()
        threading.Thread(target=_warm, daemon=True).start()
        if source is not None:
            source.start()
        if before is not None:
            session.resume(before)
        loop.go(keys, asked)
        session.finish()
    if session.log is not None:
        session.log.close()
    return _finish(arguments, session, plan, digest, log_path)


def _warm() -> None:
    """Load what the rules and the audit need while the first positions come in."""
    import overflight.mission.audited  # noqa: F401


class _Loop:
    """Takes what comes, draws, and hears the keys, until the source or somebody ends it."""

    def __init__(
        self,
        arguments: argparse.Namespace,
        session: Session,
        view: View,
        source: Source | None,
        plan: MissionPlan,
    ) -> None:
        self._session, self._view, self._source = session, view, source
        self._title = f"{plan.observing} over {plan.observed}"
        self._seat = f"seat: {arguments.seat} Party"
        self._sensors = tuple(sensor.id for sensor in plan.sensors)
        self._menu = ""
        self._drawn = self._synced = 0.0
        self._signal = "waiting for the source"
        self._quit = False

    def go(self, keys: Keys, asked: Sequence[int]) -> None:
        """Until the end."""
        source, session = self._source, self._session
        if source is None:
            return
        ended = False
        while not (ended or self._quit or asked):
            came = source.take(_WAIT_S)
            ended = bool(came) and came[-1].end
            if came:
                self._signal = "receiving" if source.live else "replaying"
                session.came([one for one in came if not one.end])
                if ended and came[-1].detail:
                    session.link("link-lost", came[-1].detail)
            elif source.live:
                session.tick(time.monotonic())
            if session.monitor.intake.silent:
                self._signal = "NO POSITION"
            self._keys(keys.pressed())
            now = time.monotonic()
            loud = bool(session.said) and session.said[-1].happening.kind in _NOW
            if session.log is not None and (now - self._synced >= _SYNC_S or (came and loud)):
                self._synced = now
                session.log.sync()
            if now - self._drawn >= _FRAME_S:
                self._drawn = now
                self.draw()
        source.stop()

    def draw(self) -> None:
        self._view.draw(self._session.monitor, self._standing())

    def _standing(self) -> Standing:
        from overflight.report.flight_monitor import Standing

        session = self._session
        return Standing(
            title=self._title,
            seat=self._seat,
            signal=self._signal,
            sensors=self._sensors,
            verdicts=session.rules.verdicts(),
            said=session.said,
            advice=session.advice,
            menu=self._menu,
            bell=isinstance(self._view, Screen) and self._view.bell,
        )

    def _keys(self, pressed: str) -> None:
        for key in pressed:
            self._key(key)
            self._drawn = 0.0

    def _key(self, key: str) -> None:
        session, causes = self._session, tuple(self._session.book.grounds)
        menu, self._menu = self._menu, ""
        if menu.startswith("Quit"):
            self._quit = key == "q"
        elif menu:
            if key.isdecimal() and 0 < int(key) <= len(causes):
                session.note(causes[int(key) - 1])
        elif key == "q":
            self._menu = "Quit? q once more; any other key goes on"
        elif key == "d" and causes:
            self._menu = "Ground: " + "  ".join(f"{n} {c}" for n, c in enumerate(causes, 1))
        elif key == "e":
            session.unnote()
        elif key == "b" and isinstance(self._view, Screen):
            self._view.bell = not self._view.bell
        elif key.isdecimal() and 0 < int(key) <= len(self._sensors):
            session.switch(self._sensors[int(key) - 1])


# --- before ---------------------------------------------------------------------------------------


def _plan_document(path: str) -> tuple[dict[str, Any], str]:
    """The plan's document and its digest. Refuses a working plan: it stays at home."""
    from overflight.formats.strict_json import load_json, read_source

    data, label = read_source(path)
    document = load_json(data, label)
    if isinstance(document, dict) and document.get("kind") == "working-plan":
        raise AccessError(
            f"{label} is a working plan, which does not go on board: both sides see this screen",
            remedy="Give the mission plan that was handed over.",
        )
    if not isinstance(document, dict):
        raise DataError("this is no mission plan", file=label, remedy="Give its JSON document.")
    return document, hashlib.sha256(data).hexdigest()


def _require_sense(arguments: argparse.Namespace) -> None:
    if arguments.source is None and not arguments.resume:
        raise DataError(
            "there is nothing to watch",
            remedy="Give a recording, a device, '-', tcp:HOST:PORT or udp:PORT.",
        )
    if not (arguments.speed >= 0 and arguments.tolerance_km > 0 and arguments.retry >= 0):
        raise DataError(
            "a speed or time is below zero, or the tolerance not above it",
            remedy="Look at --speed, --retry and --tolerance-km.",
        )
    if arguments.resume and arguments.log is None and arguments.out is None:
        raise DataError("there is no log to go on with", remedy="Name it: --log FILE.")
    if arguments.plan == "-" and arguments.source == "-":
        raise DataError(
            "standard input cannot be the plan and the source", remedy="Give the plan as a file."
        )


def _folder(arguments: argparse.Namespace) -> None:
    """A folder of a flight stands for its track, with what lies beside it; as for the audit."""
    folder = None if arguments.source is None else Path(arguments.source)
    if folder is None or not folder.is_dir():
        return
    arguments.source = str(folder / "track.csv")
    for name in ("sensors", "deviations"):
        beside = folder / f"{name}.csv"
        if getattr(arguments, name) is None and beside.is_file():
            setattr(arguments, name, beside)


def _new_log() -> Path:
    """Where nobody said where: in the folder one is in, named by the moment."""
    return Path(f"monitor-{dt.datetime.now(dt.UTC):%Y%m%dT%H%M%SZ}.jsonl")


def _log_before(path: Path, digest: str, arguments: argparse.Namespace) -> ReadLog | None:
    from overflight.files import read_bounded
    from overflight.formats.monitor_log import read_log
    from overflight.formats.tracks.reading import MOST_BYTES

    if not arguments.resume or (arguments.source and not path.exists()):
        return None
    log = read_log(read_bounded(path, limit=MOST_BYTES), str(path))
    if log.head.get("plan_sha256") != digest:
        raise DataError(
            "this log is of another plan", file=path, remedy="Give the plan it was begun with."
        )
    return log


def _options(arguments: argparse.Namespace, skip: int) -> Options:
    return Options(
        kind=arguments.format,
        speed=arguments.speed,
        baud=arguments.baud,
        retry_s=arguments.retry,
        recorded=arguments.recorded,
        aircraft=arguments.aircraft,
        height_unit=arguments.height_unit,
        assume_utc=arguments.assume_utc,
        skip=skip,
    )


def _session(
    arguments: argparse.Namespace,
    plan: MissionPlan,
    source: Source | None,
    view: View,
    before: ReadLog | None,
) -> Session:
    from overflight.flying.monitor.watch import Monitor
    from overflight.formats.flight_files import read_deviations, read_sensor_times
    from overflight.mission.monitored import LiveRules, book_of, course_for

    readings = parse_readings(arguments.reading)
    book = book_of(plan, arguments.seat, treaty=arguments.treaty, readings=readings)
    exercise = ("EXERCISE",) if arguments.exercise else ()
    inherited = (() if source is None else source.marks) + (() if before is None else before.marks)
    monitor = Monitor(
        course_for(plan, book, arguments.tolerance_km),
        ground=_ground(arguments.terrain),
        stated_sensors=None if arguments.sensors is None else read_sensor_times(arguments.sensors),
        stated_deviations=(
            () if arguments.deviations is None else read_deviations(arguments.deviations)
        ),
        marks=tuple(dict.fromkeys((*plan.marks, *exercise, *inherited))),
    )
    rules = LiveRules(plan, book, {"readings": readings, "borders": arguments.borders})
    return Session(monitor, book, rules, None, view.said)


def _ground(path: Path | None) -> Any:
    if path is None:
        return None
    from overflight.flying.monitor.terrain import TerrainUnder

    return TerrainUnder(path)


def _log_file(
    session: Session,
    path: Path,
    before: ReadLog | None,
    plan: MissionPlan,
    digest: str,
    arguments: argparse.Namespace,
) -> LogFile:
    from overflight.formats.monitor_log import KIND, VERSION, line_of

    path.parent.mkdir(parents=True, exist_ok=True)
    if before is not None:
        return LogFile(path, whole_bytes=before.whole_bytes)
    log = LogFile(path)
    head = {
        "kind": KIND,
        "version": VERSION,
        "treaty": plan.treaty,
        "observing": plan.observing,
        "observed": plan.observed,
        "seat": arguments.seat,
        "plan_sha256": digest,
        "source": _named(arguments.source),
        "begun": dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    log.write(line_of(head, session.monitor.marks))
    log.sync()
    return log


def _named(source: str | None) -> str:
    """The source without the folders it lies in."""
    if source is None or source == "-" or source.startswith(("tcp:", "udp:")):
        return source or ""
    return Path(source).name


# --- after ----------------------------------------------------------------------------------------


def _finish(
    arguments: argparse.Namespace,
    session: Session,
    plan: MissionPlan,
    digest: str,
    log_path: Path,
) -> int:
    from overflight.mission.monitor_end import audit_at_end
    from overflight.report.flight_monitor_json import monitor_to_dict
    from overflight.report.flown import audit_text

    monitor = session.monitor
    try:
        flown, audit = audit_at_end(
            plan,
            log_path.read_bytes() + bytes(session.unwritten),
            monitor,
            terrain=arguments.terrain,
            tolerance_km=arguments.tolerance_km,
            treaty=arguments.treaty,
            readings=parse_readings(arguments.reading),
            borders=arguments.borders,
        )
        refused = None
    except OverflightError as error:
        flown, audit, refused = None, None, error
    document = monitor_to_dict(
        plan, digest, arguments.seat, monitor, session.rules.verdicts(), session.happened, audit,
        None if refused is None else refused.message,
    )  # fmt: skip
    if arguments.out is not None:
        _write(arguments.out, document, flown, monitor)
    if arguments.json:
        print_json(document)
    elif arguments.json_lines:
        print(json.dumps(document, ensure_ascii=False))
    elif audit is not None:
        print(audit_text(plan, audit.facts, audit.findings, color=sys.stdout.isatty()))
    if refused is not None:
        print(f"No audit: {refused}", file=sys.stderr)
        return EXIT_UNDETERMINED
    if not (arguments.json or arguments.json_lines):
        print(f"The log is {log_path}", file=sys.stderr)
    assert audit is not None
    verdict = str(audit.findings.verdict)
    return {"breach": EXIT_BREACH, "undetermined": EXIT_UNDETERMINED}.get(verdict, EXIT_OK)


def _write(out: Path, document: dict[str, Any], flown: Any, monitor: Any) -> None:
    from overflight.files import write_atomic
    from overflight.formats.flight_files import deviations_to_csv, sensor_times_to_csv
    from overflight.formats.tracks.csv_track import track_to_csv
    from overflight.mission.monitor_end import sensor_times

    text = json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False) + "\n"
    write_atomic(out / "monitor.json", text)
    if flown is not None:
        write_atomic(out / "track.csv", track_to_csv(flown.track))
    times = sensor_times(monitor)
    if times is not None:
        write_atomic(out / "sensors.csv", sensor_times_to_csv(times, monitor.marks))
    write_atomic(out / "deviations.csv", deviations_to_csv(monitor.deviations, monitor.marks))
