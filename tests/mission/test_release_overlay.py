"""Plans made with a private overlay: nothing of it leaves, and nothing false is said of the plan.

The overlay's values are drawn. What is handed over is read the way the other side reads it: the
bytes of each form, and the words of the PDF through pypdf.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from overflight.formats.plan_json import read_mission_plan, working_plan_to_dict
from overflight.formats.releasable import AS_CERTIFIED
from overflight.geo.positions import Position
from overflight.mission.check import check_plan
from overflight.mission.documents import export_plan, write_documents
from overflight.mission.plan import make_plan
from overflight.mission.release import release
from overflight.mission.withheld import slower, warnings_for
from overflight.report.outgoing import NOT_PART
from overflight.report.pdf import mission_plan_pdf
from overflight.terms.findings import Verdict
from overflight.terms.mission_plan import MissionPlan
from overflight.terms.sites import Site
from overflight.terms.working_plan import WorkingPlan

DAY = dt.date(2021, 5, 19)
SITES = (
    Site("A-1", Position(57.1, 37.2)),
    Site("A-2", Position(55.4, 39.9)),
    Site("A-3", Position(53.8, 36.1)),
)
SOURCE = '[[source]]\nid = "p77"\ntitle = "ZORBLAT paper 77"\nkind = "private"\n'
DATED = 'from = 2002-01-01\nuntil = "open"\nstatus = "decided"\ncite = ["p77"]\n'


@dataclass(frozen=True)
class Private:
    """What an overlay gives; None: it leaves that to the public data."""

    distance: float | None = None
    h_min: float | None = None
    resolution: float | None = None
    cruise: float | None = None
    range: float | None = None

    def values(self) -> list[float]:
        given = (self.distance, self.h_min, self.resolution, self.cruise, self.range)
        return [value for value in given if value is not None]

    def written(self, folder: Path) -> Path:
        (folder / "aircraft").mkdir()
        (folder / "sources.toml").write_text(SOURCE)
        if self.distance is not None:
            (folder / "airfields.toml").write_text(
                '[[airfield]]\nid = "kubinka"\n[[airfield.maximum_flight_distance]]\n'
                f'value = {self.distance}\nunit = "km"\n{DATED}'
            )
        text = ""
        if self.h_min is not None or self.resolution is not None:
            text += '[[sensor]]\nid = "vertical"\ncite = ["p77"]\n'
            text += "" if self.h_min is None else f"h_min_m = {self.h_min}\n"
            text += (
                "" if self.resolution is None else f"resolution_at_h_min_m = {self.resolution}\n"
            )
        for name, value in (("cruise_km_h", self.cruise), ("range_km", self.range)):
            text += "" if value is None else f"[[{name}]]\nvalue = {value}\n{DATED}"
        if text:
            (folder / "aircraft" / "saab-340b.toml").write_text(text + SOURCE)
        return folder


def figures(low: int, high: int, parts: int = 1000) -> st.SearchStrategy[float | None]:
    """A figure with three places that no round number equals, or none."""
    exact = st.integers(low * parts, high * parts).map(lambda n: (n * 10 + 1) / (parts * 10))
    return st.none() | exact


PRIVATES = st.builds(
    Private, figures(900, 7000), figures(900, 3400), figures(0, 1).map(lambda r: r and r + 0.05),
    figures(300, 600), figures(1200, 2600),
)  # fmt: skip


def made(overlay: Path | None, iterations: int = 10) -> WorkingPlan:
    return make_plan(
        SITES, treaty="open-skies", observing="DEU", observed="RUS", on=DAY, aircraft="saab-340b",
        start="UUMB", iterations=iterations, overlay=overlay,
    )  # fmt: skip


def words_of(pdf: bytes) -> str:
    reader = PdfReader(io.BytesIO(pdf))
    told = " ".join(page.extract_text() for page in reader.pages)
    return " ".join(f"{told} {dict(reader.metadata or {})}".split())


def handed_over(plan: MissionPlan) -> Mapping[str, str]:
    """Every form but the pictures, as text."""
    forms = ("json", "geojson", "kml", "gpx", "icao")
    texts = {form: export_plan(plan, form).decode() for form in forms}
    return texts | {"pdf": words_of(mission_plan_pdf(plan, check_plan(plan)))}


def spellings(value: float) -> set[str]:
    """As it is and rounded, as long as three digits tell it from a round figure."""
    told = {repr(value), f"{value:.3f}", f"{value:.2f}", f"{value:.1f}"}
    exact = {text for text in told if len(text.replace(".", "").strip("0")) >= 3}
    return exact | {f"{float(text):,}" for text in exact}


def shows(text: str, value: float) -> bool:
    if "ZORBLAT" in text or "p77" in text:
        return True
    return any(re.search(rf"(?<![\d.,]){re.escape(s)}(?!\d)", text) for s in spellings(value))


@cache
def public_plan() -> WorkingPlan:
    return made(None)


@pytest.mark.slow
@settings(max_examples=6, deadline=None, phases=(Phase.explicit, Phase.generate))
@given(PRIVATES)
def test_no_private_value_leaves_and_the_verdict_is_that_of_home(private: Private) -> None:
    with tempfile.TemporaryDirectory() as name:
        overlay = private.written(Path(name))
        working = made(overlay)
        released = release(working)
        again = check_plan(released, overlay=overlay)
        told = "\n".join(warnings_for(working, treaty="open-skies"))
    assert again.verdict is working.findings.verdict
    assert [(f.rule, f.verdict) for f in again.items] == [
        (f.rule, f.verdict) for f in working.findings.items
    ]
    for form, text in {**handed_over(released), "warning": told}.items():
        for value in private.values():
            assert not shows(text, value), form
    bad = check_plan(released).verdict in (Verdict.BREACH, Verdict.UNDETERMINED)
    lawful = working.findings.verdict is Verdict.COMPLIANT
    assert bool(told) == (bad and lawful) or not lawful


def test_a_value_that_is_left_as_it_is_would_be_found() -> None:
    """The search finds what a plan does show, in figures and rounded in the PDF's words."""
    released = release(public_plan())
    texts, length = handed_over(released), released.legs[0].distance_km
    assert shows(texts["json"], length) and shows(texts["pdf"], length)
    assert not shows(texts["pdf"], length + 1.0)


@pytest.mark.parametrize("distance", [1200.125, 5977.125])
def test_a_private_distance_leaves_one_rule_open_and_all_else_as_it_was(
    tmp_path: Path, distance: float
) -> None:
    working = made(Private(distance=distance).written(tmp_path))
    released = release(working)
    assert working.findings.verdict is Verdict.COMPLIANT
    assert released.not_decided_here == ("R3",)
    assert released.sensors == public_plan().plan.sensors
    assert {leg.height_agl_m for leg in released.legs} == {2000.0}
    text = handed_over(released)["pdf"]
    assert text.count(NOT_PART) == 1 and "VERDICT: NOT DECIDED IN THIS DOCUMENT" in text


def test_a_plan_longer_than_the_public_distance_is_told_to_the_planner(tmp_path: Path) -> None:
    """The public maximum from Kubinka is 5,500 km (note of 2012); this plan flies more."""
    from overflight.mission.withheld import seen_otherwise
    from strategies import legs_along

    working = made(Private(distance=9977.125).written(tmp_path))
    long = legs_along(working.plan.fixes, height=2000.0)
    share = 6000.0 / sum(leg.distance_over_territory_km for leg in long)
    assert share > 1
    public = check_plan(_stretched(release(working), share))
    assert public.verdict is Verdict.BREACH
    told = seen_otherwise(working.findings, public)
    assert "R3" in {finding.rule for finding in told}
    assert not any("9977" in f.message or "9,977" in f.message for f in told)


def _stretched(plan: MissionPlan, share: float) -> MissionPlan:
    """The same plan with a last fix far to the east and back."""
    from dataclasses import replace

    from overflight.geo.geodesic import distance_km
    from overflight.terms.mission_plan import Fix

    far = Fix("F90", Position(57.0, 85.0))
    home = plan.fixes[-1]
    way = distance_km(home.position, far.position)
    out = replace(
        plan.legs[-1], start=home.id, end=far.id, distance_km=way,
        distance_over_territory_km=way, departs=None, arrives=None,
    )  # fmt: skip
    assert 2 * way * share > 5500
    back = replace(out, start=far.id, end=home.id)
    return replace(plan, fixes=(*plan.fixes, far, home), legs=(*plan.legs, out, back))


def test_one_private_sensor_is_withheld_and_checked_again_with_the_overlay(tmp_path: Path) -> None:
    overlay = Private(h_min=2137.25, resolution=0.3125).written(tmp_path)
    working = made(overlay)
    released = release(working)
    public = {sensor.id: sensor for sensor in public_plan().plan.sensors}
    for sensor in released.sensors:
        if sensor.id == "vertical":
            assert (sensor.h_min_m, sensor.ground_resolution_m) == (None, None)
            assert sensor.basis == AS_CERTIFIED
        else:
            assert sensor == public[sensor.id]
    assert {leg.height_agl_m for leg in released.legs} == {2150.0}
    assert released.not_decided_here == ("R4", "IV.2")
    with_overlay = check_plan(released, overlay=overlay)
    assert with_overlay.verdict is Verdict.COMPLIANT
    assert all(f.private for rule in ("R4", "IV.2") for f in with_overlay.by_rule(rule))
    assert check_plan(released).by_rule("IV.2")[0].verdict is Verdict.UNDETERMINED
    (line, reason) = warnings_for(working, treaty="open-skies")
    assert "IV.2" in line and "vertical" in reason and "2137" not in line + reason


@pytest.mark.parametrize("resolution", [0.2011, 0.3999])
def test_what_is_left_open_does_not_depend_on_the_private_answer(
    tmp_path: Path, resolution: float
) -> None:
    """0.2 m is finer than an optical camera may resolve, 0.4 m is not (IV.2): the PDF is silent."""
    overlay = Private(resolution=resolution).written(tmp_path)
    working = made(overlay)
    assert (working.findings.verdict is Verdict.BREACH) == (resolution < 0.3)
    assert check_plan(release(working), overlay=overlay).verdict is working.findings.verdict
    text = handed_over(release(working))["pdf"]
    assert "NOT DECIDED IN THIS DOCUMENT (1 rule not decided here" in text
    assert "BREACH" not in text


def test_home_keeps_all_figures_and_gives_out_the_released_plan(tmp_path: Path) -> None:
    working = made(Private(h_min=2137.25).written(tmp_path))
    document = working_plan_to_dict(working)
    kept = {sensor["id"]: sensor["h_min_m"] for sensor in document["mission_plan"]["sensors"]}
    assert kept == {"vertical": 2137.25, "oblique-left": 2000.0, "oblique-right": 2000.0}
    assert document["private_sensor_fields"] == [
        "vertical.id", "vertical.cite", "vertical.h_min_m",
    ]  # fmt: skip
    file = tmp_path / "working-plan.json"
    file.write_text(json.dumps(document))
    assert read_mission_plan(file) == release(working)
    assert check_plan(document) == check_plan(release(working))


@pytest.mark.slow
def test_the_folder_that_is_handed_over_shows_nothing(tmp_path: Path) -> None:
    private = Private(5977.125, 2137.25, 0.3125, 437.375, 1633.625)
    (tmp_path / "overlay").mkdir()
    overlay = private.written(tmp_path / "overlay")
    written = write_documents(made(overlay), tmp_path / "out", overlay=overlay)
    files = sorted(written.release.iterdir())
    assert len(files) == 8
    for path in files:
        content = path.read_bytes()
        text = words_of(content) if path.suffix == ".pdf" else content.decode("latin-1")
        for value in private.values():
            assert not shows(text, value), path.name
    again = export_plan(read_mission_plan(written.home / "working-plan.json"), "pdf")
    assert again == (written.release / "mission-plan.pdf").read_bytes()


@pytest.mark.parametrize(
    ("speed", "flown"),
    [(437.375, 430.0), (440.0, 430.0), (440.01, 440.0), (95.0, 94.0), (5.0, 4.9)],
)
def test_a_private_speed_is_flown_at_the_next_round_one_below(speed: float, flown: float) -> None:
    assert slower(speed) == pytest.approx(flown)
    assert slower(speed) < speed


def test_what_is_planned_at_home_is_what_is_released(tmp_path: Path) -> None:
    """A height and a speed that may be seen, so that the plan at home is the one flown."""
    working = made(Private(h_min=2137.25, cruise=437.375).written(tmp_path))
    released = release(working)
    assert (working.plan.cruise_km_h, released.cruise_km_h) == (430.0, 430.0)
    assert working.plan.path == released.path and working.plan.times == released.times
    assert {leg.height_agl_m for leg in released.legs} == {2150.0}
    said = " ".join(working.assumptions)
    assert "2137.25 m" in said and "437.375 km/h" in said
