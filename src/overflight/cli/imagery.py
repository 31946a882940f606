"""``overflight imagery``: process, annotate, mosaic and render frames."""

from __future__ import annotations

import argparse


def add_parser(nouns: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = nouns.add_parser(
        "imagery", help="rectify, annotate and join the frames of a flight", description=__doc__
    )
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    from overflight.cli import (
        imagery_annotate,
        imagery_linescan,
        imagery_mosaic,
        imagery_process,
        imagery_render,
    )

    imagery_process.add_verb(verbs)
    imagery_annotate.add_verbs(verbs)
    imagery_mosaic.add_verb(verbs)
    imagery_linescan.add_verb(verbs)
    imagery_render.add_verb(verbs)
