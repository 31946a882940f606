"""Work that goes on: looked at, listened to, stopped."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from overflight.web.pages.jobs import stream


def router() -> APIRouter:
    made = APIRouter(prefix="/jobs", tags=["jobs"])
    made.add_api_route("/{job}", state, summary="How a piece of work stands")
    made.add_api_route(
        "/{job}/events", events, response_class=StreamingResponse,
        summary="What it tells as it goes (server-sent events)",
    )  # fmt: skip
    made.add_api_route("/{job}/stop", stop, methods=["POST"], summary="Stop, and keep the best")
    return made


def state(request: Request, job: str) -> dict[str, Any]:
    found = request.app.state.jobs.find(job)
    return {"job": found.id, "state": found.state, "result": found.result}


def events(request: Request, job: str) -> StreamingResponse:
    """From the event after ``Last-Event-ID`` on, which a browser sends when a line broke."""
    found = request.app.state.jobs.find(job)
    last = request.headers.get("last-event-id", "0")
    return StreamingResponse(
        stream(found, int(last) if last.isdigit() else 0),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store"},
    )


def stop(request: Request, job: str) -> dict[str, Any]:
    found = request.app.state.jobs.find(job)
    found.stopping.set()
    return {"job": found.id, "state": found.state}
