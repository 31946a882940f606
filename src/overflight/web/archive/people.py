"""Who may come in: the users that an archive's keeper wrote down, each for one Party.

    # ARCHIVE/access/users.toml
    [[user]]
    name = "anna.keller"        # the subject of its tokens
    party = "..."               # a State's or group's code, commission, or body:NAME
    certificates = ["..."]      # by which it may come in too: see certificates

A name that is taken out is let in no more, whatever tokens it has.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from overflight.archive.keeping.layout import Archive
from overflight.errors import DataError
from overflight.files import read_bounded
from overflight.terms.access import BODY, COMMISSION, STATE, Asker

USERS = "users.toml"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,99}")
_KEYS = frozenset({"name", "party"})
_MORE = "certificates"


@dataclass(frozen=True, slots=True)
class Person:
    """A person or machine, and for whom it asks."""

    name: str
    asker: Asker
    certificates: tuple[str, ...] = ()


NOBODY = Person("", Asker(""))
"""Whoever has not said who it is: for what says nothing of an archive."""


def asker_of(party: str) -> Asker:
    """A State's or group's code, ``commission``, or ``body:NAME``."""
    if party.startswith("body:"):
        return Asker(party.removeprefix("body:"), BODY)
    return Asker(party, COMMISSION if party == COMMISSION else STATE)


def users_file(archive: Archive) -> Path:
    """Where the users are written down."""
    return archive.access / USERS


def read_people(path: Path) -> Mapping[str, Person]:
    """Name -> person; nobody where there is no such file. DataError for what is no such list."""
    if not path.exists():
        return {}
    try:
        document = tomllib.loads(read_bounded(path).decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise _wrong(path, f"it is no TOML ({error})") from None
    rows = document.get("user", [])
    if set(document) - {"user"} or not isinstance(rows, list):
        raise _wrong(path, "it holds something else than [[user]] tables")
    found: dict[str, Person] = {}
    for row in rows:
        if not isinstance(row, dict) or set(row) - {_MORE} != _KEYS:
            raise _wrong(path, "a [[user]] has a name, a party, maybe certificates; nothing else")
        name, party = row["name"], row["party"]
        if not isinstance(name, str) or not _NAME.fullmatch(name) or name in found:
            raise _wrong(path, f"{ascii(name)[:60]} is no name, or is there twice")
        if not isinstance(party, str) or not party or not party.isprintable():
            raise _wrong(path, f"the party of {name} is no code")
        found[name] = Person(name, asker_of(party), _marks(path, name, row.get(_MORE, [])))
    marks = [mark for one in found.values() for mark in one.certificates]
    if len(set(marks)) != len(marks):
        raise _wrong(path, "a certificate is two users'")
    return found


def _marks(path: Path, name: str, rows: Any) -> tuple[str, ...]:
    marks = [mark_of(row) for row in rows] if isinstance(rows, list) else [None]
    if None in marks:
        raise _wrong(
            path, f"a certificate of {name} is none of sha256:..., dns:..., email:..., uri:..., "
            "subject:...",
        )  # fmt: skip
    return tuple(mark for mark in marks if mark is not None)


def mark_of(text: Any) -> str | None:
    """What a user's certificate is known by, as it is compared; None for what is nothing such."""
    word, _, value = text.partition(":") if isinstance(text, str) else ("", "", "")
    if word == "sha256":
        plain = value.replace(":", "").lower()
        return f"sha256:{plain}" if re.fullmatch(r"[0-9a-f]{64}", plain) else None
    if word not in ("dns", "email", "uri", "subject") or not value or not value.isprintable():
        return None
    return f"dns:{value.lower()}" if word == "dns" else str(text)


def _wrong(path: Path, message: str) -> DataError:
    return DataError(
        message, file=path, remedy='Write [[user]] tables with name = "..." and party = "...".'
    )
