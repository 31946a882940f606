"""Ledgers on disk: read as a ledger that checks each line, added to line by line."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from overflight.errors import DataError

if TYPE_CHECKING:
    from overflight.procedure.ledger.entries import AppendOnly, Numbered

    E = TypeVar("E", bound=Numbered)
else:
    E = TypeVar("E")

L = TypeVar("L", bound="AppendOnly[Any]")


class FromDict(Protocol):
    def __call__(self, row: dict[str, Any], /, *, file: str, line: int) -> Any: ...


def read_ledger(ledger: L, path: str | None, from_dict: FromDict) -> L:
    """Enter the lines of a file, as they were checked when they were written; none where there is
    no such file yet, or no file is named."""
    from overflight.logs import read_log

    if path is None:
        return ledger
    for number, record in enumerate(read_log(Path(path)).records, 1):
        entry = from_dict(record, file=path, line=number)
        try:
            ledger.restore(entry)
        except DataError as error:
            raise DataError(error.message, file=path, line=number, remedy=error.remedy) from None
    return ledger


def add_lines(
    ledger: AppendOnly[E], path: str, entries: Iterable[E], to_dict: Callable[[E], dict[str, Any]]
) -> list[E]:
    """Check all of them, then write them one after the other; each is on disk when it returns."""
    from overflight.logs import append

    before = len(ledger)
    done = ledger.extend(entries)
    for place, entry in enumerate(done):
        append(Path(path), to_dict(entry), seen=before + place)
    return list(done)
