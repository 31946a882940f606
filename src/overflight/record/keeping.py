"""The folder of a ring: statements put into it, one file each, and taken from others."""

from __future__ import annotations

from pathlib import Path

from overflight.errors import DataError
from overflight.files import write_atomic
from overflight.record.refused import Refused
from overflight.record.statements import (
    Statement,
    lives_of,
    read_history,
    read_statement,
    vouched,
)


def put_statement(ring: Path, data: bytes, *, confirmed: bool = False) -> Statement:
    """Add the next statement of a Party to a ring; one that is there already changes nothing.

    ``confirmed``: somebody has compared it with what came by the official channel, which the first
    statement of a Party needs, and one that no key in standing vouches for. Raises Refused
    (``bad-statement``, ``forked-statement``) or DataError.
    """
    said = read_statement(data, "the statement")
    history = read_history(ring, said.party)
    if said.number <= len(history):
        if history[said.number - 1].digest == said.digest:
            return said
        raise Refused(
            "forked-statement", f"{said.party} has made two statements of number {said.number}",
            remedy="Keep both files: together they prove it. Ask the Party by another channel.",
        )  # fmt: skip
    keys = lives_of(history)
    lives_of((*history, said))
    if not vouched(said, keys) and not confirmed:
        raise DataError(
            f"no earlier key of {said.party} vouches for this statement",
            remedy="Compare the key's id with the one that came by the official channel; then "
            "take it with --confirmed.",
        )
    write_atomic(ring / said.party / f"{said.number:04d}.dsse.json", data)
    return said
