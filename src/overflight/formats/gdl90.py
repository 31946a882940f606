"""GDL 90 as receivers send it to tablets: frames out of a stream of bytes, positions out of frames.

After the GDL 90 Data Interface Specification (Garmin, 560-1058-00 Rev A, 2007): frames between
flag bytes 0x7E, 0x7D before a byte that was changed by 0x20, a CRC-CCITT of 16 bits, least byte
first. Read are heartbeat (0), ownship report (10) and ownship geometric altitude (11); all other
messages are passed over. The time is the heartbeat's second of the day; there is no date. The
ownship's altitude is an altimeter's, the geometric one counts from the ellipsoid.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from overflight.formats.epochs import Epochs
from overflight.terms.live_fix import LiveFix, NoFix, Received, Spoilt

FLAG, ESCAPE, FLIP = 0x7E, 0x7D, 0x20
LONGEST = 1024
"""The longest message, an uplink, has 436 bytes, and as many more where each is escaped."""
HEARTBEAT, OWNSHIP, GEOMETRIC, TRAFFIC = 0, 10, 11, 20
_M_PER_FOOT = 0.3048
_KM_H_PER_KNOT = 1.852
_DEGREES = 180.0 / (1 << 23)
_NO_ALTITUDE, _NO_SPEED = 0xFFF, 0xFFF
_TRUE_TRACK = 1


def _table() -> tuple[int, ...]:
    made = []
    for i in range(256):
        crc = i << 8
        for _ in range(8):
            crc = (crc << 1) ^ (0x1021 if crc & 0x8000 else 0)
        made.append(crc & 0xFFFF)
    return tuple(made)


_CRC = _table()


def crc16(data: bytes) -> int:
    """The frame check sequence of a message (2.2.3 of the specification)."""
    crc = 0
    for byte in data:
        crc = _CRC[crc >> 8] ^ ((crc << 8) & 0xFFFF) ^ byte
    return crc


def frame(message: bytes) -> bytes:
    """A message with its check, escaped, between flags."""
    whole = message + crc16(message).to_bytes(2, "little")
    out = bytearray([FLAG])
    for byte in whole:
        out += bytes([ESCAPE, byte ^ FLIP]) if byte in (FLAG, ESCAPE) else bytes([byte])
    out.append(FLAG)
    return bytes(out)


def unframe(inside: bytes) -> bytes | Spoilt:
    """What stood between two flags, without escapes and check; or what is wrong with it."""
    out, escaped = bytearray(), False
    for byte in inside:
        if escaped:
            out.append(byte ^ FLIP)
            escaped = False
        elif byte == ESCAPE:
            escaped = True
        else:
            out.append(byte)
    if escaped or len(out) < 3:
        return Spoilt("cut", inside[:30].hex(" "))
    message = bytes(out[:-2])
    if crc16(message) != int.from_bytes(out[-2:], "little"):
        return Spoilt("checksum", inside[:30].hex(" "))
    return message


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """Second of the day, whether positions are valid, whether the clock keeps UTC."""

    tod_s: int
    position_valid: bool
    utc: bool


@dataclass(frozen=True, slots=True)
class Report:
    """An ownship or traffic report (3.4, 3.5 of the specification), in our units.

    ``nic`` 0 with latitude and longitude 0 means that there is no position.
    """

    lat: float
    lon: float
    pressure_m: float | None
    speed_km_h: float | None
    track_deg: float | None
    climb_m_s: float | None
    nic: int
    nacp: int
    call_sign: str

    @property
    def has_position(self) -> bool:
        return not (self.nic == 0 and self.lat == 0.0 and self.lon == 0.0)


def parse_heartbeat(message: bytes) -> Heartbeat:
    """Message 0, of 7 bytes; the highest bit of the time stands in status byte 2."""
    low = int.from_bytes(message[3:5], "little")
    return Heartbeat(low | (message[2] >> 7) << 16, bool(message[1] & 0x80), bool(message[2] & 1))


def parse_report(message: bytes) -> Report:
    """Message 10 or 20, of 28 bytes."""
    altitude = message[11] << 4 | message[12] >> 4
    speed = message[14] << 4 | message[15] >> 4
    climb = _signed((message[15] & 0xF) << 8 | message[16], 12)
    kind = message[12] & 0x3
    return Report(
        lat=_signed(int.from_bytes(message[5:8], "big"), 24) * _DEGREES,
        lon=_signed(int.from_bytes(message[8:11], "big"), 24) * _DEGREES,
        pressure_m=None if altitude == _NO_ALTITUDE else (altitude * 25 - 1000) * _M_PER_FOOT,
        speed_km_h=None if speed == _NO_SPEED else speed * _KM_H_PER_KNOT,
        track_deg=message[17] * 360.0 / 256.0 if kind == _TRUE_TRACK else None,
        climb_m_s=None if climb == -2048 else climb * 64 * _M_PER_FOOT / 60.0,
        nic=message[13] >> 4,
        nacp=message[13] & 0xF,
        call_sign=message[19:27].decode("ascii", "replace").strip(),
    )


def parse_geometric(message: bytes) -> float:
    """Message 11: height above the ellipsoid, m, in steps of 5 feet."""
    return _signed(int.from_bytes(message[1:3], "big"), 16) * 5 * _M_PER_FOOT


class Gdl90Decoder:
    """Bytes in as they come, positions and faults out."""

    def __init__(self) -> None:
        self._rest = bytearray()
        self._epochs = Epochs()
        self._beat: Heartbeat | None = None
        self._beats = 0
        self.good = 0

    def feed(self, data: bytes) -> list[Received]:
        """What the bytes make whole."""
        found: list[Received] = []
        for number, part in enumerate(data.split(b"\x7e")):
            if number:
                found += self._inside(bytes(self._rest))
                self._rest.clear()
            self._rest += part
            while len(self._rest) > LONGEST:
                found.append(Spoilt("garbage", self._rest[:30].hex(" ")))
                del self._rest[:LONGEST]
        return found

    def end(self) -> list[Received]:
        """What is left when the stream ends."""
        found = self._inside(bytes(self._rest))
        self._rest.clear()
        return found + [one for parts in self._epochs.flush() for one in self._fix(parts)]

    def _inside(self, inside: bytes) -> list[Received]:
        if not inside:
            return []
        message = unframe(inside)
        if isinstance(message, Spoilt):
            return [message]
        self.good += 1
        kind = message[0]
        if len(message) < {HEARTBEAT: 7, OWNSHIP: 28, GEOMETRIC: 5}.get(kind, 0):
            return [Spoilt("malformed", message[:30].hex(" "))]
        if kind == HEARTBEAT:
            found = [f for parts in self._epochs.flush() for f in self._fix(parts)]
            self._beat = parse_heartbeat(message)
            self._beats += 1
            return found
        if kind == OWNSHIP:
            report = parse_report(message)
            if not (-90.0 <= report.lat <= 90.0):
                return [Spoilt("malformed", message[:30].hex(" "))]
            return self._put("report", (report, self._beat))
        if kind == GEOMETRIC:
            return self._put("geometric", parse_geometric(message))
        return []

    def _put(self, kind: str, part: Any) -> list[Received]:
        whole = self._epochs.put(self._beats, kind, part)
        return [one for parts in whole for one in self._fix(parts)]

    def _fix(self, parts: dict[str, Any]) -> Iterator[Received]:
        if "report" not in parts:
            return
        report, beat = parts["report"]
        if not report.has_position:
            yield NoFix("the receiver has no position")
            return
        if beat is not None and not beat.position_valid:
            yield NoFix("the receiver says that its position is not valid")
            return
        yield LiveFix(
            tod_s=None if beat is None or beat.tod_s >= 86400 else float(beat.tod_s),
            lat=report.lat,
            lon=report.lon,
            ellipsoid_m=parts.get("geometric"),
            pressure_m=report.pressure_m,
            speed_km_h=report.speed_km_h,
            track_deg=report.track_deg,
        )


def _signed(value: int, bits: int) -> int:
    return value - (1 << bits) if value >> (bits - 1) else value
