"""The published schemas: valid themselves, kept by what is written, one for each document."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from overflight.errors import DataError
from overflight.formats.documents import KINDS, read_document
from overflight.formats.schema import load_schema, schema_names, validate
from overflight.rules.case import DOCUMENT_OF
from overflight.terms.findings import Finding, Findings, Verdict

TREATIES = Path(__file__).parents[2] / "src" / "overflight" / "data" / "treaties"


def test_there_is_a_schema_for_every_document() -> None:
    assert schema_names() == (
        "access-decision",
        "archive",
        "archive-access",
        "archive-accesses",
        "archive-answered",
        "archive-asked",
        "archive-check",
        "archive-contents",
        "archive-found",
        "archive-ingested",
        "bundle-contents",
        "bundle-events",
        "bundle-key-statement",
        "bundle-key-statements",
        "bundle-manifest",
        "bundle-portion",
        "bundle-ring",
        "bundle-seal",
        "bundle-sealed",
        "bundle-signed",
        "bundle-verdict",
        "bundle-written",
        "campaign",
        "certification-record",
        "certification-report",
        "certification-standing",
        "chronicle",
        "chronicle-direction",
        "copy-delivery",
        "copy-notice",
        "copy-request",
        "cost-rates",
        "cost-statement",
        "counter-proposal",
        "counter-proposal-assessment",
        "escort-kit",
        "findings",
        "flight-audit",
        "flight-monitor",
        "flight-record",
        "forecast-entry",
        "forecast-ledger",
        "forecast-scores",
        "frame-annotation",
        "frame-annotations",
        "frame-item",
        "holdings",
        "holdings-entry",
        "holdings-state",
        "log",
        "log-added",
        "log-checkpoint",
        "log-comparison",
        "log-consistency",
        "log-entry",
        "log-fork",
        "log-proof",
        "log-proofs",
        "log-verdict",
        "message-types",
        "mission-handover",
        "mission-plan",
        "mission-report",
        "mission-seat",
        "monitor-log",
        "mosaic",
        "notification",
        "people",
        "plan-comparison",
        "plan-explanation",
        "processed",
        "quarter-plans",
        "quota-book",
        "quota-distribution",
        "quota-entries",
        "quota-entry",
        "quota-requests",
        "quota-sequence",
        "quota-standing",
        "radar-choice",
        "rectified-scan",
        "sensor-aircraft",
        "sensor-bars",
        "sensor-demonstration",
        "sensor-edge",
        "sensor-film",
        "sensor-footprint",
        "sensor-h-min",
        "sensor-infrared",
        "sensor-model",
        "sensor-originals",
        "sensor-radar",
        "sensor-radar-certification",
        "sensor-radar-swath",
        "sensor-radar-written",
        "sensor-star",
        "sensor-video",
        "simulated-flight",
        "simulated-frames",
        "simulated-scans",
        "sites",
        "study-case",
        "study-coverage",
        "study-exit",
        "study-exit-sweep",
        "study-inspect",
        "study-reciprocity",
        "study-return",
        "tour-plan",
        "track-summary",
        "treaties",
        "treaty-comparison",
        "treaty-new",
        "treaty-timeline",
        "treaty-validation",
        "treaty-value",
        "treaty-view",
        "working-plan",
    )  # fmt: skip


@pytest.mark.parametrize("name", schema_names())
def test_each_schema_is_one(name: str) -> None:
    schema = load_schema(name)
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["title"] and schema["description"]


def test_an_unknown_schema_is_told_with_the_names() -> None:
    with pytest.raises(DataError) as caught:
        load_schema("../errors")
    assert "mission-plan" in caught.value.remedy


def test_findings_as_they_are_written_keep_their_schema() -> None:
    place = {"type": "Point", "coordinates": [37.0, 55.0]}
    items = tuple(
        Finding("R", "Title", verdict, "Message.", "VI.II.2", "X", measured, 10.0, "km", place)
        for verdict, measured in zip(Verdict, (1.5, "text", None, 3, 0.0), strict=True)
    )
    document = Findings(items, {"reading": "option"}, ("note",)).as_dict()
    validate(json.loads(json.dumps(document)), "findings")
    finding = load_schema("findings")["$defs"]["finding"]
    assert set(items[0].as_dict()) == set(finding["properties"]) == set(finding["required"])


# --- the documents that rules read --------------------------------------------------------------


def paths_in(value: Any) -> Iterator[str]:
    """Every dotted path into a document that a table of TOML names."""
    if isinstance(value, str):
        if re.fullmatch(r"(notice|flight|report|certification)(\.[a-z_]+(\[\])?)+", value):
            yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from paths_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from paths_in(item)


def described(schema: dict[str, Any], path: str) -> bool:
    """Whether the schema has the field at a dotted path."""
    here = schema
    for step in path.split("."):
        name, is_list = step.removesuffix("[]"), step.endswith("[]")
        here = here.get("properties", {}).get(name) or here.get("additionalProperties") or {}
        if is_list:
            here = here.get("items") or here.get("additionalProperties") or {}
    return bool(here)


def test_every_field_that_a_rule_names_is_in_a_schema() -> None:
    """A rule that reads a field which no document may have could never be answered."""
    rules = tomllib.loads((TREATIES / "open-skies" / "rules.toml").read_text(encoding="utf-8"))
    named = set(paths_in(rules))
    assert len(named) > 30
    unknown = {
        path
        for path in named
        if not described(load_schema(DOCUMENT_OF[path.split(".")[0]]), path.partition(".")[2])
    }
    assert unknown == set()


GOOD: dict[str, dict[str, Any]] = {
    "notification": {
        "observing": "DEU",
        "sent": "2021-05-15T06:00:00Z",
        "personnel": [{"name": "A", "function": "pilot"}],
        "transit": [],
        "inspection": {"place": "UUMB", "begins": "2021-05-18T06:00:00+03:00"},
    },
    "flight-record": {
        "commenced": "2021-05-19T06:00:00Z",
        "demonstration": None,
        "deviations": [{"cause": "sightseeing", "max_offset_km": 60}],
        "hazards_answered": {"UUR1": {"specified": True, "answer": "suppressed"}},
    },
    "mission-report": {"weather": "clear", "signed_by": ["DEU", "RUS"], "film": None},
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_document_is_read_as_it_is(kind: str) -> None:
    document = {"kind": kind, "version": 1, **GOOD[kind]}
    assert read_document(json.dumps(document).encode()) == document
    with pytest.raises(DataError, match="does not belong"):
        read_document(json.dumps({**document, "sights": []}).encode(), kind)


BAD = {
    "no such day": ({"sent": "2021-02-30T06:00:00Z"}, "/sent"),
    "no such day inside": (
        {"inspection": {"begins": "2021-13-01T06:00:00Z"}},
        "/inspection/begins",
    ),
    "no such hour in a list": (
        {"transit": [{}, {"notified": "2021-05-01T25:00:00Z"}]},
        "/transit/1/notified",
    ),
    "no zone": ({"sent": "2021-05-15T06:00:00"}, "/sent"),
    "negative count": ({"flights_planned_in_quarter": -1}, "/flights_planned_in_quarter"),
    "half a flight": ({"flights_planned_in_quarter": 1.5}, "/flights_planned_in_quarter"),
    "another version": ({"version": 3}, "/version"),
}


@pytest.mark.parametrize("case", sorted(BAD))
def test_a_bad_document_gets_its_place(case: str) -> None:
    changes, place = BAD[case]
    document = {"kind": "notification", "version": 1, **changes}
    with pytest.raises(DataError) as caught:
        read_document(json.dumps(document).encode(), "notification")
    assert caught.value.where == place


@pytest.mark.parametrize("data", [b"[]", b"{}", b'{"kind": "mission-plan"}', b'{"kind": ["x"]}'])
def test_another_document_is_refused(data: bytes) -> None:
    with pytest.raises(DataError, match=r"kind|object"):
        read_document(data)
