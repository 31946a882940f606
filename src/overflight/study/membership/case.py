"""A case that somebody argued: its acts, its clocks, and each of its claims with what was found.

A case is a TOML file. What can be computed from the treaty data is computed, and a claim that says
what to compute is held against that; the verdicts on the others are the author's, with sources.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from overflight.errors import DataError, OverflightError
from overflight.files import read_bounded
from overflight.formats.strict_json import decode_utf8
from overflight.study.membership.acts import EXIT, Act, notice_day, read_act
from overflight.study.membership.exits import Comparison, Given, compare
from overflight.treaty.model import Treaty
from overflight.treaty.view import TreatyView

VERDICTS = ("agrees", "imprecise", "disagrees", "overtaken", "opinion", "not checked", "possible")


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement of the case. ``computed`` is what the treaty data say, where the claim names a
    check; ``holds`` whether that is what it should be."""

    number: int
    text: str
    verdict: str
    why: str
    sources: tuple[str, ...]
    computed: str = ""
    holds: bool | None = None


@dataclass(frozen=True, slots=True)
class Clock:
    """An exit and its days, counted from the notice really given, or from the last day for one."""

    state: str
    notice: dt.date
    given: bool
    effective: dt.date
    conference: tuple[dt.date, dt.date] | None


@dataclass(frozen=True, slots=True)
class Case:
    """The case worked through."""

    title: str
    source: str
    treaty: str
    on: dt.date
    clocks: tuple[Clock, ...]
    comparison: Comparison
    continues: tuple[str, ...]
    claims: tuple[Claim, ...]

    @property
    def wrong(self) -> tuple[Claim, ...]:
        """Claims whose check gave something else than the case says it should."""
        return tuple(claim for claim in self.claims if claim.holds is False)


def read_case(path: Path, treaties: Mapping[str, Treaty], given: Given | None = None) -> Case:
    """Work through the case of a file. ``treaties``: those that it may name, by id.

    Raises DataError, with what to change, for a file that is no case.
    """
    data = _read(path)
    head = _table(data, "case", path)
    main = str(head.get("treaty", ""))
    if main not in treaties:
        raise DataError(
            f"the case names no treaty that is known ({main!r})",
            file=path,
            remedy=f"Write treaty = one of {', '.join(sorted(treaties))}.",
        )
    on = head.get("on")
    if not isinstance(on, dt.date):
        raise DataError("the case has no day", file=path, remedy="Write on = 2021-12-18.")
    treaty = treaties[main]
    acts = [read_act(str(text)) for text in head.get("acts", ())]
    claims = tuple(
        _claim(row, number, treaties, path)
        for number, row in enumerate(data.get("claim", ()), start=1)
    )
    return Case(
        str(head.get("title", path.stem)),
        str(head.get("source", "")),
        main,
        on,
        tuple(_clock(treaty, act) for act in acts if act.kind == EXIT),
        compare(treaty, acts, on, given=given),
        _continues(treaty, on),
        claims,
    )


def _read(path: Path) -> Mapping[str, Any]:
    try:
        return tomllib.loads(decode_utf8(read_bounded(path), str(path)))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise DataError(str(error), file=path, remedy="Mend the TOML there.") from None


def _table(data: Mapping[str, Any], name: str, path: Path) -> Mapping[str, Any]:
    found = data.get(name)
    if not isinstance(found, Mapping):
        raise DataError(f"there is no [{name}]", file=path, remedy=f"Begin with [{name}].")
    return found


def _clock(treaty: Treaty, act: Act) -> Clock:
    events = [
        e
        for e in treaty.events
        if e.state == act.state and e.kind == "notice-of-withdrawal" and e.effective == act.on
    ]
    given = bool(events and events[0].date)
    notice = events[0].date if events and events[0].date else notice_day(treaty.withdrawal, act.on)
    days = treaty.withdrawal.conference_days
    window = None
    if days is not None:
        window = notice + dt.timedelta(days=days[0]), notice + dt.timedelta(days=days[1])
    return Clock(act.state, notice, given, act.on, window)


def _continues(treaty: Treaty, on: dt.date) -> tuple[str, ...]:
    view = treaty.on(on)
    lines = [
        f"{treaty.short} {'is' if view.in_force else 'is not'} in force on {on}, "
        f"with {len(view.states_parties)} States Parties.",
    ]
    if view.leaving:
        lines.append(f"Leaving: {', '.join(s.state for s in view.leaving)}.")
    return tuple(lines)


def _claim(
    row: Mapping[str, Any], number: int, treaties: Mapping[str, Treaty], path: Path
) -> Claim:
    verdict, text = str(row.get("verdict", "")), str(row.get("text", ""))
    if verdict not in VERDICTS or not text:
        raise DataError(
            f"claim {number} has no text, or its verdict {verdict!r} is none that is known",
            file=path,
            remedy=f"Give text, and as verdict one of: {', '.join(VERDICTS)}.",
        )
    computed, holds = _computed(row.get("check"), treaties, path)
    sources = tuple(str(s) for s in row.get("sources", ()))
    return Claim(number, text, verdict, str(row.get("why", "")), sources, computed, holds)


def _computed(check: Any, treaties: Mapping[str, Treaty], path: Path) -> tuple[str, bool | None]:
    """What the data say to ``{treaty, on, ask, equals}``, and whether it equals that."""
    if check is None:
        return "", None
    if not isinstance(check, Mapping) or check.get("ask") not in _QUESTIONS:
        raise DataError(
            f"a claim's check asks {check!r}",
            file=path,
            remedy=f"Ask one of: {', '.join(_QUESTIONS)}.",
        )
    treaty = treaties.get(str(check.get("treaty", "")))
    if treaty is None or not isinstance(check.get("on"), dt.date):
        raise DataError(
            "a claim's check names no treaty that is known, or no day",
            file=path,
            remedy="Write check = { treaty = ..., on = 2021-12-18, ask = ..., equals = ... }.",
        )
    try:
        found = _QUESTIONS[check["ask"]](treaty.on(check["on"]), check)
    except OverflightError as error:
        return error.message, None
    said = check.get("equals")
    return f"{check['ask']} on {check['on']}: {found}", None if said is None else found == said


def _parties(view: TreatyView, _: Mapping[str, Any]) -> int:
    return len(view.states_parties)


def _named(view: TreatyView, _: Mapping[str, Any]) -> int:
    """States that signed or acceded by the day, whatever became of them."""
    kinds = {"signature", "accession", "succession", "ratification"}
    return len({e.state for e in view.treaty.events if e.kind in kinds and e.earliest <= view.on})


def _standing(view: TreatyView, check: Mapping[str, Any]) -> str:
    status = view.status(str(check.get("state", "")))
    return "suspended" if status.suspended is not None else status.standing


def _left(view: TreatyView, check: Mapping[str, Any]) -> str:
    return str(view.status(str(check.get("state", ""))).left)


def _in_force(view: TreatyView, _: Mapping[str, Any]) -> bool:
    return view.in_force


def _signed(view: TreatyView, _: Mapping[str, Any]) -> int:
    return view.treaty.signed.year


_QUESTIONS: Mapping[str, Any] = {
    "parties": _parties,
    "states-that-signed-or-joined": _named,
    "standing": _standing,
    "left": _left,
    "in-force": _in_force,
    "year-signed": _signed,
}


def claims_by_verdict(claims: Sequence[Claim]) -> dict[str, int]:
    """How many claims of each verdict."""
    return {v: n for v in VERDICTS if (n := sum(c.verdict == v for c in claims))}
