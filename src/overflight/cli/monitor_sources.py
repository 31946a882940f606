"""Where the monitor's positions come from: a recording, standard input, a device, TCP, UDP.

A thread reads and decodes, so that nothing is lost while a screen is drawn or a rule is asked.
"""

from __future__ import annotations

import os
import queue
import socket
import stat
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from overflight.errors import DataError, OverflightError
from overflight.formats.live import STREAMS, StreamDecoder
from overflight.terms.live_fix import LiveFix, Received

if TYPE_CHECKING:
    from overflight.terms.track import Track

_READ, _SNIFF, _MOST_WAITING = 65536, 8192, 100_000
_LONGEST_WAIT_S = 30.0
"""Of a gap in a recording no more than so much is waited for, by the recording's time."""
_DAY = 86400.0


@dataclass(frozen=True, slots=True)
class Came:
    """One thing that came: what was received with the clock's reading, or news of the line."""

    received: Received | None = None
    arrived_s: float | None = None
    link: str = ""
    detail: str = ""
    end: bool = False


@dataclass(frozen=True, slots=True)
class Options:
    """How to read: ``speed`` times as fast as recorded (0: as fast as it goes)."""

    kind: str | None = None
    speed: float = 1.0
    baud: int | None = None
    retry_s: float = 60.0
    recorded: bool = False
    aircraft: str | None = None
    height_unit: str | None = None
    assume_utc: bool = False
    skip: int = 0


class Source:
    """A source that is being read by a thread of its own. ``marks`` are those of a recording."""

    def __init__(self, name: str, options: Options) -> None:
        self.name = name
        self.marks: tuple[str, ...] = ()
        self._options = options
        self._stop = threading.Event()
        self._queue: queue.Queue[Came] = queue.Queue(_MOST_WAITING)
        self._reads, self.live = self._open()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()

    def take(self, wait_s: float, most: int = 500) -> list[Came]:
        """What has come; waits at most ``wait_s`` for the first."""
        try:
            found = [self._queue.get(timeout=wait_s)]
        except queue.Empty:
            return []
        while len(found) < most:
            try:
                found.append(self._queue.get_nowait())
            except queue.Empty:
                break
        return found

    def _run(self) -> None:
        detail = ""
        try:
            for one in self._reads:
                self._put(one)
                if self._stop.is_set():
                    break
        except OverflightError as error:
            detail = error.message
        except (OSError, ValueError) as error:
            detail = str(error)
        self._put(Came(end=True, detail=detail))

    def _put(self, one: Came) -> None:
        while not self._stop.is_set():
            try:
                self._queue.put(one, timeout=0.5)
            except queue.Full:
                continue
            return

    # --- kinds of sources ---------------------------------------------------------------------

    def _open(self) -> tuple[Iterator[Came], bool]:
        """What to read, and whether it comes as it happens."""
        name = self.name
        if name.startswith("tcp:"):
            address = _address(name.removeprefix("tcp:"), None)
            return self._lines(lambda: _tcp(address)), True
        if name.startswith("udp:"):
            return self._lines(_keeping(_udp(name))), True
        if name == "-":
            mode = os.fstat(sys.stdin.fileno()).st_mode
            if self._options.kind not in (None, *STREAMS):
                return self._paced(self._recording(name)), False
            read = _Descriptor(os.dup(sys.stdin.fileno()))
            if stat.S_ISREG(mode) or self._options.recorded:
                return self._paced(_decoded(read, self._decoder(), lambda: None)), False
            return _decoded(read, self._decoder(), time.monotonic), True
        path = Path(name)
        try:
            mode = path.stat().st_mode
        except OSError:
            raise DataError(
                "there is no such file or device",
                file=name,
                remedy="Give a recording, a device, '-', tcp:HOST:PORT or udp:PORT.",
            ) from None
        if stat.S_ISCHR(mode):
            return self._lines(lambda: _device(path, self._options.baud)), True
        if stat.S_ISFIFO(mode):
            return _piped(path, self._decoder()), True
        return self._paced(self._recording(name)), False

    def _decoder(self) -> StreamDecoder:
        kind = self._options.kind
        return StreamDecoder(kind if kind in STREAMS else None)

    def _recording(self, path: str) -> Iterator[Came]:
        kind = self._options.kind
        if kind is None:
            with Path(path).open("rb") as file:
                sniffed = StreamDecoder()
                sniffed.feed(file.read(_SNIFF))
                kind = sniffed.kind
        if kind in STREAMS:
            return _decoded(_Descriptor(os.open(path, os.O_RDONLY)), StreamDecoder(kind), _never)
        from overflight.formats.tracks.reading import read_track_file

        options = self._options
        track = read_track_file(
            path,
            kind=kind,
            aircraft=options.aircraft,
            height_unit=options.height_unit,
            assume_utc=options.assume_utc,
        ).track
        self.marks = track.marks
        return _of_track(track)

    def _paced(self, reads: Iterator[Came]) -> Iterator[Came]:
        """A recording at its speed; what was logged before is passed over."""
        speed, skip = self._options.speed, self._options.skip
        due, last = time.monotonic(), None
        for one in reads:
            fix = one.received
            if isinstance(fix, LiveFix):
                if skip > 0:
                    skip -= 1
                    continue
                if speed > 0.0 and fix.tod_s is not None:
                    step = 0.0 if last is None else (fix.tod_s - last) % _DAY
                    due += min(step if step < _DAY / 2 else 0.0, _LONGEST_WAIT_S) / speed
                    last = fix.tod_s
                    self._stop.wait(max(due - time.monotonic(), 0.0))
            elif skip > 0:
                continue
            yield one

    def _lines(self, connect: object) -> Iterator[Came]:
        """A line that may be cut and come back: tried again until ``retry_s`` are over."""
        assert callable(connect)
        lost: float | None = None
        decoder = self._decoder()
        while not self._stop.is_set():
            try:
                read = connect()
            except OSError as error:
                lost = lost or time.monotonic()
                if time.monotonic() - lost > self._options.retry_s:
                    yield Came(end=True, detail=str(error))
                    return
                self._stop.wait(0.5)
                continue
            if lost is not None:
                yield Came(link="link-back")
            why = "it was closed"
            try:
                yield from _decoded(read, decoder, time.monotonic, last=False)
            except OSError as error:
                why = str(error)
            lost = time.monotonic()
            yield Came(link="link-lost", detail=why)


def _piped(path: Path, decoder: StreamDecoder) -> Iterator[Came]:
    """A named pipe, opened by the thread that reads it: opening waits for somebody who writes."""
    yield from _decoded(_Descriptor(os.open(path, os.O_RDONLY)), decoder, time.monotonic)


def _never() -> float | None:
    return None


class _Descriptor:
    """Bytes of a file, a pipe, a device."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def read(self) -> bytes:
        return os.read(self._descriptor, _READ)

    def close(self) -> None:
        os.close(self._descriptor)


class _Socket:
    """Bytes of a connection; for UDP those of the next datagram, never none."""

    def __init__(self, sock: socket.socket, *, datagrams: bool) -> None:
        self._socket, self._datagrams = sock, datagrams

    def read(self) -> bytes:
        while True:
            data = self._socket.recv(_READ)
            if data or not self._datagrams:
                return data

    def close(self) -> None:
        self._socket.close()


def _decoded(
    read: _Descriptor | _Socket, decoder: StreamDecoder, clock: object, *, last: bool = True
) -> Iterator[Came]:
    assert callable(clock)
    try:
        while data := read.read():
            arrived = clock()
            for one in decoder.feed(data):
                yield Came(one, arrived)
        if last:
            for one in decoder.end():
                yield Came(one, clock())
    finally:
        read.close()


def _keeping(read: _Socket) -> object:
    return lambda: read


def _tcp(address: tuple[str, int]) -> _Socket:
    return _Socket(socket.create_connection(address, timeout=None), datagrams=False)


def _udp(name: str) -> _Socket:
    host, port = _address(name.removeprefix("udp:"), "127.0.0.1")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    try:
        sock.bind((host, port))
    except OSError as error:
        raise DataError(
            f"nothing can be received on {host} port {port}: {error.strerror}",
            remedy="Give another port, or an address of this machine: udp:ADDRESS:PORT.",
        ) from None
    return _Socket(sock, datagrams=True)


def _address(text: str, host: str | None) -> tuple[str, int]:
    before, colon, port = text.rpartition(":")
    named = before.strip("[]") if colon else host
    if not named or not port.isdecimal() or not 0 < int(port) < 65536:
        raise DataError(
            f"{text!r} is no address and port",
            remedy="Write tcp:HOST:PORT, udp:PORT or udp:ADDRESS:PORT.",
        )
    return named, int(port)


def _device(path: Path, baud: int | None) -> _Descriptor:
    """A serial device, raw; at its own speed unless ``baud`` is given."""
    import termios
    import tty

    descriptor = os.open(path, os.O_RDONLY | os.O_NOCTTY)
    if os.isatty(descriptor):
        tty.setraw(descriptor)
        if baud is not None:
            speed = getattr(termios, f"B{baud}", None)
            if speed is None:
                os.close(descriptor)
                raise DataError(
                    f"{baud} is not a speed of serial lines", remedy="Give 4800, 38400 or 115200."
                )
            set_to = termios.tcgetattr(descriptor)
            set_to[4] = set_to[5] = speed
            termios.tcsetattr(descriptor, termios.TCSANOW, set_to)
    return _Descriptor(descriptor)


def _of_track(track: Track) -> Iterator[Came]:
    """A track as a receiver would have sent it; times and places to the last bit."""
    import datetime as dt
    import math

    from overflight.terms.track import ELLIPSOID, MEAN_SEA_LEVEL, PRESSURE

    name = {MEAN_SEA_LEVEL: "height_m", ELLIPSOID: "ellipsoid_m", PRESSURE: "pressure_m"}.get(
        track.datum, "other_m"
    )
    columns = zip(
        track.time_s.tolist(), track.lat.tolist(), track.lon.tolist(), track.height_m.tolist(),
        track.roll_deg.tolist(), track.pitch_deg.tolist(), track.heading_deg.tolist(),
        strict=True,
    )  # fmt: skip
    simulated = track.simulated
    for time_s, lat, lon, height, *angles in columns:
        day = math.floor(time_s / _DAY)
        roll, pitch, heading = (None if math.isnan(a) else a for a in angles)
        known = {name: height} if math.isfinite(height) else {}
        fix = LiveFix(
            tod_s=time_s - day * _DAY,
            lat=lat,
            lon=lon,
            date=dt.date(1970, 1, 1) + dt.timedelta(days=day),
            roll_deg=roll,
            pitch_deg=pitch,
            heading_deg=heading,
            simulated=simulated,
            **known,
        )
        yield Came(fix, None)
