"""What ``overflight archive init | ingest | check | show`` do."""

from __future__ import annotations

import argparse
import re
import sys
import time
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from overflight.cli.bundle_run import now
from overflight.cli.common import parse_readings, print_json
from overflight.errors import EXIT_BREACH, EXIT_OK, DataError, OverflightError

if TYPE_CHECKING:
    from overflight.archive.keeping.ingest import Taken
    from overflight.archive.keeping.layout import Archive
    from overflight.archive.keeping.missions import Mission


def init(arguments: argparse.Namespace) -> int:
    from overflight.archive.keeping.begin import make_archive
    from overflight.archive.keeping.layout import Settings
    from overflight.report.archive_keep import settings_text, settings_to_dict
    from overflight.treaty.loader import load_treaty

    name = arguments.id
    if name is None:
        folder = arguments.archive.absolute().name.casefold()
        name = re.sub(r"[^a-z0-9.-]+", "-", folder).strip(".-")
        name = name or "archive"
    treaty = load_treaty(arguments.treaty).id if arguments.treaty else ""
    settings = Settings(
        name, arguments.holder, now(arguments), treaty, arguments.store, arguments.database,
        parse_readings(arguments.reading),
    )  # fmt: skip
    archive = make_archive(arguments.archive, settings, arguments.keys)
    if arguments.json:
        print_json(settings_to_dict(archive.settings))
    else:
        print(settings_text(archive.settings, str(archive.root)))
        print(f"  -> take in bundles: overflight archive ingest {archive.root}", file=sys.stderr)
    return EXIT_OK


def ingest(arguments: argparse.Namespace) -> int:
    from overflight.archive.asking.receiving import know_delivery
    from overflight.archive.keeping.ingest import ingest as take_in
    from overflight.archive.keeping.layout import open_archive
    from overflight.report.archive_keep import ingested_to_dict, taken_text

    archive = open_archive(arguments.archive)
    taken: list[Taken] = []
    refused: list[tuple[Path, OverflightError]] = []
    for bundle in arguments.bundles:
        begun = time.monotonic()
        try:
            if arguments.request:
                know_delivery(archive, arguments.request, bundle)
            with Progress() as told:
                one = take_in(
                    archive, bundle, now(arguments), request=arguments.request, told=told.tell
                )
        except OverflightError as error:
            if len(arguments.bundles) == 1:
                raise
            refused.append((bundle, error))
            print(f"overflight: {bundle}: {error}", file=sys.stderr)
            continue
        taken.append(one)
        if not arguments.json:
            print(taken_text(one, time.monotonic() - begun), flush=True)
    if arguments.json:
        print_json(ingested_to_dict(taken, refused))
    elif refused:
        print(f"{len(taken)} taken in, {len(refused)} refused", file=sys.stderr)
    return max((error.exit_code for _, error in refused), default=EXIT_OK)


def check(arguments: argparse.Namespace) -> int:
    from overflight.archive.keeping.checking import INTACT
    from overflight.archive.keeping.checking import check as examine
    from overflight.archive.keeping.layout import open_archive
    from overflight.report.archive_keep import checked_text, checked_to_dict

    archive = open_archive(arguments.archive)
    begun = time.monotonic()
    with Progress() as told:
        found = examine(
            archive, now(arguments), scrub=arguments.scrub, mend_from=arguments.mend_from,
            tidy=arguments.tidy, told=told.tell,
        )  # fmt: skip
    if arguments.json:
        print_json(checked_to_dict(found, archive.settings))
    else:
        print(checked_text(found, archive.settings, time.monotonic() - begun))
    return EXIT_OK if found.verdict == INTACT else EXIT_BREACH


def show(arguments: argparse.Namespace) -> int:
    from overflight.archive.keeping import missions as tables
    from overflight.archive.keeping.desk import at_desk
    from overflight.archive.keeping.layout import open_archive
    from overflight.cli.tables import table
    from overflight.report.archive_keep import contents_text, contents_to_dict, mission_text

    archive = open_archive(arguments.archive)
    with at_desk(archive) as desk:
        found = tables.missions(desk.connection)
        chosen = found if arguments.mission is None else (_chosen(archive, found, arguments),)
        rows = [(one, tables.seals(desk.connection, one.id)) for one in chosen]
        at = {row.sha256: row.logged for one in chosen
              for row in tables.entries(desk.connection, one.id)}  # fmt: skip
        sizes = {one.id: tables.sizes(desk.connection, one.id) for one in chosen}
    if arguments.json:
        print_json(contents_to_dict(archive.settings, rows, sizes, at))
    elif arguments.mission is None:
        print(contents_text(archive.settings, rows, sizes, table))
    else:
        print(mission_text(rows[0][0], rows[0][1], sizes[rows[0][0].id], at, table))
    return EXIT_OK


def _chosen(
    archive: Archive, found: tuple[Mission, ...], arguments: argparse.Namespace
) -> Mission:  # fmt: skip
    wanted = arguments.mission
    for one in found:
        if wanted in (one.bundle, one.collection):
            return one
    raise DataError(
        f"the archive has no mission {wanted!r}", file=archive.root,
        remedy=f"'overflight archive show {archive.root}' lists them.",
    )  # fmt: skip


class Progress:
    """What is being done and how fast, on one line of a terminal; nothing elsewhere."""

    _EVERY_S = 0.2

    def __init__(self) -> None:
        self._terminal = sys.stderr.isatty()
        self._done: dict[str, int] = {}
        self._begun: dict[str, float] = {}
        self._shown = 0.0
        self._written = False
        self._lock = Lock()

    def __enter__(self) -> Progress:
        return self

    def tell(self, what: str, size: int) -> None:
        """``size`` bytes more of ``what``; called from any thread."""
        if not self._terminal:
            return
        at = time.monotonic()
        with self._lock:
            begun = self._begun.setdefault(what, at)
            done = self._done[what] = self._done.get(what, 0) + size
            if at - self._shown < self._EVERY_S or at == begun:
                return
            self._shown = at
            speed = done / (at - begun) / 1e6
            line = f"\r\033[K{what}: {done / 1e6:.0f} MB, {speed:.0f} MB/s"
            print(line, end="", file=sys.stderr, flush=True)
            self._written = True

    def __exit__(self, *_: object) -> None:
        if self._written:
            print("\r\033[K", end="", file=sys.stderr, flush=True)
