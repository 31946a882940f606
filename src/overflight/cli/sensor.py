"""``overflight sensor``: what a sensor resolves and sees, and the height it may work from."""

from __future__ import annotations

import argparse

from overflight.cli import (
    sensor_certify,
    sensor_film,
    sensor_infrared,
    sensor_models,
    sensor_radar,
    sensor_resolution,
    sensor_simulate,
    sensor_video,
)


def add_parser(nouns: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = nouns.add_parser(
        "sensor", help="what a sensor sees and resolves; H_min", description=__doc__
    )
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    sensor_models.add_verbs(verbs)
    sensor_resolution.add_verb(verbs)
    sensor_certify.add_verbs(verbs)
    sensor_radar.add_verbs(verbs)
    sensor_film.add_verbs(verbs)
    sensor_video.add_verb(verbs)
    sensor_infrared.add_verb(verbs)
    sensor_simulate.add_verb(verbs)
