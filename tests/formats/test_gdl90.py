"""GDL 90: the specification's own worked bytes (Garmin 560-1058-00 Rev A), and streams."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overflight.formats.gdl90 import (
    Gdl90Decoder,
    crc16,
    frame,
    parse_geometric,
    parse_heartbeat,
    parse_report,
    unframe,
)
from overflight.formats.live import StreamDecoder, decode
from overflight.formats.nmea import checksum
from overflight.terms.live_fix import LiveFix, NoFix, Received, Spoilt

HEARTBEAT = bytes.fromhex("7E 00 81 41 DB D0 08 02 B3 8B 7E")
"""2.2.4: flag, message 0, CRC 0x8BB3 least byte first."""
TRAFFIC = bytes.fromhex(
    "14 00 AB 45 49 1F EF 15 A8 89 78 0F 09 A9 07 B0 01 20 01 4E 38 32 35 56 20 20 20 00"
)
"""3.5.2: the report's example."""


def heartbeat(tod: int, *, valid: bool = True) -> bytes:
    status = bytes([0x81 if valid else 0x01, (tod >> 16) << 7 | 1])
    return frame(bytes([0]) + status + (tod & 0xFFFF).to_bytes(2, "little") + b"\x08\x02")


def ownship(lat: float = 44.9, lon: float = -123.0) -> bytes:
    def angle(value: float) -> bytes:
        return round(value * (1 << 23) / 180.0).to_bytes(3, "big", signed=True)

    return frame(b"\x0a" + TRAFFIC[1:5] + angle(lat) + angle(lon) + TRAFFIC[11:])


def geometric(feet: int) -> bytes:
    return frame(b"\x0b" + (feet // 5).to_bytes(2, "big", signed=True) + b"\x00\x0a")


def all_of(data: bytes) -> list[Received]:
    decoder = Gdl90Decoder()
    return [*decoder.feed(data), *decoder.end()]


def test_the_worked_heartbeat() -> None:
    message = unframe(HEARTBEAT[1:-1])
    assert isinstance(message, bytes)
    assert crc16(message) == 0x8BB3
    assert frame(message) == HEARTBEAT
    beat = parse_heartbeat(message)
    # 0xD0DB seconds: 53467 s is 14:51:07.
    assert (beat.tod_s, beat.position_valid, beat.utc) == (53467, True, True)


def test_the_worked_report() -> None:
    """44.90708 N, 122.99488 W, 5,000 feet, 123 knots, 45 degrees, 64 feet a minute up, NIC 10,
    NACp 9, N825V."""
    report = parse_report(TRAFFIC)
    step = 180.0 / 2**23
    assert report.lat == pytest.approx(44.90708, abs=step)
    assert report.lon == pytest.approx(-122.99488, abs=step)
    assert report.pressure_m == pytest.approx(5000 * 0.3048)
    assert report.speed_km_h == pytest.approx(123 * 1.852)
    assert report.track_deg == 45.0
    assert report.climb_m_s == pytest.approx(64 * 0.3048 / 60)
    assert (report.nic, report.nacp, report.call_sign) == (10, 9, "N825V")


@pytest.mark.parametrize(("word", "feet"), (("FF38", -1000), ("0000", 0), ("00C8", 1000)))
def test_the_worked_geometric_altitudes(word: str, feet: int) -> None:
    """Table of 3.8: 5 feet a step."""
    assert parse_geometric(bytes.fromhex(f"0B{word}000A")) == pytest.approx(feet * 0.3048)


def test_flag_and_escape_bytes_inside_are_escaped() -> None:
    message = bytes([0x7E, 0x7D, 1, 2])
    assert frame(message)[1:5] == bytes([0x7D, 0x5E, 0x7D, 0x5D])
    assert unframe(frame(message)[1:-1]) == message


def test_the_seventeenth_bit_of_the_time() -> None:
    (fix,) = [f for f in all_of(heartbeat(86399) + ownship()) if isinstance(f, LiveFix)]
    assert fix.tod_s == 86399.0 and fix.date is None


def test_position_height_and_time_go_together() -> None:
    data = b"".join(heartbeat(100 + k) + ownship() + geometric(5000 + 5 * k) for k in range(10))
    fixes = [one for one in all_of(data) if isinstance(one, LiveFix)]
    assert [f.tod_s for f in fixes] == [100.0 + k for k in range(10)]
    assert [round((f.ellipsoid_m or 0) / 0.3048) for f in fixes] == [
        5000 + 5 * k for k in range(10)
    ]


def test_what_is_not_valid_is_no_position() -> None:
    assert [type(f) for f in all_of(heartbeat(5, valid=False) + ownship())] == [NoFix]
    bare = frame(b"\x0a\x00\xab\x45\x49" + bytes(6) + TRAFFIC[11:13] + b"\x00" + TRAFFIC[14:])
    assert [type(f) for f in all_of(heartbeat(5) + bare)] == [NoFix]


def test_a_bit_that_fell_over_is_found() -> None:
    bad = bytearray(HEARTBEAT)
    bad[4] ^= 1
    assert [one.kind for one in all_of(bytes(bad)) if isinstance(one, Spoilt)] == ["checksum"]


def test_all_single_bit_errors_of_a_report_are_found() -> None:
    whole = frame(TRAFFIC)[1:-1]
    for bit in range(len(whole) * 8):
        bad = bytearray(whole)
        bad[bit // 8] ^= 1 << bit % 8
        assert isinstance(unframe(bytes(bad)), Spoilt)


def nmea(k: int) -> bytes:
    body = f"GPRMC,1010{k:02d},A,4807.038,N,01131.000,E,022.4,084.4,230394,,,A"
    return f"${body}*{checksum(body.encode()):02X}\r\n".encode()


PIECES = st.lists(
    st.one_of(
        st.binary(max_size=30),
        st.integers(0, 86399).map(heartbeat),
        st.just(ownship()),
        st.integers(-1000, 40000).map(geometric),
        st.integers(0, 59).map(nmea),
        st.sampled_from([b"~", b"\x7d", b"z" * 1100]),
    ),
    max_size=25,
).map(b"".join)


@settings(max_examples=150, deadline=None)
@given(data=PIECES, cuts=st.lists(st.integers(0, 3000), max_size=12))
@pytest.mark.parametrize("kind", (None, "gdl90"))
def test_cutting_the_stream_anywhere_gives_the_same(
    kind: str | None, data: bytes, cuts: list[int]
) -> None:
    decoder = StreamDecoder(kind)
    found: list[Received] = []
    marks = sorted({0, len(data), *(c for c in cuts if c < len(data))})
    for a, b in pairwise(marks):
        found += decoder.feed(data[a:b])
    assert found + decoder.end() == list(decode(data, kind))


def test_the_kind_of_a_stream_is_found_out() -> None:
    for data, kind in ((b"\x00noise" + nmea(1) * 3, "nmea"), (b"$x" + HEARTBEAT, "gdl90")):
        decoder = StreamDecoder()
        decoder.feed(data)
        assert decoder.kind == kind


def test_what_is_neither_is_said_to_be() -> None:
    found = list(decode(b"time,lat,lon\n" * 1000))
    assert [one.kind for one in found if isinstance(one, Spoilt)][:3] == ["unknown"] * 3
