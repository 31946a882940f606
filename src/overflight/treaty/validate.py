"""Everything that is wrong with a regime's folder, each mistake with file, line and remedy."""

from __future__ import annotations

from pathlib import Path

from overflight.errors import DataError
from overflight.treaty.aircraft import Layers, aircraft_problems
from overflight.treaty.build import build
from overflight.treaty.cite import sources_of
from overflight.treaty.crosscheck import Regime
from overflight.treaty.loader import aircraft_layers, find_folder, find_overlay, gather
from overflight.treaty.problems import Problem

__all__ = ["Problem", "validate"]


def validate(name_or_path: str | Path, overlay: str | Path | None = None) -> tuple[Problem, ...]:
    """All mistakes in the files of a regime (and of an overlay on it), in order of place.

    Empty: the regime can be loaded. Whether the predicates that its rules name exist is for
    ``rules.bindings.problems`` to say. Raises DataError when there is no such folder.
    """
    folder = find_folder(name_or_path)
    private = None if overlay is None else find_overlay(overlay)
    regime, problems = gather(folder, private)
    layers = aircraft_layers(folder, private)
    if not problems:
        sources = sources_of(regime.rows("sources.toml/source"))
        categories = regime.names("sensors.toml/category", "id")
        own = [layer for layer, _ in layers if layer.parent in (folder, private)]
        problems += aircraft_problems(layers, own, categories, sources)
    if not problems:
        problems += _cannot_build(regime, layers)
    return tuple(sorted(problems, key=lambda p: (p.file, p.line or 0)))


def _cannot_build(regime: Regime, layers: Layers) -> list[Problem]:
    """The last line: what only shows when the model is made."""
    try:
        build(regime, overlay_used=False, aircraft=layers)
    except DataError as error:
        return [Problem(error.file or str(regime.folder), error.line, error.message, error.remedy)]
    return []
