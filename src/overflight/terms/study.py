"""What a study says: its question and answer, and everything that the answer rests on."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class StudyInput:
    """One input as it was used. ``basis``: given (by the user), enacted, decided, reported,
    computed or assumed. ``source`` says where it is from; empty only for what the user gave."""

    name: str
    value: str
    basis: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class StudyReading:
    """A question that a text leaves open, and the answer this study took."""

    name: str
    chosen: str
    others: tuple[str, ...] = ()
    source: str = ""


@dataclass(frozen=True, slots=True)
class StudyTable:
    """A table: its title, column heads and rows, every cell as it is to be read."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class StudyFigure:
    """A picture of the page: the name of its files without suffix, what it shows in one sentence
    (also for who cannot see it), and where its numbers are from."""

    name: str
    caption: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class StudyReport:
    """A study as it is told. ``unknowns`` are what nobody published, ``sensitivity`` how the answer
    changes with the inputs, ``is_not`` what the answer must not be taken for."""

    title: str
    question: str
    answer: tuple[str, ...]
    inputs: tuple[StudyInput, ...]
    readings: tuple[StudyReading, ...] = ()
    unknowns: tuple[str, ...] = ()
    sensitivity: tuple[StudyTable, ...] = ()
    tables: tuple[StudyTable, ...] = ()
    figures: tuple[StudyFigure, ...] = ()
    is_not: tuple[str, ...] = field(default=())
