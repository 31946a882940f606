"""The annotations of others: what is missing, what cannot be so, and under which paragraph."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from imagery_annotated import BEGUN_S, CAMERA, SIMULATION, flown, forms, oriented

from overflight.errors import DataError, TrackError
from overflight.formats.annotation_json import FrameFile, annotation_from_dict, annotation_to_dict
from overflight.formats.annotation_parse import parse_annotations
from overflight.formats.annotation_text import one_line
from overflight.imagery.annotate.build import annotate, annotate_frame, moment_of_track
from overflight.imagery.annotate.check import Evidence, check
from overflight.imagery.annotate.forms import forms_of
from overflight.terms.annotation import Annotation, ReadAnnotation
from overflight.terms.camera import FrameCamera, Mounting, PanoramicCamera, Radar
from overflight.terms.findings import Finding, Findings, Verdict
from overflight.terms.track import SensorTime, Track, track_of
from overflight.treaty.loader import load_treaty

LEADER = "OS1001 OFBP INT1V 80MM 2021-05-19\n\n"
FULL = "02500M 48.00N 011.50E HEADING 358 "
FILM = replace(CAMERA, kind="framing")
"""Frames 10 s apart from 10:00: at 48.00, 48.018, 48.036 ... N."""


def level(lat: Any, lon: Any) -> Any:
    return np.full(len(lat), 500.0)


EVIDENCE = Evidence(FILM, flown(), level)


def frames(count: int = 7) -> str:
    """What the treaty asks for and no more: the first frame with all, the others with three."""
    lines = []
    for number in range(1, count + 1):
        seconds = 10 * (number - 1)
        clock = f"10:{round(seconds / 60 + 1e-9):02d}Z"
        lines.append(f"{FULL if number == 1 else ''}FRAME {number} TIME {clock} ROLL 1.2R")
    return "\n".join(lines)


def found(text: str, evidence: Evidence = EVIDENCE) -> Findings:
    return check(parse_annotations(text, forms()), forms(), evidence)


def breaches(findings: Findings) -> list[Finding]:
    return list(findings.of(Verdict.BREACH))


def test_what_the_treaty_asks_for_is_enough() -> None:
    findings = found(LEADER + frames())
    assert findings.verdict is Verdict.COMPLIANT, [f.message for f in breaches(findings)]
    assert {f.rule for f in findings.items} >= {"annotation-form", "annotation-position"}


@pytest.mark.parametrize(
    ("change", "rule", "cite", "words"),
    [
        (("OS1001 ", ""), "complete", "Ann.B.II.1", "flight reference"),
        (("2021-05-19", "2021-05-19 FRAME 0"), "numbers", "Ann.B.App.1.16", "number 0"),
        (("INT1V ", ""), "complete", "Ann.B.II.1", "sensor configuration"),
        (("80MM ", ""), "complete", "Ann.B.II.1", "focal length"),
        (("OFBP", "OFXX"), "form", "", "OFXX"),
        (("OS1001", "OS2001"), "reference", "Ann.B.App.1.1", "ends in 2"),
        (("OFBP", "OPBP"), "sensor", "Ann.B.App.1.2", "category OP"),
        (("INT1V", "INT2V"), "sensor", "Ann.B.App.1.3", "INT2V"),
        (("INT1V", "INT1L45"), "sensor", "Ann.B.App.1.3", "INT1L45"),
        (("80MM", "81MM"), "sensor", "Ann.B.App.1.4", "81 mm"),
        (("02500M ", ""), "complete", "Ann.B.II.2(A)", "no height"),
        (("48.00N 011.50E ", ""), "complete", "Ann.B.II.2(A)", "no position"),
        (("HEADING 358 ", ""), "complete", "Ann.B.II.2(A)", "no heading"),
        (("FRAME 3 ", ""), "complete", "Ann.B.II.2(A)", "no frame number"),
        (("FRAME 4 TIME 10:01Z", "FRAME 4"), "complete", "Ann.B.II.2(A)", "no time"),
        (("TIME 10:01Z ROLL 1.2R", "TIME 10:01Z"), "complete", "Ann.B.II.2(A)", "no roll"),
        (("FRAME 3 ", "FRAME 2 "), "numbers", "Ann.B.App.1.16", "comes twice"),
        (("FRAME 7 ", "FRAME 8 "), "numbers", "Ann.B.App.1.16", "frame 7 is missing"),
        (("FRAME 7 ", "FRAME 10 "), "numbers", "Ann.B.App.1.16", "frames 7 to 9 are"),
        (("80MM", "80MM MAG 2"), "numbers", "Ann.B.App.1.16", "numbered 2"),
        (("48.00N", "48.08N"), "position", "Ann.B.App.1.7", "off the track"),
        (("011.50E", "011.52E"), "position", "Ann.B.App.1.7", "off the track"),
        (("011.50E", "011.50W"), "position", "Ann.B.App.1.7", "off the track"),
        (("02500M", "02600M"), "height", "Ann.B.App.1.6", "track says 2500"),
        (("02500M", "02500F"), "height", "Ann.B.App.1.6", "track says 2500"),
        (("358", "178"), "attitude", "Ann.B.App.1.8", "heading 178"),
        (("1.2R", "1.2L"), "attitude", "Ann.B.App.1.9", "roll -1.2"),
        (("358 ", "358 PITCH 2.0U "), "attitude", "Ann.B.App.1.10", "pitch 2"),
        (("358 ", "358 DRIFT 2.0L "), "attitude", "Ann.B.App.1.11", "drift -2"),
        (("358 ", "358 600KM "), "attitude", "Ann.B.App.1.12", "groundspeed 600"),
    ],
)
def test_each_fault_is_found_under_its_paragraph(
    change: tuple[str, str], rule: str, cite: str, words: str
) -> None:
    text = LEADER + frames()
    assert change[0] in text
    faults = breaches(found(text.replace(*change)))
    own = [f for f in faults if f.rule == f"annotation-{rule}" and words in f.message]
    assert own, [f.message for f in faults]
    assert own[0].cite.startswith(cite)


def test_nothing_else_is_said_of_one_fault() -> None:
    faults = breaches(found((LEADER + frames()).replace("48.00N", "48.08N")))
    assert [f.rule for f in faults] == ["annotation-position"]


def test_rounding_is_no_fault() -> None:
    """Minutes and hundredths hide up to 30 s and half a kilometre; half a degree more does not."""
    text = LEADER + "FRAME 1 TIME 10:03Z ROLL 1R {} 02500M HEADING {}"
    for position in ("48.28N 011.50E", "48.38N 011.50E", "48 16N 011 30E", "48 23N 011 30E"):
        assert not breaches(found(text.format(position, 358))), position
    for position in ("48.26N 011.50E", "48.40N 011.50E", "48 15N 011 30E", "48 25N 011 30E"):
        assert breaches(found(text.format(position, 358))), position
    assert not breaches(found(text.format("48.32N 011.50E", 359)))
    assert breaches(found(text.format("48.32N 011.50E", 0)))


def turning(**change: tuple[float, float]) -> Track:
    """The flight with one thing changed from the 300th second on."""
    plain = flown()
    late = plain.time_s >= BEGUN_S + 300.0
    columns: dict[str, Any] = {}
    for name in ("height_m", "heading_deg"):
        values = getattr(plain, name).copy()
        if name in change:
            values[late] = change[name][1]
        columns[name] = values
    lat = plain.lat.copy()
    if "slower" in change:
        lat[late] = lat[300] + (plain.lat[late] - lat[300]) * change["slower"][1]
    return track_of(plain.time_s, lat, plain.lon, roll_deg=plain.roll_deg, **columns)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"height_m": (3000.0, 3150.0)}, "height by 150 m"),
        ({"heading_deg": (358.0, 6.0)}, "heading by 8 degrees"),
        ({"slower": (1.0, 0.8)}, "groundspeed by 144"),
        ({"height_m": (3000.0, 3050.0)}, ""),
        ({"heading_deg": (358.0, 2.0)}, ""),
        ({"slower": (1.0, 0.98)}, ""),
    ],
)
def test_a_significant_change_asks_for_a_new_annotation(
    change: dict[str, tuple[float, float]], words: str
) -> None:
    text = LEADER + f"{FULL}FRAME 1 TIME 10:00Z ROLL 1.2R\n"
    text += "FRAME 2 TIME 10:02Z ROLL 1.2R\nFRAME 3 TIME 10:07Z ROLL 1.2R\n"
    text += "FRAME 4 TIME 10:08Z ROLL 1.2R\n"
    track = turning(**change)
    faults = breaches(found(text, replace(EVIDENCE, track=track)))
    due = [f for f in faults if "after a change" in f.message]
    assert [words in f.message and "frame 3" in f.message for f in due] == ([True] if words else [])
    for finding in due:
        assert finding.cite.startswith("Ann.B.II.2(A)")
        assert finding.reading == "significant-change"
        assert "Assumption" in finding.limit_cite


def test_each_observation_period_begins_with_a_full_annotation() -> None:
    text = LEADER + frames()
    periods = [
        SensorTime("cam1", BEGUN_S, BEGUN_S + 25.0),
        SensorTime("cam1", BEGUN_S + 130.0, BEGUN_S + 200.0),
        SensorTime("other", BEGUN_S + 40.0, BEGUN_S + 45.0),
    ]
    more = text + "\nFRAME 8 TIME 10:03Z ROLL 1.2R"
    assert found(more).verdict is Verdict.COMPLIANT
    faults = breaches(found(more, replace(EVIDENCE, periods=periods)))
    assert [f.message for f in faults if "first of the observation period" in f.message]
    assert "frame 8" in faults[0].message


def test_copies_carry_everything() -> None:
    """Annex B, Section II, paragraph 3."""
    copies = replace(EVIDENCE, copies=True)
    faults = breaches(found(LEADER + frames(), copies))
    assert {f.cite.split(" ")[0] for f in faults} == {"Ann.B.II.3"}
    whole = f"OS1001 OFBP INT1V 80MM {FULL} FRAME 1 2021-05-19T10:00Z ROLL 1.2R"
    assert found(whole, copies).verdict is Verdict.COMPLIANT


def test_the_first_of_a_part_is_no_gap() -> None:
    late = LEADER + FULL + "FRAME 41 TIME 10:00Z ROLL 1.2R\nFRAME 43 TIME 10:01Z ROLL 1.2R"
    whole = found(late)
    assert [f for f in whole.of(Verdict.UNDETERMINED) if f.rule == "annotation-numbers"]
    assert "frame 42 is missing" in str(breaches(whole))
    assert found(late, replace(EVIDENCE, whole=False)).verdict is Verdict.COMPLIANT


def test_magazines_are_counted_by_sensor() -> None:
    one = "OS1001 OFBP INT1V 80MM 2021-05-19 MAG {}\n" + FULL + "FRAME 1 TIME 10:00Z ROLL 1.2R\n\n"
    assert not breaches(found(one.format(1) + one.format(2)))
    assert "1, 3" in str(breaches(found(one.format(1) + one.format(3))))
    other = one.replace("INT1V", "INT2V").format(1)
    faults = breaches(found(one.format(1) + other, replace(EVIDENCE, camera=None)))
    assert not faults


def test_what_is_not_at_hand_is_undetermined_and_said() -> None:
    text = LEADER + frames()
    for evidence, rule, needs in (
        (replace(EVIDENCE, track=None), "annotation-position", "track"),
        (replace(EVIDENCE, ground=None), "annotation-height", "ground"),
        (replace(EVIDENCE, camera=None), "annotation-sensor", "camera"),
        (replace(EVIDENCE, track=flown(seconds=5)), "annotation-position", "covers"),
        (replace(EVIDENCE, track=replace(flown(), roll_deg=np.full(601, np.nan))),
         "annotation-attitude", "roll"),
    ):  # fmt: skip
        findings = found(text, evidence)
        open_ones = [f for f in findings.of(Verdict.UNDETERMINED) if f.rule == rule]
        assert open_ones and needs in " ".join(open_ones[0].needs), rule
        assert findings.verdict is Verdict.UNDETERMINED


def test_the_mark_of_a_simulated_track_is_asked_for() -> None:
    track = flown(SIMULATION)
    bare = breaches(found(LEADER + frames(), replace(EVIDENCE, track=track)))
    assert [f.rule for f in bare] == ["annotation-simulated"]
    marked = "# SIMULATED\n" + LEADER + frames()
    assert found(marked, replace(EVIDENCE, track=track)).verdict is Verdict.COMPLIANT


def sidecar(note: Annotation, **items: str) -> ReadAnnotation:
    document = annotation_to_dict(note, forms(), FrameFile("f.tif"))
    for entry in document["items"]:
        entry["text"] = items.get(entry["item"].replace("-", "_"), entry["text"])
    return annotation_from_dict(document)


def own() -> Annotation:
    return annotate_frame(
        oriented(1, 300.0), CAMERA, forms(), flight="OS1001", track=flown(), ground_m=500.0
    ).annotation


def test_our_own_annotations_pass_our_own_check() -> None:
    evidence = Evidence(CAMERA, flown(), level, copies=True)
    findings = check([sidecar(own())], forms(), evidence)
    assert findings.verdict is Verdict.COMPLIANT, [f.message for f in findings.items]


@pytest.mark.parametrize(
    "items", [{"roll": "9.0L"}, {"position": "48.60N 011.50E"}, {"height": "02501M"},
              {"time": "2021-05-19T10:06Z"}, {"sensor_configuration": "INT2V"},
              {"frame_number": "2"}, {"heading": "999"}],
)  # fmt: skip
def test_a_text_that_is_not_its_value_is_told(items: dict[str, str]) -> None:
    findings = check([sidecar(own(), **items)], forms(), Evidence(CAMERA, flown(), level))
    assert [f.rule for f in breaches(findings)] == ["annotation-form"]


def test_exact_values_are_held_exactly() -> None:
    """400 m off are within a text's rounding, and no rounding hides them in a sidecar."""
    off = replace(own(), lat=(own().lat or 0.0) + 0.0036)
    reads = parse_annotations(one_line(off, forms()), forms())
    evidence = Evidence(CAMERA, flown(), level)
    assert not breaches(check(reads, forms(), evidence))
    faults = breaches(check([sidecar(off)], forms(), evidence))
    assert [f.rule for f in faults] == ["annotation-position"]
    assert faults[0].measured == pytest.approx(300.0, abs=5.0)  # half a second of flight less


def test_a_radar_is_asked_for_what_radars_are() -> None:
    radar = Radar(
        "sar", "Radar", "radar", 45.0, 25.0, 3.0, 3.0, mounting=Mounting("PODL", "left", 30)
    )
    note = annotate(
        moment_of_track(flown(), BEGUN_S + 60.0), radar, forms(), flight="OS1001", number=None,
        ground_m=500.0, medium="TD", magazine=None,
    )  # fmt: skip
    line = one_line(note.annotation, forms())
    assert "SARTD PODLL30" in line and "NEAR 2.5KM LOOKDOWN 45 SWATH 25KM" in line
    assert note.missing == ("polarisations: not given",)
    faults = breaches(
        check(parse_annotations(line, forms()), forms(), Evidence(radar, flown(), level))
    )
    assert [f.cite.split(" ")[0] for f in faults] == ["Ann.B.II.2(C)"]


def test_a_panoramic_camera_has_a_scan_angle_and_a_framing_one_has_none() -> None:
    camera = PanoramicCamera(
        "pan", "P", "panoramic", 610.0, 114.0, 45.0, mounting=Mounting("INT2", "vertical")
    )
    note = annotate(
        moment_of_track(flown(), BEGUN_S), camera, forms(), flight="OS1001", number=1, ground_m=0.0
    )
    assert note.annotation.scan_deg == 90.0
    assert note.missing == ("sensor description: the camera or its recording medium is not given",)
    assert "scan-angle" in forms().all_of("OP") and "scan-angle" not in forms().all_of("OF")


def test_what_is_not_known_is_left_out_and_said() -> None:
    camera = FrameCamera("c", "C", "framing", 80.0, 100.0, 80.0)
    note = annotate(moment_of_track(flown(), BEGUN_S), camera, forms(), flight=None, number=None)
    missing = {why.split(":")[0] for why in note.missing}
    assert missing == {
        "flight reference", "sensor description", "sensor configuration", "height", "frame number",
    }  # fmt: skip
    assert note.annotation.height_agl_m is None


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: annotate_frame(oriented(), CAMERA, forms(), flight="XX1"), DataError),
        (lambda: annotate_frame(oriented(), CAMERA, forms(), flight=None, medium="ZZ"), DataError),
        (lambda: annotate_frame(oriented(), CAMERA, forms(), flight=None, ground_m=9e3), DataError),
        (lambda: moment_of_track(flown(), 0.0), TrackError),
    ],
)
def test_what_cannot_be_is_refused(call: Callable[[], object], error: type[Exception]) -> None:
    with pytest.raises(error) as caught:
        call()
    assert getattr(caught.value, "remedy", "")


def test_cameras_were_annotated_by_existing_practice_at_first() -> None:
    """Article XVIII, Section II, paragraph 4: until the end of 2005; the leader's items stayed."""
    early, late = forms(dt.date(2005, 12, 31)), forms(dt.date(2006, 1, 1))
    assert "OF" not in early.in_period and "OF" in late.in_period
    assert early.at_start == late.at_start and "SAR" in early.in_period


def test_a_regime_without_annotations_says_so() -> None:
    with pytest.raises(DataError, match="no rules on the annotation"):
        forms_of(load_treaty("cfe").on(dt.date(2000, 1, 1)))


def test_no_more_than_a_screen_of_one_rule() -> None:
    text = LEADER + "\n".join(f"FRAME {n} TIME 10:01Z" for n in range(1, 400))
    findings = found(text)
    assert len(findings.by_rule("annotation-complete")) <= 201


def test_a_frame_of_an_unknown_camera_is_annotated_with_the_rest() -> None:
    note = annotate_frame(oriented(), None, forms(), flight="OS1001", track=flown(), ground_m=500.0)
    line = one_line(note.annotation, forms())
    assert line.startswith("OS1001 2021-05-19T10:05Z 02500M 48.59N 011.50E")
    missing = {why.split(":")[0] for why in note.missing}
    assert missing == {"sensor description", "sensor configuration", "focal length"}


LINES = st.lists(
    st.sampled_from(
        [*(LEADER + frames()).split(), "MAG 2", "FRAME 0", "9999-12-31", "SARTA", "\n\n"]
    )
    | st.text(max_size=12),
    max_size=40,
)


@settings(max_examples=80, deadline=None)
@given(LINES, st.booleans(), st.sampled_from([" ", "\n"]))
def test_nothing_that_can_be_written_breaks_the_check(
    words: list[str], copies: bool, between: str
) -> None:
    evidence = replace(EVIDENCE, copies=copies)
    for finding in found(between.join(words), evidence).items:
        assert finding.message and finding.rule
        assert finding.cite or finding.rule == "annotation-form"


def test_nothing_at_all_is_no_breach() -> None:
    reads: Sequence[ReadAnnotation] = ()
    assert not breaches(check(reads, forms(), EVIDENCE))
