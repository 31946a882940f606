"""The register of people as JSON (schema: people). It holds personal data and stays at home."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from overflight.errors import DataError
from overflight.formats.schema import validate
from overflight.formats.strict_json import load_json, pointer, read_source
from overflight.terms.people import PEOPLE_VERSION, Objection, Person, Register, Visa

ASKED_FOR = (
    "name",
    "gender",
    "date_of_birth",
    "place_of_birth",
    "passport_number",
    "passport_issuer",
    "function",
)
"""What a notification of a flight says of each person, and no more (Open Skies, VI.I.5(H))."""


def read_register(source: str | Path | bytes) -> Register:
    """From a file or bytes. Raises DataError with place and remedy."""
    data, label = read_source(source)
    document = load_json(data, label)
    validate(document, "people", file=label)
    people = tuple(
        _person(part, label, pointer("people", i)) for i, part in enumerate(document["people"])
    )
    seen: set[str] = set()
    for number, person in enumerate(people):
        if person.id in seen:
            raise DataError(
                f"two people have the id {person.id!r}",
                file=label,
                where=pointer("people", number, "id"),
                remedy="Give each person an id of their own.",
            )
        seen.add(person.id)
    return Register(
        document["party"],
        document["treaty"],
        people,
        tuple(_day(d, label, pointer("amended", i)) for i, d in enumerate(document["amended"])),
    )


def register_to_dict(register: Register) -> dict[str, Any]:
    """The people document, JSON-ready."""
    return {
        "kind": "people",
        "version": PEOPLE_VERSION,
        "party": register.party,
        "treaty": register.treaty,
        "amended": [day.isoformat() for day in register.amended],
        "people": [_written(person) for person in register.people],
    }


def notified(person: Person) -> dict[str, str]:
    """What a notification says of a person."""
    written = _written(person)
    return {name: written[name] for name in ASKED_FOR}


def _written(person: Person) -> dict[str, Any]:
    return {
        "id": person.id,
        "name": person.name,
        "gender": person.gender,
        "date_of_birth": person.date_of_birth.isoformat(),
        "place_of_birth": person.place_of_birth,
        "passport_number": person.passport_number,
        "passport_issuer": person.passport_issuer,
        "function": person.function,
        "delete_on": person.delete_on.isoformat(),
        "languages": list(person.languages),
        "listed": None if person.listed is None else person.listed.isoformat(),
        "objections": [{"by": o.by, "on": o.on.isoformat()} for o in person.objections],
        "visas": [
            {"issuer": v.issuer, "issued": v.issued.isoformat(), "until": v.until.isoformat()}
            for v in person.visas
        ],
    }


def _person(part: Mapping[str, Any], file: str, at: str) -> Person:
    listed = part.get("listed")
    return Person(
        part["id"],
        part["name"],
        part["gender"],
        _day(part["date_of_birth"], file, f"{at}/date_of_birth"),
        part["place_of_birth"],
        part["passport_number"],
        part["passport_issuer"],
        part["function"],
        _day(part["delete_on"], file, f"{at}/delete_on"),
        tuple(part.get("languages", ())),
        None if listed is None else _day(listed, file, f"{at}/listed"),
        tuple(
            Objection(o["by"], _day(o["on"], file, f"{at}/objections"))
            for o in part.get("objections", ())
        ),
        tuple(
            Visa(
                v["issuer"],
                _day(v["issued"], file, f"{at}/visas"),
                _day(v["until"], file, f"{at}/visas"),
            )
            for v in part.get("visas", ())
        ),
    )


def _day(text: str, file: str, where: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise DataError(
            f"{text!r} is no day", file=file, where=where, remedy="Write it as 1970-01-31."
        ) from None
