"""``overflight imagery mosaic``: rectified frames joined into one picture."""

from __future__ import annotations

import argparse
from pathlib import Path

from overflight.cli.common import add_json_option, print_json
from overflight.errors import EXIT_OK, DataError


def add_verb(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``mosaic``."""
    parser = verbs.add_parser(
        "mosaic",
        help="join rectified frames into one picture, with a map of which frame is where",
        description="Join rectified frames: brightness is balanced by what they share, seams run "
        "where they agree, and coarse detail is mixed over a wider border than fine detail. Beside "
        "the picture come NAME.sources.tif, which says of each pixel whose it is, and NAME.json "
        "with the frames, their digests and gains.",
    )
    parser.add_argument(
        "frames", nargs="+", type=Path, metavar="FRAMES",
        help="a folder of imagery process, or rectified frames",
    )  # fmt: skip
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="the mosaic, .tif")
    parser.add_argument("--leg", type=int, metavar="N", help="the frames of one leg, from 1")
    parser.add_argument(
        "--blend", choices=("multiband", "feather", "none"), default="multiband",
        help="how frames pass into each other (multiband)",
    )  # fmt: skip
    parser.add_argument(
        "--balance", choices=("light", "gain", "none"), default="light",
        help="gain: one factor a frame and band; light: and how all frames darken outwards and to "
        "one side (light)",
    )  # fmt: skip
    parser.add_argument(
        "--mixed", action="store_true",
        help="join simulated frames with real ones; the whole is then marked as simulated",
    )  # fmt: skip
    add_json_option(parser)
    parser.set_defaults(handler=_run)


def _run(arguments: argparse.Namespace) -> int:
    import json

    from overflight.cli.outfolder import require_writable
    from overflight.cli.searching import Progress
    from overflight.files import write_atomic
    from overflight.imagery.mosaic.gather import sheets_of
    from overflight.imagery.mosaic.heap import keep_heap_small
    from overflight.imagery.mosaic.make import Settings, make_mosaic, sources_path
    from overflight.imagery.process.journal import sha256_of
    from overflight.report.mosaic import mosaic_text, mosaic_to_dict

    out: Path = arguments.out
    if out.suffix.lower() not in (".tif", ".tiff"):
        raise DataError("a mosaic is a GeoTIFF", file=out, remedy="Name it .tif.")
    keep_heap_small()
    sheets = sheets_of(arguments.frames, arguments.leg)
    written = (out, sources_path(out), out.with_suffix(".json"))
    for sheet in sheets:
        if sheet.path.resolve() in {path.resolve() for path in written}:
            raise DataError(
                "this frame would be written over", file=sheet.path, remedy="Name another --out."
            )
    require_writable(out.parent)
    settings = Settings(arguments.blend, arguments.balance, mixed=arguments.mixed)
    line = Progress()
    made = make_mosaic(
        sheets, out, settings, lambda done, of: line(f"{done} of {of} tiles of the mosaic")
    )
    line.close()
    files = [*(sheet.path for sheet in made.sheets), *written[:2]]
    document = mosaic_to_dict(made, settings, out, {str(p): sha256_of(p) for p in files})
    text = json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False)
    write_atomic(written[2], text + "\n")
    if arguments.json:
        print_json(document)
    else:
        print(mosaic_text(document, out))
    return EXIT_OK
