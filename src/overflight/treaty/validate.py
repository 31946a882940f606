"""Everything that is wrong with a regime's folder, each mistake with file, line and remedy."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from pathlib import Path

from overflight.errors import DataError
from overflight.treaty.aircraft import Layers, aircraft_problems
from overflight.treaty.build import build
from overflight.treaty.cite import sources_of
from overflight.treaty.crosscheck import Regime
from overflight.treaty.loader import aircraft_layers, find_folder, find_overlay, gather
from overflight.treaty.model import Treaty
from overflight.treaty.problems import Problem
from overflight.treaty.rows import Row, Tables

__all__ = ["Problem", "Validation", "inspect", "validate"]

_SOUND_FOR_AIRCRAFT = ("sources.toml", "sensors.toml")
_MUST_BE_SOUND = ("rules.toml", "sensors.toml", "readings.toml")
_VALUES = ("values.toml/value", "deadlines.toml/value")
_BINDING_FILES = (*_MUST_BE_SOUND, "values.toml", "deadlines.toml")


@dataclass(frozen=True, slots=True)
class Validation:
    """Mistakes in order of place.

    ``bindings``: a treaty with at least the rules, and all that they may name, for
    ``rules.bindings.problems``; None where too much is broken to make one. ``complete`` is
    false where some checks could not be run before these mistakes are mended.
    """

    problems: tuple[Problem, ...]
    bindings: Treaty | None
    complete: bool


def validate(name_or_path: str | Path, overlay: str | Path | None = None) -> tuple[Problem, ...]:
    """All mistakes in the files of a regime (and of an overlay on it), in order of place.

    Empty: the regime can be loaded. Whether the predicates that its rules name exist is for
    ``rules.bindings.problems`` to say. Raises DataError when there is no such folder.
    """
    return inspect(name_or_path, overlay).problems


def inspect(name_or_path: str | Path, overlay: str | Path | None = None) -> Validation:
    """The mistakes, and what further checks can rest on. Every check that can run is run."""
    folder = find_folder(name_or_path)
    private = None if overlay is None else find_overlay(overlay)
    regime, problems = gather(folder, private)
    layers = aircraft_layers(folder, private)
    complete = not regime.unread
    if not regime.unread and not _broken(regime, _SOUND_FOR_AIRCRAFT):
        sources = sources_of(regime.rows("sources.toml/source"))
        categories = regime.names("sensors.toml/category", "id")
        own = [layer for layer, _ in layers if layer.parent in (folder, private)]
        problems += aircraft_problems(layers, own, categories, sources)
    else:
        complete = complete and not any(layer.parent in (folder, private) for layer, _ in layers)
    bindings: Treaty | None = None
    if not problems:
        try:
            bindings = build(regime, overlay_used=private is not None, aircraft=layers)
        except DataError as error:  # the last line: what only shows when the model is made
            where = error.file or str(regime.folder)
            problems.append(Problem(where, error.line, error.message, error.remedy))
    else:
        bindings = _only_rules(regime, overlay_used=private is not None, layers=layers)
    ordered = tuple(sorted(problems, key=lambda p: (p.file, p.line or 0)))
    return Validation(ordered, bindings, complete and bindings is not None)


def _broken(regime: Regime, files: tuple[str, ...]) -> bool:
    return any(rows and table.split("/")[0] in files for table, rows in regime.broken.items())


def _only_rules(regime: Regime, *, overlay_used: bool, layers: Layers) -> Treaty | None:
    """The rules and what they name, as a treaty; None where one of these is broken.

    Whatever the rows cite is taken for a source: sources are held against them elsewhere.
    """
    heads = ("treaty.toml/treaty", "treaty.toml/entry_into_force")
    if regime.unread or _broken(regime, _MUST_BE_SOUND) or not all(map(regime.rows, heads)):
        return None
    tables: Tables = {
        name: rows
        for name, rows in regime.tables.items()
        if name in heads or name.split("/")[0] in _BINDING_FILES
    }
    for name in _VALUES:
        stand_ins = [_stand_in(row) for row in regime.broken.get(name, []) if _named(row)]
        tables[name] = [*tables.get(name, []), *stand_ins]
    cited = {text.split()[0] for rows in tables.values() for row in rows for text in _cites(row)}
    file = regime.folder / "sources.toml"
    tables["sources.toml/source"] = [
        Row({"id": id_, "title": id_, "kind": "assumed"}, file, ("source", number))
        for number, id_ in enumerate(sorted(cited))
    ]
    return build(replace(regime, tables=tables), overlay_used=overlay_used, aircraft=layers)


def _named(row: Row) -> bool:
    return isinstance(row.data.get("id"), str)


def _stand_in(row: Row) -> Row:
    """A value of that name, for rules to refer to, in place of a row with a mistake in it."""
    data = {"id": row.data["id"], "from": dt.date.min, "until": "open", "status": "unknown"}
    return replace(row, data=data, nested={})


def _cites(row: Row) -> list[str]:
    """Everything that the row, and the rows in it, cite."""
    own = [text for key, texts in row.data.items() if key.endswith("cite") for text in texts]
    return own + [text for rows in row.nested.values() for inner in rows for text in _cites(inner)]
