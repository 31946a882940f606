"""The sidecar of a frame: its annotation as values and as texts (schema frame-annotation)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from overflight.errors import DataError, SensorError
from overflight.formats.annotation_parse import MARKS
from overflight.formats.annotation_text import PLAIN, item_texts, moment, one_line, tidy
from overflight.formats.mountings import parse_mounting, write_mounting
from overflight.formats.schema import validate
from overflight.formats.strict_json import load_json, read_source
from overflight.formats.times import read_time, write_time
from overflight.terms.annotation import VALUES, Annotation, Forms, ReadAnnotation, Style

KIND, VERSION = "frame-annotation", 1


@dataclass(frozen=True, slots=True)
class FrameFile:
    """The original that an annotation belongs to: by its name, and its bytes where known."""

    name: str
    sensor: str = ""
    size: int | None = None
    sha256: str | None = None


def annotation_to_dict(
    annotation: Annotation,
    forms: Forms,
    frame: FrameFile,
    *,
    treaty: str = "",
    style: Style = PLAIN,
    missing: Sequence[str] = (),
) -> dict[str, Any]:
    """The sidecar document. ``missing`` says what could not be annotated, and why.

    Raises DataError for a value that no form holds.
    """
    texts = item_texts(annotation, forms, style)
    return {
        "kind": KIND,
        "version": VERSION,
        "marks": list(annotation.marks),
        "treaty": treaty,
        "frame": {
            "name": frame.name,
            "sensor": frame.sensor,
            "bytes": frame.size,
            "sha256": frame.sha256,
        },
        "line": one_line(annotation, forms, style, texts),
        "items": [
            {"item": item, "text": text, "cite": forms.forms[item].cite}
            for item, text in texts.items()
        ],
        "values": values_to_dict(annotation),
        "not_annotated": list(missing),
        "readings": dict(forms.readings),
    }


def values_to_dict(annotation: Annotation) -> dict[str, Any]:
    """The plain values; null is what is not known."""
    found: dict[str, Any] = {}
    kept = tidy(annotation)
    for name in VALUES:
        value = getattr(kept, name)
        if name in ("time_s", "day_s"):
            key = name.removesuffix("_s")
            found[key] = None if value is None else write_time(moment(value))
        else:
            found[name] = list(value) if isinstance(value, tuple) else value
    mounting = annotation.mounting
    found["mounting"] = None if mounting is None else write_mounting(mounting)
    return found


def read_annotation(source: str | Path | bytes) -> ReadAnnotation:
    """The annotation of a sidecar. DataError, with the place, for what is not one."""
    data, label = read_source(source)
    return annotation_from_dict(load_json(data, label), label)


def annotation_from_dict(document: Any, label: str = "the document") -> ReadAnnotation:
    """The same of a document that is open already; texts and values are not yet compared."""
    validate(document, KIND, file=label)
    values = dict(document["values"])
    for name in ("time", "day"):
        text = values.pop(name)
        where = f"/values/{name}"
        found = None if text is None else read_time(text, where=where, file=label).timestamp()
        values[f"{name}_s"] = found
    mounting = values.pop("mounting")
    try:
        values["mounting"] = None if mounting is None else parse_mounting(mounting)
    except SensorError as error:
        raise DataError(
            error.message, file=label, where="/values/mounting", remedy=error.remedy
        ) from None
    values["polarisations"] = tuple(values["polarisations"])
    told = (mark for mark in MARKS if mark in document["line"].split())
    annotation = Annotation(marks=tuple(dict.fromkeys((*document["marks"], *told))), **values)
    texts: dict[str, str] = {}
    for entry in document["items"]:
        if texts.setdefault(entry["item"], entry["text"]) != entry["text"]:
            raise DataError(
                f"{entry['item']} is told twice",
                file=label,
                where="/items",
                remedy="Keep one of the two.",
            )
    return ReadAnnotation(
        annotation, texts, where=label, name=document["frame"]["name"], exact=True
    )
