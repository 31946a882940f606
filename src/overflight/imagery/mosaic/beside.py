"""What lies beside a rectified frame and says that it was simulated, or is of an exercise: its
annotation, its STAC item. A file that lost its tags on the way does not lose its mark so."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from overflight.errors import DataError, OverflightError
from overflight.files import read_bounded
from overflight.terms.track import SIMULATED

_WORDS = (SIMULATED, "EXERCISE")
_SIDECAR = ".annotation.json"
_LARGEST = 16 * 2**20


class Neighbourhood:
    """The documents beside frames, each folder looked through once."""

    def __init__(self) -> None:
        self._folders: dict[Path, dict[str, set[str]]] = {}

    def marks(self, path: Path) -> tuple[str, ...]:
        """The marks that are said of the frame in the file ``path``. Documents that are not ours
        are passed over. Raises DataError for an annotation of it that cannot be read."""
        folder = path.parent.resolve()
        if folder not in self._folders:
            self._folders[folder] = _items(folder)
        found = set(self._folders[folder].get(path.name, ()))
        sidecar = path.with_name(path.stem + _SIDECAR)
        if sidecar.is_file():
            found |= _marks(_document(sidecar, must=True))
        return tuple(sorted(found))


def _items(folder: Path) -> dict[str, set[str]]:
    """The marks in the STAC items of a folder, by the names of the files that these describe."""
    by_name: dict[str, set[str]] = {}
    for path in sorted(folder.glob("*.json")):
        if path.name.endswith(_SIDECAR):
            continue
        document = _document(path, must=False)
        assets = document.get("assets")
        if document.get("type") != "Feature" or not isinstance(assets, dict):
            continue
        for asset in assets.values():
            href = asset.get("href") if isinstance(asset, dict) else None
            if isinstance(href, str):
                by_name.setdefault(href.removeprefix("./"), set()).update(_marks(document))
    return by_name


def _document(path: Path, *, must: bool) -> Mapping[str, Any]:
    try:
        document = json.loads(read_bounded(path, limit=_LARGEST))
    except (OverflightError, OSError, ValueError, RecursionError) as error:
        if not must:
            return {}
        raise DataError(
            f"what is said of the frame cannot be read ({type(error).__name__})",
            file=path,
            remedy="Mend or remove it: it may say that the frame was simulated.",
        ) from None
    return document if isinstance(document, dict) else {}


def _marks(document: Mapping[str, Any]) -> set[str]:
    properties = document.get("properties")
    inner = properties if isinstance(properties, dict) else {}
    lists = [document.get("marks"), inner.get("overflight:marks"), inner.get("marks")]
    said = [str(mark) for marks in lists if isinstance(marks, list) for mark in marks]
    said += [str(inner.get(key, "")) for key in ("title", "description")]
    text = " ".join(said)
    return {word for word in _WORDS if word in text}
