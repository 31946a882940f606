"""The rows of a regime's access.toml that decide: rights with an ``answer``.

    answer = "entitled"   who can have anything at all
    answer = "allowed"    what those get
    answer = "denied"     what bars it, whatever allows it
    answer = "condition"  under what it is allowed; it decides nothing
    answer = "otherwise"  what is said where nothing allows it and nothing bars it
    answer = "presumed"   what is taken to be so where no document says: presume = { NAME = "WORD" }

    levels = ["find", "request", "open"]
    when   = { CIRCUMSTANCE = ["WORD", ...] }     all must fit; see terms.access.CIRCUMSTANCES
    reading = "NAME=OPTION"                       it holds only under that option
    only = "delivered"                            it lets open no more than what was delivered

``what`` is the sentence that is said, with {asker}, {observing}, {observed} and {keeper}.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from overflight.errors import DataError
from overflight.terms.access import CIRCUMSTANCES, DELIVERED, LEVELS, WHOLE
from overflight.terms.citations import Citation
from overflight.treaty.model import Right, Treaty
from overflight.treaty.problems import did_you_mean

ENTITLED, ALLOWED, DENIED, OTHERWISE, CONDITION, PRESUMED = ANSWERS = (
    "entitled", "allowed", "denied", "otherwise", "condition", "presumed",
)  # fmt: skip
_FILLED = ("asker", "observing", "observed", "keeper")


@dataclass(frozen=True, slots=True)
class AccessRow:
    """One deciding row. ``reading``: "NAME=OPTION" or "". ``extent``: WHOLE or DELIVERED."""

    id: str
    answer: str
    levels: frozenset[str]
    when: Mapping[str, frozenset[str]]
    sentence: str
    citations: tuple[Citation, ...]
    reading: str = ""
    extent: str = WHOLE
    presumes: Mapping[str, str] = field(default_factory=dict)

    @property
    def cite(self) -> str:
        return "; ".join(str(c) for c in self.citations)

    def fits(self, circumstances: Mapping[str, str]) -> bool:
        """Whether it holds when things are so; one word for each circumstance."""
        return all(circumstances[name] in words for name, words in self.when.items())


@lru_cache(maxsize=64)
def access_rows(treaty: Treaty) -> tuple[AccessRow, ...]:
    """The deciding rows, in the order of the file. Raises DataError for one that is malformed."""
    return tuple(_row(right) for right in treaty.rights if "answer" in right.details)


def _row(right: Right) -> AccessRow:
    details = right.details
    _one_of(right, "answer", details["answer"], ANSWERS)
    levels = details.get("levels", LEVELS)
    for level in _texts(right, "levels", levels):
        _one_of(right, "levels", level, LEVELS)
    only = details.get("only", WHOLE)
    _one_of(right, "only", only, (WHOLE, DELIVERED))
    when = details.get("when", {})
    if not isinstance(when, Mapping):
        raise _wrong(right, "'when' is no table", "Write when = { CIRCUMSTANCE = [WORDS] }.")
    for name, words in when.items():
        _one_of(right, "when", name, tuple(CIRCUMSTANCES))
        for word in _texts(right, f"when.{name}", words):
            _one_of(right, f"when.{name}", word, CIRCUMSTANCES[name])
    presumes = dict(details.get("presume", {}))
    for name, word in presumes.items():
        _one_of(right, "presume", name, tuple(CIRCUMSTANCES))
        _one_of(right, f"presume.{name}", word, CIRCUMSTANCES[name])
    try:
        right.what.format(**dict.fromkeys(_FILLED, ""))
    except (KeyError, IndexError, ValueError):
        remedy = f"Only {', '.join(f'{{{name}}}' for name in _FILLED)} are filled in."
        raise _wrong(right, "'what' cannot be filled in", remedy) from None
    return AccessRow(
        right.id, str(details["answer"]), frozenset(levels),
        {name: frozenset(words) for name, words in when.items()},
        " ".join(right.what.split()), right.citations, str(details.get("reading", "")), str(only),
        presumes,
    )  # fmt: skip


def _texts(right: Right, key: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, (list, tuple)) or not value:
        raise _wrong(right, f"{key!r} is no list of words", 'Write ["WORD", ...].')
    return tuple(str(word) for word in value)


def _one_of(right: Right, key: str, word: Any, known: tuple[str, ...]) -> None:
    if word not in known:
        raise _wrong(right, f"{key!r} says {word!r}", did_you_mean(str(word), known))


def _wrong(right: Right, message: str, remedy: str) -> DataError:
    return DataError(f"the right {right.id!r}: {message}", file="access.toml", remedy=remedy)
