"""Which files are frames, and what each is called in the results."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from overflight.errors import DataError

ENDINGS = frozenset({".jpg", ".jpeg", ".tif", ".tiff", ".png", ".bmp"})


def gathered(given: Iterable[Path]) -> Mapping[str, Path]:
    """Frames by name, in natural order (frame 9 before frame 10).

    Of a folder its pictures are taken, not those of folders in it. A name is the file's without
    its ending, or with it where two files differ in nothing else. Raises DataError where there is
    no such file, no picture in a folder, or two different files of one name.
    """
    files: list[Path] = []
    for path in given:
        if path.is_dir():
            inside = sorted(p for p in path.iterdir() if _is_picture(p))
            if not inside:
                raise DataError(
                    "there is no picture in this folder",
                    file=path,
                    remedy=f"Name a folder with {', '.join(sorted(ENDINGS))} files, or the files.",
                )
            files += inside
        elif path.exists():
            files.append(path)
        else:
            raise DataError("there is no such file", file=path, remedy="Check the path.")
    unique = list({path.resolve(): path for path in files}.values())
    stems: dict[str, int] = {}
    for path in unique:
        stems[path.stem.lower()] = stems.get(path.stem.lower(), 0) + 1
    named: dict[str, Path] = {}
    for path in unique:
        name = path.stem if stems[path.stem.lower()] == 1 else path.name.replace(".", "_")
        if name.lower() in {taken.lower() for taken in named}:
            raise DataError(
                f"two frames are called {name}",
                file=path,
                remedy="Process the folders one after another, each with an --out of its own.",
            )
        named[name] = path
    return dict(sorted(named.items(), key=lambda item: natural(item[0])))


def natural(name: str) -> tuple[tuple[int, int, str], ...]:
    """A key to sort by in which numbers count as numbers."""
    parts = re.split(r"(\d+)", name.lower())
    return tuple((0, int(p), "") if p.isdecimal() else (1, 0, p) for p in parts)


def _is_picture(path: Path) -> bool:
    return path.is_file() and path.suffix.lower() in ENDINGS and not path.name.startswith(".")
