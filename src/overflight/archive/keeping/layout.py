"""The folder of an archive, and what it says of itself.

archive.toml        id, holder, treaty, readings, created, store, database
catalogue.sqlite    collections, missions, items; its commit is the only moment of truth
objects/ab/abcd...  every file by its SHA-256, once
keys/               the ring of key statements that signatures are judged by
incoming/<random>/  what is being taken in; whatever is left here is not in the archive
log/                the transparency log
access/             who asked for what
.using, .commit     locks: shared by whoever takes in, held for each commit
"""

from __future__ import annotations

import datetime as dt
import fcntl
import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from overflight.errors import DataError
from overflight.files import read_bounded
from overflight.record.instants import read_instant, write_instant
from overflight.record.statements import CODE

ABOUT, DATABASE, OBJECTS, KEYS, INCOMING, LOG, ACCESS = (
    "archive.toml", "catalogue.sqlite", "objects", "keys", "incoming", "log", "access",
)  # fmt: skip
USING, COMMIT = ".using", ".commit"
COMMON = "common"
_ID = re.compile(r"[a-z0-9]([a-z0-9.-]{0,78}[a-z0-9])?")
_MOST = 64 * 1024
_KNOWN = {"id", "holder", "treaty", "readings", "created", "store", "database", "version"}


@dataclass(frozen=True, slots=True)
class Settings:
    """What an archive says of itself. ``holder``: a Party's code, or "common". ``treaty``: id, or
    "" where it takes the missions of any. ``store``: URL of an object store, "" for the folder.
    ``database``: URL of a catalogue elsewhere, "" for SQLite in the folder."""

    id: str
    holder: str
    created: dt.datetime
    treaty: str = ""
    store: str = ""
    database: str = ""
    readings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Archive:
    """An archive's folder, and its settings."""

    root: Path
    settings: Settings

    @property
    def database(self) -> Path:
        return self.root / DATABASE

    @property
    def objects(self) -> Path:
        return self.root / OBJECTS

    @property
    def keys(self) -> Path:
        return self.root / KEYS

    @property
    def incoming(self) -> Path:
        return self.root / INCOMING

    @property
    def log(self) -> Path:
        return self.root / LOG

    @property
    def access(self) -> Path:
        return self.root / ACCESS


def open_archive(root: Path) -> Archive:
    """The archive in that folder. Raises DataError where there is none, or its settings are not
    to be read."""
    if not (root / ABOUT).is_file():
        raise DataError(
            "there is no archive here", file=root,
            remedy="Name the folder that holds archive.toml, or begin one: overflight archive "
            "init.",
        )  # fmt: skip
    data = read_bounded(root / ABOUT, limit=_MOST)
    try:
        return Archive(root, _settings(tomllib.loads(data.decode("utf-8"))))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise DataError(
            f"it does not say what archive this is ({error})", file=root / ABOUT,
            remedy="Put the file back as 'overflight archive init' wrote it.",
        ) from None  # fmt: skip


def check_settings(settings: Settings) -> Settings:
    """``settings`` themselves. Raises DataError for an id or a holder that no archive has."""
    if not _ID.fullmatch(settings.id):
        raise DataError(
            f"{ascii(settings.id)[:100]} is no id of an archive",
            remedy="Use small letters, digits, '.' and '-', at most 80 in all.",
        )
    if settings.holder != COMMON and not CODE.fullmatch(settings.holder):
        raise DataError(
            f"{ascii(settings.holder)[:40]} is no holder",
            remedy=f"Give a Party's code in capitals, or '{COMMON}'.",
        )
    for name, url in (("--store", settings.store), ("--database", settings.database)):
        if url and (not re.match(r"[a-z][a-z0-9+.-]*://", url) or '"' in url or not url.isascii()):
            raise DataError(f"{name} is no URL: {ascii(url)[:200]}", remedy="Write SCHEME://...")
        if re.match(r"[^/]*//[^/@]*:[^/@]*@", url):
            raise DataError(
                f"{name} holds a password, which archive.toml would keep for all to read",
                remedy="Leave it out; give it in the environment (PGPASSWORD, AWS_*).",
            )
    return settings


def settings_text(settings: Settings) -> str:
    """archive.toml. The same settings give the same text."""
    rows: dict[str, str | int] = {
        "version": 1,
        "id": settings.id,
        "holder": settings.holder,
        "treaty": settings.treaty,
        "created": write_instant(settings.created),
        "store": settings.store,
        "database": settings.database,
    }
    lines = [f"{key} = {_toml(value)}" for key, value in rows.items()]
    lines += ["", "[readings]"]
    lines += [f"{_toml(k)} = {_toml(v)}" for k, v in sorted(settings.readings.items())]
    return "\n".join(lines) + "\n"


def _toml(value: str | int) -> str:
    if isinstance(value, int):
        return str(value)
    if not value.isprintable() or len(value) > 1000:
        raise DataError(f"{ascii(value)[:60]} cannot be kept", remedy="Use plain text.")
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _settings(document: Mapping[str, Any]) -> Settings:
    if not set(document) <= _KNOWN or document["version"] != 1:
        raise ValueError("it has words that are not known here")
    texts = {k: document[k] for k in ("id", "holder", "treaty", "store", "database")}
    readings = document.get("readings", {})
    if not all(isinstance(v, str) for v in (*texts.values(), *readings.values())):
        raise TypeError("a text is expected")
    found = Settings(
        texts["id"], texts["holder"], read_instant(document["created"], ABOUT), texts["treaty"],
        texts["store"], texts["database"], dict(readings),
    )  # fmt: skip
    return check_settings(found)


@contextmanager
def using(archive: Archive) -> Iterator[None]:
    """Whoever takes something in: nobody tidies meanwhile; many may."""
    with _lock(archive.root / USING, fcntl.LOCK_SH):
        yield


@contextmanager
def alone(archive: Archive) -> Iterator[None]:
    """Nobody takes anything in meanwhile. Raises DataError where somebody does."""
    try:
        with _lock(archive.root / USING, fcntl.LOCK_EX | fcntl.LOCK_NB):
            yield
    except BlockingIOError:
        raise DataError(
            "a bundle is being taken in", file=archive.root, remedy="Wait until it is done."
        ) from None


@contextmanager
def committing(archive: Archive) -> Iterator[None]:
    """One at a time, for the commit and the entry in the log; the others wait."""
    with _lock(archive.root / COMMIT, fcntl.LOCK_EX):
        yield


@contextmanager
def _lock(path: Path, how: int) -> Iterator[None]:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(descriptor, how)
        yield
    finally:
        os.close(descriptor)
