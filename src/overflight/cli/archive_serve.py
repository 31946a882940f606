"""``overflight archive serve | token``: an archive over HTTP, and who may come in."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import Any

from overflight.errors import EXIT_OK, DataError


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
        "--treaty", metavar="NAME", help="a regime by name or folder, in the place of that id"
    )
    serve.set_defaults(handler=_serve)
    token = verbs.add_parser(
        "token",
        help="make a token by which a user may come in for an hour",
        description="Make a short-lived bearer token for a user in ARCHIVE/access/users.toml, and "
        "print it.",
    )
    token.add_argument("archive", type=Path, metavar="ARCHIVE")
    token.add_argument("name", metavar="USER")
    token.add_argument("--minutes", type=int, default=60, metavar="N", help="(60; 1440 at most)")
    token.set_defaults(handler=_token)


def _serve(arguments: argparse.Namespace) -> int:
    from overflight.archive.keeping.layout import open_archive
    from overflight.web.archive.serving import Address, serve

    archive = open_archive(arguments.archive)
    address = Address(arguments.host, arguments.port, arguments.certificate, arguments.key)
    scheme = "http" if address.certificate is None else "https"
    print(f"{archive.settings.id} on {scheme}://{address.host}:{address.port}/", file=sys.stderr)
    serve(archive, address, arguments.treaty)
    return EXIT_OK


def _token(arguments: argparse.Namespace) -> int:
    from overflight.archive.keeping.layout import open_archive
    from overflight.web.archive.people import read_people, users_file
    from overflight.web.archive.tokens import Issuer

    archive = open_archive(arguments.archive)
    path = users_file(archive)
    if arguments.name not in read_people(path):
        raise DataError(
            f"no user is called {arguments.name!r}", file=path,
            remedy='Write it down: [[user]] with name = "..." and party = "...".',
        )  # fmt: skip
    issuer = Issuer(archive, new=True)
    print(issuer.issue(arguments.name, time.time(), arguments.minutes))
    return EXIT_OK
