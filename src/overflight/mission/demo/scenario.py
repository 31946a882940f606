"""What the demo asks: a scenario file, so that no party, place or day is named in code."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from overflight.errors import DataError
from overflight.files import read_bounded
from overflight.formats.strict_json import decode_utf8
from overflight.mission.demo.telling import Story
from overflight.treaty.loader import Treaty
from overflight.treaty.view import TreatyView

_TABLES = ("mission", "sites", "step", "flight", "pictures", "archive", "question")
_FILES = (("mission", "treaty"), ("mission", "hazards"), ("sites", "file"))
_SCENARIO = Path(__file__).parents[2] / "data" / "scenarios" / "demo.toml"


@dataclass(frozen=True, slots=True)
class Stage:
    """What all chapters share: the scenario, the regime on the day, the story, where files go."""

    scenario: dict[str, Any]
    treaty: Treaty
    view: TreatyView
    story: Story
    out: Path

    @property
    def mission(self) -> dict[str, Any]:
        """The scenario's table [mission]."""
        found: dict[str, Any] = self.scenario["mission"]
        return found

    @property
    def marks(self) -> tuple[str, ...]:
        """What every document of the mission says of itself."""
        return tuple(self.mission.get("marks", ()))


def load_scenario(path: Path = _SCENARIO) -> dict[str, Any]:
    """The scenario file; files that it names stand relative to it. Raises DataError."""
    try:
        scenario = tomllib.loads(decode_utf8(read_bounded(path), str(path)))
    except tomllib.TOMLDecodeError as error:
        raise DataError(f"this is not TOML: {error}", file=path, remedy="Correct it.") from None
    missing = [name for name in _TABLES if name not in scenario]
    if missing:
        raise DataError(
            f"a scenario without [{missing[0]}]", file=path,
            remedy="Begin with the one of examples/flood, and change it.",
        )  # fmt: skip
    for table, key in _FILES:
        named = scenario[table].get(key)
        if named and (path.parent / named).exists():
            scenario[table][key] = str((path.parent / named).resolve())
    return scenario
