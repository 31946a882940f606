"""Streams as a receiver would send them, made of a track: NMEA 0183 and GDL 90."""

from __future__ import annotations

import datetime as dt
import math

from overflight.formats.gdl90 import frame
from overflight.formats.nmea import checksum
from overflight.terms.live_fix import LiveFix
from overflight.terms.track import Track


def sentence(body: str) -> bytes:
    return f"${body}*{checksum(body.encode()):02X}\r\n".encode()


def _angle(value: float, sides: str, digits: int) -> str:
    degrees, minutes = divmod(abs(value) * 60.0, 60.0)
    return f"{int(degrees):0{digits}d}{minutes:010.7f},{sides[value < 0]}"


def nmea_epoch(
    time_s: float, lat: float, lon: float, height: float, km_h: float, *, quality: int = 1
) -> bytes:
    """RMC and GGA of one moment."""
    when = dt.datetime.fromtimestamp(time_s, dt.UTC)
    tod = f"{when:%H%M%S}.{when.microsecond // 1000:03d}"
    place = f"{_angle(lat, 'NS', 2)},{_angle(lon, 'EW', 3)}"
    mode = "S" if quality == 8 else "A"
    return sentence(
        f"GPRMC,{tod},A,{place},{km_h / 1.852:.2f},90.0,{when:%d%m%y},,,{mode}"
    ) + sentence(f"GPGGA,{tod},{place},{quality},08,0.9,{height:.2f},M,14.0,M,,")


def nmea_of(track: Track, *, quality: int = 1, km_h: float = 450.0) -> list[bytes]:
    """An epoch for each point."""
    columns = zip(track.time_s, track.lat, track.lon, track.height_m, strict=True)
    return [
        nmea_epoch(float(t), float(y), float(x), float(h), km_h, quality=quality)
        for t, y, x, h in columns
    ]


def gdl90_of(track: Track) -> list[bytes]:
    """Heartbeat, ownship and geometric altitude for each point."""
    found = []
    for time_s, lat, lon, height in zip(
        track.time_s, track.lat, track.lon, track.height_m, strict=True
    ):
        tod = math.floor(time_s) % 86400
        beat = bytes([0, 0x81, (tod >> 16) << 7 | 1]) + (tod & 0xFFFF).to_bytes(2, "little")
        report = (
            bytes([10, 0, 0xAB, 0x45, 0x49])
            + b"".join(round(v * 2**23 / 180.0).to_bytes(3, "big", signed=True) for v in (lat, lon))
            + bytes.fromhex("0F09A907B0012001") + b"OVERFLT " + b"\x00"
        )  # fmt: skip
        feet = round(height / 0.3048 / 5).to_bytes(2, "big", signed=True)
        found.append(
            frame(beat + b"\x08\x02") + frame(report) + frame(b"\x0b" + feet + b"\x00\x0a")
        )
    return found


def fixes_of(track: Track) -> list[LiveFix]:
    """A fix for each point, time of day alone."""
    return [
        LiveFix(tod_s=float(t) % 86400.0, lat=float(y), lon=float(x), height_m=float(h))
        for t, y, x, h in zip(track.time_s, track.lat, track.lon, track.height_m, strict=True)
    ]
