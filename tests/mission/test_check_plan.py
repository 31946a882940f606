"""``check_plan``: reading a plan, the day it is read on, readings, overlays, notes."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from overflight.errors import DataError, NotInForceError, UnknownValueError
from overflight.formats.plan_json import mission_plan_to_dict
from overflight.mission.check import check_plan
from overflight.terms.findings import Verdict
from overflight.treaty.loader import load_treaty

sys.path.insert(0, str(Path(__file__).parents[1] / "rules"))

from rule_samples import plan_through, utc


def document(**changes: Any) -> dict[str, Any]:
    return mission_plan_to_dict(dataclasses.replace(plan_through(), **changes))


def shifted(days: int, **changes: Any) -> dict[str, Any]:
    """The plan so many days later."""
    return mission_plan_to_dict(
        dataclasses.replace(
            plan_through(begin=utc("2021-05-19T07:00:00Z") + dt.timedelta(days=days)), **changes
        )
    )


def test_a_plan_a_document_and_a_file_give_the_same(tmp_path: Path) -> None:
    plan = plan_through()
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(document()))
    found = [check_plan(source).as_dict() for source in (plan, document(), file, str(file))]
    assert found[0] == found[1] == found[2] == found[3]
    assert found[0]["verdict"] == "compliant"
    assert {f["rule"] for f in found[0]["findings"]} >= {"R2", "R3", "R4", "R5", "R6", "R7"}


def test_of_a_working_plan_the_mission_plan_inside_is_checked() -> None:
    working = {"kind": "working-plan", "version": 1, "sites": [], "mission_plan": document()}
    assert check_plan(working) == check_plan(document())
    with pytest.raises(DataError, match="no mission plan"):
        check_plan({"kind": "working-plan", "mission_plan": None})


def test_not_in_force_for_russia_in_2022_with_the_citation() -> None:
    """Effective 18 December 2021."""
    with pytest.raises(NotInForceError) as caught:
        check_plan(shifted(241))
    assert "2022-01-15" in str(caught.value)
    assert "2021-12-18" in str(caught.value)
    assert caught.value.remedy


def test_the_last_day_and_the_first_after() -> None:
    assert check_plan(shifted(212)).verdict is Verdict.COMPLIANT  # 17 December 2021
    with pytest.raises(NotInForceError):
        check_plan(shifted(213))


def test_the_a319_was_not_certified() -> None:
    findings = check_plan(document(aircraft="a319-oh", aircraft_designated_by="DEU"))
    (finding,) = findings.by_rule("IV.11")
    assert finding.verdict is findings.verdict is Verdict.BREACH
    assert "2022-11-04" in finding.message


def test_a_party_whose_day_is_not_known() -> None:
    with pytest.raises(UnknownValueError):
        check_plan(shifted(-6987, observing="SWE"))  # April 2002


def test_notes_say_what_the_borders_rest_on() -> None:
    notes = " ".join(check_plan(document()).notes)
    assert "Natural Earth" in notes and "12 nautical miles" in notes


def test_readings_of_the_caller_go_before_those_of_the_plan() -> None:
    plan = document(readings={"self-crossing": "lenient"})
    assert check_plan(plan).readings["self-crossing"] == "lenient"
    found = check_plan(plan, readings={"self-crossing": "strict"})
    assert found.readings["self-crossing"] == "strict"
    with pytest.raises(DataError, match="no reading"):
        check_plan(plan, readings={"self-crossings": "strict"})


def test_an_overlay_is_noted_and_its_findings_are_marked(tmp_path: Path) -> None:
    (tmp_path / "sources.toml").write_text(
        '[[source]]\nid = "paper"\ntitle = "A private paper"\nkind = "private"\n'
    )
    (tmp_path / "deadlines.toml").write_text(
        '[[value]]\nid = "deadline.start-after-plan"\nvalue = 12\nunit = "h"\nfrom = 2021-01-01\n'
        'until = "open"\nstatus = "decided"\ncite = ["paper 1"]\n'
    )
    findings = check_plan(document(), overlay=tmp_path)
    assert any("overlay" in note for note in findings.notes)
    assert [f.rule for f in findings.items if f.private] == ["R7"]
    assert not any(f.private for f in check_plan(document()).items)
    loaded = load_treaty("open-skies", overlay=tmp_path)
    assert check_plan(document(), treaty=loaded) == findings
    with pytest.raises(DataError, match="already loaded"):
        check_plan(document(), treaty=loaded, overlay=tmp_path)


@pytest.mark.parametrize("name", ["no-such-treaty", "../../../etc", "/etc"])
def test_a_plan_from_outside_names_a_treaty_and_never_a_folder(name: str) -> None:
    with pytest.raises(DataError, match="not among the treaties"):
        check_plan(document(treaty=name))


def test_a_plan_without_a_date_is_refused_with_the_field() -> None:
    plan = document()
    plan["times"]["commencement"] = None
    with pytest.raises(DataError) as caught:
        check_plan(plan)
    assert "times.commencement" in caught.value.remedy


def test_other_phases_ask_for_other_documents() -> None:
    findings = check_plan(document(), phase="notice")
    assert findings.verdict is Verdict.UNDETERMINED
    assert {n for f in findings.items for n in f.needs} == {"the notification"}
    with pytest.raises(DataError, match="not a phase"):
        check_plan(document(), phase="dinner")


def test_an_antimeridian_route_in_chukotka() -> None:
    """From Magadan over the 180th meridian and back: the length is that of the geodesics."""
    from overflight.geo.positions import Position
    from overflight.terms.mission_plan import PlanAirfield

    magadan = PlanAirfield("UHMM", "Magadan", Position(lat=59.91, lon=150.72))
    corners = [(66.5, 175.0), (66.3, -175.0), (65.2, -176.5), (64.5, 176.0)]
    plan = plan_through(corners, start=magadan)
    findings = check_plan(dataclasses.replace(plan, point_of_entry=plan.start))
    (length,) = findings.by_rule("R3")
    assert length.verdict is Verdict.COMPLIANT
    assert isinstance(length.measured, float)
    # Magadan to 66.5 N 175 E and back from 64.5 N 176 E are some 1,300 km each; across the
    # meridian and back some 800 km more. The long way round would be 15,000 km.
    assert 3000.0 < length.measured < 3800.0
    assert length.limit == 6500
    (crossing,) = findings.by_rule("R6")
    assert crossing.verdict is Verdict.COMPLIANT
