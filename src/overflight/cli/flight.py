"""``overflight flight``: simulate a plan, read a track, audit a flight, watch it on board."""

from __future__ import annotations

import argparse


def add_parser(nouns: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = nouns.add_parser(
        "flight",
        help="simulate a plan, read a track, audit or monitor a flight",
        description=__doc__,
    )
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    from overflight.cli import flight_audit, flight_monitor, flight_simulate

    flight_simulate.add_verbs(verbs)
    flight_audit.add_verbs(verbs)
    flight_monitor.add_verbs(verbs)
