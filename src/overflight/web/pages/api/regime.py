"""The page *Regime*: who is bound on a date, who may fly over whom, and since when."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Query, Request

from overflight.errors import DataError

if TYPE_CHECKING:
    from overflight.treaty.model import Treaty

_NAME = Query(max_length=100)


def router() -> APIRouter:
    made = APIRouter(tags=["regime"])
    made.add_api_route("/regimes", regimes, summary="The regimes, and how they changed")
    made.add_api_route("/regimes/{regime}", sections, summary="Parts of a regime on a date")
    made.add_api_route("/compare", compared, summary="What several regimes let one see on a date")
    return made


def regimes(request: Request) -> dict[str, Any]:
    """Each regime with every day on which a count of its Parties changes."""
    from overflight.report.regimes_timeline import counts

    today = request.app.state.settings.today()
    rows = []
    for name in names(request):
        treaty = named(request, name)
        changes = [
            {
                "on": day,
                "bound": sorted(bound),
                "suspended": sorted(suspended),
                "undetermined": sorted(unsure),
                "leaving": sorted(status.state for status in treaty.on(day).leaving),
            }
            for day, bound, suspended, unsure in counts(treaty, treaty.signed, today)
        ]
        rows.append(
            {
                "id": treaty.id,
                "name": treaty.name,
                "short": treaty.short,
                "signed": treaty.signed,
                "changes": changes,
            }
        )
    return {"kind": "regimes", "version": 1, "today": today, "regimes": rows}


def sections(
    request: Request,
    regime: str,
    on: dt.date | None = None,
    section: list[str] = Query(default=["parties"], max_length=12),
) -> dict[str, Any]:
    """The same document as ``treaty show --section``, several sections in one."""
    from overflight.treaty.summary import SECTIONS, header

    view = named(request, regime).on(on or request.app.state.settings.today())
    document = header(view)
    for name in section:
        if name not in SECTIONS:
            raise DataError(f"there is no section {name}", remedy=f"One of: {', '.join(SECTIONS)}.")
        document |= SECTIONS[name](view)
    return document


def compared(
    request: Request, on: dt.date, party: str = Query(default="", max_length=20)
) -> dict[str, Any]:
    """What each regime lets a State see on a date, or why it gives no right."""
    from overflight.treaty.compare import comparison

    return comparison([named(request, name).on(on) for name in names(request)], party)


def names(request: Request) -> tuple[str, ...]:
    """The regimes that come with overflight, and the one that serve was told of."""
    from overflight.treaty.loader import available_treaties

    own = request.app.state.settings.treaty
    return available_treaties() + ((own,) if own and own not in available_treaties() else ())


def named(request: Request, regime: str) -> Treaty:
    """By id, among these alone: an asker's word is never a path. DataError for another."""
    from overflight.treaty.loader import load_treaty

    for name in names(request):
        treaty = load_treaty(name)
        if regime in (name, treaty.id):
            return treaty
    raise DataError(f"there is no regime {regime}", remedy=f"One of: {', '.join(names(request))}.")
