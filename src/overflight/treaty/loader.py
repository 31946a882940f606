"""Find a regime by name or folder, read it, check it, and hand out the frozen treaty.

This room is the only reader of ``data/``. A treaty once read is kept until one of its files
changes.
"""

from __future__ import annotations

import tomllib
from collections import OrderedDict
from dataclasses import replace
from pathlib import Path

from overflight.errors import DataError
from overflight.treaty.build import build
from overflight.treaty.crosscheck import Regime, check_shape, check_together, sound
from overflight.treaty.model import Treaty
from overflight.treaty.overlay import lay_over
from overflight.treaty.problems import Problem, did_you_mean
from overflight.treaty.rows import forget_lines, read_folder

__all__ = ["DATA", "Treaty", "available_treaties", "default_treaty", "load_treaty"]

DATA = Path(__file__).resolve().parent.parent / "data"
"""The data that comes with overflight."""

SHARED_AIRCRAFT = DATA / "aircraft"
"""Aircraft that any regime may designate."""

_KEPT = 16
_Stamp = tuple[tuple[str, int, int], ...]
_kept: OrderedDict[tuple[Path, Path | None, _Stamp], Treaty] = OrderedDict()


def available_treaties() -> tuple[str, ...]:
    """Names of the regimes that come with overflight."""
    return tuple(sorted(file.parent.name for file in DATA.glob("treaties/*/treaty.toml")))


def default_treaty() -> str:
    """The regime that a command means when none is named: data/defaults.toml."""
    return str(tomllib.loads((DATA / "defaults.toml").read_text(encoding="utf-8"))["treaty"])


def load_treaty(name_or_path: str | Path, overlay: str | Path | None = None) -> Treaty:
    """The regime of that name, or in that folder, with a private folder laid over it.

    Raises DataError, with file and line, for the first mistake in the files.
    """
    folder = find_folder(name_or_path)
    private = None if overlay is None else find_overlay(overlay)
    key = (folder, private, _stamp(folder) + (_stamp(private) if private else ()))
    if key in _kept:
        _kept.move_to_end(key)
        return _kept[key]
    regime, problems = gather(folder, private)
    if problems:
        raise problems[0].error(more=len(problems) - 1)
    treaty = build(
        regime, overlay_used=private is not None, aircraft=aircraft_layers(folder, private)
    )
    _kept[key] = treaty
    while len(_kept) > _KEPT:
        _kept.popitem(last=False)
    return treaty


def find_folder(name_or_path: str | Path) -> Path:
    """The folder of a regime. Raises DataError when there is none."""
    text = str(name_or_path)
    if text in available_treaties():
        return DATA / "treaties" / text
    path = Path(text).expanduser()
    if path.is_dir():
        return path.resolve()
    if path.exists():
        raise DataError(
            "a regime is a folder, and this is a file",
            file=text,
            remedy="Name the folder in which treaty.toml lies.",
        )
    raise DataError(
        f"there is no regime named {text!r}, and no folder of that name",
        remedy=did_you_mean(text, available_treaties())
        + " 'overflight treaty new DIR' starts a new one.",
    )


def find_overlay(overlay: str | Path) -> Path:
    """The overlay's folder. Raises DataError when there is none, or nothing in it to read."""
    path = Path(overlay).expanduser()
    if not path.is_dir():
        raise DataError(
            "the overlay is not a folder",
            file=path,
            remedy="Give --overlay a folder of TOML files of the same names as the regime's.",
        )
    if not any(path.glob("*.toml")) and not any(path.glob("aircraft/*.toml")):
        raise DataError(
            "the overlay holds no TOML file",
            file=path,
            remedy="Put the private rows in files of the same names, e.g. airfields.toml.",
        )
    return path.resolve()


def gather(folder: Path, overlay: Path | None) -> tuple[Regime, list[Problem]]:
    """All rows of a regime, the overlay's among them, and every mistake found in them.

    Rows are held against one another also where some of them are broken; only a file that
    cannot be read at all, or is of no known name, keeps that from being done.
    """
    forget_lines()
    tables, problems = read_folder(folder, private=False)
    unread = bool(problems)
    problems += check_shape(tables)
    good, broken = sound(tables)
    if overlay is not None:
        above, more = read_folder(overlay, private=True)
        unread = unread or bool(more)
        problems += more
        problems += check_shape(above, tables)
        over, bad = sound(above, tables)
        good = lay_over(good, over)
        broken = {name: [*broken.get(name, []), *bad.get(name, [])] for name in {*broken, *bad}}
    regime = Regime(good, folder, broken)
    if not unread:
        problems += check_together(regime)
    elif not regime.rows("treaty.toml/treaty") and not (folder / "treaty.toml").exists():
        problems.append(
            Problem(str(folder / "treaty.toml"), None, "the file is missing", "Write it.")
        )
    return replace(regime, unread=unread), problems


def aircraft_layers(folder: Path, overlay: Path | None) -> tuple[tuple[Path, bool], ...]:
    """Folders of aircraft files, the public ones first; whether each is private."""
    layers = [(SHARED_AIRCRAFT, False), (folder / "aircraft", False)]
    if overlay is not None:
        layers.append((overlay / "aircraft", True))
    return tuple(layer for layer in layers if layer[0].is_dir())


def _stamp(folder: Path) -> _Stamp:
    """Changes when a file of the folder does."""
    stats = ((file.name, file.stat()) for file in sorted(folder.glob("*.toml")))
    return tuple((name, stat.st_mtime_ns, stat.st_size) for name, stat in stats)
