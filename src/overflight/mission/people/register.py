"""What may be done with a register of people, and what each person's standing is on a day.

Numbers and times are the regime's: most people on a list, days to object, times between two
amendments, life of a visa. Where a regime has no such value nothing is asked.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from overflight.errors import DataError, OverflightError
from overflight.terms.findings import Finding, Verdict
from overflight.terms.people import Objection, Person, Register, Visa
from overflight.terms.values import CitedValue
from overflight.treaty.dated import add_months
from overflight.treaty.view import TreatyView

MOST, OBJECTION = "designated-personnel", "deadline.personnel-objection"
FREELY, BETWEEN = "deadline.personnel-first-amendment", "deadline.personnel-amendment"
VISA_WITHIN, VISA_LIFE = "deadline.visa-standing", "deadline.visa-validity"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a person stands towards one Party on a day: "not listed", "under review", "accepted",
    "not accepted". ``until`` is the last day of the review, ``visa_due`` the day by which a visa
    is owed; None: neither."""

    person: str
    party: str
    standing: str
    since: dt.date | None
    until: dt.date | None
    visa: Visa | None
    visa_due: dt.date | None
    cite: str


def added(register: Register, person: Person) -> Register:
    """With one person more. Raises DataError for an id that is taken."""
    if any(known.id == person.id for known in register.people):
        raise DataError(f"there is a person {person.id!r} already", remedy="Give another id.")
    return replace(register, people=(*register.people, person))


def removed(register: Register, person: str) -> Register:
    """Without a person. Raises DataError for one who is not there."""
    find(register, person)
    return replace(register, people=tuple(p for p in register.people if p.id != person))


def find(register: Register, person: str) -> Person:
    """The person with that id. Raises DataError for one who is not there."""
    for known in register.people:
        if known.id == person:
            return known
    raise DataError(
        f"there is no person {person!r} in the register",
        remedy="'overflight people list' shows who is.",
    )


def changed(register: Register, person: Person) -> Register:
    """With the person's entry put in the place of the one with the same id."""
    find(register, person.id)
    people = tuple(person if p.id == person.id else p for p in register.people)
    return replace(register, people=people)


def objected(register: Register, person: str, by: str, on: dt.date) -> Register:
    """With an objection: at any time, since one may follow the review (XIII.I.2)."""
    who = find(register, person)
    if any(o.by == by for o in who.objections):
        raise DataError(f"{by} objected to {person!r} already", remedy="Nothing is to be done.")
    return changed(register, replace(who, objections=(*who.objections, Objection(by, on))))


def sent(register: Register, on: dt.date, view: TreatyView) -> tuple[Register, list[Finding]]:
    """The list handed over: whoever is not on one yet is listed from that day on.

    The findings say whether it may be amended then, and whether it is too long.
    """
    people = tuple(p if p.listed else replace(p, listed=on) for p in register.people)
    after = replace(register, people=people, amended=(*register.amended, on))
    return after, [*_length(after, view), *_amendment(register, on, view)]


def purged(register: Register, on: dt.date) -> tuple[Register, tuple[str, ...]]:
    """Without those whose data end on or before a day, and their ids."""
    gone = tuple(p.id for p in register.people if p.delete_on <= on)
    return replace(register, people=tuple(p for p in register.people if p.id not in gone)), gone


def standing(person: Person, party: str, on: dt.date, view: TreatyView) -> Standing:
    """Where the person stands towards ``party`` on a day."""
    days = _value(view, OBJECTION)
    cite = "" if days is None else days.cite
    visa = next((v for v in person.visas if v.issuer == party and v.issued <= on <= v.until), None)

    def answer(
        word: str, since: dt.date | None, until: dt.date | None, due: dt.date | None
    ) -> Standing:
        return Standing(person.id, party, word, since, until, visa, due, cite)

    refusal = next((o for o in person.objections if o.by == party and o.on <= on), None)
    if refusal is not None:
        return answer("not accepted", refusal.on, None, None)
    if person.listed is None or on < person.listed:
        return answer("not listed", None, None, None)
    if days is None:
        return answer("accepted", person.listed, None, None)
    last = person.listed + dt.timedelta(days=int(days.value))
    if on <= last:
        return answer("under review", person.listed, last, None)
    accepted = last + dt.timedelta(days=1)
    within = _value(view, VISA_WITHIN)
    due = None if within is None or visa else accepted + dt.timedelta(days=int(within.value))
    return answer("accepted", accepted, None, due)


def fit_for(people: Sequence[Person], party: str, on: dt.date, view: TreatyView) -> list[Finding]:
    """Whether each may be sent to ``party`` on a day: a breach for one who is not accepted."""
    found = []
    for person in people:
        where = standing(person, party, on, view)
        kept = where.standing == "accepted"
        found.append(
            Finding(
                rule="personnel",
                title="Only people who were accepted are sent",
                verdict=Verdict.COMPLIANT if kept else Verdict.BREACH,
                message=_sentence(person, where),
                cite=where.cite,
                phase="notice",
            )
        )
    return found


def _sentence(person: Person, where: Standing) -> str:
    if where.standing == "accepted":
        visa = f", visa until {where.visa.until}" if where.visa else ""
        return f"{person.name} is accepted by {where.party} since {where.since}{visa}."
    if where.standing == "under review":
        return f"{where.party} may object to {person.name} until {where.until}."
    if where.standing == "not accepted":
        return f"{where.party} does not accept {person.name} since {where.since}."
    return f"{person.name} is on no list that was handed over."


def _length(register: Register, view: TreatyView) -> list[Finding]:
    most = _value(view, MOST)
    if most is None:
        return []
    count = len(register.people)
    return [
        Finding(
            rule="personnel.length",
            title="The list is not too long",
            verdict=Verdict.COMPLIANT if count <= most.value else Verdict.BREACH,
            message=f"The list names {count} people; at most {most.value} may be on it.",
            cite=most.cite,
            measured=float(count),
            limit=float(most.value),
            unit=most.unit,
            phase="notice",
        )
    ]


def _amendment(register: Register, on: dt.date, view: TreatyView) -> list[Finding]:
    """A list that was handed over may be changed once in the regime's number of months."""
    between = _value(view, BETWEEN)
    if between is None or not register.amended:
        return []
    freely = _value(view, FREELY)
    begins = view.in_force_since
    if freely is not None and begins is not None:
        until = begins + dt.timedelta(days=int(freely.value))
        if on <= until:
            return [_amended(True, f"Until {until} the list may be amended freely.", freely)]
    last = max(register.amended)
    next_day = add_months(last, int(between.value))
    kept = on >= next_day
    text = f"It was last amended on {last}; the next day on which it may be is {next_day}."
    return [_amended(kept, text, between)]


def _amended(kept: bool, message: str, value: CitedValue) -> Finding:
    return Finding(
        rule="personnel.amendment",
        title="The list is not amended too often",
        verdict=Verdict.COMPLIANT if kept else Verdict.BREACH,
        message=message,
        cite=value.cite,
        phase="notice",
    )


def _value(view: TreatyView, key: str) -> CitedValue | None:
    """A value that the regime has; None where it has none or it is not known."""
    try:
        return view.value(key)
    except OverflightError:
        return None
