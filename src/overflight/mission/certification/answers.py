"""Documents on the way to and after a certification: where it stands, what a demonstration says."""

from __future__ import annotations

from typing import Any

from overflight.formats.times import write_time
from overflight.mission.certification.demonstration import CONFIRMED, Demonstration
from overflight.mission.certification.standing import CertificationStanding, PartyStanding
from overflight.treaty.model import Treaty

_OPTIONS = "demonstration-fails"
"""Checklists of a regime that say what a side may do; "-observed" or "-observing" follows."""


def standing_document(found: CertificationStanding) -> dict[str, Any]:
    """Where a certification stands (schema ``certification-standing``)."""
    known = found.certification
    return {
        "kind": "certification-standing",
        "version": 1,
        "id": known.id,
        "marks": list(known.marks),
        "aircraft": known.aircraft,
        "aircraft_name": known.aircraft_name,
        "certifying": known.certifying,
        "at": write_time(found.at),
        "verdict": found.verdict,
        "usable": found.usable,
        "since": None if found.since is None else write_time(found.since),
        "disputed_by": list(found.disputed_by),
        "unsigned": list(found.unsigned),
        "cite": "; ".join(str(c) for c in _use(found)),
        "parties": [_party(party) for party in found.parties],
    }


def _use(found: CertificationStanding) -> list[Any]:
    """The paragraphs of the moves by which those came to where they stand whose standing decides:
    who does not agree, else who has not said, else all."""
    deciding = found.disputed_by or found.unsigned
    cited: dict[Any, None] = {}
    for party in found.parties:
        if deciding and party.party not in deciding:
            continue
        state = party.state
        for move in found.machine.process.moves:
            fits = all(state.facts[name] in values for name, values in move.when.items())
            if move.to == state.phase and move.mark in state.marks and fits:
                cited |= dict.fromkeys(move.citations)
    return list(cited)


def _party(party: PartyStanding) -> dict[str, Any]:
    return {
        "party": party.party,
        "phase": party.options.title,
        "state": party.state.as_dict(),
        "acts": [act.as_dict() for act in party.options.acts],
        "duties": [duty.as_dict() for duty in party.options.duties],
        "not_kept": [item.as_dict() for item in party.passed],
    }


def demonstration_document(
    found: Demonstration,
    treaty: Treaty,
    *,
    sensor: str,
    method: str,
    limit_m: float,
    limit_cite: str,
    computed: bool,
    marks: tuple[str, ...] = (),
) -> dict[str, Any]:
    """What a demonstration flight says (schema ``sensor-demonstration``). Options are those of the
    regime's checklist for the side, where it is not confirmed."""
    lists = [c for c in treaty.checklists if c.id == f"{_OPTIONS}-{found.side}"]
    if found.verdict == CONFIRMED:
        lists = []
    interval = found.interval_95
    return {
        "kind": "sensor-demonstration",
        "version": 1,
        "marks": list(marks),
        "sensor": sensor,
        "method": method,
        "side": found.side,
        "verdict": found.verdict,
        "why": found.why,
        "day_m": found.day_m,
        "passes": found.passes,
        "direction": found.direction,
        "certified_m": found.certified.h_min_m,
        "certified_deviation_m": found.certified.deviation_m,
        "certified_passes": found.certified.passes,
        "ratio": found.ratio,
        "interval_95": None if interval is None else list(interval),
        "margin": found.margin,
        "degrees": found.degrees,
        "limit_m": limit_m,
        "limit_cite": limit_cite,
        "computed": computed,
        "ours": list(found.ours),
        "options": [{"text": i.text, "cite": i.cite} for c in lists for i in c.items],
    }
