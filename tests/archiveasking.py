"""Archives of real Parties to one flight, for tests of asking: bundles of two codes of a regime."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

from archivekeeping import item, picture
from bundles import Table, day
from overflight.archive.keeping.begin import make_archive
from overflight.archive.keeping.ingest import ingest
from overflight.archive.keeping.layout import Archive, Settings, open_archive
from overflight.archive.keeping.missions import Mission
from overflight.record.manifest import Identity
from overflight.record.sealing import Addition, seal_first, seal_next
from overflight.record.signing import put_signature, sign
from overflight.record.stages import read_stages
from overflight.record.store import open_store

FLOWN = "2026-05-02"
TREATY = "open-skies"
NOW = day(20)


class Meeting(Table):
    """Two Parties that sign a bundle, and archives of whoever wants one."""

    def __post_init__(self) -> None:
        for party in ("DEU", "UKR", "FRA"):
            self.introduce(party, day(1))

    def archive(self, holder: str, **settings: Any) -> Archive:
        root = self.root / f"archive-{holder}"
        if not root.exists():
            make_archive(root, Settings(f"{holder.lower()}-archive", holder, day(1), **settings),
                         self.ring)  # fmt: skip
        return open_archive(root)

    def bundle_of(
        self, name: str = "M-1", marks: tuple[str, ...] = ("SIMULATED",), **facts: Any
    ) -> Path:  # fmt: skip
        """Two stages: originals, report and record at the point of exit, then the items."""
        place = self.root / name
        who = Identity(name, "DEU", "UKR", marks)
        pictures = {f"frame-original/{n:04d}.tif": picture(n) for n in (1, 2, 3)}
        said = {"treaty": TREATY, "observing": "DEU", "observed": "UKR", "marks": list(marks)}
        report = {"kind": "mission-report", "version": 1, "date": FLOWN} | said
        first = pictures | {"mission-report/report.json": json.dumps(report).encode()}
        if facts:
            record = {"kind": "flight-record", "version": 1} | facts
            first["flight-record/record.json"] = json.dumps(record).encode()
        self._seal(place, who, first)
        later = {}
        for number in (1, 2, 3):
            files = {f"frame-original/{number:04d}.tif": picture(number)}
            one = item(number, files)
            one["properties"] |= {
                "overflight:marks": list(marks), "overflight:treaty": TREATY,
                "overflight:observing": "DEU", "overflight:observed": "UKR",
            }  # fmt: skip
            later[f"stac/{number:04d}.json"] = json.dumps(one).encode()
        self._seal(place, who, later)
        return place

    def _seal(self, place: Path, who: Identity, files: dict[str, bytes]) -> None:
        added = [Addition(name, name.split("/")[0], data) for name, data in files.items()]
        if place.exists():
            at = dt.datetime(2026, 5, 4, tzinfo=dt.UTC)
            seal_next(place, added, title="Developed", at=at)
        else:
            at = dt.datetime(2026, 5, 2, 12, tzinfo=dt.UTC)
            seal_first(place, who, added, title="Point of exit", at=at)
        manifest = read_stages(open_store(place)).manifests[-1]
        for party, role in (("DEU", "observing"), ("UKR", "observed")):
            data = sign(manifest, self.keys[party], party, role, at + dt.timedelta(hours=1))
            put_signature(place, manifest, data)

    def mission(self, archive: Archive, place: Path, request: str = "") -> Mission:
        return ingest(archive, place, NOW, request=request).mission
