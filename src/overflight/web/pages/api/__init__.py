"""The API under the pages, one module a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fastapi import APIRouter


def routers() -> tuple[APIRouter, ...]:
    """Every part of the API; tests enumerate their routes."""
    from overflight.web.pages.api import archive, flight, jobs, mission, plan, regime, session

    return (
        session.router(), regime.router(), jobs.router(), plan.router(), mission.router(),
        archive.router(), flight.router(),
    )  # fmt: skip
