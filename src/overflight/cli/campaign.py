"""``overflight plan make --flights N``: several flights planned together; and ``--max-fixes``."""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from overflight.cli.common import parse_date, print_json
from overflight.cli.plan_output import exit_code, write_plan
from overflight.cli.searching import Progress, Stop, steps
from overflight.errors import EXIT_BREACH, EXIT_OK, EXIT_UNDETERMINED, DataError

if TYPE_CHECKING:
    from overflight.terms.campaign import Campaign
    from overflight.terms.sites import Site


def add_campaign_options(parser: argparse.ArgumentParser) -> None:
    """Add --flights and --max-fixes."""
    parser.add_argument(
        "--flights",
        type=steps,
        metavar="N",
        help="plan N observation flights together: a site counts once, whichever flight sees it. "
        "The search time is for all of them; --on gives one day for all or N days; --out gets a "
        "folder for each flight. Not with --alternatives, --explain or --weather",
    )
    parser.add_argument(
        "--max-fixes",
        type=fixes,
        metavar="K",
        help="at most K fixes in a flight's route, over all its stages, those included that lead "
        "round something; airfields do not count",
    )


def parse_days(text: str) -> dt.date | tuple[dt.date, ...]:
    """A day, or several with commas between them; for ``type=`` of an argument."""
    days = tuple(parse_date(part) for part in text.split(","))
    return days[0] if len(days) == 1 else days


def fixes(text: str) -> int:
    """A number of fixes, for ``type=`` of an argument: 1 or more."""
    try:
        value = int(text)
    except ValueError:
        value = 0
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text!r}: give a whole number of fixes, 1 or more")
    return value


def require_campaign(arguments: argparse.Namespace) -> None:
    """Raise DataError for options that do not go together."""
    days = 1 if isinstance(arguments.on, dt.date) else len(arguments.on)
    if not arguments.flights:
        if days > 1:
            raise DataError(
                f"{days} days are given for one flight",
                remedy="Give one day with --on, or say how many flights: --flights.",
            )
        return
    if days not in (1, arguments.flights):
        raise DataError(
            f"{days} days are given for {arguments.flights} flights",
            remedy="Give --on one day for all flights, or a day for each, with commas.",
        )
    for name in ("alternatives", "explain", "weather"):
        if getattr(arguments, name, None):
            raise DataError(
                f"--{name} cannot be had with --flights",
                remedy="Leave it out, or plan one flight. A flight's own plan can be looked at "
                "afterwards: 'plan explain DIR/flight-1'.",
            )


def folders(arguments: argparse.Namespace) -> tuple[str, ...]:
    """Where in --out a campaign is written."""
    from overflight.mission.campaign_documents import flight_folder
    from overflight.mission.documents import HOME, RELEASE

    if not arguments.flights:
        return (HOME, RELEASE)
    inside = [flight_folder(Path(), number) for number in range(1, arguments.flights + 1)]
    return (HOME, *(str(folder / part) for folder in inside for part in (HOME, RELEASE)))


def make_flights(
    sites: Sequence[Site], asked: Mapping[str, Any], arguments: argparse.Namespace
) -> int:
    """Plan the flights, write and print them; the exit status, that of the worst of them.

    ``asked`` are the arguments of ``make_plan``, the day apart from which may be several.
    """
    from overflight.mission.campaign import make_campaign

    progress = Progress()
    with Stop() as stop:
        if arguments.iterations is None:
            print(
                f"searching for {arguments.seconds:g} s for {arguments.flights} flights together; "
                "Ctrl-C gives the best plans so far",
                file=sys.stderr,
                flush=True,
            )
        try:
            campaign = make_campaign(
                sites, flights=arguments.flights, **asked, progress=progress, stop=stop
            )
        finally:
            progress.close()
    if arguments.out:
        _write(campaign, arguments)
    _show(campaign, arguments)
    codes = {exit_code(flight.plan.findings) for flight in campaign.flights}
    return next((code for code in (EXIT_BREACH, EXIT_UNDETERMINED) if code in codes), EXIT_OK)


def _write(campaign: Campaign, arguments: argparse.Namespace) -> None:
    from overflight.mission.campaign_documents import flight_folder, other_flights, write_campaign

    for flight in campaign.flights:
        folder = flight_folder(arguments.out, flight.number)
        print(f"flight {flight.number}:", file=sys.stderr)
        own = argparse.Namespace(**{**vars(arguments), "out": folder})
        write_plan(flight.plan, own, arguments.treaty)
    home = write_campaign(
        campaign, arguments.out, treaty=arguments.treaty, borders=arguments.borders
    )
    print(f"all flights, stays at home: {home}", file=sys.stderr)
    for folder in other_flights(arguments.out, len(campaign.flights)):
        print(f"{folder} is not of this campaign: it was there before", file=sys.stderr)


def _show(campaign: Campaign, arguments: argparse.Namespace) -> None:
    if arguments.json:
        from overflight.formats.campaign_json import campaign_to_dict

        print_json(campaign_to_dict(campaign))
        return
    from overflight.report.campaign import campaign_text
    from overflight.report.text import findings_text, plan_text

    print(campaign_text(campaign))
    if arguments.out:
        return
    for flight in campaign.flights:
        print(f"\n\nFLIGHT {flight.number} OF {len(campaign.flights)}\n")
        print(plan_text(flight.plan))
        print()
        print(findings_text(flight.plan.findings))
