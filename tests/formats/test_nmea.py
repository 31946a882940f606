"""NMEA 0183: sentences as they were published, and streams as they come.

The worked sentences of 1994 are those of D. DePriest, "NMEA data"
(gpsinformation.org/dale/nmea.htm), which most readers of the format are tested with; the GSA, VTG
and GLL are of the same page. All carry their published checksums.
"""

from __future__ import annotations

import datetime as dt
import math
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overflight.formats.nmea import NmeaDecoder, Sentence, checksum, parse_sentence
from overflight.terms.live_fix import LiveFix, NoFix, Received, Spoilt

GGA = b"$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47"
RMC = b"$GPRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,230394,003.1,W*6A"
GSA = b"$GPGSA,A,3,04,05,,09,12,,,24,,,,,2.5,1.3,2.1*39"
VTG = b"$GPVTG,054.7,T,034.4,M,005.5,N,010.2,K*48"
GLL = b"$GPGLL,4916.45,N,12311.12,W,225444,A,*1D"


def sentence(body: str) -> bytes:
    return f"${body}*{checksum(body.encode()):02X}\r\n".encode()


def epoch(tod: str, talker: str = "GN", lat: str = "4807.038") -> bytes:
    return sentence(f"{talker}RMC,{tod},A,{lat},N,01131.000,E,022.4,084.4,230394,,,A") + sentence(
        f"{talker}GGA,{tod},{lat},N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,"
    )


def all_of(data: bytes) -> list[Received]:
    decoder = NmeaDecoder()
    return [*decoder.feed(data), *decoder.end()]


@pytest.mark.parametrize("line", (GGA, RMC, GSA, VTG, GLL))
def test_published_sentences_bear_their_checksums(line: bytes) -> None:
    assert isinstance(parse_sentence(line), Sentence)
    spoilt = parse_sentence(line.replace(b"1", b"2", 1) if b"1" in line else line[:-1] + b"0")
    assert isinstance(spoilt, Spoilt)


def test_the_worked_position() -> None:
    """48 deg 07.038' N, 11 deg 31.000' E, 545.4 m, geoid 46.9 m, 22.4 knots, 84.4 degrees,
    23 March 1994, 12:35:19 UTC, as the page says."""
    (fix,) = all_of(b"\r\n".join((GGA, RMC, GSA, b"")))
    assert isinstance(fix, LiveFix)
    assert fix.lat == pytest.approx(48 + 7.038 / 60, abs=1e-12)
    assert fix.lon == pytest.approx(11 + 31.0 / 60, abs=1e-12)
    assert fix.date == dt.date(1994, 3, 23)
    assert fix.tod_s == 12 * 3600 + 35 * 60 + 19
    assert fix.height_m == 545.4 and fix.ellipsoid_m == pytest.approx(592.3)
    assert fix.speed_km_h == pytest.approx(22.4 * 1.852)
    assert fix.track_deg == 84.4
    assert not fix.simulated


def test_west_and_south_are_negative() -> None:
    """49 deg 16.45' N, 123 deg 11.12' W, 22:54:44 UTC."""
    (fix,) = all_of(GLL + b"\r\n")
    assert isinstance(fix, LiveFix)
    assert fix.lon == pytest.approx(-(123 + 11.12 / 60))
    assert fix.tod_s == 22 * 3600 + 54 * 60 + 44 and fix.date is None


@pytest.mark.parametrize("talker", ("GP", "GL", "GA", "GB", "GN", "II"))
def test_any_talker(talker: str) -> None:
    assert len(all_of(epoch("101010", talker))) == 1


def test_a_simulator_says_so() -> None:
    by_gga = sentence("GPGGA,101010,4807.038,N,01131.000,E,8,08,0.9,545.4,M,46.9,M,,")
    by_rmc = sentence("GPRMC,101010,A,4807.038,N,01131.000,E,022.4,084.4,230394,,,S")
    for data in (by_gga, by_rmc):
        (fix,) = all_of(data)
        assert isinstance(fix, LiveFix) and fix.simulated


def test_no_position_is_said_and_none_is_made() -> None:
    void = sentence("GPRMC,101010,V,,,,,,,230394,,,N") + sentence("GPGGA,101010,,,,,0,,,,M,,M,,")
    assert [type(one) for one in all_of(void)] == [NoFix]


def test_a_two_dimensional_fix_has_no_height() -> None:
    (fix,) = all_of(sentence("GPGSA,A,2,04,05,,09,,,,,,,,,2.5,1.3,2.1") + GGA + b"\r\n")
    assert isinstance(fix, LiveFix) and fix.height_m is None


def test_every_moment_comes_once_and_soon() -> None:
    decoder = NmeaDecoder()
    for k in range(20):
        found = decoder.feed(epoch(f"1010{k:02d}"))
        # After three moments it is known what belongs to one, and nothing waits for the next.
        assert len(found) == (0 if k == 0 else 1 if k != 3 else 2)
    assert decoder.end() == []


def test_a_torn_sentence_costs_itself_and_nothing_else() -> None:
    whole = b"".join(epoch(f"1010{k:02d}") for k in range(30))
    torn = whole.replace(b"$GNGGA,101017,4807", b"$GNGGA,10101", 1)
    fixes = [one for one in all_of(torn) if isinstance(one, LiveFix)]
    assert [f.tod_s for f in fixes] == [36600.0 + k for k in range(30)]
    assert [f.height_m is None for f in fixes].count(True) == 1
    assert [one.kind for one in all_of(torn) if isinstance(one, Spoilt)] == ["checksum"]


def test_a_lost_line_end_loses_the_cut_sentence_only() -> None:
    joined = GGA[:30] + RMC + b"\r\n"
    found = all_of(joined)
    assert [type(one) for one in found] == [Spoilt, LiveFix]


@pytest.mark.parametrize(
    "body",
    (
        "GPGGA,999999,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,",
        "GPGGA,123519,9907.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,",
        "GPGGA,123519,4867.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,",
        "GPGGA,123519,nan,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,",
        "GPRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,330394,,",
        "GPGGA,123519",
    ),
)
def test_a_sound_checksum_over_nonsense_is_no_position(body: str) -> None:
    assert [getattr(one, "kind", "") for one in all_of(sentence(body))] == ["malformed"]


PIECES = st.lists(
    st.one_of(
        st.binary(max_size=40),
        st.sampled_from([epoch(f"1010{k:02d}") for k in range(60)]),
        st.sampled_from([GGA, RMC, GLL + b"\n", VTG + b"\r\n", b"$", b"\r\n", b"x" * 1030]),
    ),
    max_size=25,
).map(b"".join)


@settings(max_examples=150, deadline=None)
@given(data=PIECES, cuts=st.lists(st.integers(0, 2000), max_size=12))
def test_cutting_the_stream_anywhere_gives_the_same(data: bytes, cuts: list[int]) -> None:
    decoder = NmeaDecoder()
    found: list[Received] = []
    marks = sorted({0, len(data), *(c for c in cuts if c < len(data))})
    for a, b in pairwise(marks):
        found += decoder.feed(data[a:b])
    assert found + decoder.end() == all_of(data)


@settings(max_examples=200, deadline=None)
@given(body=st.text(alphabet="GPRMCSAVTLZD,0123456789.NSEW-", max_size=80))
def test_whatever_bears_a_checksum_is_read_or_refused(body: str) -> None:
    for one in all_of(sentence("GP" + body)):
        if isinstance(one, LiveFix):
            assert abs(one.lat) <= 90 and abs(one.lon) <= 180
            assert one.tod_s is not None and math.isfinite(one.tod_s)
