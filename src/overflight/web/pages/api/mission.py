"""The page *Mission*: one seat at a time. Whoever has a seat's key acts from it, and sees what lies
in its folder; what one side does goes to the other as files, here as everywhere.

A seat's key goes with each question in a header, so that one window that holds it gives nothing to
another window of the same browser.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import secrets
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Body, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from overflight.errors import AccessError, DataError
from overflight.web.pages.api.regime import named
from overflight.web.pages.guard import same
from overflight.web.pages.settings import Seat as Chair

if TYPE_CHECKING:
    from overflight.mission.seat.folder import Seat
    from overflight.terms.messages import MessageBook

HEADER = "x-overflight-seat"
_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,150}")
_EXERCISES = 20


class Act(BaseModel):
    """A move: what ``overflight mission`` is told. ``document``: a plan, or proposed changes."""

    model_config = ConfigDict(extra="forbid")

    move: str = Field(max_length=64)
    at: dt.datetime | None = None
    facts: dict[str, str] = Field(default_factory=dict)
    content: dict[str, Any] = Field(default_factory=dict)
    document: dict[str, Any] | None = None
    remarks: str = Field(default="", max_length=4000)


class Exercise(BaseModel):
    """Two seats on this machine, marked EXERCISE, to learn by."""

    model_config = ConfigDict(extra="forbid")

    treaty: str = Field(max_length=64)
    observing: str = Field(max_length=64)
    observed: str = Field(max_length=64)
    id: str = Field(default="EXERCISE-1", max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9-]*$")


def router() -> APIRouter:
    made = APIRouter(tags=["mission"])
    add = made.add_api_route
    add("/seats", seats, summary="The seats of this program, by name")
    add("/exercises", exercise, methods=["POST"], summary="Two seats to learn by")
    add("/seats/{seat}", standing, summary="Who must act by when, what is open, what was done")
    add("/seats/{seat}/moves/{move}", form, summary="What the message of a move says")
    add("/seats/{seat}/acts", act, methods=["POST"], summary="Make a move")
    add("/seats/{seat}/receive", receive, methods=["POST"], summary="Take in a file of the others")
    add("/seats/{seat}/outbox/{file}", outbox, summary="A file for the other side",
        response_class=Response)  # fmt: skip
    add("/seats/{seat}/documents/{file}", document, summary="A document of the mission",
        response_class=Response)  # fmt: skip
    add("/seats/{seat}/plan", plan, summary="The newest plan, and a proposal's difference")
    add("/seats/{seat}/kit", kit, methods=["POST"], summary="What the plan shows of own places")
    add("/seats/{seat}/assess", assessed, methods=["POST"], summary="What changes would do")
    return made


def seats(request: Request) -> dict[str, Any]:
    """Names alone; nothing of what lies in them."""
    return {"kind": "seats", "seats": sorted(_chairs(request))}


def exercise(request: Request, wanted: Exercise) -> dict[str, Any]:
    """Both keys, once."""
    from overflight.mission.seat.folder import Mission, create

    named(request, wanted.treaty)
    chairs = _chairs(request)
    made: dict[str, str] = {}
    if len(chairs) > 2 * _EXERCISES:
        raise DataError("there are too many exercises", remedy="Start the program anew.")
    stem = secrets.token_hex(3)
    for side in ("observing", "observed"):
        name = f"{stem}-{side}"
        folder = request.app.state.settings.work / "seats" / name
        mission = Mission(
            wanted.id, wanted.treaty, wanted.observing, wanted.observed, side, {}, ("EXERCISE",)
        )
        create(folder, mission)
        chairs[name] = Chair(name, folder, secrets.token_urlsafe(24))
        made[side] = name
    return {
        "kind": "exercise",
        "seats": {side: {"name": n, "key": chairs[n].key} for side, n in made.items()},
    }


def standing(request: Request, seat: str, at: dt.datetime | None = None) -> dict[str, Any]:
    """``at``: as it stood then; no moment: now."""
    from overflight.mission.seat.handover import name_of
    from overflight.mission.seat.standing import standing as stands
    from overflight.mission.seat.standing import timeline

    held = _seat(request, seat)
    found = stands(held, _moment(at))
    mission = held.mission
    titles = {known.move.id: known.move.title for known in found.machine.moves.values()}
    return {
        "kind": "mission-seat-view",
        "seat": seat,
        "mission": {
            "id": mission.id,
            "treaty": named(request, mission.treaty).short,
            "seat": mission.seat,
            "observing": mission.observing,
            "observed": mission.observed,
            "marks": list(mission.marks),
            "readings": dict(mission.readings),
        },
        "state": found.state.as_dict(),
        "options": found.options.as_dict(),
        "not_kept": [item.as_dict() for item in found.passed],
        "timeline": timeline(found).as_dict(),
        "happened": [
            {
                "number": entry.number,
                "move": entry.move,
                "title": titles.get(entry.move, entry.move),
                "at": entry.at,
                "by": entry.by,
                "received": entry.received,
                "outbox": None if entry.received else name_of(entry),
                "documents": [
                    {"type": kept.type, "file": kept.file.rsplit("/", 1)[-1], "sha256": kept.sha256}
                    for kept in entry.documents
                ],
            }
            for entry in held.happened
        ],
    }


def form(request: Request, seat: str, move: str) -> dict[str, Any]:
    """Fields of the message that goes with a move; what follows from others is left out."""
    from overflight.formats.messages.document import find_type

    held = _seat(request, seat)
    treaty = named(request, held.mission.treaty)
    moves = {m.id: m for process in treaty.processes for m in process.moves}
    if move not in moves:
        raise DataError(f"there is no move {move}", remedy="The seat's page lists what is open.")
    sends = moves[move].document
    if not sends:
        return {
            "kind": "move-form",
            "move": move,
            "title": moves[move].title,
            "sends": "",
            "items": [],
        }
    kind = find_type(_book(request, held), sends)
    return {
        "kind": "move-form",
        "move": move,
        "title": moves[move].title,
        "sends": sends,
        "message": kind.title,
        "note": kind.note,
        "items": [
            {
                "letter": item.letter,
                "title": item.title,
                "records": item.records,
                "required": item.required,
                "note": item.note,
                "cite": [str(citation) for citation in item.citations],
                "fields": [
                    {
                        "name": field.name,
                        "words": field.words,
                        "kind": field.kind,
                        "required": field.required,
                        "many": field.many,
                        "personal": field.personal,
                        "choices": list(field.choices),
                        "unit": field.unit,
                        "note": field.note,
                    }
                    for field in item.fields
                ],
            }
            for item in kind.items
        ],
    }


def act(request: Request, seat: str, asked: Act) -> dict[str, Any]:
    """Refused with the paragraph where the process does not allow it; then nothing is written."""
    from overflight.mission.seat.acts import act as acts
    from overflight.mission.seat.given import documents_for
    from overflight.mission.seat.handover import name_of

    held, at = _seat(request, seat), _moment(asked.at)
    document = None if asked.document is None else json.dumps(asked.document).encode()
    content, attached, said = documents_for(
        held, asked.move, at, document=document, given=asked.content, remarks=asked.remarks
    )
    after = acts(
        held, asked.move, at, facts={**said, **asked.facts}, content=content,
        remarks=asked.remarks, attached=attached,
    )  # fmt: skip
    entry = after.happened[-1]
    return {"kind": "mission-act", "move": entry.move, "at": entry.at, "outbox": name_of(entry)}


async def receive(
    request: Request, seat: str, agreed: bool = False, move: str = Query("", max_length=64)
) -> dict[str, Any]:
    """The body is the file. ``agreed``: this side did agree to what the other says both did."""
    from anyio.to_thread import run_sync

    body = await request.body()
    return await run_sync(_received, request, seat, body, agreed, move)


def _received(request: Request, seat: str, body: bytes, agreed: bool, move: str) -> dict[str, Any]:
    from overflight.mission.seat.acts import receive as receives

    held = _seat(request, seat)
    place = request.app.state.settings.work / f"received-{secrets.token_hex(8)}.json"
    try:
        place.write_bytes(body)
        _, said = receives(held, place, move=move or None, agreed=agreed)
    finally:
        place.unlink(missing_ok=True)
    return {"kind": "mission-received", "said": said}


def outbox(request: Request, seat: str, file: str) -> Response:
    return _given(_seat(request, seat), "outbox", file)


def document(request: Request, seat: str, file: str) -> Response:
    return _given(_seat(request, seat), "documents", file)


def plan(request: Request, seat: str) -> dict[str, Any]:
    """Both as GeoJSON; ``revised`` and ``assessment`` where changes to the plan are proposed."""
    from overflight.formats.counter_json import counter_proposal_to_dict, read_counter_proposal
    from overflight.formats.escort_json import assessment_to_dict
    from overflight.formats.geojson import mission_plan_to_geojson
    from overflight.formats.plan_json import mission_plan_to_dict
    from overflight.mission.counter.assess import assess
    from overflight.mission.seat.folder import content_of
    from overflight.mission.seat.given import CHANGES, PLAN, newest_plan

    held = _seat(request, seat)
    newest = newest_plan(held)
    told: dict[str, Any] = {
        "kind": "mission-plan-view",
        "plan": mission_plan_to_dict(newest),
        "geojson": mission_plan_to_geojson(newest),
        "proposal": None,
        "revised": None,
        "assessment": None,
    }
    order = [kept for entry in held.happened for kept in entry.documents]
    proposed, submitted = held.document(CHANGES), held.document(PLAN)
    if proposed is None or submitted is None or order.index(proposed) < order.index(submitted):
        return told
    proposal = read_counter_proposal(content_of(held, proposed))
    found = assess(
        newest, proposal, treaty=named(request, held.mission.treaty).id,
        readings=held.mission.readings,
    )  # fmt: skip
    return told | {
        "proposal": counter_proposal_to_dict(proposal),
        "revised": mission_plan_to_geojson(found.revised),
        "assessment": assessment_to_dict(found),
    }


def kit(
    request: Request, seat: str, sites: dict[str, Any] | None = Body(None, embed=True)
) -> dict[str, Any]:
    """Own places are read and never kept."""
    from overflight.formats.escort_json import kit_to_dict
    from overflight.formats.sites import read_sites
    from overflight.mission.escort.kit import kit_for
    from overflight.mission.seat.given import newest_plan

    held = _seat(request, seat)
    own = read_sites(json.dumps(sites).encode()) if sites else ()
    return kit_to_dict(
        kit_for(newest_plan(held), own, treaty=held.mission.treaty, readings=held.mission.readings)
    )


_CHANGES = Body()


def assessed(request: Request, seat: str, changes: dict[str, Any] = _CHANGES) -> dict[str, Any]:
    """What a proposal would do to the newest plan, before it is sent."""
    from overflight.formats.escort_json import assessment_to_dict
    from overflight.formats.geojson import mission_plan_to_geojson
    from overflight.mission.counter.assess import assess
    from overflight.mission.counter.given import read_changes
    from overflight.mission.seat.given import newest_plan

    held = _seat(request, seat)
    newest = newest_plan(held)
    proposal = replace(read_changes(newest, json.dumps(changes).encode()), marks=held.mission.marks)
    found = assess(newest, proposal, treaty=held.mission.treaty, readings=held.mission.readings)
    return {
        "assessment": assessment_to_dict(found),
        "revised": mission_plan_to_geojson(found.revised),
    }


# --- seats


def _chairs(request: Request) -> dict[str, Chair]:
    known: dict[str, Chair] = request.app.state.seats
    return known


def _seat(request: Request, name: str) -> Seat:
    """The seat, for who has its key. The same refusal for a seat that there is not."""
    from overflight.mission.seat.folder import open_seat

    chair = _chairs(request).get(name)
    if chair is None or not same(request.headers.get(HEADER, ""), chair.key):
        raise AccessError(
            "this is not your seat", remedy="Open the address with the seat's own key."
        )
    return open_seat(chair.folder)


def _book(request: Request, seat: Seat) -> MessageBook:
    from overflight.treaty.messages import message_book

    return message_book(named(request, seat.mission.treaty))


def _moment(at: dt.datetime | None) -> dt.datetime:
    now = at or dt.datetime.now(dt.UTC)
    if now.tzinfo is None:
        raise DataError("a moment without a time zone", remedy="Write 2021-05-19T07:00:00Z.")
    return now.astimezone(dt.UTC).replace(microsecond=0)


def _given(seat: Seat, folder: str, file: str) -> Response:
    place = seat.folder / folder / file
    if not _FILE.fullmatch(file) or not place.is_file():
        raise DataError("there is no such file in this seat", remedy="The seat's page lists them.")
    headers = {
        "Content-Disposition": f'attachment; filename="{file}"',
        "Cache-Control": "no-store",
    }
    media = "application/json" if file.endswith(".json") else "text/plain; charset=utf-8"
    return Response(place.read_bytes(), media_type=media, headers=headers)
