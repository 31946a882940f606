"""Nothing of a working plan leaves in a document for the other side.

A working plan is made with a mark in every place that stays at home: unusual words and unusual
figures. It is released and written in every form, and every byte that would leave is searched
for every mark, in the spellings in which bytes hide: UTF-8, UTF-16, JSON and XML escapes,
percent-encoding, base64, hexadecimal, reversed axes, rounded figures.
"""

from __future__ import annotations

import base64
import dataclasses
import datetime as dt
import io
import json
import logging
import re
import subprocess
import sys
import types
import typing
import urllib.parse
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

import pytest

from overflight.formats.geojson import mission_plan_to_geojson
from overflight.formats.gpx import mission_plan_to_gpx
from overflight.formats.icao_fpl import flight_plan_messages
from overflight.formats.kml import mission_plan_to_kml
from overflight.formats.plan_json import mission_plan_to_dict, working_plan_to_dict
from overflight.geo.positions import Position
from overflight.mission.release import release
from overflight.terms.certificates import Certificate
from overflight.terms.citations import Citation, Source, SourceKind
from overflight.terms.findings import Finding, Findings, Verdict
from overflight.terms.flyability import (
    AlternateReach,
    FixTurn,
    Flyability,
    LegFlight,
    StageFlight,
)
from overflight.terms.mission_plan import MissionPlan, PlanSensor
from overflight.terms.sites import Site
from overflight.terms.values import CitedValue, Status
from overflight.terms.weather import Odds, SitePass, WeatherValue
from overflight.terms.working_plan import Observation, SearchReport, WorkingPlan
from strategies import legs_along, sample_plan

FLOWN = (Flyability, LegFlight, StageFlight, FixTurn, AlternateReach)
"""What tells how a plan is flown, and by run-ins and sites passed in turns where sites are."""

SKIES = (WeatherValue, SitePass, Odds)
"""What tells which sites are passed when, and what they are worth."""

WORDS = (
    "QZMARKSITEID", "QZMARKSITENAME Żółć/&<", "QZMARKSENSOR", "QZMARKSOLVER", "QZMARKNOTE",
    "QZMARKASSUMED", "QZMARKREADING", "QZMARKOPTION", "QZMARKSOURCE", "QZMARKTITLE", "QZMARKURL",
    "QZMARKVALUENOTE", "QZMARKCONDITION", "QZMARKFINDING", "QZMARKMESSAGE", "QZMARKCITE",
    "QZMARKLIMITCITE", "QZMARKWHERE", "QZMARKNEED", "QZMARKFINDINGSNOTE", "QZMARKBASIS",
    "QZMARKPARAGRAPH", "QZMARKLEGSITE", "QZMARKHOW",
    "QZMARKTURN", "QZMARKTECHNIQUE", "QZMARKLEGLOST", "QZMARKSTAGE", "QZMARKALTERNATE",
    "QZMARKFLOWN", "QZMARKSKY", "QZMARKPASSED", "QZMARKCAMERA",
)  # fmt: skip

VALUE, RESOLUTION, OFF_TRACK, SEEN_AT = 73.911, 0.37713, 17.23977, 0.28641
LATITUDE, LONGITUDE = 57.83917, 41.27683
H_MIN, H_MIN_RESOLUTION, LIMIT_KM, MEASURED = 1523.5, 0.29137, 4871.25, 4711.375
TERRAIN = 391.5
REACHED, BOUND, BOUND_SECONDS = 73.9115, 91.73313, 5.13577
SECONDS, ITERATIONS, SEED = 12.34567, 987_654_321, 123_454_321
INSTANT = dt.datetime(2021, 5, 19, 8, 17, 43, 123457, tzinfo=dt.UTC)

FIGURES = (
    "73.911", "0.37713", "17.23977", "0.28641",
    "57.839", "57.8392", "57.84", "41.277", "41.2768", "41.28", "57°50.3", "041°16.6",
    "1523.5", "1523", "1524", "0.29137", "0.291", "4871.25", "4871", "4711.375", "4711",
    # H_min added to the terrain: the altitude would give it away
    "1915", "12.34567", "987654321", "123454321", "08:17:43",
    "91.733", "5.1357", "081743", "T08:17",
    "61.7713", "0.83717", "0.71173", "0.28827", "53.1797", "41.9317", "317.519", "13.7717",
    "717173", "31337",
    "611.377", "83.4177", "19.3717", "417.719", "0.71393", "8.77717", "23.7713", "4177",
)  # fmt: skip


def private_limit() -> CitedValue:
    paper = Source("QZMARKSOURCE", "QZMARKTITLE", SourceKind.PRIVATE, "https://QZMARKURL.invalid/")
    return CitedValue(
        key="maximum-flight-distance", value=LIMIT_KM, unit="km",
        valid_from=dt.date(2002, 1, 1), valid_until=None, status=Status.DECIDED,
        citations=(Citation(paper, "QZMARKPARAGRAPH"),), condition="QZMARKCONDITION",
        note="QZMARKVALUENOTE", private=True,
    )  # fmt: skip


def marked_plan() -> MissionPlan:
    """What the planner made, at home: fixes named after sites, sensors per leg, H_min in use."""
    plan = sample_plan(
        sensors=(PlanSensor("framing", "optical-framing", H_MIN, H_MIN_RESOLUTION, "QZMARKBASIS"),)
    )
    named = {"F01": "QZMARKLEGSITE-1", "F02": "QZMARKSITEID-2", "F03": "QZMARKLEGSITE-3"}
    fixes = tuple(dataclasses.replace(f, id=named.get(f.id, f.id)) for f in plan.fixes)
    legs = legs_along(fixes, height=H_MIN, altitude=H_MIN + TERRAIN)
    shifted = tuple(
        dataclasses.replace(
            leg, departs=old.departs, arrives=old.arrives, terrain_max_m=TERRAIN,
            sensors=("framing",) if i == 1 else (),
        )
        for i, (leg, old) in enumerate(zip(legs, plan.legs, strict=True))
    )  # fmt: skip
    return dataclasses.replace(plan, fixes=fixes, legs=shifted)


def marked_flight() -> Flyability:
    """How it is flown, of the second leg alone: runs in to a site, and passes one in a turn."""
    turn = FixTurn(2, "QZMARKTURN", 83.4177, 3.3, 0.0, 8.77717, 1.1, 2.2, 30.0)
    leg = LegFlight(
        1, 417.719, 417.719, 83.4177, 611.377, 0.71393, 8.77717, 23.7713, 8.77717, 23.7713, 0.0,
        False, 4177, H_MIN, 19.3717, ("QZMARKLEGLOST of its sites 1 of 1 is passed in a turn.",),
    )  # fmt: skip
    stage = StageFlight(
        0, 3, 417.719, 0.71393, 417.719, 19.3717, 19.3717, 19.3717,
        (AlternateReach("QZMARKALTERNATE", 19.3717, True),), ("QZMARKSTAGE",),
    )  # fmt: skip
    return Flyability(
        611.377, 25.0, "QZMARKTECHNIQUE", 8.77717, (turn,), (leg,), (stage,), ("QZMARKFLOWN",)
    )


def marked_weather() -> WeatherValue:
    """What is expected of it under a forecast, site by site."""
    return WeatherValue(
        "QZMARKSKY", Odds(0.83717, 317.519, 13.7717, 717173, 31337), VALUE, 61.7713, 53.1797,
        41.9317, (SitePass("QZMARKPASSED", "QZMARKCAMERA", INSTANT, 0.28827, 0.71173),), 7,
    )  # fmt: skip


def marked() -> WorkingPlan:
    """A working plan with a mark in every place that stays at home."""
    finding = Finding(
        "QZMARKFINDING", "QZMARKFINDING", Verdict.UNDETERMINED, "QZMARKMESSAGE", "QZMARKCITE",
        "QZMARKLIMITCITE", MEASURED, LIMIT_KM, "km",
        {"type": "Point", "coordinates": [LONGITUDE, LATITUDE]}, "QZMARKWHERE", "QZMARKREADING",
        "plan", ("QZMARKNEED",), True,
    )  # fmt: skip
    site = Site(
        "QZMARKSITEID", Position(lat=LATITUDE, lon=LONGITUDE), VALUE, "QZMARKSITENAME Żółć/&<",
        RESOLUTION, INSTANT, INSTANT,
    )  # fmt: skip
    return WorkingPlan(
        plan=marked_plan(),
        sites=(site,),
        observations=(Observation("QZMARKSITEID", "QZMARKSENSOR", 1, OFF_TRACK, SEEN_AT, INSTANT),),
        maximum_flight_distance=private_limit(),
        findings=Findings((finding,), {"QZMARKREADING": "QZMARKOPTION"}, ("QZMARKFINDINGSNOTE",)),
        search=SearchReport("QZMARKSOLVER", SEED, ITERATIONS, SECONDS, True, ("QZMARKNOTE",)),
        readings={"QZMARKREADING": "QZMARKOPTION"},
        assumptions=("QZMARKASSUMED QZMARKSITENAME",),
        certificate=Certificate(REACHED, BOUND, "QZMARKHOW", BOUND_SECONDS),
        flyability=marked_flight(),
        weather=marked_weather(),
        private_values_used=True,
    )


# --- the search -------------------------------------------------------------------------------


def spellings(word: str) -> Iterator[bytes]:
    """The bytes as which a word may lie in a file."""
    for text in {word, word.lower(), word.upper(), word[::-1]}:
        raw = text.encode()
        yield raw
        yield json.dumps(text).strip('"').encode()
        yield escape(text).encode()
        yield text.encode("ascii", "xmlcharrefreplace")
        yield urllib.parse.quote(text).encode()
        yield urllib.parse.quote_plus(text, safe="").encode()
        yield "".join(f"%{byte:02X}" for byte in raw).encode()
        yield "".join(f"\\u{ord(letter):04x}" for letter in text).encode()
        yield text.encode("utf-16-le")
        yield text.encode("utf-16-be")
        yield raw.hex().encode()
        yield raw.hex().upper().encode()
        for shift in range(3):  # base64 looks different at each offset from a multiple of three
            coded = base64.b64encode(b"\0" * shift + raw)
            yield coded[(4 if shift else 0) : -4]


def found_in(content: bytes, legible: bytes | None = None) -> set[str]:
    """Marks that ``content`` shows, in any spelling.

    Figures are looked for in ``legible`` where that is given: among the thousands of numbers
    of a drawing some are like ours by chance.
    """
    lowered = content.lower()
    seen = {w for w in WORDS if any(s in content for s in spellings(w.split()[0]) if len(s) > 5)}
    seen |= {w for w in WORDS if any(s in content for s in spellings(w) if len(s) > 5)}
    seen |= {"QZMARK"} if b"qzmark" in lowered else set()
    figures = content if legible is None else legible
    return seen | {figure for figure in FIGURES if re.search(_as_pattern(figure), figures)}


def _as_pattern(figure: str) -> bytes:
    """A whole number by itself; a decimal with whatever digits follow."""
    ends = rb"(?![\d])" if figure.isdecimal() else b""
    return rb"(?<![\d.])" + re.escape(figure.encode()) + ends


def test_the_search_finds_what_it_looks_for() -> None:
    """The working-plan document holds every mark; it is searched with the same eyes."""
    home = json.dumps(working_plan_to_dict(marked()), ensure_ascii=False).encode()
    at_home_only_in_the_plan = {"QZMARKBASIS", "QZMARKOPTION", "QZMARKREADING"}
    expected = set(WORDS) - at_home_only_in_the_plan - {
        "QZMARKSOURCE", "QZMARKURL", "QZMARKPARAGRAPH",
    }  # fmt: skip
    assert expected <= found_in(home) | {"QZMARKLEGSITE"}
    for hidden in spellings("QZMARKSITEID"):
        if len(hidden) > 5:
            assert found_in(b"xx" + hidden + b"yy"), hidden
    assert {"73.911", "57.839", "91.733", "5.1357", "611.377", "4177"} <= found_in(home)
    assert {"61.7713", "0.83717", "53.1797", "41.9317", "717173", "31337"} <= found_in(home)


def unpacked(name: str, content: bytes) -> tuple[bytes, bytes | None]:
    """The bytes with what is packed in them (streams of a PDF, chunks of a PNG), and of a
    drawing the part that a person can read."""
    parts, legible = [name.encode(), content], None
    if content.startswith(b"%PDF"):
        pypdf = pytest.importorskip("pypdf", reason="unpacks the PDF to search it")
        reader = pypdf.PdfReader(io.BytesIO(content))
        parts.append(repr(reader.metadata).encode())
        parts += [str(obj).encode() for obj in _pdf_objects(reader)]
        read = [page.extract_text() for page in reader.pages]
        legible = "\n".join([repr(reader.metadata), *read]).encode()
        parts.append(legible)
    if content.startswith(b"\x89PNG"):
        texts = list(_png_texts(content))
        parts += texts
        legible = b"\n".join(texts)
    if name.endswith(".svg"):
        comments = re.findall(rb"<!--(.*?)-->", content, re.DOTALL)
        words = "\n".join(ET.fromstring(content).itertext()).encode()
        legible = b"\n".join([words, *comments])
    return b"\n".join(parts), legible


def _pdf_objects(reader: Any) -> Iterator[Any]:
    for number in range(1, len(reader.xref_objStm) + sum(map(len, reader.xref.values())) + 1):
        obj = reader.get_object(number)
        yield obj
        if hasattr(obj, "get_data") and obj.get("/Subtype") != "/Image":
            yield obj.get_data()


def _png_texts(content: bytes) -> Iterator[bytes]:
    at = 8
    while at < len(content):
        length, kind = int.from_bytes(content[at : at + 4]), content[at + 4 : at + 8]
        body = content[at + 8 : at + 8 + length]
        if kind in (b"tEXt", b"iTXt", b"eXIf"):
            yield body
        if kind == b"zTXt":
            yield zlib.decompress(body.split(b"\0", 1)[1][1:])
        at += 12 + length


def to_json(document: Mapping[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False)


WRITERS: dict[str, Callable[[MissionPlan], str]] = {
    "json": lambda plan: to_json(mission_plan_to_dict(plan)),
    "escaped json": lambda plan: json.dumps(mission_plan_to_dict(plan)),
    "geojson": lambda plan: to_json(mission_plan_to_geojson(plan)),
    "kml": mission_plan_to_kml,
    "gpx": mission_plan_to_gpx,
    "icao": flight_plan_messages,
}


@pytest.mark.parametrize("form", sorted(WRITERS))
def test_no_mark_leaves(form: str) -> None:
    content = WRITERS[form](release(marked())).encode()
    assert len(content) > 100
    assert found_in(content) == set()


def test_no_mark_leaves_by_way_of_the_working_plan_document() -> None:
    """``plan export`` of a working plan takes the mission plan out of it."""
    inside = working_plan_to_dict(marked())["released_plan"]
    assert found_in(to_json(inside).encode()) == set()
    assert inside == mission_plan_to_dict(release(marked()))


def test_releasing_says_nothing(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    plan = release(marked())
    for write in WRITERS.values():
        write(plan)
    captured = capfd.readouterr()
    assert captured.out == "" and captured.err == ""
    assert found_in(caplog.text.encode()) == set()


@pytest.mark.slow
def test_no_mark_is_in_any_file_that_is_handed_over(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """Through the real writer of the folder: names, JSON, KML, GPX, text, map and PDF."""
    from overflight.mission.documents import write_release

    caplog.set_level(logging.DEBUG)
    folder = tmp_path / "release"
    write_release(release(marked()), folder)
    files = sorted(folder.rglob("*"))
    assert {path.suffix for path in files} >= {".json", ".kml", ".gpx", ".txt", ".pdf", ".png"}
    for path in files:
        assert found_in(*unpacked(path.name, path.read_bytes())) == set(), path.name
    captured = capfd.readouterr()
    spoken = (captured.out + captured.err + caplog.text).encode()
    assert found_in(spoken) == set()


# --- structure ------------------------------------------------------------------------------------


def test_the_mission_plan_cannot_see_the_working_plan() -> None:
    code = (
        "import sys, overflight.terms.mission_plan\n"
        "print([m for m in sys.modules if m.endswith(('working_plan', 'terms.sites'))])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def types_within(kind: Any, seen: set[Any]) -> set[Any]:
    """Every type that a value of ``kind`` can hold, through containers and dataclasses."""
    if kind in seen:
        return seen
    seen.add(kind)
    for inner in typing.get_args(kind):
        if inner is not Ellipsis:
            types_within(inner, seen)
    if dataclasses.is_dataclass(kind):
        for hint in typing.get_type_hints(kind).values():
            types_within(hint, seen)
    return seen


def test_a_mission_plan_has_no_place_for_a_site() -> None:
    held = types_within(MissionPlan, set())
    assert not held & {Site, Observation, WorkingPlan, SearchReport, CitedValue, Finding, Findings}
    assert not held & {Certificate, *FLOWN, *SKIES}
    # Nothing in it is of a type that could hold anything at all.
    assert not held & {Any, object}
    ours = {kind for kind in held if dataclasses.is_dataclass(kind)}
    assert {kind.__module__ for kind in ours} == {
        "overflight.terms.mission_plan",
        "overflight.geo.positions",
    }
    assert types_within(WorkingPlan, set()) >= {Site, Observation, CitedValue, *FLOWN, *SKIES}


def test_no_writer_for_the_other_side_takes_a_working_plan() -> None:
    from overflight.mission import documents

    writers = [
        mission_plan_to_dict, mission_plan_to_geojson, mission_plan_to_kml, mission_plan_to_gpx,
        flight_plan_messages, documents.write_release, documents.export_plan,
    ]  # fmt: skip
    for writer in writers:
        hints = typing.get_type_hints(writer)
        hints.pop("return")
        assert hints["plan"] is MissionPlan
        for hint in hints.values():
            held = types_within(hint, set())
            assert not held & {Site, Observation, WorkingPlan, Certificate, *FLOWN, *SKIES}, writer
    assert isinstance(release, types.FunctionType)
    assert typing.get_type_hints(release)["return"] is MissionPlan
