"""``overflight sensor simulate``: film, video and infra-red scans whose truth is known."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from overflight.cli.common import add_json_option, print_json
from overflight.errors import DataError

KINDS = ("film", "video", "infrared", "linescan")


def add_verb(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``simulate``."""
    parser = verbs.add_parser(
        "simulate",
        help="make scans with a truth that is known, marked SIMULATED",
        description="No treaty imagery is public: this makes examples by physics, marked SIMULATED "
        "in their pixels and metadata, with the truth beside them and a file to measure them by.",
    )
    parser.add_argument("what", choices=KINDS)
    parser.add_argument("--out", required=True, type=Path, metavar="DIR")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="of chance (1)")
    add_json_option(parser)
    parser.set_defaults(handler=_run)


def _run(arguments: argparse.Namespace) -> int:
    from overflight.cli.outfolder import require_writable
    from overflight.files import write_atomic
    from overflight.imagery.render.examples import EXAMPLES

    if not 0 <= arguments.seed < 2**31:
        raise DataError(f"a seed of {arguments.seed}", remedy="Give 0 or more.")
    require_writable(arguments.out)
    files, truth = EXAMPLES[arguments.what](arguments.seed)
    document: dict[str, Any] = {
        "kind": "simulated-scans", "version": 1, "marks": ["SIMULATED"], "what": arguments.what,
        "seed": arguments.seed, "files": sorted(files), "truth": truth,
        "assumed": "all of it: no film, camera or scanner that exists",
    }  # fmt: skip
    for name, data in files.items():
        write_atomic(arguments.out / name, data)
    text = json.dumps(document, ensure_ascii=False, indent=2) + "\n"
    write_atomic(arguments.out / "truth.json", text)
    if arguments.json:
        print_json(document)
    else:
        print(f"SIMULATED: {len(files)} files in {arguments.out}")
    return 0
