"""An annotation as the metadata of a copy: the tags of a TIFF, and back.

Each item has a tag of its own, in the regime's form; the whole line and the marks come with them.
Originals carry no tags of ours: they are never written to.
"""

from __future__ import annotations

from collections.abc import Mapping

from overflight.formats.annotation_parse import parse_annotation
from overflight.formats.annotation_text import PLAIN, item_texts, one_line
from overflight.terms.annotation import ITEMS, Annotation, Forms, ReadAnnotation, Style

PREFIX = "OVERFLIGHT_"
LINE = PREFIX + "ANNOTATION"
MARKS = PREFIX + "MARKS"
IMAGE_DESCRIPTION = "TIFFTAG_IMAGEDESCRIPTION"


def tags(annotation: Annotation, forms: Forms, style: Style = PLAIN) -> dict[str, str]:
    """Name -> text, ASCII only, in a fixed order. DataError for what fits no form."""
    texts = item_texts(annotation, forms, style)
    line = one_line(annotation, forms, style, texts)
    found = {IMAGE_DESCRIPTION: line, LINE: line}
    if annotation.marks:
        found[MARKS] = " ".join(annotation.marks)
    return found | {tag_of(item): text for item, text in texts.items()}


def tag_of(item: str) -> str:
    """The name of an item's tag: OVERFLIGHT_TRUE_HEADING and the like."""
    return PREFIX + item.upper().replace("-", "_")


def annotation_of_tags(
    found: Mapping[str, str], forms: Forms, where: str = ""
) -> ReadAnnotation | None:
    """The annotation in a file's tags; None where there is none. Tags of single items are read
    together with the line, so that one which was altered shows as told twice."""
    line = found.get(LINE) or found.get(IMAGE_DESCRIPTION, "")
    single = [found[tag_of(item)] for item in ITEMS if tag_of(item) in found]
    if not line and not single:
        return None
    marks = found.get(MARKS, "")
    named = "\n".join(
        f"{item.replace('-', ' ')}: {found[tag_of(item)]}"
        for item in ITEMS
        if tag_of(item) in found
    )
    read = parse_annotation("\n".join(part for part in (marks, line, named) if part), forms)
    return ReadAnnotation(read.annotation, read.texts, read.faults, where or read.where)
