"""The flight folders that ``serve`` was told of: what lies in them, read anew when it changes.

A folder may hold what ``flight simulate`` writes, what ``imagery process`` writes, a mission plan,
a sealed bundle, or several of these. A picture is opened by the SHA-256 that its item states, and
where it lies in a bundle is looked for in all of the folders.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from overflight.errors import DataError, OverflightError

TRACK, SENSORS, DEVIATIONS, EXPOSURES = (
    "track.csv",
    "sensors.csv",
    "deviations.csv",
    "exposures.csv",
)
PLANS = ("plan.json", "mission-plan.json")
MOST_FRAMES = 20_000
_MOST_ITEM = 4_000_000
_ITEMS = (
    "frames/*.json",
    "stac/*.json",
    "stage-*/files/stac/*.json",
    "stage-*/files/frames/*.json",
)
_MULTIHASH = "1220"
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Sealed:
    """Where a file lies in a bundle that both Parties sealed."""

    bundle: str
    path: str
    role: str
    stage: int
    sealed_at: str
    root: str
    sha256: str


@dataclass(slots=True)
class Frames:
    """Items by their id, files by the SHA-256 that an item states of them."""

    stamp: tuple[object, ...] = ()
    items: dict[str, dict[str, Any]] = field(default_factory=dict)
    files: dict[str, Path] = field(default_factory=dict)
    skipped: int = 0


@dataclass(slots=True)
class Folder:
    """One of the folders, by the name that the page calls it."""

    name: str
    root: Path
    _frames: Frames = field(default_factory=Frames)
    _sealed: tuple[int, tuple[Sealed, ...]] = (0, ())

    def file(self, name: str) -> Path | None:
        """One of the files with a name of its own, if it is there."""
        path = self.root / name
        return path if path.is_file() else None

    @property
    def plan(self) -> Path | None:
        return next((found for name in PLANS if (found := self.file(name)) is not None), None)

    @property
    def exposed(self) -> bool:
        """Whether a frame was exposed; a simulation without frames writes none but the header."""
        path = self.file(EXPOSURES)
        if path is None:
            return False
        rows = 0
        with path.open("rb") as stream:
            while rows < 2 and (line := stream.readline(4096)):
                rows += bool(line.strip()) and not line.startswith(b"#")
        return rows == 2

    def sealed(self) -> tuple[Sealed, ...]:
        """Every file of the bundle that it is; none where it is no bundle."""
        stages = sum(1 for _ in self.root.glob("stage-*"))
        if stages != self._sealed[0]:
            self._sealed = stages, sealed_in(self.root)
        return self._sealed[1]

    def frames(self) -> Frames:
        """Its items; read again where there are others."""
        paths = list(self._item_paths())
        stamp = tuple((path, path.stat().st_mtime_ns) for path in paths)
        if stamp != self._frames.stamp:
            self._frames = self._read(paths, stamp)
        return self._frames

    def _item_paths(self) -> Iterator[Path]:
        count = 0
        for pattern in _ITEMS:
            for path in sorted(self.root.glob(pattern)):
                if count < MOST_FRAMES and path.is_file():
                    count += 1
                    yield path

    def _read(self, paths: Sequence[Path], stamp: tuple[object, ...]) -> Frames:
        found = Frames(stamp)
        sealed = {one.sha256: self.root / one.path for one in self.sealed()}
        for path in paths:
            item = _item(path)
            if item is None:
                found.skipped += 1
                continue
            files = dict(_files(self.root, path, item, sealed))
            for key, (sha256, file) in files.items():
                found.files[sha256] = file
                # As the archive's gallery has them; no path of this machine goes to a page.
                item["assets"][key]["href"] = f"/objects/{sha256}/{file.name}"
            item["assets"] = {key: item["assets"][key] for key in files}
            item["links"] = []
            found.items[str(item["id"])] = item
        return found


class Pictures:
    """Files of the folders by their SHA-256: as much of an archive's objects as a gallery needs."""

    def __init__(self, folders: Mapping[str, Folder]) -> None:
        self._folders = folders

    def size(self, sha256: str) -> int | None:
        path = self._path(sha256)
        return None if path is None else path.stat().st_size

    def local(self, sha256: str, folder: Path) -> Path:
        del folder
        path = self._path(sha256)
        if path is None:
            raise DataError("the picture is not there any more", remedy="Open the page again.")
        return path

    def _path(self, sha256: str) -> Path | None:
        for folder in self._folders.values():
            path = folder.frames().files.get(sha256)
            if path is not None:
                return path
        return None


def sealed_in(root: Path) -> tuple[Sealed, ...]:
    """Every file of the bundle that this folder is; none where it is no bundle."""
    if not (root / "stage-01").is_dir():
        return ()
    from overflight.record.instants import write_instant
    from overflight.record.stages import read_stages
    from overflight.record.store import open_store

    try:
        stages = read_stages(open_store(root))
    except OverflightError:
        return ()
    return tuple(
        Sealed(
            manifest.identity.id, manifest.path(entry), entry.role, manifest.stage,
            write_instant(manifest.sealed_at), manifest.root, entry.sha256,
        )
        for manifest in stages.manifests for entry in manifest.entries
    )  # fmt: skip


def _item(path: Path) -> dict[str, Any] | None:
    """A STAC item; None for what is something else."""
    from overflight.files import read_bounded

    try:
        document = json.loads(read_bounded(path, limit=_MOST_ITEM))
    except (ValueError, RecursionError, OverflightError):
        return None
    if not isinstance(document, dict) or document.get("type") != "Feature":
        return None
    if not isinstance(document.get("id"), str) or not isinstance(document.get("properties"), dict):
        return None
    if not isinstance(document.get("assets"), dict):
        document["assets"] = {}
    return document


def _files(
    root: Path, item_path: Path, item: Mapping[str, Any], sealed: Mapping[str, Path]
) -> Iterator[tuple[str, tuple[str, Path]]]:
    """Asset -> SHA-256 and file, of those that lie in this folder and nowhere else."""
    for key, asset in item["assets"].items():
        if not isinstance(asset, dict):
            continue
        sha256 = str(asset.get("file:checksum", "")).removeprefix(_MULTIHASH)
        href = str(asset.get("href", ""))
        if not _SHA256.fullmatch(sha256) or "\0" in href:
            continue
        for path in (item_path.parent / href, sealed.get(sha256)):
            if path is None or not path.is_file():
                continue
            if path.resolve().is_relative_to(root.resolve()):
                yield key, (sha256, path)
                break
