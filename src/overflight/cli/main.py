"""The ``overflight`` command: ``overflight NOUN VERB ...``.

Data goes to standard output, talk to standard error, and every error to one line of cause and
one of remedy. Exit status: the table in ``overflight.errors``.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import traceback
from collections.abc import Sequence
from typing import NoReturn

from overflight import __version__
from overflight.errors import EXIT_OUR_FAULT, EXIT_USAGE, DataError, OverflightError

_INTERRUPTED = 130  # what shells expect after Ctrl-C


class _Parser(argparse.ArgumentParser):
    """Says what is wrong with the words typed as JSON too, when JSON was asked for."""

    as_json = False

    def error(self, message: str) -> NoReturn:
        if _Parser.as_json:
            document = {
                "kind": "error",
                "error": "UsageError",
                "message": message,
                "remedy": f"{self.prog} --help tells what it takes.",
                "exit_code": EXIT_USAGE,
            }
            print(json.dumps(document, ensure_ascii=False, indent=2))
        super().error(message)


def build_parser() -> argparse.ArgumentParser:
    """The whole command line. Modules named here import nothing heavy until they run."""
    from overflight.cli import (
        archive,
        bundle,
        bundle_keys,
        chronicle,
        demo,
        flight,
        holdings,
        imagery,
        log,
        message,
        mission,
        people,
        plan,
        quota,
        schema,
        sensor,
        serve,
        sites,
        study,
        tour,
        treaty,
    )

    parser = _Parser(
        prog="overflight",
        description="Aerial-observation regimes as software: treaty data with citations, rules "
        "that answer with the paragraph, and mission plans that a treaty allows.",
        epilog="Start with: overflight demo",
    )
    parser.add_argument("--version", action="version", version=f"overflight {__version__}")
    nouns = parser.add_subparsers(dest="noun", metavar="NOUN", required=True)
    for module in (
        treaty, plan, mission, message, people, quota, holdings, flight, imagery, sensor, sites,
        tour, bundle, bundle_keys, log, archive, study,
        chronicle,
        schema, serve, demo,
    ):  # fmt: skip
        module.add_parser(nouns)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit status."""
    words = sys.argv[1:] if argv is None else list(argv)
    _Parser.as_json = "--json" in words
    as_json = "--json" in words
    try:
        arguments = build_parser().parse_args(words)
        as_json = bool(getattr(arguments, "json", False))
        status = int(arguments.handler(arguments))
        sys.stdout.flush()
    except OverflightError as error:
        return _report(error, as_json)
    except KeyboardInterrupt:
        print("overflight: stopped", file=sys.stderr)
        return _INTERRUPTED
    except BrokenPipeError:
        # The reader (head, less) has gone; that is its right. Keep the interpreter from
        # complaining when it flushes the closed pipe on exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except RecursionError:
        return _report(
            DataError("the input is nested too deeply", remedy="Give a flatter document."), as_json
        )
    except OSError as error:
        return _report(
            DataError(
                f"{error.strerror or error}: {error.filename or ''}".rstrip(": "),
                remedy="Check the path, the room on the disk, and your rights there.",
            ),
            as_json,
        )
    except Exception as error:  # the last line of defence: never a traceback for the user
        if os.environ.get("OVERFLIGHT_DEBUG"):
            traceback.print_exc()
        print(
            f"overflight: a fault of ours: {type(error).__name__}: {error}\n"
            "  -> Please report it with the command and input; OVERFLIGHT_DEBUG=1 shows where.",
            file=sys.stderr,
        )
        return EXIT_OUR_FAULT
    return status


def _report(error: OverflightError, as_json: bool) -> int:
    if as_json:
        document = {
            "kind": "error",
            "error": type(error).__name__,
            "message": error.message,
            "remedy": error.remedy,
            "exit_code": error.exit_code,
        }
        if isinstance(error, DataError):
            document |= {"file": error.file, "line": error.line, "where": error.where}
        print(json.dumps(document, ensure_ascii=False, indent=2))
    print(f"overflight: {error}", file=sys.stderr)
    return error.exit_code
