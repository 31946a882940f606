"""How many positions a second the monitor on board takes, stage by stage.

    python benchmarks/monitor.py PLAN [--rate 1] [--json]

One core. A receiver sends one to ten a second; what is above that is for replays and for catching
up. No published peer does this; pynmea2 parses sentences beside ours where it can be imported.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("plan", type=Path)
    parser.add_argument("--rate", type=float, default=1.0)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()

    from overflight.cli.monitor_session import LogFile, Session
    from overflight.cli.monitor_sources import Came
    from overflight.flying.monitor.watch import Monitor
    from overflight.flying.simulate import Options, simulate
    from overflight.formats.live import decode
    from overflight.formats.nmea import checksum
    from overflight.formats.plan_json import read_mission_plan
    from overflight.mission.monitored import LiveRules, book_of, course_for
    from overflight.terms.live_fix import LiveFix

    plan = read_mission_plan(arguments.plan)
    track = simulate(plan, Options(rate_hz=arguments.rate)).track
    stream = bytearray()
    for t, y, x, h in zip(track.time_s, track.lat, track.lon, track.height_m, strict=True):
        when = dt.datetime.fromtimestamp(float(t), dt.UTC)
        tod = f"{when:%H%M%S}.{when.microsecond // 1000:03d}"
        place = f"{angle(y, 'NS', 2)},{angle(x, 'EW', 3)}"
        for body in (
            f"GPRMC,{tod},A,{place},243.0,90.0,{when:%d%m%y},,,S",
            f"GPGGA,{tod},{place},8,08,0.9,{h:.2f},M,14.0,M,,",
        ):
            stream += f"${body}*{checksum(body.encode()):02X}\r\n".encode()
    fixes = [one for one in decode(bytes(stream), "nmea") if isinstance(one, LiveFix)]
    book = book_of(plan, "observed")
    course = course_for(plan, book, 1.0)

    def machine() -> None:
        monitor = Monitor(course)
        for fix in fixes:
            monitor.fix(fix)

    def whole() -> None:
        monitor = Monitor(course)
        with tempfile.TemporaryDirectory() as folder:
            log = LogFile(Path(folder) / "log")
            session = Session(monitor, book, LiveRules(plan, book, {}), log, lambda _: None)
            for first in range(0, len(fixes), 500):
                session.came([Came(fix) for fix in fixes[first : first + 500]])
            log.close()

    for name, run in (
        ("decode NMEA", lambda: sum(1 for _ in decode(bytes(stream), "nmea"))),
        ("machine", machine),
        ("with rules and log", whole),
    ):
        seconds = timed(run)
        row = {"case": name, "fixes": len(fixes), "fixes_per_s": round(len(fixes) / seconds)}
        print(json.dumps(row) if arguments.json else "  ".join(f"{k} {v}" for k, v in row.items()))
    return 0


def timed(run: Callable[[], object], runs: int = 3) -> float:
    """The least processor time of some runs after a first."""
    run()
    least = float("inf")
    for _ in range(runs):
        begun = time.process_time()
        run()
        least = min(least, time.process_time() - begun)
    return least


def angle(value: float, sides: str, digits: int) -> str:
    degrees, minutes = divmod(abs(float(value)) * 60.0, 60.0)
    return f"{int(degrees):0{digits}d}{minutes:010.7f},{sides[int(value < 0)]}"


if __name__ == "__main__":
    raise SystemExit(main())
