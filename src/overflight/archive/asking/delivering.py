"""A request decided, and its copies made: a portion of the sealed bundle with its proofs.

    OUT/copy-request.json     what was asked
        access-decision.json  what was decided, by which paragraph
        copy-delivery.json    what is handed over, and of which generation it is
        portion/              the files, and their paths to the root that both Parties signed

What was decided and handed over is kept in the archive and in its log, refusals too; nothing leaves
before the access is on record.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from overflight.archive.access.flights import Flights
from overflight.archive.access.journal import Access, Journal
from overflight.archive.access.rights import Handed, decisions_on, denied, refuse
from overflight.archive.asking import register
from overflight.archive.asking.choosing import Chosen, choose, missions_meant, named
from overflight.archive.asking.documents import (
    Particulars,
    make_decision,
    make_delivery,
    particulars_of,
    to_bytes,
)
from overflight.archive.asking.proving import delivered
from overflight.archive.keeping import missions as tables
from overflight.archive.keeping.desk import Desk, at_desk
from overflight.archive.keeping.layout import COMMON, Archive, using
from overflight.archive.keeping.missions import Mission
from overflight.archive.keeping.stores import coming_in, objects_of
from overflight.archive.keeping.view import parts_held, store_of
from overflight.errors import DataError
from overflight.record.disk import move_in, workshop, write_new
from overflight.record.instants import read_instant
from overflight.record.manifest import Entry
from overflight.record.portion import PORTION, make_portion
from overflight.record.stages import Stages, read_stages
from overflight.rules.access_case import owns
from overflight.terms.access import OPEN, REQUEST, Asker, Decision

GIVEN = "portion"


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of a request. ``delivery`` None: it was refused. ``logged``: kind of document ->
    index in the archive's log."""

    decision: Decision
    decided: dict[str, Any]
    delivery: dict[str, Any] | None
    logged: Mapping[str, int]


def answer(
    archive: Archive,
    request: dict[str, Any],
    now: dt.datetime,
    out: Path,
    flights: Flights,
    *,
    names: Sequence[str] = (),
    by: str = "",
) -> Answered:
    """Decide on a request and, where it is allowed, write its copies to ``out``, a new folder.

    ``names``: the files to hand over, instead of those that the items say. A request that was
    decided before keeps its decision, and its delivery is made again as it was. Raises AccessError
    where it was allowed then and is not any more, DataError where it is not plain what is meant,
    and Refused for a bundle that is not whole.
    """
    known = register.asked(archive, str(request["id"]))
    what = particulars_of(request)
    with at_desk(archive) as desk:
        mission, decision = _decide(archive, desk, request, what, now, flights)
        if known.decision is not None:
            decided = known.decision
        else:
            decided = make_decision(
                request, decision, archive.settings.id, archive.settings.holder, now.date(), now,
                dict(flights.settings.readings),
            )  # fmt: skip
        allowed = decided["decision"]["answer"] == "allowed"
        later = allowed and not decision.allowed  # allowed then, and not any more
        said = decision.as_dict() if later else decided["decision"]
        with Journal(archive.access) as journal:
            journal.add([_access(request, mission, said, now, by)])
        if later:
            raise refuse(decision)
        if not allowed or mission is None:
            indices = register.put(archive, [request, decided], now)
            return Answered(decision, decided, None, indices)
        delivery = _hand_over(
            archive, desk, mission, request, decided, what, now, out, names, known.delivery
        )
    indices = register.put(archive, [request, decided, delivery], now)
    return Answered(decision, decided, delivery, indices)


def _access(
    request: Mapping[str, Any], mission: Mission | None, decision: Mapping[str, Any],
    now: dt.datetime, by: str,
) -> Access:  # fmt: skip
    return Access(
        now, str(request["from"]), "deliver", f"request {request['id']}",
        str(decision["answer"]), "" if mission is None else mission.bundle, str(decision["cite"]),
        str(request["purpose"]), by,
    )  # fmt: skip


def _decide(
    archive: Archive, desk: Desk, request: Mapping[str, Any], what: Particulars, now: dt.datetime,
    flights: Flights,
) -> tuple[Mission | None, Decision]:  # fmt: skip
    asker = Asker(str(request["from"]), purpose=str(request["purpose"]))
    meant = missions_meant(tables.missions(desk.connection), what, str(request["bundle"]))
    if len(meant) > 1:
        raise DataError(
            f"{len(meant)} missions of {what.observing} over {what.observed} on {what.flown} are "
            f"here: {', '.join(one.bundle for one in meant)}",
            remedy="Ask for a request that names the bundle.",
        )
    if not meant:
        why = f"The archive has no flight of {what.observing} over {what.observed} on {what.flown}."
        return None, denied(REQUEST, asker.code, why)
    mission = meant[0]
    treaty = flights.treaty(mission)
    if treaty is not None and treaty.id != request["treaty"]:
        why = f"The flight was under {treaty.id}, the request is under {request['treaty']}."
        return mission, denied(REQUEST, asker.code, why)
    return mission, _of_the_two(archive, mission, flights, asker, now.date())


def _of_the_two(
    archive: Archive, mission: Mission, flights: Flights, asker: Asker, on: dt.date
) -> Decision:
    """Whether copies are due from this archive: the observing Party's, or a common one, gives them
    on request; any other only where the asker may open what it has."""
    decisions = decisions_on(flights, mission, asker, on)
    keeper, treaty = archive.settings.holder, flights.treaty(mission)
    if keeper == COMMON or treaty is None:
        return decisions[REQUEST]
    then = flights.view(treaty, mission.flown or on)
    observing = keeper == mission.observing or owns(then, keeper, mission.observing)
    return decisions[REQUEST if observing else OPEN]


def _hand_over(
    archive: Archive, desk: Desk, mission: Mission, request: dict[str, Any],
    decided: dict[str, Any], what: Particulars, now: dt.datetime, out: Path,
    names: Sequence[str], before: dict[str, Any] | None,
) -> dict[str, Any]:  # fmt: skip
    """Write what is handed over to ``out``; the delivery's document."""
    if 0 not in parts_held(desk.connection, mission.id):
        raise DataError(
            f"the archive has only portions of {mission.bundle}", file=archive.root,
            remedy="Copies are made from the whole bundle; ask the observing Party for them.",
        )  # fmt: skip
    objects = objects_of(archive)
    with ExitStack() as stack:
        stack.enter_context(using(archive))
        folder = stack.enter_context(coming_in(archive))
        rows = tables.files(desk.connection, mission.id)
        seals = store_of(
            archive, desk.connection, objects, mission.id, folder=folder, paths=()
        )  # fmt: skip
        stages = read_stages(seals)
        entries = {path: stages.paths[path] for path in stages.paths}
        if before is not None:
            chosen = named([str(file["name"]) for file in before["files"]], entries)
        elif names:
            chosen = named(names, entries)
        else:
            chosen = choose(what, rows, entries, objects)
        store = store_of(
            archive, desk.connection, objects, mission.id, folder=folder, paths=chosen.paths
        )  # fmt: skip
        place = stack.enter_context(workshop(out))
        built = place / "delivery"
        built.mkdir()
        picked = [entries[path].name for path in chosen.paths]
        make_portion(store, stages, picked, built / GIVEN)
        portion = hashlib.sha256((built / GIVEN / PORTION).read_bytes()).hexdigest()
        delivery = before or _document(
            archive, mission, request, decided, stages, chosen, entries, portion, now
        )
        for document in (request, decided, delivery):
            write_new(built / f"{document['kind']}.json", to_bytes(document))
        move_in(built, out)
    return delivery


def _document(
    archive: Archive, mission: Mission, request: dict[str, Any], decided: dict[str, Any],
    stages: Stages, chosen: Chosen, entries: Mapping[str, Entry], portion: str, now: dt.datetime,
) -> dict[str, Any]:  # fmt: skip
    root = stages.manifests[-1].root
    keeper = archive.settings.holder
    return make_delivery(
        request, decided, mission.observing if keeper == COMMON else keeper,
        {
            "bundle": mission.bundle, "observing": mission.observing,
            "observed": mission.observed, "root": root,
        },
        [_file(entries[path], path) for path in chosen.paths],
        portion, _statement(chosen, entries, root), now,
    )  # fmt: skip


def _file(entry: Entry, path: str) -> dict[str, Any]:
    return {
        "name": entry.name, "path": path, "role": entry.role, "size": entry.size,
        "sha256": entry.sha256,
    }  # fmt: skip


def _statement(chosen: Chosen, entries: Mapping[str, Entry], root: str) -> str:
    """How the copies were made; one sentence for each way."""
    pictures = [entries[path] for path in chosen.pictures]
    made = sum(entry.generation == 1 for entry in pictures)
    parts = []
    if made:
        parts.append(f"{made} duplicates of the first generation, sealed as made from originals")
    if len(pictures) > made:
        parts.append(f"{len(pictures) - made} originals copied bit for bit")
    return (
        f"First generation duplicates: {'; '.join(parts)}. Each file has the SHA-256 under the "
        f"root {root} that both Parties signed."
    )


def handed_to(
    archive: Archive, missions: Iterable[Mission], flights: Flights, asker: str, on: dt.date
) -> Handed:
    """What was delivered to ``asker`` by that day from this archive: mission -> paths. Only what
    the archive's log has too counts."""
    by_name = {(one.bundle, one.observing, one.observed): one for one in missions}
    found: dict[int, frozenset[str]] = {}
    for one in register.all_asked(archive):
        delivery = one.delivery
        if delivery is None or not delivered(archive, one):
            continue
        mission = by_name.get((delivery["bundle"], delivery["observing"], delivery["observed"]))
        if mission is None or read_instant(delivery["delivered_at"], one.id).date() > on:
            continue
        treaty = flights.treaty(mission)
        to = str(delivery["to"])
        if asker != to and (treaty is None or not owns(flights.view(treaty, on), asker, to)):
            continue
        paths = {str(file["path"]) for file in delivery["files"]}
        found[mission.id] = found.get(mission.id, frozenset()) | paths
    return found
