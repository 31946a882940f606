"""``overflight sensor video``: frames of a video camera over a target, and H_min from them."""

from __future__ import annotations

import argparse

from overflight.cli.common import add_json_option, print_json
from overflight.cli.sensor_film import EXIT, add_view_options, say, view_of


def add_verb(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``video``."""
    parser = verbs.add_parser(
        "video",
        help="a video camera: frames picked from passes, bars read, checks, H_min",
        description="Frames of passes over a target, from YUV4MPEG2 recordings (.y4m) or pictures: "
        "picked, measured, and held against what was decided on video cameras, point by point. "
        "'sensor simulate video' makes an example.",
    )
    parser.add_argument("file", metavar="VIDEO.toml", help="what is given of camera and passes")
    add_view_options(parser)
    add_json_option(parser)
    parser.set_defaults(handler=_run)


def _run(arguments: argparse.Namespace) -> int:
    from overflight.cli.sensor_models_run import _limit
    from overflight.cli.tables import table
    from overflight.imagery.video.asked import read_video
    from overflight.imagery.video.document import video_document
    from overflight.imagery.video.measured import VALUES, measure_video
    from overflight.report.video import video_text

    view = view_of(arguments)
    limit, cite = _limit(view, "video")
    values = {v.key: v for v in view.values if v.key in VALUES}
    found = measure_video(read_video(arguments.file), values, limit, say())
    cites = {"limit_m": cite, **{key: value.cite for key, value in values.items()}}
    document = video_document(found, limit, cites)
    print_json(document) if arguments.json else print(video_text(document, table))
    return EXIT[document["verdict"]]
