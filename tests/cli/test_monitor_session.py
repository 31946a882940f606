"""A run of the monitor without a terminal: resumed, with a full disk, and fed with anything."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livestream import fixes_of, gdl90_of, nmea_of
from overflight.cli.monitor_session import LogFile, Session
from overflight.cli.monitor_sources import Came
from overflight.flying.attitude import Unrest
from overflight.flying.monitor.watch import Monitor
from overflight.flying.simulate import Options, simulate
from overflight.formats.live import decode
from overflight.formats.monitor_log import read_log, read_log_track
from overflight.mission.monitored import LiveRules, book_of, course_for
from overflight.terms.track import PlannedDeviation
from plan_by_hand import plan

BOOK = book_of(plan(), "observing")
COURSE = course_for(plan(), BOOK, 1.0)
TRACK = simulate(plan(), Options(unrest=Unrest(0.0, 0.0, 0.0))).track


def session(log: LogFile | None = None) -> Session:
    monitor = Monitor(COURSE)
    return Session(monitor, BOOK, LiveRules(plan(), BOOK, {}), log, lambda _: None)


def headed(path: Path) -> LogFile:
    path.write_text('{"kind":"monitor-log","version":1}\n')
    return LogFile(path, whole_bytes=path.stat().st_size)


def test_another_process_goes_on_with_a_clock_of_its_own(tmp_path: Path) -> None:
    """The clock of arrivals begins anew with the machine; a gap of minutes is one."""
    chosen = [*range(100), *range(800, 900)]
    fixes = [fixes_of(TRACK)[k] for k in chosen]
    first = session(headed(tmp_path / "l"))
    first.came([Came(fix, 5000.0 + k) for k, fix in enumerate(fixes[:100])])
    first.note("medical")
    first.switch("vertical")
    data = (tmp_path / "l").read_bytes()
    second = session(LogFile(tmp_path / "l", whole_bytes=len(data)))
    second.resume(read_log(data, "l"))
    assert second.monitor.points == 100
    assert second.monitor.noting == "medical"
    assert set(second.monitor.sensors.on) == set(first.monitor.sensors.on)
    second.came([Came(fix, 3.0 + k) for k, fix in enumerate(fixes[100:])])
    assert second.monitor.points == 200
    track = read_log_track((tmp_path / "l").read_bytes(), "l").track
    assert track.time_s.tolist() == TRACK.time_s[chosen].tolist()
    assert track.lat.tolist() == TRACK.lat[chosen].tolist()


def test_a_full_disk_is_said_and_nothing_is_lost(tmp_path: Path) -> None:
    """/dev/full takes nothing; what was held back goes to the next disk that does."""
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full on this system")
    one = session(LogFile(Path("/dev/full"), whole_bytes=1))
    fixes = fixes_of(TRACK)[:50]
    one.came([Came(fix) for fix in fixes[:25]])
    one.came([Came(fix) for fix in fixes[25:]])
    assert one.happened["log-failed"] == 1
    held = [json.loads(line) for line in bytes(one.unwritten).splitlines()]
    assert sum(line["do"] == "fix" for line in held) == 50
    one.log = headed(tmp_path / "l")
    one.came([])
    one.finish()
    assert one.happened["log-back"] == 1
    assert len(read_log_track((tmp_path / "l").read_bytes(), "l").track) == 50


EPOCHS = nmea_of(TRACK)[:400:8]
FRAMES = gdl90_of(TRACK)[:400:8]
STREAMS = st.lists(
    st.one_of(st.binary(max_size=60), st.sampled_from(EPOCHS), st.sampled_from(FRAMES)),
    max_size=40,
).map(b"".join)


@settings(max_examples=40, deadline=None)
@given(stream=STREAMS, keys=st.text(alphabet="12den", max_size=5), live=st.booleans())
def test_whatever_comes_it_goes_on(stream: bytes, keys: str, live: bool) -> None:
    one = session()
    for number, received in enumerate(decode(stream)):
        one.came([Came(received, float(number) if live else None)])
    for key in keys:
        if key in "12":
            one.switch(("vertical", "oblique-left")[int(key) - 1])
        elif key == "d":
            one.note("medical")
        elif key == "e":
            one.unnote()
        else:
            one.tick(1e6)
    one.finish()
    assert one.monitor.points <= one.monitor.received


def test_each_line_is_one_write_and_whole_after_a_kill(tmp_path: Path) -> None:
    log = headed(tmp_path / "l")
    one = session(log)
    for fix in fixes_of(TRACK)[:20]:
        one.came([Came(fix)])
        assert (tmp_path / "l").read_bytes().endswith(b"}\n")
    assert (tmp_path / "l").stat().st_size > 2000


@pytest.mark.parametrize("seed", (3, 4))
def test_at_the_end_the_rules_say_live_what_they_say_of_the_whole(seed: int) -> None:
    """With the unrest of the air, on flights that the other tests do not know."""
    import numpy as np

    from overflight.flying.repair import repair
    from overflight.formats.tracks.recorded import RecordedTrack
    from overflight.mission.audited import audit_flight

    bends = tuple(
        PlannedDeviation("weather-safety", k, 10.0, 62.0 + seed, offset_km=(-1.0) ** k * (2.0 + k))
        for k in (0, 1, 3)
    )
    flight = simulate(plan(), Options(seed=seed, deviations=bends))
    monitor = Monitor(COURSE, stated_deviations=flight.deviations)
    one = Session(monitor, BOOK, LiveRules(plan(), BOOK, {}), None, lambda _: None)
    one.came([Came(fix) for fix in fixes_of(flight.track)])
    one.finish()
    lines = np.arange(len(flight.track))
    whole = audit_flight(
        plan(),
        repair(RecordedTrack(flight.track, lines, "line", "t")),
        deviations=flight.deviations,
    )
    order = ("breach", "undetermined", "right arises", "compliant")
    worst: dict[str, str] = {}
    for item in whole.findings.items:
        if str(item.verdict) in order:
            had = worst.get(item.rule, "compliant")
            worst[item.rule] = min(had, str(item.verdict), key=order.index)
    assert {rule: str(v) for rule, v in one.rules.verdicts().items()} == worst
    assert len(monitor.excursions()) == len(bends)
    for mine, theirs in zip(monitor.excursions(), whole.facts.excursions, strict=True):
        assert mine.most_km == pytest.approx(theirs.most_km, abs=1e-9)
        assert mine.added_km == pytest.approx(theirs.added_km, abs=1e-6)
