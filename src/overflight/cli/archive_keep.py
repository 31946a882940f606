"""``overflight archive init | ingest | check | show``: what they take."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from overflight.cli import archive_keep_run as run
from overflight.cli.bundle import instant
from overflight.cli.common import add_json_option, add_reading_option


def add_verbs(verbs: Any) -> None:
    _add_init(verbs)
    _add_ingest(verbs)
    _add_check(verbs)
    show = verbs.add_parser("show", help="what an archive is, and the missions that it has")
    show.add_argument("archive", type=Path, metavar="ARCHIVE")
    show.add_argument(
        "mission", nargs="?", metavar="MISSION", help="one of them, with its seals and files"
    )
    add_json_option(show)
    show.set_defaults(handler=run.show)


def _add_init(verbs: Any) -> None:
    init = verbs.add_parser(
        "init",
        help="begin an archive",
        description="Begin an archive: a folder with a catalogue, files by their SHA-256, a copy "
        "of the Parties' key statements, and a log.",
    )
    init.add_argument("archive", type=Path, metavar="FOLDER", help="a new folder")
    init.add_argument(
        "--holder", required=True, metavar="CODE",
        help="the Party whose archive it is, or 'common' for one that several share",
    )  # fmt: skip
    init.add_argument(
        "--keys", required=True, type=Path, metavar="RING",
        help="the ring of key statements that signatures are judged by; it is copied",
    )  # fmt: skip
    init.add_argument("--id", metavar="TEXT", help="what it is called (the folder's name)")
    init.add_argument(
        "--treaty", default="", metavar="NAME", help="take in missions of this treaty only"
    )
    add_reading_option(init)
    init.add_argument(
        "--store", default="", metavar="URL",
        help="keep the files in an object store: s3://BUCKET/PREFIX, az://..., gs://..., file://...",
    )  # fmt: skip
    init.add_argument(
        "--database", default="", metavar="URL",
        help="keep the items in PostgreSQL with pgSTAC: postgresql://HOST/NAME",
    )  # fmt: skip
    _add_at(init, "when it is begun (now)")
    add_json_option(init)
    init.set_defaults(handler=run.init)


def _add_ingest(verbs: Any) -> None:
    ingest = verbs.add_parser(
        "ingest",
        help="take in sealed bundles, or what is new of them",
        description="Take in bundles that both Parties sealed, or portions that were delivered. "
        "Each is verified first and comes in whole or not at all. What is there already is not "
        "written again; a later stage adds what is new.",
    )
    ingest.add_argument("archive", type=Path, metavar="ARCHIVE")
    ingest.add_argument(
        "bundles", nargs="+", type=Path, metavar="BUNDLE",
        help="a bundle's folder or file, or a portion's folder",
    )  # fmt: skip
    ingest.add_argument(
        "--request", default="", metavar="ID",
        help="the request under which they were delivered, where the holder is neither Party",
    )  # fmt: skip
    _add_at(ingest, "when they are taken in (now)")
    add_json_option(ingest)
    ingest.set_defaults(handler=run.ingest)


def _add_check(verbs: Any) -> None:
    check = verbs.add_parser(
        "check",
        help="is all of it there, as it was sealed; put right what a crash left",
        description="Hold the log, the catalogue, the seals and the files against one another. "
        "What a crash left is put right and told; it can be run at any time and again. Exit "
        "status 0: whole; 1: something is lost or changed.",
    )
    check.add_argument("archive", type=Path, metavar="ARCHIVE")
    check.add_argument(
        "--scrub", action="store_true", help="read every file and hold it against its SHA-256"
    )
    check.add_argument(
        "--mend-from", action="append", default=[], type=Path, metavar="OTHER",
        help="another archive, a bundle or a portion to take sound copies from (repeatable)",
    )  # fmt: skip
    check.add_argument(
        "--tidy", action="store_true", help="take away files that no mission refers to"
    )
    _add_at(check, "the moment that keys are judged at (now)")
    add_json_option(check)
    check.set_defaults(handler=run.check)


def _add_at(parser: Any, words: str) -> None:
    parser.add_argument("--at", type=instant, metavar="INSTANT", help=words)
