"""``overflight key``: keys that sign, and the dated statements about them."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from overflight.cli.bundle import add_passphrase, instant
from overflight.cli.bundle_run import now
from overflight.cli.common import add_json_option, print_json
from overflight.errors import EXIT_OK, DataError

if TYPE_CHECKING:
    from overflight.record.statements import Statement

PASSPHRASE = "OVERFLIGHT_PASSPHRASE"


def add_parser(nouns: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = nouns.add_parser(
        "key",
        help="keys that sign bundles, and dated statements about them",
        description="A private key stays in its file, under a passphrase. What a Party states "
        "about its keys (introduced, rotated, revoked) lies in a ring: a folder that all Parties "
        "exchange by their official channels.",
    )
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    _add_new(verbs)
    _add_rotate(verbs)
    _add_revoke(verbs)
    show = verbs.add_parser("show", help="the keys of a ring, and their standing")
    _add_ring(show)
    show.add_argument(
        "--pem", type=Path, metavar="DIR",
        help="write the public keys, for openssl: DIR/CODE/ID.pem",
    )  # fmt: skip
    _add_common(show)
    show.set_defaults(handler=_show)
    take = verbs.add_parser("take", help="put another Party's statements into the ring")
    _add_ring(take)
    take.add_argument("files", nargs="+", type=Path, metavar="FILE")
    take.add_argument(
        "--confirmed", action="store_true",
        help="you compared a first key with the id that came by the official channel",
    )  # fmt: skip
    _add_common(take)
    take.set_defaults(handler=_take)


def _add_new(verbs: Any) -> None:
    new = verbs.add_parser("new", help="make a key, and state that it is yours from now on")
    _add_ring(new)
    new.add_argument("--party", required=True, metavar="CODE")
    new.add_argument("--key", required=True, type=Path, metavar="FILE", help="the new private key")
    new.add_argument(
        "--vouched-by", type=Path, metavar="FILE", help="a private key in standing, if there is one"
    )
    new.add_argument("--effective", type=instant, metavar="INSTANT", help="from then on (now)")
    add_passphrase(new)
    add_passphrase(new, "--old-passphrase-file")
    _add_common(new)
    new.set_defaults(handler=_new)


def _add_rotate(verbs: Any) -> None:
    rotate = verbs.add_parser("rotate", help="replace a key by a new one")
    _add_ring(rotate)
    rotate.add_argument("--party", required=True, metavar="CODE")
    rotate.add_argument("--key", required=True, type=Path, metavar="FILE", help="the old one")
    rotate.add_argument("--new", required=True, type=Path, metavar="FILE", help="the new one")
    rotate.add_argument("--effective", type=instant, metavar="INSTANT", help="from then on (now)")
    add_passphrase(rotate)
    add_passphrase(rotate, "--old-passphrase-file")
    _add_common(rotate)
    rotate.set_defaults(handler=_rotate)


def _add_revoke(verbs: Any) -> None:
    revoke = verbs.add_parser(
        "revoke",
        help="state that a key is not to be trusted any more",
        description="retired and lost hold from the statement on. compromised holds from the "
        "moment named by --effective, and takes from earlier signatures what only their own date "
        "speaks for.",
    )
    _add_ring(revoke)
    revoke.add_argument("--party", required=True, metavar="CODE")
    revoke.add_argument("--id", required=True, metavar="ID", help="the key's id, or its beginning")
    revoke.add_argument("--reason", required=True, choices=("retired", "lost", "compromised"))
    revoke.add_argument(
        "--key", required=True, type=Path, metavar="FILE", help="a private key that is in standing"
    )
    revoke.add_argument("--effective", type=instant, metavar="INSTANT", help="from then on (now)")
    add_passphrase(revoke)
    _add_common(revoke)
    revoke.set_defaults(handler=_revoke)


def _add_ring(parser: Any) -> None:
    parser.add_argument("ring", type=Path, metavar="RING", help="the folder of key statements")


def _add_common(parser: Any) -> None:
    parser.add_argument("--at", type=instant, metavar="INSTANT", help="as of then (now)")
    add_json_option(parser)


def passphrase(file: Path | None, key: Path, *, new: bool = False) -> str:
    """The passphrase of a key: from the file named, the environment, or the terminal."""
    from overflight.files import read_bounded

    if file is not None:
        return read_bounded(file, limit=4096).decode("utf-8", "replace").split("\n")[0].rstrip("\r")
    if PASSPHRASE in os.environ:
        return os.environ[PASSPHRASE]
    if not sys.stdin.isatty():
        raise DataError(
            f"the passphrase of {key.name} is not known",
            remedy=f"Give --passphrase-file FILE, or set {PASSPHRASE}.",
        )
    import getpass

    said = getpass.getpass(f"Passphrase of {key.name}: ")
    if new and getpass.getpass("Once more: ") != said:
        raise DataError("the two are not the same", remedy="Try again.")
    return said


def _new(arguments: argparse.Namespace) -> int:
    from overflight.record.keeping import put_statement
    from overflight.record.keys import load_key, new_key, write_key
    from overflight.record.statements import make_statement, read_history

    _check_code(arguments.party)
    key, signers = new_key(), []
    if arguments.vouched_by is not None:
        old = arguments.vouched_by
        signers.append(load_key(old, passphrase(arguments.old_passphrase_file, old)))
    data = make_statement(
        read_history(arguments.ring, arguments.party), arguments.party, "introduce",
        signers=[key, *signers], at=now(arguments), effective=arguments.effective,
        public=key.public,
    )  # fmt: skip
    write_key(key, arguments.key, passphrase(arguments.passphrase_file, arguments.key, new=True))
    return _say(arguments, [put_statement(arguments.ring, data, confirmed=True)])


def _rotate(arguments: argparse.Namespace) -> int:
    from overflight.record.keeping import put_statement
    from overflight.record.keys import load_key, new_key, write_key
    from overflight.record.statements import make_statement, read_history

    old_file = arguments.old_passphrase_file or arguments.passphrase_file
    old, key = load_key(arguments.key, passphrase(old_file, arguments.key)), new_key()
    data = make_statement(
        read_history(arguments.ring, arguments.party), arguments.party, "rotate",
        signers=[key, old], at=now(arguments), effective=arguments.effective, public=key.public,
        replaces=old.id,
    )  # fmt: skip
    write_key(key, arguments.new, passphrase(arguments.passphrase_file, arguments.new, new=True))
    return _say(arguments, [put_statement(arguments.ring, data)])


def _revoke(arguments: argparse.Namespace) -> int:
    from overflight.record.keeping import put_statement
    from overflight.record.keys import load_key
    from overflight.record.statements import lives_of, make_statement, read_history

    history = read_history(arguments.ring, arguments.party)
    known = [key for key in lives_of(history) if key.startswith(arguments.id)]
    if len(known) != 1:
        raise DataError(
            f"{len(known)} keys of {arguments.party} begin with {arguments.id!r}",
            remedy="'overflight key show RING' lists the ids.",
        )
    signer = load_key(arguments.key, passphrase(arguments.passphrase_file, arguments.key))
    data = make_statement(
        history, arguments.party, "revoke", signers=[signer], at=now(arguments),
        effective=arguments.effective, revoked=known[0], reason=arguments.reason,
    )  # fmt: skip
    return _say(arguments, [put_statement(arguments.ring, data)])


def _take(arguments: argparse.Namespace) -> int:
    from overflight.files import read_bounded
    from overflight.record.envelope import MAX_ENVELOPE_BYTES
    from overflight.record.keeping import put_statement

    taken = [
        put_statement(
            arguments.ring, read_bounded(file, limit=MAX_ENVELOPE_BYTES),
            confirmed=arguments.confirmed,
        )
        for file in arguments.files
    ]  # fmt: skip
    return _say(arguments, taken)


def _show(arguments: argparse.Namespace) -> int:
    from overflight.cli.tables import table
    from overflight.files import write_atomic
    from overflight.record.keys import public_pem
    from overflight.record.statements import read_ring
    from overflight.report.bundle import ring_text, ring_to_dict

    ring, at = read_ring(arguments.ring), now(arguments)
    if arguments.pem is not None:
        for key in ring.keys.values():
            write_atomic(arguments.pem / key.party / f"{key.id}.pem", public_pem(key.public))
    if arguments.json:
        print_json(ring_to_dict(ring, at))
    else:
        print(ring_text(ring, at, table))
    return EXIT_OK


def _check_code(code: str) -> None:
    from overflight.record.statements import CODE

    if not CODE.fullmatch(code):
        raise DataError(f"{code!r} is no Party's code", remedy="Give its code in capitals.")


def _say(arguments: argparse.Namespace, said: list[Statement]) -> int:
    from overflight.record.instants import write_instant

    if arguments.json:
        rows = [
            {"party": s.party, "number": s.number, "act": s.act, "key": s.key,
             "effective": write_instant(s.effective), "stated": write_instant(s.stated)}
            for s in said
        ]  # fmt: skip
        print_json({"kind": "bundle-key-statements", "version": 1, "statements": rows})
    else:
        for s in said:
            moment = write_instant(s.effective)
            print(f"{s.party}, statement {s.number}: {s.act} {s.key}, effective {moment}")
    return EXIT_OK
