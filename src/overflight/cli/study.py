"""``overflight study``: what is lost when a Party leaves, what a return takes, what can be seen."""

from __future__ import annotations

import argparse


def add_parser(nouns: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = nouns.add_parser(
        "study",
        help="what is lost when a Party leaves, what can be seen, where to fly",
        description="Studies over the treaty data and your own inputs. Every report states what "
        "was given, what was assumed, and what nobody knows.",
    )
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    from overflight.cli import study_coverage, study_inspect, study_membership, study_reciprocity

    study_membership.add_verbs(verbs)
    study_coverage.add_verb(verbs)
    study_inspect.add_verb(verbs)
    study_reciprocity.add_verb(verbs)
