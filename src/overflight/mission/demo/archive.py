"""The archive: the bundle taken in, found by a third Party and delivered, refused to a stranger."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from overflight.archive.access.finding import search, sight_of
from overflight.archive.access.flights import Flights
from overflight.archive.access.rights import rights_of
from overflight.archive.asking.delivering import Answered, answer
from overflight.archive.asking.documents import Particulars, make_request
from overflight.archive.catalogue.protocol import Query
from overflight.archive.keeping import missions as tables
from overflight.archive.keeping.begin import make_archive
from overflight.archive.keeping.desk import at_desk
from overflight.archive.keeping.ingest import ingest
from overflight.archive.keeping.layout import Archive, Settings
from overflight.mission.demo.scenario import Stage
from overflight.mission.demo.sealing import Sealed
from overflight.terms.access import Asker

ARCHIVE, DELIVERED = "archive", "delivered"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a third Party found and got, and what the stranger found and was told."""

    found: int
    opens: bool
    delivered: Answered
    stranger_found: int
    refused: Answered


def keep_and_ask(stage: Stage, sealed: Sealed) -> Asked:
    """Take the bundle in; a third Party finds it and asks for a copy, and so does a stranger."""
    told, story = stage.scenario["archive"], stage.story
    story.progress("taking the bundle into the archive")
    settings = Settings(
        f"{told['holder'].lower()}-archive", told["holder"], sealed.at, stage.treaty.id
    )
    archive = make_archive(stage.out / ARCHIVE, settings, sealed.ring)
    at: dt.datetime = told["asked"]
    treaty = str(stage.mission["treaty"])
    taken = ingest(archive, sealed.bundle, sealed.at + dt.timedelta(hours=1))
    story.progress("asking the archive")
    answers = []
    found = []
    for code in (told["third"], told["stranger"]):
        found.append(_find(archive, treaty, code, at))
        what = Particulars(
            stage.mission["observing"], stage.mission["observed"], taken.mission.flown or at.date(),
            stage.scenario["pictures"]["sensor"], (), told["medium"], told["format"],
        )  # fmt: skip
        made = make_request(stage.treaty, code, what, at, taken.mission.bundle)
        place = stage.out / DELIVERED / code.lower()
        answers.append(answer(archive, made, at, place, Flights(archive, treaty)))
    (many, opens), (few, _) = found
    asked = Asked(many, opens, answers[0], few, answers[1])
    _tell(stage, asked)
    return asked


def _find(archive: Archive, treaty: str, code: str, at: dt.datetime) -> tuple[int, bool]:
    """How many frames a State finds, and whether it may open all of them."""
    flights = Flights(archive, treaty)
    with at_desk(archive) as desk:
        missions = tables.missions(desk.connection)
        rights = rights_of(flights, missions, Asker(code), at.date(), {})
        sight = sight_of(desk.connection, missions, rights)
        with desk.catalogue() as catalogue:
            return len(search(catalogue, Query(limit=100), sight).items), bool(sight.wholly)


def _tell(stage: Stage, asked: Asked) -> None:
    told, story, name = stage.scenario["archive"], stage.story, stage.view.status
    story.chapter("The archive", simulated=True)
    third, stranger = name(told["third"]).name, name(told["stranger"]).name
    sides = (stage.mission["observing"], stage.mission["observed"])
    who = "one of the two" if told["third"] in sides else "a Party that was not there"
    opens = " and may open them all" if asked.opens else ""
    story.tell(
        f"In {name(told['holder']).name}'s archive {third}, {who}, finds {asked.found} "
        f"frames{opens}, and asks for copies: {_decided(asked.delivered)}"
    )
    story.tell(
        f"{stranger} finds {asked.stranger_found or 'nothing'} and asks too: "
        f"{_decided(asked.refused)}"
    )
    if asked.delivered.delivery is not None:
        place = stage.out / DELIVERED / told["third"].lower()
        story.file(place, f"what {third} was handed")


def _decided(answered: Answered) -> str:
    decision, given = answered.decision, answered.delivery
    cite = f" [{decision.cite}]" if decision.cite else ""
    if given is not None:
        proof = f"{len(given['files'])} files, with the proof that both sides signed them"
        return f"{decision.answer}, {proof}.{cite}"
    return f"{decision.answer}. {decision.message}{cite}"
