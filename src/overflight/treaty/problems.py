"""A mistake in a regime's files: where it is, what is wrong, what to do."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from overflight.errors import DataError


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake. ``line`` counts from 1; None where a whole file or folder is meant."""

    file: str
    line: int | None
    message: str
    remedy: str

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{place}: {self.message}\n  -> {self.remedy}"

    def as_dict(self) -> dict[str, Any]:
        return {
            "file": self.file,
            "line": self.line,
            "message": self.message,
            "remedy": self.remedy,
        }

    def error(self, more: int = 0) -> DataError:
        """The same as an exception; ``more`` counts the problems that follow this one."""
        rest = f" ({more} more: run 'overflight treaty validate')" if more else ""
        return DataError(
            self.message + rest, remedy=self.remedy, file=self.file or None, line=self.line
        )


def nearest(word: str, known: Iterable[str], *, count: int = 3) -> tuple[str, ...]:
    """The known words that look most like ``word``, best first."""
    by_lower = {name.lower(): name for name in known}
    close = difflib.get_close_matches(word.lower(), list(by_lower), n=count, cutoff=0.55)
    return tuple(by_lower[name] for name in close)


def did_you_mean(word: str, known: Iterable[str], otherwise: str = "") -> str:
    """A remedy for a name that does not exist."""
    names = sorted(set(known))
    close = nearest(word, names)
    if close:
        return f"Did you mean {' or '.join(repr(name) for name in close)}?"
    if names and len(names) <= 40:
        return f"{otherwise} Known: {', '.join(names)}.".strip()
    return otherwise or "Check the spelling."
