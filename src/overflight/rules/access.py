"""Whether somebody may find, ask for, or open what was recorded on a flight: a decision.

Allowed is only what a row entitles to, another row gives, and none bars. Where a circumstance is
not known, every way that it can be is tried: if they do not all come to the same, the answer is
"undetermined", which lets nobody in. Pure: the view has the day, the treaty and the readings.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from overflight.rules.access_case import Circumstances, circumstances, know, members
from overflight.rules.access_rows import (
    ALLOWED,
    CONDITION,
    DENIED,
    ENTITLED,
    OTHERWISE,
    PRESUMED,
    AccessRow,
    access_rows,
)
from overflight.terms.access import (
    CIRCUMSTANCES,
    COMMON,
    DELIVERED,
    LEVELS,
    STATE,
    WHOLE,
    Answer,
    Asker,
    Decision,
    Flight,
)
from overflight.treaty.dated import reading_holds
from overflight.treaty.view import TreatyView

_MORE = 3
"""Sentences of rows that are told beside the first."""


@dataclass(frozen=True, slots=True)
class _Found:
    """What comes of one way that things can be."""

    answer: Answer
    rows: tuple[AccessRow, ...]
    extent: str = WHOLE


def decide(
    view: TreatyView, flight: Flight, asker: Asker, keeper: str, level: str
) -> Decision:  # fmt: skip
    """Whether ``asker`` may do what ``level`` says on the view's day in ``keeper``'s archive.

    A group may what all of its members may. Raises DataError for a code that the regime does not
    name, and for a row of its data that is malformed.
    """
    return _decided(view, flight, asker, keeper, (level,))[level]


def decide_all(
    view: TreatyView, flight: Flight, asker: Asker, keeper: str
) -> Mapping[str, Decision]:  # fmt: skip
    """The decision at each level."""
    return _decided(view, flight, asker, keeper, LEVELS)


def _decided(
    view: TreatyView, flight: Flight, asker: Asker, keeper: str, levels: Iterable[str]
) -> dict[str, Decision]:
    """What does not depend on the level is looked at once."""
    for code in (flight.observing, flight.observed, *(() if keeper == COMMON else (keeper,))):
        know(view, code)
    askers: tuple[Asker, ...] = (asker,)
    if asker.sort == STATE:
        know(view, asker.code)
        states = members(view, asker.code)
        askers = tuple(Asker(one, STATE, asker.delivered, asker.purpose) for one in states)
    known = [tuple(circumstances(view, flight, one, keeper).items()) for one in askers]
    names = [(one.code, flight.observing, flight.observed, keeper) for one in askers]
    found = {}
    for level in levels:
        decisions = [
            _in_words(view, _found(view, said, level), level, of)
            for said, of in zip(known, names, strict=True)
        ]
        found[level] = _together(decisions, asker.code)
    return found


def _together(decisions: list[Decision], code: str) -> Decision:
    order = (Answer.DENIED, Answer.UNDETERMINED, Answer.ALLOWED)
    first = min(decisions, key=lambda d: (order.index(d.answer), d.extent != DELIVERED))
    if len(decisions) == 1:
        return first
    from dataclasses import replace

    who = "" if first.allowed else f"{first.asker}, a member of {code}: "
    return replace(first, asker=code, message=f"{who}{first.message}")


@dataclass(frozen=True, slots=True, eq=False)
class _Outcome:
    """``depends``: readings of which another option could have decided here. Compared by identity,
    for its words are remembered."""

    found: _Found
    presumed: tuple[AccessRow, ...]
    needs: tuple[str, ...]
    depends: tuple[str, ...]


@lru_cache(maxsize=65536)
def _found(
    view: TreatyView, known: tuple[tuple[str, tuple[str, ...]], ...], level: str
) -> _Outcome:
    """The same circumstances have the same outcome; a catalogue asks for few different ones."""
    every = [row for row in access_rows(view.treaty) if level in row.levels]
    rows = [row for row in every if reading_holds(row.reading, view.readings)]
    narrowed, presumed = _presume(dict(known), rows)
    ways = [(way, _weigh(rows, way)) for way in _ways(narrowed)]
    depends = _depends(every, dict(known), [way for way, _ in ways])
    first = ways[0][1]
    if all(found.answer is first.answer for _, found in ways):
        extent = DELIVERED if any(f.extent == DELIVERED for _, f in ways) else first.extent
        return _Outcome(_Found(first.answer, first.rows, extent), presumed, (), depends)
    needs = _matter(narrowed, ways)
    either = _Found(Answer.UNDETERMINED, _each_once(f.rows for _, f in ways))
    return _Outcome(either, presumed, needs, depends)


def _presume(
    known: Circumstances, rows: Iterable[AccessRow]
) -> tuple[Circumstances, tuple[AccessRow, ...]]:
    """What is not known, taken as the regime lets it be taken; and the rows that do so."""
    narrowed, used = dict(known), []
    for row in rows:
        if row.answer != PRESUMED or any(
            not words & set(narrowed[n]) for n, words in row.when.items()
        ):
            continue
        for name, word in row.presumes.items():
            if len(narrowed[name]) > 1 and word in narrowed[name]:
                narrowed[name] = (word,)
                used.append(row)
    return narrowed, _each_once([used])


def _depends(
    rows: Iterable[AccessRow], known: Circumstances, ways: list[dict[str, str]]
) -> tuple[str, ...]:
    """The readings of rows that fit, under whichever option, or that take something to be so."""
    found: dict[str, None] = {}
    for row in rows:
        if not row.reading:
            continue
        presumes = any(len(known[n]) > 1 and w in known[n] for n, w in row.presumes.items())
        if presumes or (not row.presumes and any(row.fits(way) for way in ways)):
            found[row.reading.partition("=")[0]] = None
    return tuple(found)


def _ways(known: Circumstances) -> Iterator[dict[str, str]]:
    for words in itertools.product(*known.values()):
        yield dict(zip(known, words, strict=True))


def _weigh(rows: Iterable[AccessRow], way: Mapping[str, str]) -> _Found:
    of: dict[str, list[AccessRow]] = {}
    for row in rows:
        if row.answer != PRESUMED and row.fits(way):
            of.setdefault(row.answer, []).append(row)
    if DENIED in of:
        return _Found(Answer.DENIED, tuple(of[DENIED]))
    if ENTITLED not in of or ALLOWED not in of:
        return _Found(Answer.DENIED, tuple(of.get(OTHERWISE, ())))
    given = of[ALLOWED]
    extent = DELIVERED if all(row.extent == DELIVERED for row in given) else WHOLE
    widest = sorted(given, key=lambda row: row.extent == DELIVERED)
    return _Found(
        Answer.ALLOWED, (*widest, *of[ENTITLED], *of.get(CONDITION, [])), extent
    )  # fmt: skip


def _matter(known: Circumstances, ways: list[tuple[dict[str, str], _Found]]) -> tuple[str, ...]:
    """The circumstances of which, all else alike, another word gives another answer."""
    answers = {tuple(way.items()): found.answer for way, found in ways}
    needs = []
    for name, words in known.items():
        if len(words) == 1:
            continue
        for way, found in ways:
            others = (tuple((way | {name: word}).items()) for word in words)
            if any(answers[other] is not found.answer for other in others):
                needs.append(name)
                break
    return tuple(needs)


def _each_once(parts: Iterable[Iterable[AccessRow]]) -> tuple[AccessRow, ...]:
    return tuple({row.id: row for part in parts for row in part}.values())


_NEEDS = {
    "standing": "whether the asker is a State Party on the day",
    "then": "whether the asker was a State Party on the day of the flight",
    "observing-standing": "whether the observing Party is still bound",
    "observed-standing": "whether the observed Party is still bound",
    "bound": "whether both Parties were bound on the day of the flight",
    "kind": "of which kind the flight was",
    "counted": "whether it was counted against both quotas",
    "otherwise-agreed": "whether the Parties agreed otherwise",
}
assert set(_NEEDS) <= set(CIRCUMSTANCES)


@lru_cache(maxsize=65536)
def _in_words(
    view: TreatyView, outcome: _Outcome, level: str, of: tuple[str, str, str, str]
) -> Decision:
    """``of``: the asker, the observing and the observed Party, the keeper."""
    code, names = of[0], dict(zip(("asker", "observing", "observed", "keeper"), of, strict=True))
    found, presumed = outcome.found, outcome.presumed
    said = [row for row in found.rows if row.answer in (ALLOWED, DENIED, OTHERWISE)]
    conditions = [row for row in (*found.rows, *presumed) if row.answer in (CONDITION, PRESUMED)]
    needs = tuple(_NEEDS[name] for name in outcome.needs)
    if found.answer is Answer.UNDETERMINED:
        message = f"It cannot be told: {', and '.join(needs)} would have to be known."
    elif not said:
        message = (
            f"No paragraph of {view.treaty.short} gives {code} this, and what is not given is "
            "denied."
        )
    else:
        message = " ".join(dict.fromkeys(row.sentence.format(**names) for row in said[: 1 + _MORE]))
    cited = dict.fromkeys(str(c) for row in (said or found.rows) for c in row.citations)
    chosen = {name: view.readings[name] for name in outcome.depends}
    allowed = found.answer is Answer.ALLOWED
    return Decision(
        level, found.answer, code, message, "; ".join(cited),
        tuple(row.id for row in (*found.rows, *presumed)),
        found.extent, needs,
        tuple(f"{row.sentence.format(**names)} [{row.cite}]" for row in conditions)
        if allowed else (),
        chosen,
    )  # fmt: skip
