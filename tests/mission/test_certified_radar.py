"""The verdict of a radar's certification, from documents whose numbers are made up here."""

from __future__ import annotations

import datetime as dt
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from overflight.errors import AccessError, DataError
from overflight.formats.certification_file import read_certification
from overflight.formats.schema import validate
from overflight.mission.bundle_kinds import role_of
from overflight.mission.certification.document import report_of
from overflight.mission.certification.radar import (
    certification_document,
    choice_document,
    swath_findings,
)
from overflight.sensing.impulse import UNIFORM
from overflight.sensing.separation import shares
from overflight.terms.findings import Verdict
from overflight.terms.radar import RadarDeclared, RadarSwath
from overflight.treaty.loader import load_treaty
from overflight.treaty.view import TreatyView

DAY = dt.date(2019, 6, 1)


def _view(**readings: str) -> TreatyView:
    return load_treaty("open-skies").on(DAY, {k.replace("_", "-"): v for k, v in readings.items()})


_VIEW = _view()


def _profile(distance: float, phase: float) -> list[float]:
    return [
        float(
            abs(UNIFORM.response(s * distance)
                + UNIFORM.response((s - 1.0) * distance) * np.exp(1j * phase)) ** 2
        )
        for s in shares()
    ]  # fmt: skip


def _document(flown: str, across: float, along: float, **more: Any) -> dict[str, Any]:
    document = _unchecked(flown, across, along, **more)
    validate(document, "sensor-radar")
    return document


def _unchecked(flown: str, across: float, along: float, **more: Any) -> dict[str, Any]:
    cut = {"width_m": along, "interval_95": None, "pslr_db": -13.2, "islr_db": -10.0}
    reflector = {
        "row": 1.0, "column": 1.0, "time_s": 1.0, "slant_m": 8000.0, "look_deg": 55.0,
        "amplitude": 1.0, "phase_deg": 0.0, "contrast_db": 30.0, "range": dict(cut),
        "azimuth": cut, "ground_m": across, "ground_interval_95": None, "id": "A",
        "off_azimuth_m": 0.0, "off_range_m": 0.0, "notes": more.get("notes", []),
    }  # fmt: skip
    return {
        "kind": "sensor-radar", "version": 1, "marks": ["SIMULATED"], "image": f"{flown}.tif",
        "sha256": "0" * 64, "sensor": "SAR-1", "mode": more.get("mode", "VV"), "pass": flown,
        "weighting": {"range": "", "azimuth": ""},
        "expected": {"range_m": None, "azimuth_m": None}, "reflectors": [reflector],
        "pairs": more.get("pairs", []), "missing": [], "readings": {},
    }  # fmt: skip


def _pairs(distance_m: float, cells: float, phase: float) -> list[dict[str, Any]]:
    return [
        {
            "first": "P", "second": "Q", "distance_m": distance_m, "along_m": distance_m,
            "across_m": 0.0, "dip_db": 0.0, "needed_db": 0.912, "apart": False,
            "criterion": "rayleigh", "profile": _profile(cells, phase),
        }
    ]  # fmt: skip


def _verdicts(document: dict[str, Any]) -> dict[str, str]:
    validate(document, "sensor-radar-certification")
    return {f["rule"]: f["verdict"] for f in document["findings"]}


def test_no_better_than_three_metres() -> None:
    documents = [_document(str(k), 4.8, 3.2 + 0.01 * k) for k in range(4)]
    found = certification_document(_view(), documents)
    assert _verdicts(found)["radar-resolution"] == "compliant"
    finding = found["findings"][0]
    assert (finding["limit"], finding["measured"]) == (3.0, pytest.approx(3.215))
    assert "IV.2(D)" in finding["cite"]
    assert found["marks"] == ["SIMULATED"]


def test_better_is_a_breach_and_the_limit_within_is_neither() -> None:
    better = [_document(str(k), 4.8, 2.5 + 0.01 * k) for k in range(4)]
    found = certification_document(_view(), better)
    assert _verdicts(found)["radar-resolution"] == "breach"
    assert found["verdict"] == "breach"
    for least in (2.9, 2.95):  # means of 2.99 and 3.04
        around = [_document(str(k), 4.8, least + 0.06 * k) for k in range(4)]
        told = _verdicts(certification_document(_view(), around))
        assert told["radar-resolution"] == "undetermined"


def test_the_coarser_direction_by_the_other_reading() -> None:
    documents = [_document(str(k), 4.8, 2.5 + 0.01 * k) for k in range(4)]
    found = certification_document(_view(radar_ground_resolution="coarser"), documents)
    assert _verdicts(found)["radar-resolution"] == "compliant"
    assert found["findings"][0]["reading"] == "radar-ground-resolution=coarser"


def test_one_pass_and_reflectors_that_do_not_stand_alone() -> None:
    one = certification_document(_view(), [_document("1", 4.8, 3.2)])
    assert _verdicts(one)["radar-resolution"] == "undetermined"
    near = [_document(str(k), 4.8, 3.2, notes=["near another reflector"]) for k in range(3)]
    assert certification_document(_view(), near)["modes"][0]["by"] == ""


def test_each_mode_has_a_verdict() -> None:
    documents = [_document(str(k), 4.8, 3.2, mode="VV") for k in range(3)]
    documents += [_document(str(k), 4.8, 2.0 + 0.01 * k, mode="HH") for k in range(3)]
    found = certification_document(_view(), documents)
    told = {f["where"]: f["verdict"] for f in found["findings"] if f["rule"] == "radar-resolution"}
    assert told == {"SAR-1, HH": "breach", "SAR-1, VV": "compliant"}


def test_the_interval_over_passes_holds_what_it_claims() -> None:
    """Passes differ (0.05 m), reflectors within a pass too (0.03 m): of 300 campaigns of five
    passes with three reflectors, 95 in a hundred intervals hold the truth, give or take four."""
    rng = np.random.default_rng(11)
    inside = 0
    for _ in range(300):
        documents = []
        for k in range(5):
            middle = 3.2 + 0.05 * rng.standard_normal()
            document = _unchecked(str(k), 4.8, middle)
            (one,) = document["reflectors"]
            document["reflectors"] = [
                {**one, "azimuth": {**one["azimuth"], "width_m": middle + 0.03 * noise}}
                for noise in rng.standard_normal(3)
            ]
            documents.append(document)
        found = certification_document(_VIEW, documents)
        low, high = found["modes"][0]["along"]["interval_95"]
        inside += low <= 3.2 <= high
    assert 0.91 * 300 <= inside <= 0.99 * 300


@pytest.mark.parametrize(
    ("distance_m", "cells", "verdict"),
    [(3.0, 1.8, "breach"), (3.0, 0.7, "compliant"), (5.0, 1.8, "undetermined")],
)
def test_object_separation(distance_m: float, cells: float, verdict: str) -> None:
    """Pairs nearer than 5 m must not be told apart; one of 5 m proves nothing of the limit."""
    phases = np.linspace(-math.pi, math.pi, 48, endpoint=False)
    documents = [
        _document(str(k), 4.8, 3.2, pairs=_pairs(distance_m, cells, float(phase)))
        for k, phase in enumerate(phases)
    ]
    assert _verdicts(certification_document(_view(), documents))["radar-separation"] == verdict


@pytest.mark.parametrize(
    ("distance_m", "cells", "verdict"),
    [(5.5, 1.8, "compliant"), (6.0, 0.7, "breach"), (7.0, 1.8, "undetermined")],
)
def test_a_radar_that_the_observed_party_provides(
    distance_m: float, cells: float, verdict: str
) -> None:
    """Article IV, paragraph 9: no worse than 6 m by object separation."""
    phases = np.linspace(-math.pi, math.pi, 48, endpoint=False)
    documents = [
        _document(str(k), 4.8, 3.2, pairs=_pairs(distance_m, cells, float(phase)))
        for k, phase in enumerate(phases)
    ]
    found = certification_document(_view(), documents, provided=True)
    assert _verdicts(found)["radar-provided"] == verdict
    finding = next(f for f in found["findings"] if f["rule"] == "radar-provided")
    assert (finding["limit"], "IV.9" in finding["cite"]) == (6.0, True)


def test_pairs_judged_under_another_reading() -> None:
    document = _document("1", 4.8, 3.2, pairs=_pairs(3.0, 1.0, 0.0))
    with pytest.raises(DataError, match="another reading"):
        certification_document(_view(reflectors_apart="half-power"), [document])
    with pytest.raises(DataError):
        certification_document(_view(), [])


def test_the_swath() -> None:
    swath = RadarSwath("left", 5000.0, 54.0, 80.0, 6.9, 32.5)
    found = swath_findings(_view(), swath, RadarDeclared(near_deg=55.0, swath_km=26.0))
    assert [f.verdict for f in found] == [Verdict.BREACH, Verdict.BREACH, Verdict.COMPLIANT]
    assert found[0].measured == pytest.approx(25.6)
    narrow = RadarSwath("left", 5000.0, 55.0, 75.0, 7.5, 32.5)
    assert swath_findings(_view(), narrow, RadarDeclared())[0].verdict is Verdict.COMPLIANT


CHOICE: dict[str, Any] = {
    "observing": "DEU", "observed": "UKR", "sensor": "SAR-1", "flight": "OS9001",
    "at": "2019-06-01T10:00:00Z",
}  # fmt: skip


@pytest.mark.parametrize(
    ("aircraft", "by", "cite"), [("observing", "UKR", "IX.III.4"), ("observed", "DEU", "IX.III.5")]
)
def test_who_chooses_follows_from_the_aircraft(aircraft: str, by: str, cite: str) -> None:
    found = choice_document(_view(), aircraft=aircraft, by=by, form="phase-history", **CHOICE)
    validate(found, "radar-choice")
    assert cite in found["cite"]
    other = "UKR" if by == "DEU" else "DEU"
    with pytest.raises(AccessError):
        choice_document(_view(), aircraft=aircraft, by=other, form="image", **CHOICE)


def test_what_cannot_be_chosen() -> None:
    with pytest.raises(DataError):
        choice_document(_view(), aircraft="observing", by="UKR", form="film", **CHOICE)


def test_the_report_of_a_certification_takes_the_readings_of_a_radar(tmp_path: Path) -> None:
    """Two passes in the list of images, each with its document: mean, interval, and the rule."""
    (tmp_path / "certification.toml").write_text(
        '[certification]\nid = "R-1"\ntreaty = "open-skies"\ncertifying = "DEU"\n'
        'aircraft = "example"\nbegins = 2019-05-19\nends = 2019-05-25\nimages = "images.csv"\n'
        '[[target]]\nid = "T1"\nkind = "reflectors"\n'
        '[[sensor]]\nid = "SAR-1"\ncategory = "sar"\nmethod = "radar"\nconfiguration = "INT1L35"\n'
        "covers = true\n"
    )
    rows = ["image,sensor,pass,height_m,how,target,clear,reading"]
    for k, along in enumerate((3.20, 3.24, 3.22)):
        (tmp_path / f"{k}.tif").write_bytes(b"SIMULATED %d" % k)
        document = _document(str(k), 4.8, along)
        (tmp_path / f"{k}.json").write_text(json.dumps(document))
        rows.append(f"{k}.tif,SAR-1,{k},5000,computed,T1,yes,{k}.json")
    (tmp_path / "images.csv").write_text("\n".join(rows) + "\n")
    certification = read_certification(tmp_path / "certification.toml")
    report = report_of(certification, _view(), tmp_path)
    (sensor,) = report["sensors"]
    assert sensor["resolution_m"] == pytest.approx(3.22)
    low, high = sensor["interval_95"]
    assert low < 3.22 < high
    told = {f["rule"]: f["verdict"] for f in report["findings"]["findings"]}
    assert told["Ann.D.IV.1(E)"] == "compliant"
    assert "Ann.D.App.1.III.2.visual" not in told
    assert report["marks"] == ["SIMULATED"]


def test_the_choice_and_the_readings_go_into_a_bundle(tmp_path: Path) -> None:
    choice = choice_document(_view(), aircraft="observing", by="UKR", form="image", **CHOICE)
    for name, document, role in (
        ("choice.json", {**choice, "marks": ["SIMULATED"]}, "agreement"),
        ("reading.json", _document("1", 4.8, 3.2), "certification"),
    ):
        path = tmp_path / name
        path.write_text(json.dumps(document))
        assert role_of(path, None, allowed=False) == (role, ("SIMULATED",))
