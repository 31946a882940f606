"""Bundles such as an archive takes in, and an archive of one of the two Parties to take them."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import bundles
from bundles import Table, day
from overflight.archive.keeping.begin import make_archive
from overflight.archive.keeping.layout import Archive, Settings, open_archive
from overflight.record.manifest import Identity
from overflight.record.portion import make_portion
from overflight.record.sealing import Addition, seal_first, seal_next
from overflight.record.store import open_store

NOW = day(20)
IDENTITY = Identity("M-7/2026", "AAA", "BBB", ("SIMULATED",))
TREATY = "example"


def picture(number: int, size: int = 3000) -> bytes:
    """Bytes that begin like a TIFF."""
    seed = hashlib.sha256(str(number).encode()).digest()
    return (b"II*\0" + seed * (size // 32 + 1))[:size]


def square(lon: float, lat: float, half: float = 0.01) -> dict[str, Any]:
    west, east, south, north = lon - half, lon + half, lat - half, lat + half
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {
        "geometry": {"type": "Polygon", "coordinates": [ring]},
        "bbox": [west, south, east, north],
    }


def item(number: int, files: Mapping[str, bytes], **other: Any) -> dict[str, Any]:
    """A STAC item of a frame, whose assets are these files (key -> name in the bundle)."""
    assets = {}
    for name, content in files.items():
        assets[name.split("/")[0]] = {
            "href": f"../{name}",
            "type": "image/tiff",
            "roles": ["data"],
            "file:size": len(content),
            "file:checksum": "1220" + hashlib.sha256(content).hexdigest(),
        }
    return {
        "type": "Feature",
        "stac_version": "1.1.0",
        "stac_extensions": [],
        "id": f"F_{number:05d}",
        "collection": "whatever",
        **square(20.0 + number * 0.05, 50.0),
        "properties": {
            "title": f"SIMULATED: frame {number}",
            "datetime": f"2026-05-02T08:{number // 60:02d}:{number % 60:02d}Z",
            "instruments": ["CAM"],
            "overflight:marks": ["SIMULATED"],
            "overflight:treaty": TREATY,
            "overflight:observing": "AAA",
            "overflight:observed": "BBB",
        },
        "links": [{"rel": "collection", "href": "./collection.json"}],
        "assets": assets,
    } | other


def report(**other: Any) -> bytes:
    document = {
        "kind": "mission-report", "version": 1, "treaty": TREATY, "observing": "AAA",
        "observed": "BBB", "date": "2026-05-02", "marks": ["SIMULATED"],
    }  # fmt: skip
    return json.dumps(document | other).encode()


def first_files() -> dict[str, bytes]:
    """What is sealed at the point of exit: two originals and the report."""
    return {
        "frame-original/0001.tif": picture(1),
        "frame-original/0002.tif": picture(2),
        "mission-report/report.json": report(),
    }


def later_files(numbers: tuple[int, ...] = (1, 2), **other: Any) -> dict[str, bytes]:
    """What is sealed once it is developed: rectified frames and their items."""
    found: dict[str, bytes] = {}
    for number in numbers:
        frame = {f"frame/{number:04d}.tif": picture(100 + number)}
        shown = frame | {f"frame-original/{number:04d}.tif": picture(number)}
        found |= frame
        found[f"stac/{number:04d}.json"] = json.dumps(item(number, shown, **other)).encode()
    return found


class Desk(Table):
    """Both Parties at a table, and the archive of the first."""

    place: Path = Path()

    def archive(
        self, holder: str = "AAA", name: str = "archive", **settings: Any
    ) -> Archive:  # fmt: skip
        root = self.root / name
        if not root.exists():
            made = Settings(f"{holder.lower()}-archive", holder, day(1), **settings)
            make_archive(root, made, self.ring)
        return open_archive(root)

    def mission(
        self, name: str, *stages: Mapping[str, bytes], identity: Identity | None = None,
        signed: bool = True,
    ) -> Path:  # fmt: skip
        """A bundle of these stages, each signed by both; or the next stages of it."""
        place = self.root / name
        who = identity or dataclasses.replace(IDENTITY, id=f"M-{name}/2026")
        for files in stages:
            added = [Addition(n, n.split("/")[0], content) for n, content in files.items()]
            at = dt.datetime(2026, 5, 2, tzinfo=dt.UTC)
            if place.exists():
                number = len(list(place.glob("stage-*")))
                at += dt.timedelta(days=number)
                seal_next(place, added, title="Developed", at=at)
            else:
                seal_first(place, who, added, title="Point of exit", at=at)
            if signed:
                self.sign_at(place, at + dt.timedelta(hours=1))
        return place

    def sign_at(self, place: Path, at: dt.datetime) -> None:
        """The two Parties that the bundle names sign its last stage."""
        self.place = place
        who = self.stages.manifests[0].identity
        self.sign(who.observing, "observing", at)
        self.sign(who.observed, "observed", at)

    @property
    def bundle(self) -> Path:
        """The bundle that is being signed."""
        return self.place

    def portion(self, bundle: Path, names: list[str], target: str) -> Path:
        store = open_store(bundle)
        place = self.root / target
        make_portion(store, bundles.read_stages(store), names, place)
        return place


def full(desk: Desk, name: str = "one") -> Path:
    """A bundle of two stages: originals and report, then frames and items."""
    return desk.mission(name, first_files(), later_files())


def tree(root: Path) -> dict[str, bytes]:
    """All files below a folder."""
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in root.rglob("*") if p.is_file()}
