"""Where a value comes from: a source, and the place in it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class SourceKind(StrEnum):
    """How much a source is worth; the fact sheet's confidence codes in words."""

    TEXT = "text"  # the instrument itself
    OFFICIAL = "official"  # depositary, government, parliament
    SECONDARY = "secondary"  # press, trade press, paper
    DERIVED = "derived"  # our arithmetic or matching
    ASSUMED = "assumed"  # our assumption, for planning only
    PRIVATE = "private"  # from an overlay; never leaves this side


@dataclass(frozen=True, slots=True)
class Source:
    """Something that can be cited: ``id`` in the data files, a title a person can look up."""

    id: str
    title: str
    kind: SourceKind
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Citation:
    """A place in a source. ``paragraph`` is written like VI.II.4(A) or Ann.A.III."""

    source: Source
    paragraph: str = ""

    def __str__(self) -> str:
        if self.source.kind is SourceKind.TEXT and self.paragraph:
            return f"{self.paragraph} ({self.source.title})"
        return f"{self.source.title}, {self.paragraph}" if self.paragraph else self.source.title

    @property
    def private(self) -> bool:
        return self.source.kind is SourceKind.PRIVATE

    def as_dict(self) -> dict[str, Any]:
        return {
            "source": self.source.id,
            "paragraph": self.paragraph,
            "title": self.source.title,
            "kind": str(self.source.kind),
            "url": self.source.url,
        }
