"""Which files a mosaic is made of: frames that were named, or those of a folder of process."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from overflight.errors import DataError
from overflight.files import read_bounded
from overflight.imagery.mosaic.beside import Neighbourhood
from overflight.imagery.mosaic.sheets import Sheet, read_sheet
from overflight.imagery.process.gather import gathered

_FRAMES, _PROCESSED = "frames", "processed.json"


def sheets_of(given: Sequence[Path], leg: int | None = None) -> tuple[Sheet, ...]:
    """The sheets, in natural order. ``leg``, from 1, takes the frames of one leg of a folder that
    ``imagery process`` wrote. Raises DataError where there are none."""
    paths = gathered(_files(given, leg))
    around = Neighbourhood()
    return tuple(read_sheet(name, path, around.marks(path)) for name, path in paths.items())


def _files(given: Iterable[Path], leg: int | None) -> list[Path]:
    files: list[Path] = []
    for path in given:
        told = path / _PROCESSED
        if path.is_dir() and told.is_file():
            files += _of_folder(path, told, leg)
        elif leg is not None:
            raise DataError(
                "which leg this was taken on is not known",
                file=path,
                remedy="Name the folder that imagery process wrote, or leave --leg out.",
            )
        elif path.is_dir():
            files += [p for p in gathered([path]).values() if not p.stem.endswith(".sources")]
        else:
            files.append(path)
    return files


def _of_folder(folder: Path, told: Path, leg: int | None) -> list[Path]:
    try:
        document: Any = json.loads(read_bounded(told))
        frames = [(str(f["copy"]), f.get("leg")) for f in document["frames"]]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise DataError(
            "this is not what imagery process wrote", file=told, remedy="Process the frames anew."
        ) from None
    wanted = [name for name, of in frames if leg is None or of == leg]
    if any(Path(name).name != name for name in wanted):
        raise DataError(
            "a frame is named outside the folder", file=told, remedy="Process the frames anew."
        )
    if not wanted:
        legs = sorted({of for _, of in frames if isinstance(of, int)})
        have = f"legs {', '.join(map(str, legs))}" if legs else "none whose leg is known"
        raise DataError(
            "no frame is of that leg" if leg is not None else "there is no frame",
            file=told,
            remedy=f"There are {have}; a leg is known where a plan was flown by a track.",
        )
    return [folder / _FRAMES / name for name in wanted]
