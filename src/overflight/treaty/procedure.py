"""The processes of a regime: made from the rows of procedure.toml, and held together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from overflight.terms.procedure import (
    ANYBODY,
    Actor,
    Case,
    Clock,
    Conditions,
    Fact,
    Limit,
    Move,
    Phase,
    Process,
    Without,
)
from overflight.terms.values import Status
from overflight.treaty.cite import Citer
from overflight.treaty.problems import Problem, did_you_mean
from overflight.treaty.rows import Row

if TYPE_CHECKING:
    from overflight.treaty.crosscheck import Regime

_CLOCK_KEYS = {"mark", "plus", "minus", "calendar", "year", "longer", "by"}
_CLOCK_KEYS |= {"day", "instead", "again", "most", "without"}


def build_process(row: Row, cite: Citer) -> Process:
    """A process from its row, which ``procedure_problems`` found sound."""
    data = row.data
    return Process(
        id=data["id"],
        title=data["title"],
        begins=data["begins"],
        roles=tuple(data["roles"]),
        phases=tuple(
            Phase(r.data["id"], r.data["title"], r.data.get("final", False))
            for r in row.nested.get("phase", ())
        ),
        facts=tuple(
            Fact(
                r.data["name"],
                r.data["words"],
                tuple(r.data["values"]),
                tuple(r.data.get("settled", ())),
            )
            for r in row.nested.get("fact", ())
        ),
        actors=tuple(
            Actor(r.data["name"], r.data["fact"], r.data.get("other", False))
            for r in row.nested.get("actor", ())
        ),
        moves=tuple(_move(child, cite) for child in row.nested.get("move", ())),
        limits=tuple(_limit(child, cite) for child in row.nested.get("limit", ())),
        citations=cite(row),
        stops=tuple(data.get("stops", ())),
        dated_by=data.get("dated_by", ""),
        joins=data.get("joins", "over"),
        note=data.get("note", ""),
    )


def conditions(said: Mapping[str, Any]) -> Conditions:
    """Fact -> values, from a table whose values are a text or a list of texts."""
    return MappingProxyType(
        {name: (v,) if isinstance(v, str) else tuple(v) for name, v in said.items()}
    )


def _move(row: Row, cite: Citer) -> Move:
    data = row.data
    return Move(
        id=data["id"],
        title=data["title"],
        by=data["by"],
        must=data["kind"] == "must",
        phases=tuple(data["from"]),
        citations=cite(row),
        to=data.get("to", ""),
        mark=data.get("mark", ""),
        needs=tuple(data.get("needs", ())),
        unless=tuple(data.get("unless", ())),
        clears=tuple(data.get("clears", ())),
        missed=tuple(data.get("missed", ())),
        agreement=data.get("agreement", ""),
        when=conditions(data.get("when", {})),
        takes=tuple(data.get("takes", ())),
        requires=tuple(data.get("requires", ())),
        only_to=conditions(data.get("only_to", {})),
        instants=tuple(data.get("instants", ())),
        instants_optional=data.get("instants_optional", False),
        sets=MappingProxyType(dict(data.get("sets", {}))),
        cases=tuple(
            Case(
                conditions(r.data["when"]),
                r.data.get("to", ""),
                MappingProxyType(dict(r.data.get("sets", {}))),
            )
            for r in row.nested.get("case", ())
        ),
        document=data.get("document", ""),
        content=MappingProxyType({k: str(v) for k, v in data.get("content", {}).items()}),
        verb=data.get("verb", ""),
        of_agreement=data.get("of_agreement", False),
        status=Status(data.get("status", "enacted")),
        note=data.get("note", ""),
    )


def _limit(row: Row, cite: Citer) -> Limit:
    data = row.data
    clock = data.get("due") or data.get("not_before")
    return Limit(
        id=data["id"],
        what=data["what"],
        owner=data["owner"],
        ends=tuple(data["ends"]),
        citations=cite(row),
        clock=None if clock is None else _clock(clock),
        earliest="not_before" in data,
        begins=data.get("begins", ""),
        at_once=data.get("at_once", False),
        when=conditions(data.get("when", {})),
        agreement=data.get("agreement", ""),
        outlives=data.get("outlives", False),
        severity=data.get("severity", "breach"),
        if_not=data["if_not"],
        note=data.get("note", ""),
    )


def _clock(said: Mapping[str, Any]) -> Clock:
    lists: dict[str, Any] = {
        "again": tuple(said.get("again", ())),
        "without": tuple(Without(**part) for part in said.get("without", ())),
    }
    return Clock(**{**said, **lists})


def procedure_problems(regime: Regime) -> Iterator[Problem]:
    """What is wrong between the rows of procedure.toml, or in what they name elsewhere."""
    deadlines = regime.names("deadlines.toml/value", "id") | regime.names("values.toml/value", "id")
    documents = regime.names("messages.toml/message", "id")
    for row in regime.rows("procedure.toml/process"):
        yield from _Checks(row, deadlines, documents).problems()


class _Checks:
    """One process and the names that it declares."""

    def __init__(self, row: Row, deadlines: set[str], documents: set[str]) -> None:
        self.row, self.deadlines, self.documents = row, deadlines, documents
        self.phases = self._ids("phase", "id")
        self.facts: dict[str, list[str]] = {
            r.data["name"]: r.data["values"] for r in row.nested.get("fact", ())
        }
        self.actors = self._ids("actor", "name")
        self.limits = self._ids("limit", "id")
        self.roles = set(row.data["roles"])
        self.marks = {
            mark
            for r in row.nested.get("move", ())
            for mark in (r.data.get("mark", ""), *r.data.get("instants", ()))
            if mark
        }

    def _ids(self, table: str, key: str) -> set[str]:
        return {r.data[key] for r in self.row.nested.get(table, ())}

    def problems(self) -> Iterator[Problem]:
        for table, key in (("phase", "id"), ("fact", "name"), ("move", "id"), ("limit", "id")):
            yield from self._twice(table, key)
        yield from _unknown(self.row, "begins", [self.row.data["begins"]], self.phases, "phase")
        yield from _unknown(self.row, "stops", self.row.data.get("stops", ()), self.marks, "mark")
        if not any(r.data.get("final") for r in self.row.nested.get("phase", ())):
            yield self.row.problem("the process has no end", "Give a phase final = true.")
        for fact in self.row.nested.get("fact", ()):
            known = set(fact.data["values"])
            yield from _unknown(fact, "settled", fact.data.get("settled", ()), known, "value")
        for actor in self.row.nested.get("actor", ()):
            yield from _unknown(actor, "fact", [actor.data["fact"]], set(self.facts), "fact")
            if actor.data.get("other") and len(self.roles) != 2:
                yield actor.problem("'other' needs exactly two roles", "Take it out.", "other")
        for move in self.row.nested.get("move", ()):
            yield from self._move(move)
        for limit in self.row.nested.get("limit", ()):
            yield from self._limit(limit)

    def _twice(self, table: str, key: str) -> Iterator[Problem]:
        seen: set[str] = set()
        for r in self.row.nested.get(table, ()):
            if r.data[key] in seen:
                yield r.problem(f"there are two {table}s {r.data[key]!r}", "Rename one.", key)
            seen.add(r.data[key])

    def _move(self, row: Row) -> Iterator[Problem]:
        data, facts = row.data, set(self.facts)
        yield from _unknown(row, "from", data["from"], self.phases, "phase")
        yield from _unknown(row, "to", [data["to"]] if "to" in data else [], self.phases, "phase")
        yield from _unknown(row, "by", [data["by"]], self._people(), "role")
        for key in ("needs", "unless", "clears"):
            yield from _unknown(row, key, data.get(key, ()), self.marks, "mark")
        yield from _unknown(row, "missed", data.get("missed", ()), self.limits, "limit")
        for key in ("takes", "requires"):
            yield from _unknown(row, key, data.get(key, ()), facts, "fact")
        for key in ("when", "only_to", "sets"):
            yield from self._conditions(row, key)
        for case in row.nested.get("case", ()):
            to = [case.data["to"]] if "to" in case.data else []
            yield from _unknown(case, "to", to, self.phases, "phase")
            for key in ("when", "sets"):
                yield from self._conditions(case, key)
        if "content" in data and "document" not in data:
            yield row.problem("a content without a message", "Add document = its type.", "content")
        if "document" in data:
            yield from _unknown(row, "document", [data["document"]], self.documents, "message")
        if data["kind"] == "must" and "mark" not in data:
            yield row.problem("what must be done leaves no mark", "Add mark = its name.", "kind")

    def _people(self) -> set[str]:
        return self.roles | self.actors | set(ANYBODY)

    def _conditions(self, row: Row, key: str) -> Iterator[Problem]:
        for name, said in row.data.get(key, {}).items():
            if name not in self.facts:
                yield from _unknown(row, key, [name], set(self.facts), "fact")
                continue
            values = [said] if isinstance(said, str) else said
            if not isinstance(values, list) or (key == "sets" and not isinstance(said, str)):
                yield row.problem(f"{key} cannot say {name} = {said!r}", "Name a value.", key)
                continue
            yield from _unknown(row, key, values, set(self.facts[name]), f"value of {name}")

    def _limit(self, row: Row) -> Iterator[Problem]:
        data = row.data
        yield from _unknown(row, "owner", [data["owner"]], self._people(), "role")
        yield from _unknown(row, "ends", data["ends"], self.marks, "mark")
        begins = [data["begins"]] if "begins" in data else []
        yield from _unknown(row, "begins", begins, self.marks, "mark")
        yield from self._conditions(row, "when")
        given = [key for key in ("due", "not_before") if key in data]
        if len(given) > 1:
            yield row.problem("both due and not_before", "Keep one of them.", given[0])
        if data.get("at_once") and ("not_before" in given or set(data.get("due", ())) - {"mark"}):
            yield row.problem(
                "what is due at once has no other time",
                "Take it out, or write due = { mark = what it must come before }.",
                "at_once",
            )
        if not given and "begins" not in data:
            yield row.problem("nothing begins this limit", "Add due, or begins = a mark.")
        for key in given:
            yield from self._clock(row, key)

    def _clock(self, row: Row, key: str) -> Iterator[Problem]:
        clock: dict[str, Any] = row.data[key]
        yield from _unknown(row, key, clock, _CLOCK_KEYS, "key")
        if sum(name in clock for name in ("mark", "calendar", "day")) != 1:
            yield row.problem(f"{key} has no clock", "Write { mark = ... } or { calendar = }.", key)
        if ("longer" in clock or "again" in clock) != ("by" in clock):
            yield row.problem(
                "'longer' or 'again' go together with 'by'", "Give both or none.", key
            )
        if not isinstance(clock.get("year", 0), int):
            yield row.problem("'year' is a whole number", "Write -1 for the year before.", key)
        marks = [clock[k] for k in ("mark", "longer", "instead") if k in clock]
        spans = [clock[k] for k in ("plus", "minus", "calendar", "by", "most", "day") if k in clock]
        again, without = clock.get("again", []), clock.get("without", [])
        wanted = 'Write again = ["MARK"], without = [{ begins = "MARK", ends = "MARK" }].'
        if isinstance(again, list) and isinstance(without, list):
            marks += again
            for part in without:
                if not isinstance(part, dict) or set(part) - {"over"} != {"begins", "ends"}:
                    yield row.problem("what the clock leaves out is not clear", wanted, key)
                    continue
                marks += [part["begins"], part["ends"]]
                spans += [part["over"]] if "over" in part else []
        else:
            yield row.problem("'again' and 'without' are lists", wanted, key)
        yield from _unknown(row, key, marks, self.marks, "mark")
        yield from _unknown(row, key, spans, self.deadlines, "deadline")


def _unknown(
    row: Row, key: str, named: Iterable[Any], known: set[str], what: str
) -> Iterator[Problem]:
    for name in named:
        if name not in known:
            remedy = did_you_mean(str(name), known, f"Declare the {what}.")
            yield row.problem(f"there is no {what} {name!r}", remedy, key)
