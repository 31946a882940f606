"""People designated for duties under a regime: personal data, kept apart from everything else."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

PEOPLE_VERSION = 1


@dataclass(frozen=True, slots=True)
class Objection:
    """A Party that does not accept the person; it need not say why."""

    by: str
    on: dt.date


@dataclass(frozen=True, slots=True)
class Visa:
    """A visa of ``issuer``, good until ``until`` (its last day)."""

    issuer: str
    issued: dt.date
    until: dt.date


@dataclass(frozen=True, slots=True)
class Person:
    """One person. ``listed`` is the day the list that names the person was received; ``delete_on``
    the day on which the data are to be deleted, which everybody here has."""

    id: str
    name: str
    gender: str
    date_of_birth: dt.date
    place_of_birth: str
    passport_number: str
    passport_issuer: str
    function: str
    delete_on: dt.date
    languages: tuple[str, ...] = ()
    listed: dt.date | None = None
    objections: tuple[Objection, ...] = ()
    visas: tuple[Visa, ...] = ()


@dataclass(frozen=True, slots=True)
class Register:
    """All people that ``party`` designated. ``amended`` are the days on which its list changed."""

    party: str
    treaty: str
    people: tuple[Person, ...] = ()
    amended: tuple[dt.date, ...] = ()
