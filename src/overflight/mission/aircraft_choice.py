"""Which aircraft a flight can be planned with, and what is missing about the others.

A plan needs an aircraft's figures (range, cruise speed, mass). Where nobody public knows them an
overlay can give them; the error then shows the very lines to write.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from overflight.errors import UnknownValueError
from overflight.terms.aircraft import Aircraft
from overflight.terms.values import CitedValue, Status
from overflight.treaty.aircraft import FIGURES, AircraftFile, known_aircraft, load_aircraft
from overflight.treaty.model import Treaty
from overflight.treaty.view import TreatyView

LANDING_PREDICATE = "landings_have_role"
"""The predicate of the rules that a landing at an airfield nobody designated leaves open."""


@dataclass(frozen=True, slots=True)
class Plannable:
    """Ids of aircraft whose figures are public or assumed, and of those with an unknown one."""

    known: tuple[str, ...]
    unknown: tuple[str, ...]


def plannable(treaty: Treaty, on: dt.date | None = None) -> Plannable:
    """The aircraft a treaty's data describe, told apart; without a day, by any day's figures."""
    ids = known_aircraft(treaty.aircraft_folders)
    lacking = {id_ for id_ in ids if unknown_figures(_file(treaty, id_), on)}
    return Plannable(
        tuple(id_ for id_ in ids if id_ not in lacking),
        tuple(id_ for id_ in ids if id_ in lacking),
    )


def unknown_figures(file: AircraftFile, on: dt.date | None = None) -> tuple[str, ...]:
    """The figures of which no row (that holds on the day) gives a value."""

    def says(row: CitedValue) -> bool:
        return row.status is not Status.UNKNOWN and (on is None or row.holds_on(on))

    return tuple(key for key in FIGURES if not any(map(says, file.figures.get(key, ()))))


def aircraft_for(view: TreatyView, id_: str) -> Aircraft:
    """The aircraft with its figures on the view's day.

    Raises UnknownValueError where one is not known: its remedy shows the lines of an overlay that
    give what is missing, and names the aircraft of which enough is known. DataError for an id
    that nobody describes.
    """
    try:
        return view.aircraft(id_)
    except UnknownValueError as error:
        missing = unknown_figures(_file(view.treaty, id_), view.on)
        if not missing:
            raise
        able = ", ".join(plannable(view.treaty, view.on).known) or "none"
        raise UnknownValueError(
            f"{error.message} Unknown about {id_}: {', '.join(missing)}.",
            remedy=f"Plan with one whose figures are public or assumed ({able}), or give yours "
            f"with --overlay DIR, in DIR/aircraft/{id_}.toml (the values are for you to fill "
            f"in):\n\n{overlay_lines(id_, missing, view.on)}",
        ) from None


def overlay_lines(id_: str, missing: tuple[str, ...], on: dt.date) -> str:
    """An overlay's aircraft file that gives the missing figures; 0 stands for each value."""
    parts = [f'[aircraft]\nid = "{id_}"']
    parts += [
        f"[[{key}]]\nvalue = 0  # {FIGURES[key]}\nfrom = {on.isoformat()}\n"
        f'until = "open"\nstatus = "assumed"\ncite = ["ours"]'
        for key in missing
    ]
    parts.append('[[source]]\nid = "ours"\ntitle = "Our own figure"\nkind = "assumed"')
    return "\n\n".join(parts) + "\n"


def rules_on_landings(treaty: Treaty) -> tuple[str, ...]:
    """Ids of the rules that ask whether a place to land at was designated."""
    return tuple(
        dict.fromkeys(rule.id for rule in treaty.rules if rule.predicate == LANDING_PREDICATE)
    )


def not_designated(
    codes: tuple[str, ...], landed: Collection[str], rules: tuple[str, ...]
) -> tuple[str, ...]:
    """What a plan says of airfields that its maker asked to refuel at, ``landed`` at or not."""
    used = [code for code in codes if code in landed]
    idle = [code for code in codes if code not in landed]
    said = []
    if used:
        said.append(
            f"Asked for, not designated: landing to refuel at {', '.join(used)}."
            + (
                " Whether that may be is for the observed side to agree: until it does, "
                f"{', '.join(rules)} stays undetermined."
                if rules
                else ""
            )
        )
    if idle:
        said.append(f"Asked for and not designated, and of no use: {', '.join(idle)}.")
    return tuple(said)


def _file(treaty: Treaty, id_: str) -> AircraftFile:
    return load_aircraft(id_, treaty.aircraft_folders, treaty.sources)
