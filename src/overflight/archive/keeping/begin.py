"""Beginning an archive: its folder is there whole, or not at all."""

from __future__ import annotations

from pathlib import Path

from overflight.archive.catalogue.opening import open_catalogue
from overflight.archive.keeping.desk import make_database
from overflight.archive.keeping.layout import (
    ABOUT,
    ACCESS,
    COMMIT,
    COMMON,
    INCOMING,
    KEYS,
    LOG,
    OBJECTS,
    USING,
    Archive,
    Settings,
    check_settings,
    settings_text,
)
from overflight.archive.keeping.stores import objects_of
from overflight.errors import DataError
from overflight.record.disk import move_in, workshop, write_new
from overflight.record.keeping import put_statement
from overflight.record.log.keeping import make_log
from overflight.record.statements import read_history, read_ring

COMMON_OPERATOR = "COMMON"
"""Who keeps the log of an archive that is nobody's alone, in its log.json."""


def make_archive(root: Path, settings: Settings, ring: Path) -> Archive:
    """A new archive in ``root``, with a copy of the ring of key statements.

    Raises DataError where there is something already, or the settings or the ring are not to be
    taken.
    """
    check_settings(settings)
    read_ring(ring)
    if root.is_symlink() or (root.exists() and (not root.is_dir() or any(root.iterdir()))):
        raise DataError(
            "there is something here already", file=root,
            remedy="Name a new folder. An archive that is there is not begun anew.",
        )  # fmt: skip
    if settings.store:
        objects_of(Archive(root, settings)).size("0" * 64)  # asks whether it answers at all
    if settings.database:
        open_catalogue(root, settings.database, new=True).close()
    with workshop(root) as folder:
        built = folder / "archive"
        for name in (OBJECTS, INCOMING, ACCESS, KEYS):
            (built / name).mkdir(parents=True)
        for name in (USING, COMMIT):
            write_new(built / name, b"")
        _copy_ring(ring, built / KEYS)
        operator = COMMON_OPERATOR if settings.holder == COMMON else settings.holder
        make_log(built / LOG, f"{settings.id}/log", operator)
        make_database(Archive(built, settings))
        write_new(built / ABOUT, settings_text(settings).encode("utf-8"))
        if root.exists():
            root.rmdir()  # empty, as was seen above
        move_in(built, root)
    return Archive(root, settings)


def _copy_ring(source: Path, target: Path) -> None:
    for below in sorted(source.iterdir()):
        if below.is_dir() and not below.name.startswith("."):
            for said in read_history(source, below.name):
                file = source / below.name / f"{said.number:04d}.dsse.json"
                put_statement(target, file.read_bytes(), confirmed=True)
