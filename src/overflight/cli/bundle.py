"""``overflight bundle``: seal what a mission leaves, sign it, hand on parts of it, check it."""

from __future__ import annotations

import argparse
import datetime as dt
from pathlib import Path
from typing import Any

from overflight.cli import bundle_run as run
from overflight.cli.common import add_json_option
from overflight.errors import DataError


def add_parser(nouns: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = nouns.add_parser(
        "bundle",
        help="what a mission leaves behind: sealed, signed by both sides, checked by anybody",
        description="A bundle is a folder, or a single tar file. It is sealed in stages; each "
        "extends the one before and none is ever rewritten. Both Parties sign each stage.",
    )
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    _add_seal(verbs)
    _add_sign(verbs)
    _add_verify(verbs)
    _add_show(verbs)
    _add_parts(verbs)
    _add_forms(verbs)


def _add_seal(verbs: Any) -> None:
    seal = verbs.add_parser(
        "seal",
        help="seal the first stage, or with --extend the next one",
        description="Seal files into a bundle. Only what is known to be releasable goes in; "
        "working plans, own sites, overlays, people and keys never do.",
    )
    seal.add_argument("bundle", type=Path, metavar="BUNDLE", help="the bundle's folder")
    seal.add_argument("--extend", action="store_true", help="seal the next stage of a bundle")
    seal.add_argument(
        "--mission", type=Path, metavar="DIR",
        help="a seat's folder: plan, report, messages and the events that both sides share",
    )  # fmt: skip
    seal.add_argument(
        "--add", action="append", default=[], metavar="[ROLE[:SET]=]PATH",
        help="a file, or all files of a folder, in a role (repeatable): mission-report, "
        "mission-plan, flight-plan, flight-record, track, audit, frame-original, frame, duplicate, "
        "stac, certification, event, agreement. SET is A or B, where two sets were made",
    )  # fmt: skip
    seal.add_argument(
        "--allow", action="append", default=[], metavar="NAME",
        help="vouch for a file that is not known to be releasable (repeatable)",
    )  # fmt: skip
    seal.add_argument("--id", metavar="TEXT", help="what both sides call it (the mission's id)")
    seal.add_argument("--observing", metavar="CODE", help="the observing Party (the mission's)")
    seal.add_argument("--observed", metavar="CODE", help="the observed Party (the mission's)")
    seal.add_argument("--exercise", action="store_true", help="mark the bundle EXERCISE")
    seal.add_argument("--simulated", action="store_true", help="mark the bundle SIMULATED")
    seal.add_argument("--title", default="", metavar="TEXT", help="what the stage is called")
    seal.add_argument(
        "--two-sets", metavar="CODE", help="two original sets were made; this Party chooses one"
    )
    seal.add_argument(
        "--keys", type=Path, metavar="RING",
        help="with --extend, the Parties' key statements: refuse to seal after a signature that "
        "does not count",
    )  # fmt: skip
    _add_at(seal, "when it is sealed (now)")
    add_json_option(seal)
    seal.set_defaults(handler=run.seal)


def _add_sign(verbs: Any) -> None:
    sign = verbs.add_parser(
        "sign",
        help="sign the last stage, after a check of its files",
        description="Sign the last stage. What lies in the bundle is checked first; nobody signs "
        "what does not hold.",
    )
    sign.add_argument("bundle", type=Path, metavar="BUNDLE")
    sign.add_argument("--key", required=True, type=Path, metavar="FILE", help="private key")
    sign.add_argument("--by", required=True, metavar="CODE", help="the Party that signs")
    sign.add_argument("--role", required=True, choices=("observing", "observed", "witness"))
    sign.add_argument(
        "--out", type=Path, metavar="FILE",
        help="write the signature here, for the other side to take, and leave the bundle alone",
    )  # fmt: skip
    sign.add_argument(
        "--keys", type=Path, metavar="RING",
        help="the Parties' key statements: refuse to sign with a key that is not in standing, or "
        "after a signature that does not count",
    )  # fmt: skip
    add_passphrase(sign)
    _add_at(sign, "when it is signed (now)")
    add_json_option(sign)
    sign.set_defaults(handler=run.sign)
    take = verbs.add_parser("take", help="put signatures under it that were made elsewhere")
    take.add_argument("bundle", type=Path, metavar="BUNDLE")
    take.add_argument("files", nargs="+", type=Path, metavar="FILE")
    take.add_argument(
        "--keys", required=True, type=Path, metavar="RING",
        help="the Parties' key statements: what does not count by them is not taken",
    )  # fmt: skip
    _add_at(take, "as of then (now)")
    add_json_option(take)
    take.set_defaults(handler=run.take)


def _add_verify(verbs: Any) -> None:
    verify = verbs.add_parser(
        "verify",
        help="is it whole, and signed by both",
        description="Says what is missing, changed, added or renamed, who signed when, and what "
        "the answer does not cover. Exit status: 0 intact, 1 broken, 2 cannot be read at all.",
    )
    verify.add_argument("bundle", type=Path, metavar="BUNDLE", help="bundle or portion")
    verify.add_argument(
        "--keys", required=True, type=Path, metavar="RING", help="the Parties' key statements"
    )
    verify.add_argument(
        "--logged", action="append", default=[], type=Path, metavar="PROOF",
        help="what 'log prove' wrote, a file or a folder (repeatable): witnesses of a log date the "
        "signatures, which takes --origin and --operator",
    )  # fmt: skip
    verify.add_argument("--origin", metavar="NAME", help="of the log, for --logged")
    verify.add_argument("--operator", metavar="CODE", help="the Party that keeps it")
    verify.add_argument(
        "--witnesses", type=int, metavar="N",
        help="Parties that must have seen it by then, the bundle's two not counted (1)",
    )  # fmt: skip
    verify.add_argument("--workers", type=int, metavar="N", help="threads (one a core)")
    _add_at(verify, "as of then (now)")
    add_json_option(verify)
    verify.set_defaults(handler=run.verify)


def _add_show(verbs: Any) -> None:
    show = verbs.add_parser("show", help="what it says that it holds, unchecked")
    show.add_argument("bundle", type=Path, metavar="BUNDLE")
    add_json_option(show)
    show.set_defaults(handler=run.show)


def _add_parts(verbs: Any) -> None:
    portion = verbs.add_parser(
        "portion",
        help="some of its files, with the proof that they belong to the sealed whole",
        description="Write files with their proofs into a new folder. Who has it sees nothing of "
        "the other files, not even their names.",
    )
    portion.add_argument("bundle", type=Path, metavar="BUNDLE")
    portion.add_argument(
        "names", nargs="*", metavar="NAME", help="files by name; NAME/ takes a folder"
    )
    portion.add_argument("--set", choices=("A", "B"), help="one of the two original sets")
    portion.add_argument("--out", required=True, type=Path, metavar="DIR")
    add_json_option(portion)
    portion.set_defaults(handler=run.portion)
    choose = verbs.add_parser("choose", help="seal which of two original sets was chosen")
    choose.add_argument("bundle", type=Path, metavar="BUNDLE")
    choose.add_argument("--by", required=True, metavar="CODE", help="the Party that chooses")
    choose.add_argument("--set", required=True, choices=("A", "B"))
    _add_at(choose, "when it is sealed (now)")
    add_json_option(choose)
    choose.set_defaults(handler=run.choose)
    redact = verbs.add_parser(
        "redact",
        help="let files be absent by agreement; their digests stay",
        description="With --agreement: seal a stage that says so. Once both have signed it, "
        "--carry-out takes the files out of this copy.",
    )
    redact.add_argument("bundle", type=Path, metavar="BUNDLE")
    redact.add_argument("names", nargs="*", metavar="NAME", help="files by name")
    redact.add_argument("--agreement", type=Path, metavar="FILE", help="what both agreed on")
    redact.add_argument("--carry-out", action="store_true", help="take the files out now")
    redact.add_argument("--keys", type=Path, metavar="RING", help="for --carry-out")
    _add_at(redact, "when it is sealed (now)")
    add_json_option(redact)
    redact.set_defaults(handler=run.redact)


def _add_forms(verbs: Any) -> None:
    for name, words, target in (
        ("pack", "write it as one tar file", "FILE"),
        ("unpack", "write a single-file bundle as a folder", "DIR"),
    ):
        form = verbs.add_parser(name, help=words, description=f"{words[0].upper()}{words[1:]}.")
        form.add_argument("bundle", type=Path, metavar="BUNDLE")
        form.add_argument("target", type=Path, metavar=target)
        add_json_option(form)
        form.set_defaults(handler=run.pack if name == "pack" else run.unpack)


def add_passphrase(parser: Any, flag: str = "--passphrase-file") -> None:
    """Add the option that names the file of a passphrase."""
    parser.add_argument(
        flag, type=Path, metavar="FILE",
        help="read the passphrase from the first line of FILE (else from OVERFLIGHT_PASSPHRASE, "
        "else it is asked for)",
    )  # fmt: skip


def _add_at(parser: Any, words: str) -> None:
    parser.add_argument("--at", type=instant, metavar="INSTANT", help=words)


def instant(text: str) -> dt.datetime:
    """A moment as typed; for ``type=`` of an argument."""
    from overflight.formats.times import read_time

    try:
        return read_time(text, where="instant")
    except DataError as error:
        raise argparse.ArgumentTypeError(f"{error.message}. {error.remedy}") from None
