"""``overflight archive``: sealed bundles kept, found, and given to whom the treaty gives them."""

from __future__ import annotations

import argparse

from overflight.cli import archive_ask, archive_keep, archive_serve


def add_parser(nouns: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = nouns.add_parser(
        "archive",
        help="sealed bundles kept, found, and given to whom the treaty gives them",
        description="An archive is a folder, kept by one Party or by several together. Sealed "
        "bundles come into it whole or not at all.",
    )
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    archive_keep.add_verbs(verbs)
    archive_ask.add_verbs(verbs)
    archive_serve.add_verbs(verbs)
