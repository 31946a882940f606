"""Every file a plan becomes: what stays at home, and what is handed over.

The two live in two folders, ``home/`` and ``release/``. What goes into ``release/`` is made from
the released mission plan alone; no function that writes there is given the working plan.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from overflight.errors import DataError
from overflight.files import write_atomic
from overflight.mission.check import check_plan
from overflight.mission.release import release
from overflight.terms.mission_plan import MissionPlan
from overflight.terms.working_plan import WorkingPlan
from overflight.treaty.loader import load_treaty

if TYPE_CHECKING:
    from overflight.treaty.geography import Geography

HOME = "home"
RELEASE = "release"

_SUFFIX = {
    "json": "mission-plan.json",
    "geojson": "mission-plan.geojson",
    "kml": "mission-plan.kml",
    "gpx": "mission-plan.gpx",
    "icao": "flight-plan.txt",
    "svg": "map.svg",
    "png": "map.png",
    "pdf": "mission-plan.pdf",
}


@dataclass(frozen=True, slots=True)
class Written:
    """The two folders that were written."""

    home: Path
    release: Path


def write_documents(
    working: WorkingPlan,
    folder: Path,
    *,
    treaty: str | Path | None = None,
    overlay: Path | None = None,
    borders: Path | None = None,
) -> Written:
    """Write both folders. Existing files of the same name are replaced, each atomically.

    ``treaty`` is the name or folder of the regime (default: the one the plan names). The private
    ``overlay`` serves the home folder only; the release is made from public data, and says of a
    rule that rests on the overlay that the document does not decide it.
    """
    released = release(working)
    home, handed_over = folder / HOME, folder / RELEASE
    write_home(working, home, treaty=treaty, overlay=overlay, borders=borders)
    write_release(released, handed_over, treaty=treaty, borders=borders)
    return Written(home, handed_over)


def write_home(
    working: WorkingPlan,
    home: Path,
    *,
    treaty: str | Path | None = None,
    overlay: Path | None = None,
    borders: Path | None = None,
) -> None:
    """Write the documents that stay at home, and nothing else."""
    from overflight.formats.plan_json import working_plan_to_dict
    from overflight.report.maps import home_map
    from overflight.report.text import findings_text, plan_text

    write_atomic(home / "working-plan.json", _json(working_plan_to_dict(working)))
    text = plan_text(working) + "\n\n" + findings_text(working.findings) + "\n"
    write_atomic(home / "working-plan.txt", text)
    ground = _geography(working.plan, treaty, working.readings, overlay, borders)
    write_atomic(home / "map.png", home_map(working, ground))


def write_release(
    plan: MissionPlan,
    folder: Path,
    *,
    treaty: str | Path | None = None,
    borders: Path | None = None,
) -> None:
    """Write every document of the released plan. The working plan is out of reach here."""
    for form, name in _SUFFIX.items():
        write_atomic(folder / name, export_plan(plan, form, treaty=treaty, borders=borders))


def export_plan(
    plan: MissionPlan,
    form: str,
    *,
    treaty: str | Path | None = None,
    readings: Mapping[str, str] | None = None,
    borders: Path | None = None,
) -> bytes:
    """The plan in one of the forms of ``_SUFFIX``, as bytes. Raises DataError for another form.

    No overlay can be given: what is exported is for the other side, from public data.
    """
    if form == "json":
        from overflight.report.outgoing import plan_bytes

        return plan_bytes(plan)
    if form == "geojson":
        from overflight.formats.geojson import mission_plan_to_geojson

        return _json(mission_plan_to_geojson(plan)).encode()
    if form == "kml":
        from overflight.formats.kml import mission_plan_to_kml

        return mission_plan_to_kml(plan).encode()
    if form == "gpx":
        from overflight.formats.gpx import mission_plan_to_gpx

        return mission_plan_to_gpx(plan).encode()
    if form == "icao":
        from overflight.formats.icao_fpl import flight_plan_messages

        return flight_plan_messages(plan).encode()
    if form in ("png", "svg", "pdf"):
        return _drawn(plan, form, treaty, readings, borders)
    raise DataError(
        f"{form!r} is not a form of a plan", remedy=f"Choose one of {', '.join(_SUFFIX)}."
    )


def _drawn(
    plan: MissionPlan,
    form: str,
    treaty: str | Path | None,
    readings: Mapping[str, str] | None,
    borders: Path | None,
) -> bytes:
    """Map or PDF. Findings are made again from the released plan and public data."""
    from overflight.report.maps import release_map

    ground = _geography(plan, treaty, readings, None, borders)
    picture = release_map(plan, ground, fmt="svg" if form == "svg" else "png")
    if form != "pdf":
        return picture
    from overflight.report.outgoing import names_for
    from overflight.report.pdf import mission_plan_pdf

    findings = check_plan(plan, treaty=treaty, readings=readings, borders=borders)
    names = names_for(plan, load_treaty(treaty or plan.treaty))
    return mission_plan_pdf(plan, findings, picture, names=names)


def ground_of_plan(
    working: WorkingPlan, *, treaty: str | Path | None = None, borders: Path | None = None
) -> Geography:
    """The land of a plan's day, for maps. Raises DataError for a plan without a day."""
    return _geography(working.plan, treaty, working.readings, None, borders)


def _geography(
    plan: MissionPlan,
    treaty: str | Path | None,
    readings: Mapping[str, str] | None,
    overlay: Path | None,
    borders: Path | None,
) -> Geography:
    from overflight.treaty.geography import geography

    if plan.date is None:
        raise DataError(
            "the plan has no commencement time, so the borders of its day are not known",
            where="/times/commencement",
            remedy="State times.commencement in the plan.",
        )
    view = load_treaty(treaty or plan.treaty, overlay).on(
        plan.date, {**plan.readings, **(readings or {})}
    )
    return geography(view, plan.observed, borders=borders)


def _json(document: Mapping[str, object]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False) + "\n"
