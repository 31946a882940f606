"""A request before it is sent: whether one may ask, and the folder with what is to be sent."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from overflight.archive.access.flights import Flights
from overflight.archive.asking.choosing import missions_meant
from overflight.archive.asking.documents import Particulars, to_bytes
from overflight.archive.keeping import missions as tables
from overflight.archive.keeping.desk import at_desk
from overflight.archive.keeping.layout import Archive
from overflight.record.disk import move_in, workshop, write_new
from overflight.rules.access import decide
from overflight.terms.access import REQUEST, Asker, Decision, Flight
from overflight.treaty.model import Treaty


def decide_to_ask(
    archive: Archive, flights: Flights, treaty: Treaty, asker: str, what: Particulars,
    on: dt.date, bundle: str = "",
) -> Decision:  # fmt: skip
    """Whether the asker has a right to copies of that flight, as far as is known here: by what the
    archive has of it, or by the particulars alone."""
    with at_desk(archive) as desk:
        meant = missions_meant(tables.missions(desk.connection), what, bundle)
    flight = Flight(what.observing, what.observed, what.flown)
    if len(meant) == 1:
        flight = flights.flight(meant[0])
    view = flights.view(treaty, on)
    return decide(view, flight, Asker(asker), archive.settings.holder, REQUEST)


def write_request(out: Path, request: dict[str, Any], notice: dict[str, Any]) -> None:
    """Both documents in a new folder, at once. Raises Refused where there is one already."""
    with workshop(out) as folder:
        built = folder / "request"
        built.mkdir()
        for document in (request, notice):
            write_new(built / f"{document['kind']}.json", to_bytes(document))
        move_in(built, out)
