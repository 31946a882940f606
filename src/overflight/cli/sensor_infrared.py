"""``overflight sensor infrared``: a line scanner over a temperature target, and H_min from it."""

from __future__ import annotations

import argparse

from overflight.cli.common import add_json_option, print_json
from overflight.cli.sensor_film import add_view_options, say, view_of
from overflight.errors import EXIT_OK, EXIT_UNDETERMINED

_AGREED = "irls-temperature-difference"


def add_verb(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``infrared``."""
    parser = verbs.add_parser(
        "infrared",
        help="an infra-red line scanner: temperatures, triplets of a target, H_min",
        description="Passes of an infra-red line scanner over a temperature target: bars told "
        "apart, the difference that arrived and the one on the ground, triplets, and H_min by "
        "iteration. 'sensor simulate infrared' makes an example.",
    )
    parser.add_argument("file", metavar="INFRARED.toml", help="what is given of scanner and passes")
    parser.add_argument(
        "--exponent", type=float, metavar="M", help="0 to 1; without it, fitted to the triplets"
    )
    parser.add_argument(
        "--agreed-difference", type=float, metavar="K", help="kelvin (the regime's, 3)"
    )
    add_view_options(parser)
    add_json_option(parser)
    parser.set_defaults(handler=_run)


def _run(arguments: argparse.Namespace) -> int:
    from overflight.cli.sensor_models_run import _limit
    from overflight.cli.tables import table
    from overflight.imagery.infrared.asked import read_infrared
    from overflight.imagery.infrared.document import infrared_document
    from overflight.imagery.infrared.measured import measure_infrared
    from overflight.report.infrared import infrared_text

    view = view_of(arguments)
    limit, cite = _limit(view, "infrared")
    value = next((v for v in view.values if v.key == _AGREED), None)
    cites = {"limit_m": cite}
    agreed: float | None = arguments.agreed_difference
    if agreed is None and value is not None:
        agreed = float(value.value)
        cites["agreed_difference_k"] = value.cite
    found = measure_infrared(
        read_infrared(arguments.file), limit, agreed, arguments.exponent, say()
    )
    document = infrared_document(found, limit, agreed, cites)
    print_json(document) if arguments.json else print(infrared_text(document, table))
    return EXIT_UNDETERMINED if document["h_min_m"] is None else EXIT_OK
