"""``overflight archive serve | token``: an archive over HTTP, and who may come in."""

from __future__ import annotations

import argparse
import datetime as dt
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from overflight.errors import EXIT_OK, DataError

if TYPE_CHECKING:
    from overflight.web.archive.tokenbook import Given


def add_verbs(verbs: Any) -> None:
    serve = verbs.add_parser(
        "serve",
        help="serve an archive over HTTP: a STAC API, files and tiles",
        description="Serve an archive as a STAC API with files, previews and tiles, to the users "
        "in ARCHIVE/access/users.toml, each with what the treaty gives its Party. On this machine "
        "only, unless an address and a certificate are given.",
    )
    serve.add_argument("archive", type=Path, metavar="ARCHIVE")
    serve.add_argument("--host", default="127.0.0.1", metavar="ADDRESS", help="(127.0.0.1)")
    serve.add_argument("--port", type=int, default=8765, metavar="N", help="(8765)")
    serve.add_argument(
        "--certificate", type=Path, metavar="PEM", help="the server's certificate, for TLS"
    )
    serve.add_argument("--key", type=Path, metavar="PEM", help="and its private key")
    serve.add_argument(
        "--client-ca",
        type=Path,
        metavar="PEM",
        help="let users in by certificates too, those that this authority signed",
    )
    serve.add_argument(
        "--per-second",
        type=float,
        default=100.0,
        metavar="N",
        help="requests of one user, four times as many at once (100; 0: without bound)",
    )
    serve.add_argument(
        "--answer-within",
        type=float,
        default=60.0,
        metavar="S",
        help="seconds after which an answer is given up (60)",
    )
    serve.add_argument(
        "--treaty", metavar="NAME", help="a regime by name or folder, in the place of that id"
    )
    serve.set_defaults(handler=_serve)
    token = verbs.add_parser(
        "token",
        help="make a token by which a user may come in for an hour; list and revoke them",
        description="Make a short-lived bearer token for a user in ARCHIVE/access/users.toml, and "
        "print it. Tokens are refused again with --revoke, by their id or all of a user; a server "
        "that runs knows it with the next request.",
    )
    token.add_argument("archive", type=Path, metavar="ARCHIVE")
    token.add_argument("name", metavar="USER", nargs="?")
    token.add_argument("--minutes", type=int, default=60, metavar="N", help="(60; 1440 at most)")
    what = token.add_mutually_exclusive_group()
    what.add_argument("--list", action="store_true", help="the tokens that are good, or were")
    what.add_argument(
        "--revoke", nargs="+", metavar="NAME", help="refuse these: ids of tokens, or users"
    )
    token.set_defaults(handler=_token)


def _serve(arguments: argparse.Namespace) -> int:
    from overflight.archive.keeping.layout import open_archive
    from overflight.web.archive.app import Limits
    from overflight.web.archive.bounds import Rate
    from overflight.web.archive.serving import Address, serve

    a_second, answer_s = arguments.per_second, arguments.answer_within
    if not 0 <= a_second <= 1e6 or not 0 < answer_s <= 3600:
        raise DataError(
            "a limit is out of its range", remedy="--per-second is 0 to 1000000, --answer-within "
            "up to 3600.",
        )  # fmt: skip
    archive = open_archive(arguments.archive)
    address = Address(
        arguments.host, arguments.port, arguments.certificate, arguments.key, arguments.client_ca
    )
    scheme = "http" if address.certificate is None else "https"
    print(f"{archive.settings.id} on {scheme}://{address.host}:{address.port}/", file=sys.stderr)
    limits = Limits(answer_s=answer_s, rate=Rate(a_second, max(1, int(4 * a_second))))
    serve(archive, address, arguments.treaty, limits)
    return EXIT_OK


def _token(arguments: argparse.Namespace) -> int:
    from overflight.archive.keeping.layout import open_archive
    from overflight.web.archive import tokenbook
    from overflight.web.archive.people import read_people, users_file
    from overflight.web.archive.tokens import Issuer

    archive, moment = open_archive(arguments.archive), time.time()
    if arguments.list or arguments.revoke:
        if arguments.name is not None:
            raise DataError("a user goes with making a token", remedy="Leave it out here.")
        if arguments.revoke:
            for one in tokenbook.revoke(archive, arguments.revoke, moment):
                print(f"{one.id}: revoked, a token of {one.user}")
        else:
            _list(tokenbook.read_book(tokenbook.book_file(archive)), moment)
        return EXIT_OK
    path = users_file(archive)
    if arguments.name not in read_people(path):
        raise DataError(
            f"no user is called {arguments.name!r}", file=path,
            remedy='Write it down: [[user]] with name = "..." and party = "...".',
        )  # fmt: skip
    text, given = Issuer(archive, new=True).given(arguments.name, moment, arguments.minutes)
    tokenbook.add(archive, given, moment)
    print(f"token {given.id}", file=sys.stderr)
    print(text)
    return EXIT_OK


def _list(rows: Sequence[Given], moment: float) -> None:
    from overflight.cli.tables import table

    said = [
        [one.id, one.user, _instant(one.issued), _instant(one.expires),
         "revoked" if one.revoked else "good" if one.expires > moment else "over"]
        for one in rows
    ]  # fmt: skip
    print(table(["token", "user", "made", "good until", ""], said))


def _instant(seconds: int) -> str:
    return dt.datetime.fromtimestamp(seconds, dt.UTC).strftime("%Y-%m-%d %H:%MZ")
