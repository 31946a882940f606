"""``overflight flight monitor`` from end to end: replays, streams, crashes, screens, marks."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from livestream import gdl90_of, nmea_of
from overflight.flying.attitude import Unrest
from overflight.flying.simulate import Options, SimulatedFlight, simulate
from overflight.formats.flight_files import deviations_to_csv, sensor_times_to_csv
from overflight.formats.schema import validate
from overflight.formats.tracks.csv_track import track_to_csv
from overflight.mission.bundle_kinds import role_of
from overflight.report.outgoing import plan_bytes
from overflight.terms.track import PlannedDeviation
from plan_by_hand import plan

Cli = Callable[..., Any]
pytestmark = pytest.mark.filterwarnings("ignore:Use `@` matmul:PendingDeprecationWarning")
BEND = PlannedDeviation("weather-safety", 0, 20.0, 80.0, offset_km=9.0)


@pytest.fixture(scope="module")
def flight() -> SimulatedFlight:
    return simulate(plan(), Options(unrest=Unrest(0.0, 0.0, 0.0), deviations=(BEND,)))


@pytest.fixture
def folder(tmp_path: Path, flight: SimulatedFlight) -> Path:
    (tmp_path / "plan.json").write_bytes(plan_bytes(plan()))
    out, marks = tmp_path / "flight", flight.track.marks
    out.mkdir()
    (out / "track.csv").write_bytes(track_to_csv(flight.track))
    (out / "sensors.csv").write_text(sensor_times_to_csv(flight.sensors, marks))
    (out / "deviations.csv").write_text(deviations_to_csv(flight.deviations, marks))
    return tmp_path


def command(*words: object) -> list[str]:
    return [sys.executable, "-m", "overflight", "flight", "monitor", *map(str, words)]


def entries(log: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.read_text().splitlines()]


def test_a_whole_track_has_the_findings_of_the_audit(cli: Cli, folder: Path) -> None:
    made = cli(
        "flight", "monitor", folder / "plan.json", folder / "flight", "--speed", "0", "--out",
        folder / "m", "--json",
    )  # fmt: skip
    document = json.loads(made.out)
    validate(document, "flight-monitor")
    offline = cli("flight", "audit", folder / "plan.json", folder / "flight", "--json")
    whole = json.loads(offline.out)
    assert made.status == offline.status
    assert document["audit"] == whole
    # What the rules said while it flew is, at the end, what they say of the whole.
    order = ("breach", "undetermined", "right arises", "compliant")
    worst: dict[str, str] = {}
    for item in whole["findings"]["findings"]:
        had = worst.get(item["rule"], "compliant")
        worst[item["rule"]] = min(had, item["verdict"], key=order.index)
    assert document["live"] == worst
    # The same of what was written: the track of the log, and the folder.
    for source in (folder / "m", folder / "m" / "monitor.jsonl"):
        beside = () if source.is_dir() else (
            "--sensors", folder / "m" / "sensors.csv", "--deviations", folder / "m/deviations.csv",
        )  # fmt: skip
        again = cli("flight", "audit", folder / "plan.json", source, *beside, "--json")
        assert json.loads(again.out) == whole


def test_each_line_of_the_log_keeps_its_schema_and_its_mark(cli: Cli, folder: Path) -> None:
    cli(
        "flight", "monitor", folder / "plan.json", folder / "flight", "--speed", "0", "--out",
        folder / "m", "--exercise",
    )  # fmt: skip
    lines = entries(folder / "m" / "monitor.jsonl")
    assert len(lines) > 3000
    assert all(line["marks"] == "EXERCISE SIMULATED" for line in lines)
    for line in (*lines[:40], *lines[-40:], *(x for x in lines if x.get("do") == "say")):
        validate(line, "monitor-log")
    for name, wanted in (
        ("track.csv", "track"),
        ("sensors.csv", "track"),
        ("monitor.json", "audit"),
    ):
        role, marks = role_of(folder / "m" / name, None, allowed=False)
        assert (role, set(marks)) == (wanted, {"EXERCISE", "SIMULATED"})
    for name in ("track.csv", "deviations.csv", "sensors.csv", "monitor.json"):
        assert "SIMULATED" in (folder / "m" / name).read_text()


@pytest.mark.parametrize("form", ("nmea", "gdl90"))
def test_a_recorded_stream_loses_no_fix(
    cli: Cli, folder: Path, flight: SimulatedFlight, form: str
) -> None:
    """At 100 times its speed the thinned part of a track takes seconds; every moment is there."""
    part = flight.track.taken(flight.track.time_s < flight.track.time_s[0] + 150.0)
    epochs = nmea_of(part) if form == "nmea" else gdl90_of(part)
    (folder / "stream").write_bytes(b"".join(epochs))
    made = cli(
        "flight", "monitor", folder / "plan.json", folder / "stream", "--speed", "100", "--log",
        folder / "log.jsonl", "--json",
    )  # fmt: skip
    document = json.loads(made.out)
    assert (document["received"], document["points"]) == (len(part), len(part))
    read = cli("flight", "read", folder / "log.jsonl", "--json")
    assert json.loads(read.out)["points"] == len(part)


def test_a_receiver_that_simulates_marks_everything(
    cli: Cli, folder: Path, flight: SimulatedFlight
) -> None:
    part = flight.track.taken(flight.track.time_s < flight.track.time_s[0] + 60.0)
    sound, simulated = nmea_of(part), nmea_of(part, quality=8)
    (folder / "stream").write_bytes(b"".join([*sound[:30], *simulated[30:35], *sound[35:]]))
    cli(
        "flight", "monitor", folder / "plan.json", folder / "stream", "--speed", "0", "--log",
        folder / "log.jsonl",
    )  # fmt: skip
    lines = entries(folder / "log.jsonl")
    assert "marks" not in lines[0] and lines[-1]["marks"] == "SIMULATED"
    cli("flight", "read", folder / "log.jsonl", "--out", folder / "t.csv")
    assert "# marks: SIMULATED" in (folder / "t.csv").read_text()


def test_a_torn_stream_is_survived_and_said(
    cli: Cli, folder: Path, flight: SimulatedFlight
) -> None:
    part = flight.track.taken(flight.track.time_s < flight.track.time_s[0] + 120.0)
    stream = nmea_of(part)
    stream[40] = stream[40][:70] + stream[40][71:]
    stream[50] = stream[50][:25]
    stream[60] = b"\x00\xff~garbage\r\n" + stream[60]
    (folder / "stream").write_bytes(b"".join(stream))
    made = cli(
        "flight", "monitor", folder / "plan.json", folder / "stream", "--speed", "0", "--log",
        folder / "log.jsonl",
    )  # fmt: skip
    assert made.status in (1, 3)
    assert "cannot be read (checksum)" in made.out and "cannot be read (cut)" in made.out
    last = [x for x in entries(folder / "log.jsonl") if x.get("do") == "fix"][-1]
    assert last["n"] == len(part) - 1


def test_a_working_plan_does_not_go_on_board(cli: Cli, folder: Path) -> None:
    inside = json.loads((folder / "plan.json").read_text())
    (folder / "w.json").write_text(json.dumps({"kind": "working-plan", "mission_plan": inside}))
    made = cli("flight", "monitor", folder / "w.json", folder / "flight")
    assert made.status == 2 and "does not go on board" in made.err


@pytest.mark.parametrize(
    ("words", "message"),
    (
        (("nowhere",), "there is no such file"),
        ((), "nothing to watch"),
        (("tcp:here",), "no address and port"),
        (("udp:99999",), "no address and port"),
        (("flight", "--speed", "-1"), "below zero"),
    ),
)
def test_bad_words_are_refused(
    cli: Cli, folder: Path, words: tuple[str, ...], message: str
) -> None:
    words = tuple(str(folder / w) if w == "flight" else w for w in words)
    made = cli("flight", "monitor", folder / "plan.json", *words, "--log", folder / "l")
    assert made.status == 2
    assert message in made.err and "->" in made.err


def test_a_log_is_never_written_over(cli: Cli, folder: Path) -> None:
    (folder / "l").write_text("something\n")
    made = cli("flight", "monitor", folder / "plan.json", folder / "flight", "--log", folder / "l")
    assert made.status == 2 and "--resume" in made.err
    assert (folder / "l").read_text() == "something\n"


def test_killed_and_resumed_it_ends_as_if_it_had_not_been(cli: Cli, folder: Path) -> None:
    log = folder / "m" / "monitor.jsonl"
    words = (folder / "plan.json", folder / "flight", "--out", folder / "m")
    run = subprocess.Popen(command(*words, "--speed", "900"), stdout=subprocess.DEVNULL)
    try:
        wait_for(lambda: log.exists() and log.stat().st_size > 300_000)
    finally:
        run.send_signal(signal.SIGKILL)
        run.wait()
    with log.open("ab") as file:
        file.write(b'{"do":"fix","n":99999,"fix":{"la')
    made = cli("flight", "monitor", *words, "--speed", "0", "--resume", "--json")
    document = json.loads(made.out)
    whole = cli("flight", "audit", folder / "plan.json", folder / "flight", "--json")
    assert document["audit"] == json.loads(whole.out)
    lines = entries(log)
    (resumed,) = (line for line in lines if line.get("do") == "resumed")
    assert resumed["cut"] == 32
    numbers = [line["n"] for line in lines if line.get("do") == "fix"]
    assert numbers == list(range(1, len(numbers) + 1))


def test_another_plan_does_not_go_on_with_a_log(cli: Cli, folder: Path) -> None:
    words = (folder / "flight", "--speed", "0", "--log", folder / "l")
    cli("flight", "monitor", folder / "plan.json", *words)
    (folder / "other.json").write_bytes(plan_bytes(plan(2500.0)))
    made = cli("flight", "monitor", folder / "other.json", *words, "--resume")
    assert made.status == 2 and "of another plan" in made.err


def test_a_log_can_be_closed_without_a_source(cli: Cli, folder: Path) -> None:
    cli(
        "flight", "monitor", folder / "plan.json", folder / "flight/track.csv", "--speed", "0",
        "--log", folder / "l",
    )  # fmt: skip
    log = folder / "l"
    log.write_bytes(b"".join(log.read_bytes().splitlines(keepends=True)[:2000]))
    made = cli("flight", "monitor", folder / "plan.json", "--resume", "--log", log, "--json")
    document = json.loads(made.out)
    assert document["audit"] is not None and 1900 < document["points"] < 2000


def wait_for(ready: Callable[[], bool], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.05)


def logged(log: Path) -> int:
    with contextlib.suppress(FileNotFoundError):
        return log.read_bytes().count(b'"do":"fix"')
    return 0


def test_positions_over_udp_and_over_tcp_that_is_cut(folder: Path, flight: SimulatedFlight) -> None:
    part = flight.track.taken(flight.track.time_s < flight.track.time_s[0] + 40.0)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = folder / "udp.jsonl"
    run = subprocess.Popen(
        command(folder / "plan.json", f"udp:{port}", "--log", log), stdout=subprocess.PIPE
    )
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sent = 0
        wait_for(lambda: log.exists())
        for epoch in gdl90_of(part):
            sender.sendto(epoch, ("127.0.0.1", port))
            sent += 1
            time.sleep(0.01)
        wait_for(lambda: logged(log) > 0)
    run.send_signal(signal.SIGTERM)
    run.communicate(timeout=60)
    assert entries(log)[-1]["do"] == "ended"
    assert logged(log) >= sent - 2  # what was sent before it listened is not there

    log = folder / "tcp.jsonl"
    server = socket.create_server(("127.0.0.1", 0))
    epochs = nmea_of(part)

    def serve() -> None:
        for half in (epochs[:20], epochs[20:]):
            connection, _ = server.accept()
            with connection:
                connection.sendall(b"".join(half))
        server.close()

    thread = threading.Thread(target=serve)
    thread.start()
    address = f"tcp:127.0.0.1:{server.getsockname()[1]}"
    done = subprocess.run(
        command(folder / "plan.json", address, "--log", log, "--retry", "1"),
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    thread.join()
    assert "the line is cut" in done.stdout and "the line is there again" in done.stdout
    assert logged(log) == len(part)


def test_the_screen_is_drawn_keys_are_heard_and_the_terminal_is_left_in_order(
    folder: Path,
) -> None:
    log = folder / "l.jsonl"
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ.update(TERM="xterm", COLUMNS="80", LINES="24", PYTHONUTF8="1")
        words = (folder / "plan.json", folder / "flight/track.csv", "--speed", "40", "--log", log)
        os.execv(sys.executable, command(*words))
    seen = b""

    def read_until(word: bytes) -> None:
        nonlocal seen
        end = time.monotonic() + 60
        while word not in seen:
            assert time.monotonic() < end, seen[-3000:]
            if select.select([terminal], [], [], 0.2)[0]:
                try:
                    seen += os.read(terminal, 65536)
                except OSError:
                    break

    try:
        read_until(b"leg 1 of 4")
        os.write(terminal, b"1")
        read_until(b"vertical off")
        os.write(terminal, b"d")
        read_until(b"Ground: 1 weather-safety")
        os.write(terminal, b"3")
        read_until(b"deviation noted: medical")
        os.write(terminal, b"qq")
        read_until(b"The log is")
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
        os.waitpid(pid, 0)
        os.close(terminal)
    assert seen.index(b"\x1b[?1049h") < seen.index(b"\x1b[?1049l")
    frames = seen.decode("utf-8", "replace").split("\x1b[H")[1:]
    assert all(len(frame.split("\r\n")) == 24 for frame in frames[:-1])
    assert b"*** SIMULATED ***" in seen and b"\a" not in seen
    typed = [x for x in entries(log) if x.get("do") in ("switch", "note")]
    assert [x.get("sensor") or x["cause"] for x in typed] == ["vertical", "medical"]
