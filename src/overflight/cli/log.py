"""``overflight log``: what was sealed, asked, delivered and decided, in an order that stays."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from overflight.cli import log_run as run
from overflight.cli.bundle import add_passphrase, instant
from overflight.cli.common import add_json_option

_KINDS = "bundle, request, delivery or decision"


def add_parser(nouns: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = nouns.add_parser(
        "log",
        help="a log that only grows, and that any Party can hold to what it signed",
        description="An append-only log of digests in the C2SP layout of tiles, with signed "
        "checkpoints. Any Party may witness it, check it, and prove to the others that it was "
        "shown another history than they were.",
    )
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    _add_keeping(verbs)
    _add_prove(verbs)
    _add_check(verbs)
    _add_witness(verbs)
    _add_compare(verbs)


def _add_keeping(verbs: Any) -> None:
    init = verbs.add_parser("init", help="begin a log")
    init.add_argument("log", type=Path, metavar="LOG", help="a new folder")
    init.add_argument(
        "--origin", required=True, metavar="NAME",
        help="what the log is called for good, like a web address: log.example.org/flights",
    )  # fmt: skip
    init.add_argument("--operator", required=True, metavar="CODE", help="the Party that keeps it")
    add_json_option(init)
    init.set_defaults(handler=run.init)
    append = verbs.add_parser(
        "append",
        help="log things by their SHA-256; done when it is on disk",
        description="Log things by their SHA-256. All of one call is one batch: all of it is on "
        "disk when the command ends, or none of it.",
    )
    append.add_argument("log", type=Path, metavar="LOG")
    append.add_argument(
        "things", nargs="*", metavar="KIND=PATH",
        help=f"{_KINDS}, and a file; for bundle, a bundle, of which the last seal and the "
        "signatures under it are logged",
    )  # fmt: skip
    append.add_argument(
        "--sha256", action="append", default=[], metavar="KIND=HEX",
        help="a thing that lies elsewhere, by its SHA-256 (repeatable)",
    )  # fmt: skip
    append.add_argument(
        "--lines", type=Path, metavar="FILE", help="entries as they are written, one a line"
    )
    append.add_argument("--at", type=instant, metavar="INSTANT", help="the moment stated (now)")
    add_json_option(append)
    append.set_defaults(handler=run.append)
    checkpoint = verbs.add_parser(
        "checkpoint",
        help="sign the log as it is now, or put cosignatures under what was signed",
        description="With --key: sign the log as it is now. With --take: put the cosignatures of "
        "witnesses under the checkpoint that they co-signed.",
    )
    checkpoint.add_argument("log", type=Path, metavar="LOG")
    checkpoint.add_argument("--key", type=Path, metavar="FILE", help="the operator's private key")
    checkpoint.add_argument(
        "--take", action="append", default=[], type=Path, metavar="FILE",
        help="a note that a witness co-signed, or its lines alone (repeatable)",
    )  # fmt: skip
    checkpoint.add_argument("--keys", type=Path, metavar="RING", help="for --take")
    add_passphrase(checkpoint)
    checkpoint.add_argument("--at", type=instant, metavar="INSTANT", help="as of then (now)")
    add_json_option(checkpoint)
    checkpoint.set_defaults(handler=run.checkpoint)


def _add_prove(verbs: Any) -> None:
    prove = verbs.add_parser(
        "prove",
        help="a document that shows an entry in the log, or that the log only grew",
        description="Prove to anybody, offline, that a thing is in the log at its last checkpoint "
        "(C2SP tlog-proof), or that the log has grown from an earlier checkpoint.",
    )
    prove.add_argument("log", type=Path, metavar="LOG", help="the log's folder, or a copy of it")
    what = prove.add_mutually_exclusive_group(required=True)
    what.add_argument("--thing", metavar="KIND=PATH", help="a thing that was logged")
    what.add_argument("--sha256", metavar="HEX", help="a thing that was logged, by its SHA-256")
    what.add_argument("--index", type=int, metavar="N", help="entry N, from 0")
    what.add_argument(
        "--bundle", type=Path, metavar="BUNDLE",
        help="all seals and signatures of it that were logged; --out is a folder then",
    )  # fmt: skip
    what.add_argument("--since", type=Path, metavar="FILE", help="an earlier checkpoint")
    prove.add_argument("--out", type=Path, metavar="FILE", help="write it here (standard output)")
    add_json_option(prove)
    prove.set_defaults(handler=run.prove)


def _add_check(verbs: Any) -> None:
    check = verbs.add_parser(
        "check",
        help="a log, a checkpoint or a proof: does it hold, and who answers for it",
        description="Check a log's folder entry by entry, a checkpoint, or a proof of any kind. "
        "Exit status: 0 intact, 1 broken, or proven to have two histories, 3 not shown "
        "to extend what --seen names.",
    )
    check.add_argument("target", type=Path, metavar="TARGET", help="a log's folder, or a document")
    _add_trust(check)
    check.add_argument(
        "--seen", type=Path, metavar="FILE", help="a checkpoint that you saw before: is it still so"
    )
    check.add_argument("--thing", metavar="KIND=PATH", help="a proof must be of this thing")
    check.add_argument("--sha256", metavar="HEX", help="the same, by its SHA-256")
    add_json_option(check)
    check.set_defaults(handler=run.check)


def _add_witness(verbs: Any) -> None:
    witness = verbs.add_parser(
        "witness",
        help="co-sign a checkpoint that extends the last one you co-signed",
        description="Co-sign a checkpoint, if the log only grew since the last one that this "
        "witness co-signed. What was co-signed is kept in STATE; guard it like the key.",
    )
    witness.add_argument("state", type=Path, metavar="STATE", help="the witness's own folder")
    witness.add_argument(
        "target", type=Path, metavar="TARGET",
        help="a log's folder (or a copy), a proof made with 'log prove --since', or, the first "
        "time, a checkpoint",
    )  # fmt: skip
    witness.add_argument("--name", required=True, help="of the witness, e.g. witness.example/aaa")
    witness.add_argument("--key", required=True, type=Path, metavar="FILE", help="private key")
    witness.add_argument(
        "--first", action="store_true", help="this witness has never co-signed this log before"
    )
    witness.add_argument("--out", type=Path, metavar="FILE", help="write the co-signed note here")
    add_passphrase(witness)
    _add_trust(witness, witnesses=False)
    add_json_option(witness)
    witness.set_defaults(handler=run.witness)


def _add_compare(verbs: Any) -> None:
    compare = verbs.add_parser(
        "compare",
        help="two views of one log: one history, or the proof that there are two",
        description="Compare what two Parties were shown: folders of the log, checkpoints, or a "
        "witness's notes. Where the log signed two histories, the proof of it is written, which "
        "convinces others without trust in you. Exit status: 0 one history, 1 two, 3 it takes a "
        "copy of the larger log.",
    )
    compare.add_argument("one", type=Path, metavar="ONE", help="a log's folder, or a checkpoint")
    compare.add_argument("other", type=Path, metavar="OTHER")
    _add_trust(compare, witnesses=False)
    compare.add_argument("--out", type=Path, metavar="FILE", help="write the proof here")
    add_json_option(compare)
    compare.set_defaults(handler=run.compare)


def _add_trust(parser: Any, *, witnesses: bool = True) -> None:
    parser.add_argument(
        "--keys", required=True, type=Path, metavar="RING", help="the Parties' key statements"
    )
    parser.add_argument("--origin", required=True, metavar="NAME", help="of the log")
    parser.add_argument("--operator", required=True, metavar="CODE", help="the Party that keeps it")
    if witnesses:
        parser.add_argument(
            "--witnesses", type=int, default=0, metavar="N",
            help="Parties besides the operator that must have co-signed (0)",
        )  # fmt: skip
    parser.add_argument("--at", type=instant, metavar="INSTANT", help="as of then (now)")
