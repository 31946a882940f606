"""``overflight serve``: the regime, a plan, a mission, an archive and studies in the browser."""

from __future__ import annotations

import argparse
import datetime as dt
import re
import secrets
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from overflight.cli.common import parse_date
from overflight.errors import EXIT_OK, DataError

if TYPE_CHECKING:
    from overflight.web.pages.settings import Seat


def add_parser(nouns: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = nouns.add_parser(
        "serve",
        help="all of it as pages in the browser, on this machine",
        description="Pages for the regime, a plan, a mission, a flight, an archive and studies, "
        "on this machine only unless told otherwise. Nothing is fetched from the network. "
        "Ctrl-C ends it.",
    )
    parser.add_argument(
        "--host", default="127.0.0.1", metavar="ADDRESS",
        help="where to listen (127.0.0.1: this machine alone); another needs --key and TLS",
    )  # fmt: skip
    parser.add_argument("--port", type=int, default=8750, metavar="N", help="(8750)")
    parser.add_argument("--key", action="store_true", help="let in only who has the key it prints")
    parser.add_argument("--certificate", type=Path, metavar="PEM", help="for TLS")
    parser.add_argument("--certificate-key", type=Path, metavar="PEM", help="and its private key")
    parser.add_argument("--treaty", default="", metavar="NAME", help="a regime of yours as well")
    parser.add_argument(
        "--seat", type=Path, action="append", default=[], metavar="DIR",
        help="a side's folder (overflight mission new); each seat gets a key of its own",
    )  # fmt: skip
    parser.add_argument("--archive", type=Path, metavar="DIR", help="an archive to look into")
    parser.add_argument(
        "--flight", type=Path, action="append", default=[], metavar="DIR",
        help="a folder of flight simulate or imagery process, or a sealed bundle (repeatable)",
    )  # fmt: skip
    parser.add_argument("--on", type=parse_date, metavar="DATE", help="take this day for today")
    parser.set_defaults(handler=_serve)


def _serve(arguments: argparse.Namespace) -> int:
    from overflight.web.pages.serving import checked, listening, serve
    from overflight.web.pages.settings import Settings

    if (arguments.certificate is None) != (arguments.certificate_key is None):
        raise DataError("a certificate and its key go together", remedy="Give both, or neither.")

    if arguments.archive is not None:
        _keep_to_oneself(arguments)

    def today() -> dt.date:
        return arguments.on or dt.datetime.now(dt.UTC).date()

    seats = _seats(arguments.seat)
    with tempfile.TemporaryDirectory(prefix="overflight-") as work:
        settings = checked(
            Settings(
                today=today,
                work=Path(work),
                host=arguments.host,
                port=arguments.port,
                treaty=arguments.treaty,
                archive=arguments.archive,
                flights=_flights(arguments.flight),
                seats=seats,
            ),
            arguments.certificate,
            ask_for_key=arguments.key,
        )
        taken = listening(settings.host, settings.port)
        scheme = "http" if arguments.certificate is None else "https"
        # Behind the #, so that no server's log and no Referer ever holds it.
        key = f"#key={settings.key}" if settings.key else ""
        print(f"open {scheme}://{settings.host}:{settings.port}/{key}", file=sys.stderr)
        for seat in seats.values():
            more = f"&key={settings.key}" if settings.key else ""
            base = f"{scheme}://{settings.host}:{settings.port}/mission?seat={seat.name}"
            print(f"seat {seat.folder}: {base}#seat={seat.key}{more}", file=sys.stderr)
        serve(settings, taken, arguments.certificate, arguments.certificate_key)
    return EXIT_OK


def _keep_to_oneself(arguments: argparse.Namespace) -> None:
    """An archive's page asks as any State: it is its keeper's alone. DataError otherwise."""
    from overflight.archive.keeping.layout import open_archive
    from overflight.web.archive.fetching import is_loopback

    open_archive(arguments.archive)
    if not is_loopback(arguments.host):
        raise DataError(
            "an archive's page asks as any State, so it is for its keeper on this machine alone",
            remedy="Stay on 127.0.0.1, or give others the archive by overflight archive serve.",
        )


def _flights(folders: list[Path]) -> dict[str, Path]:
    """Folders by their names; DataError for one that is not there, or two of one name."""
    found: dict[str, Path] = {}
    for folder in folders:
        if not folder.is_dir():
            raise DataError("there is no such folder", file=folder, remedy="Name one that is.")
        name = re.sub(r"[^A-Za-z0-9-]+", "-", folder.resolve().name).strip("-") or "flight"
        if name in found:
            raise DataError(
                f"two flights are called {name}", file=folder, remedy="Rename one of the folders."
            )
        found[name] = folder.resolve()
    return found


def _seats(folders: list[Path]) -> dict[str, Seat]:
    """Seats by the names of their folders, each with a key of its own for this run."""
    from overflight.mission.seat.folder import open_seat
    from overflight.web.pages.settings import Seat

    found: dict[str, Seat] = {}
    for folder in folders:
        open_seat(folder)
        name = re.sub(r"[^A-Za-z0-9-]+", "-", folder.resolve().name).strip("-") or "seat"
        if name in found:
            raise DataError(
                f"two seats are called {name}", file=folder, remedy="Rename one of the folders."
            )
        found[name] = Seat(name, folder.resolve(), secrets.token_urlsafe(24))
    return found
