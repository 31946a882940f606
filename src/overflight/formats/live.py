"""A stream of either kind: told apart by the first message that bears its checksum."""

from __future__ import annotations

import re
from collections.abc import Iterator

from overflight.errors import DataError
from overflight.formats.gdl90 import Gdl90Decoder
from overflight.formats.nmea import NmeaDecoder
from overflight.terms.live_fix import Received, Spoilt

STREAMS = ("nmea", "gdl90")
_END = re.compile(rb"[\r\n~]")
_STRANGE = 4096
"""After each so many bytes without a sound message it is said that none came."""


class StreamDecoder:
    """NMEA 0183 or GDL 90; ``kind`` None until the first whole message has decided."""

    def __init__(self, kind: str | None = None) -> None:
        if kind is not None and kind not in STREAMS:
            raise DataError(
                f"{kind!r} is not a kind of stream", remedy=f"Give one of: {', '.join(STREAMS)}."
            )
        self.kind = kind
        self._seen = 0
        self._nmea = NmeaDecoder()
        self._gdl90 = Gdl90Decoder()

    def feed(self, data: bytes) -> list[Received]:
        """What the bytes make whole; until the kind is known only that nothing sound came."""
        if self.kind is not None:
            return self._chosen().feed(data)
        found: list[Received] = []
        at = 0
        while at < len(data) and self.kind is None:
            end = _END.search(data, at)
            most = at + _STRANGE - self._seen % _STRANGE
            piece = data[at : min(most, len(data) if end is None else end.end())]
            at += len(piece)
            self._seen += len(piece)
            self._nmea.feed(piece)
            self._gdl90.feed(piece)
            if self._nmea.good or self._gdl90.good:
                self.kind = "nmea" if self._nmea.good else "gdl90"
            elif self._seen % _STRANGE == 0:
                found.append(Spoilt("unknown", piece[-30:].hex(" ")))
        return found + self._chosen().feed(data[at:]) if self.kind else found

    def end(self) -> list[Received]:
        return self._chosen().end()

    def _chosen(self) -> NmeaDecoder | Gdl90Decoder:
        return self._gdl90 if self.kind == "gdl90" else self._nmea


def decode(data: bytes, kind: str | None = None) -> Iterator[Received]:
    """All of a recording."""
    decoder = StreamDecoder(kind)
    yield from decoder.feed(data)
    yield from decoder.end()
