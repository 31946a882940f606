"""NMEA 0183 as receivers speak it: sentences out of a stream of bytes, positions out of sentences.

Read are GGA, RMC, GLL (positions), VTG, GSA, ZDA (what goes with them), of any talker (GP, GL, GA,
GB, GN, ...). A sentence is "$", talker and type, fields, "*" and the exclusive-or of all between
as two hexadecimal digits; one without checksum is not believed. Heights are those of GGA: above
mean sea level by the receiver's own geoid. Quality 8 and mode S mean that the receiver simulates.

Any bytes give some answer; the answer does not depend on how the stream was cut.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise
from typing import Any

from overflight.formats.epochs import Epochs
from overflight.terms.live_fix import LiveFix, NoFix, Received, Spoilt

LONGEST = 1024
"""A sentence has 82 characters by the book; receivers write longer ones."""
_SENTENCE = re.compile(rb"\$([A-Z]{1,2}|P)([A-Z0-9]{3}),([ -)+-~]*)\*([0-9A-Fa-f]{2})$")
_KM_H_PER_KNOT = 1.852
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence that bears its checksum: talker ("GP"), type ("GGA"), fields."""

    talker: str
    kind: str
    fields: tuple[str, ...]


def checksum(body: bytes) -> int:
    """Exclusive-or of all between "$" and "*"."""
    return reduce(int.__xor__, body, 0)


def parse_sentence(line: bytes) -> Sentence | Spoilt:
    """One line, without its end."""
    match = _SENTENCE.match(line)
    if match is None:
        if line[:1] != b"$":
            return Spoilt("garbage", _shown(line))
        return Spoilt("cut", _shown(line))
    if checksum(line[1:-3]) != int(match[4], 16):
        return Spoilt("checksum", _shown(line))
    fields = match[3].decode("ascii").split(",")
    return Sentence(match[1].decode("ascii"), match[2].decode("ascii"), tuple(fields))


class NmeaDecoder:
    """Bytes in as they come, positions and faults out."""

    def __init__(self) -> None:
        self._rest = b""
        self._epochs = Epochs()
        self._fix_mode = 0
        self.good = 0

    def feed(self, data: bytes) -> list[Received]:
        """What the bytes make whole."""
        found: list[Received] = []
        self._rest += data
        at = 0
        while True:
            end = _end(self._rest, at)
            if end >= 0:
                found += self._line(self._rest[at:end])
                at = end + 1
            elif len(self._rest) - at > LONGEST:
                found.append(Spoilt("garbage", _shown(self._rest[at : at + LONGEST])))
                at += LONGEST
            else:
                break
        self._rest = self._rest[at:]
        return found

    def end(self) -> list[Received]:
        """What is left when the stream ends."""
        found = self._line(self._rest) if self._rest else []
        self._rest = b""
        return found + [one for parts in self._epochs.flush() for one in self._fix(parts)]

    def _line(self, line: bytes) -> list[Received]:
        found: list[Received] = []
        for piece in _pieces(line.strip(b"\r\n\0 \t")):
            read = parse_sentence(piece)
            if isinstance(read, Spoilt):
                found.append(read)
                continue
            self.good += 1
            found += self._sentence(read)
        return found

    def _sentence(self, read: Sentence) -> list[Received]:
        parse = _PARSERS.get(read.kind)
        if parse is None or read.talker == "P":
            return []
        try:
            part = parse(read.fields)
        except (ValueError, IndexError):
            return [Spoilt("malformed", _shown(f"{read.kind},{','.join(read.fields)}".encode()))]
        if read.kind == "GSA":
            self._fix_mode = part
            return []
        key = part.get("tod_s")
        if key is None and read.kind != "VTG":
            return []
        return [f for parts in self._epochs.put(key, read.kind, part) for f in self._fix(parts)]

    def _fix(self, parts: dict[str, Any]) -> Iterator[Received]:
        where = [parts[k] for k in ("GGA", "RMC", "GLL") if k in parts]
        if not where:
            return
        if any(one["lat"] is None for one in where) or not all(one["valid"] for one in where):
            yield NoFix("the receiver has no position")
            return
        gga, rmc, vtg = (parts.get(k, {}) for k in ("GGA", "RMC", "VTG"))
        named = rmc.get("date") or parts.get("ZDA", {}).get("date")
        yield LiveFix(
            tod_s=where[0]["tod_s"],
            lat=where[0]["lat"],
            lon=where[0]["lon"],
            date=named,
            height_m=None if self._fix_mode == 2 else gga.get("height_m"),
            ellipsoid_m=None if self._fix_mode == 2 else gga.get("ellipsoid_m"),
            speed_km_h=_first(rmc.get("speed_km_h"), vtg.get("speed_km_h")),
            track_deg=_first(rmc.get("track_deg"), vtg.get("track_deg")),
            simulated=any(one.get("simulated", False) for one in (*where, vtg)),
        )


def _end(data: bytes, start: int) -> int:
    """Where the line that begins at ``start`` ends, -1 where it does not within LONGEST."""
    ends = [data.find(mark, start, start + LONGEST + 1) for mark in (b"\n", b"\r")]
    return min((at for at in ends if at >= 0), default=-1)


def _pieces(line: bytes) -> Iterator[bytes]:
    """A line cut where a new sentence begins in it: what a lost line end leaves behind."""
    if not line:
        return
    starts = [m.start() for m in re.finditer(rb"\$", line)]
    marks = sorted({0, *starts, len(line)})
    for a, b in pairwise(marks):
        yield line[a:b]


def _shown(line: bytes) -> str:
    return "".join(chr(c) if 32 <= c < 127 else "." for c in line[:_SHOWN])


def _first(*values: float | None) -> float | None:
    return next((v for v in values if v is not None), None)


def _number(text: str) -> float | None:
    if text == "":
        return None
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(text)
    return value


def _time(text: str) -> float | None:
    """hhmmss.sss as seconds of the day; a leap second counts as the second before it."""
    if text == "":
        return None
    hours, minutes, seconds = int(text[0:2]), int(text[2:4]), float(text[4:])
    if not (0 <= hours < 24 and 0 <= minutes < 60 and 0.0 <= seconds < 61.0):
        raise ValueError(text)
    return hours * 3600.0 + minutes * 60.0 + min(seconds, 59.999)


def _date(text: str) -> dt.date | None:
    """ddmmyy; the century by the age of the system (1980)."""
    if text == "":
        return None
    if len(text) != 6 or not text.isdecimal():
        raise ValueError(text)
    year = int(text[4:6])
    return dt.date(year + (1900 if year >= 80 else 2000), int(text[2:4]), int(text[0:2]))


def _angle(text: str, side: str, letters: str, most: float) -> float | None:
    """[d]ddmm.mmm and its hemisphere as degrees."""
    if text == "" or side == "":
        return None
    value = _number(text)
    if value is None or side not in letters or value < 0.0:
        raise ValueError(text)
    whole = math.floor(value / 100.0)
    minutes = value - whole * 100.0
    degrees = whole + minutes / 60.0
    if minutes >= 60.0 or degrees > most:
        raise ValueError(text)
    return -degrees if side == letters[1] else degrees


def _place(fields: Sequence[str], at: int) -> dict[str, Any]:
    lat = _angle(fields[at], fields[at + 1], "NS", 90.0)
    lon = _angle(fields[at + 2], fields[at + 3], "EW", 180.0)
    return {"lat": lat if lon is not None else None, "lon": lon}


def _gga(fields: Sequence[str]) -> dict[str, Any]:
    quality = int(fields[5] or 0)
    height, apart = _number(fields[8]), _number(fields[10])
    return {
        "tod_s": _time(fields[0]),
        **_place(fields, 1),
        "valid": quality > 0,
        "height_m": height,
        "ellipsoid_m": None if height is None or apart is None else height + apart,
        "simulated": quality == 8,
    }


def _rmc(fields: Sequence[str]) -> dict[str, Any]:
    knots = _number(fields[6])
    mode = fields[11] if len(fields) > 11 else ""
    return {
        "tod_s": _time(fields[0]),
        **_place(fields, 2),
        "valid": fields[1] == "A" and mode != "N",
        "speed_km_h": None if knots is None else knots * _KM_H_PER_KNOT,
        "track_deg": _number(fields[7]),
        "date": _date(fields[8]),
        "simulated": mode == "S",
    }


def _gll(fields: Sequence[str]) -> dict[str, Any]:
    mode = fields[6] if len(fields) > 6 else ""
    return {
        "tod_s": _time(fields[4]),
        **_place(fields, 0),
        "valid": fields[5] == "A" and mode != "N",
        "simulated": mode == "S",
    }


def _vtg(fields: Sequence[str]) -> dict[str, Any]:
    return {
        "track_deg": _number(fields[0]),
        "speed_km_h": _number(fields[6]),
        "simulated": len(fields) > 8 and fields[8] == "S",
    }


def _gsa(fields: Sequence[str]) -> int:
    return int(fields[1] or 0)


def _zda(fields: Sequence[str]) -> dict[str, Any]:
    day, month, year = (int(part) if part else 0 for part in fields[1:4])
    date = dt.date(year, month, day) if year else None
    return {"tod_s": _time(fields[0]), "date": date}


_PARSERS: dict[str, Callable[[Sequence[str]], Any]] = {
    "GGA": _gga,
    "RMC": _rmc,
    "GLL": _gll,
    "VTG": _vtg,
    "GSA": _gsa,
    "ZDA": _zda,
}
