"""The engine around the predicates: phases, limits, agreements, privacy, and bad input."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from rule_samples import case, documents, plan_through, rule, treaty, utc, view_on

from overflight.errors import DataError
from overflight.rules.bindings import problems
from overflight.rules.case import PHASES, Case
from overflight.rules.engine import check, evaluate
from overflight.rules.predicates import NEEDS, PREDICATES
from overflight.terms.findings import Verdict
from overflight.treaty.loader import load_treaty
from overflight.treaty.model import RuleBinding, Treaty


def with_rules(change: dict[str, Any], id_: str = "VI.I.5") -> Treaty:
    """The treaty with one rule changed."""
    rules = tuple(dataclasses.replace(r, **change) if r.id == id_ else r for r in treaty().rules)
    return dataclasses.replace(treaty(), rules=rules)


def bound(id_: str, phase: str, **parameters: Any) -> RuleBinding:
    """A rule with some parameters set anew."""
    binding = rule(id_, phase)
    merged = MappingProxyType({**binding.parameters, **parameters})
    return dataclasses.replace(binding, parameters=merged)


# --- phases -------------------------------------------------------------------------------------


@pytest.mark.parametrize("phase", PHASES)
def test_rules_of_other_phases_are_listed_as_not_applying(phase: str) -> None:
    findings = check(case(plan_through()), phase)
    assert {f.rule for f in findings.items} == {r.id for r in treaty().rules}
    for finding in findings.items:
        if finding.phase != phase:
            assert finding.verdict is Verdict.DOES_NOT_APPLY
            assert finding.phase in finding.message and phase in finding.message
    assert findings.readings == dict(view_on(dt.date(2021, 5, 19)).readings)


def test_inside_its_phase_what_is_missing_makes_a_rule_undetermined() -> None:
    empty = Case(view_on(dt.date(2021, 5, 19)))
    # R3.part holds under another reading only, XVIII.II.2 until 2005: neither asks for anything.
    for phase in dict.fromkeys(bound.phase for bound in empty.view.treaty.rules):
        findings = check(empty, phase)
        for finding in findings.items:
            if finding.phase == phase and finding.rule not in ("R3.part", "XVIII.II.2"):
                assert finding.verdict is Verdict.UNDETERMINED, finding.rule
                assert finding.needs
        assert findings.verdict is Verdict.UNDETERMINED


def test_an_unknown_phase_is_refused() -> None:
    with pytest.raises(DataError, match="not a phase"):
        check(case(plan_through()), "landing")


def test_only_the_rules_asked_for() -> None:
    findings = check(case(plan_through()), "plan", only=["R7", "R4"])
    assert {f.rule for f in findings.items} == {"R4", "R7"}


def test_the_mission_of_the_samples_breaks_nothing() -> None:
    for phase in ("notice", "flight", "report"):
        assert check(case(plan_through()), phase).of(Verdict.BREACH) == ()


# --- what a finding carries -----------------------------------------------------------------------


def test_both_citations_where_a_paragraph_sends_the_reader_elsewhere() -> None:
    """VI.II.4(A) sends to Annex A, Section I; the figures are in Section III (trap 0.1)."""
    from overflight.treaty.geography import geography

    readings = {"maximum-flight-distance": "annex-a"}
    ground = geography(view_on(dt.date(2021, 5, 19), readings), "RUS")
    mission = case(plan_through(), geography=ground, readings=readings)
    (finding,) = evaluate(mission, rule("R3", "plan"))
    assert finding.cite.startswith("VI.II.4(A) (Treaty on Open Skies)")
    assert "Ann.A.III" in finding.limit_cite
    assert finding.limit == 5000 and finding.unit == "km"
    assert "maximum-flight-distance=annex-a" in finding.reading


def test_a_finding_is_one_sentence_for_a_person() -> None:
    (finding,) = evaluate(case(plan_through()), rule("R7", "plan"))
    assert finding.message == (
        "The planned start of the observation flight (2021-05-19T07:00:00Z) is 43 h after the "
        "submission of the mission plan (2021-05-17T12:00:00Z); at least 24 h are required."
    )


def test_a_private_value_marks_what_it_decided(tmp_path: Path) -> None:
    (tmp_path / "sources.toml").write_text(
        '[[source]]\nid = "paper"\ntitle = "A paper that is not public"\nkind = "private"\n'
    )
    (tmp_path / "deadlines.toml").write_text(
        '[[value]]\nid = "deadline.start-after-plan"\nvalue = 48\nunit = "h"\nfrom = 2021-01-01\n'
        'until = "open"\nstatus = "decided"\ncite = ["paper 1"]\n'
    )
    private = load_treaty("open-skies", overlay=tmp_path).on(dt.date(2021, 5, 19))
    findings = check(Case(private, {}, plan_through()), "plan", only=["R7", "VI.II.1"])
    (decided,) = findings.by_rule("R7")
    assert (decided.verdict, decided.private) == (Verdict.BREACH, True)
    assert "A paper that is not public" in decided.limit_cite
    assert not findings.by_rule("VI.II.1")[0].private


def test_findings_are_json_after_the_published_schema() -> None:
    import json

    from overflight.formats.schema import validate

    document = check(case(plan_through()), "flight").as_dict()
    validate(json.loads(json.dumps(document)), "findings")


# --- agreements, readings, dates ------------------------------------------------------------------


def test_an_agreement_lifts_only_its_own_paragraph() -> None:
    plan = dataclasses.replace(plan_through(), agreements=("VI.II.4(G)",))
    early = dataclasses.replace(plan.times, submitted=utc("2021-05-18T22:00:00Z"))
    (finding,) = evaluate(case(dataclasses.replace(plan, times=early)), rule("R7", "plan"))
    assert finding.verdict is Verdict.BREACH


def test_an_agreement_may_stand_in_any_document() -> None:
    papers = documents()
    papers["notification"]["agreements"] = ["VI.II.4(E)"]
    plan = plan_through()
    early = dataclasses.replace(plan.times, submitted=utc("2021-05-18T22:00:00Z"))
    mission = case(dataclasses.replace(plan, times=early), papers)
    (finding,) = evaluate(mission, rule("R7", "plan"))
    assert finding.verdict is Verdict.COMPLIANT
    assert finding.message.startswith("The parties agreed otherwise (VI.II.4(E)).")
    assert finding.measured == 9


def test_a_value_that_is_not_in_force_is_said_and_not_judged() -> None:
    mission = case(plan_through(), on=dt.date(2001, 12, 31))
    (finding,) = evaluate(mission, rule("R7", "plan"))
    assert finding.verdict is Verdict.UNDETERMINED
    assert "2001-12-31" in finding.message


# --- bad input: an error that says what to change, never another exception ------------------------


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        (("notification", "sent"), "yesterday", "not an instant"),
        (("notification", "sent"), "2021-05-13T08:00:00", "zone"),
        (("notification", "sent"), 7, "not an instant"),
        (("notification", "flights_planned_in_quarter"), "nine", "not a finite number"),
        (("notification", "flights_planned_in_quarter"), float("nan"), "not a finite number"),
        (("notification", "transit"), "none", "not a list"),
        (("notification", "transit"), ["POL"], "cannot be read"),
        (("notification", "inspection"), "at noon", "cannot be read"),
        (("notification", "agreements"), "VII.2", "not a list"),
        (("flight-record", "language_spoken"), "yes", "neither true nor false"),
        (("flight-record", "deviations"), {"cause": "technical"}, "not a list"),
        (("flight-record", "deviations"), [7], "cannot be read"),
        (("flight-record", "observation_periods"), [7], "cannot be read"),
        (("flight-record", "observation_periods"), ["a"], "cannot be read"),
        (("flight-record", "hazards_answered"), [], None),
        (("flight-record", "curtailed"), "weather", "cannot be read"),
        (("flight-record", "prohibited"), True, "cannot be read"),
        (("mission-report", "signed_by"), 7, "not a list"),
        (("mission-report", "film"), [], "cannot be read"),
    ],
)
def test_a_malformed_document_gets_a_clear_error(
    path: tuple[str, str], value: Any, says: str | None
) -> None:
    papers = documents()
    papers[path[0]][path[1]] = value
    phase = {"notification": "notice", "flight-record": "flight", "mission-report": "report"}
    mission = case(plan_through(), papers)
    if says is None:
        check(mission, phase[path[0]])
        return
    with pytest.raises(DataError) as caught:
        check(mission, phase[path[0]])
    assert says in str(caught.value)
    assert caught.value.remedy


@pytest.mark.parametrize("junk", [None, 7, "x", True, [], {}, [None], [{}], {"": None}, -1e308])
@pytest.mark.parametrize("kind", ["notification", "flight-record", "mission-report"])
def test_no_field_however_odd_ends_in_a_traceback(kind: str, junk: Any) -> None:
    phase = {"notification": "notice", "flight-record": "flight", "mission-report": "report"}[kind]
    for name in documents()[kind]:
        papers = documents()
        papers[kind][name] = junk
        try:
            check(case(plan_through(), papers), phase)
        except DataError as error:
            assert error.remedy


# --- predicates and bindings ----------------------------------------------------------------------


def test_predicates_are_listed_with_what_they_need() -> None:
    assert set(PREDICATES) == set(NEEDS)
    bound_here = {r.predicate for name in ("open-skies", "cfe") for r in load_treaty(name).rules}
    # The strip of the example regime, and eliminations by launch, are what these are for.
    assert set(PREDICATES) - bound_here == {"height_over_part_at_least", "changed_at_most"}


def test_the_treaty_binds_its_rules_well() -> None:
    assert problems(treaty()) == []


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"predicate": "at_least_appart"}, "at_least_apart"),
        ({"limit": ""}, "needs a limit"),
        ({"limit": "value:deadline.notices"}, "deadline.notice"),
        ({"limit": "deadline.notice"}, "no known kind"),
        ({"limit": "airfield:length"}, "maximum_flight_distance"),
        ({"limit": "category:resolution"}, "resolution_limit"),
        ({"phase": "plans"}, "plan"),
        ({"parameters": {"earlier": "notice.sent"}}, "'later'"),
        ({"parameters": {"earlier": "note.sent", "later": "notice.sent"}}, "notice"),
        (
            {"parameters": {"earlier": "notice.sent", "later": "plan.times.x", "lator": 1}},
            "lator",
        ),
        (
            {
                "parameters": {
                    "earlier": "notice.sent",
                    "later": "notice.sent",
                    "when": ({"path": "notice.sent"},),
                }
            },
            "otherwise",
        ),
        (
            {
                "parameters": {
                    "earlier": "notice.sent",
                    "later": "notice.sent",
                    "when": ({"path": "notice.sent", "otherwise": "x", "side": "third"},),
                }
            },
            "side",
        ),
        (
            {
                "parameters": {
                    "earlier": "notice.sent",
                    "later": "notice.sent",
                    "only_under": {"reading": "crimea", "option": "both", "otherwise": "x"},
                }
            },
            "both",
        ),
    ],
)
def test_a_mistake_in_a_binding_is_found_with_file_line_and_remedy(
    change: dict[str, Any], says: str
) -> None:
    found = problems(with_rules(change))
    assert found
    first = found[0]
    assert says in f"{first.message} {first.remedy}"
    assert first.file.endswith("rules.toml")
    lines = Path(first.file).read_text(encoding="utf-8").splitlines()
    assert first.line is not None and lines[first.line - 1] == 'id = "VI.I.5"'
    assert first.remedy


def test_a_rule_without_a_predicate_is_refused_when_it_is_asked() -> None:
    binding = dataclasses.replace(rule("R7", "plan"), predicate="no_such")
    with pytest.raises(DataError, match="does not exist"):
        evaluate(case(plan_through()), binding)


def test_a_path_that_a_plan_does_not_have_is_the_treatys_mistake() -> None:
    binding = bound("R7", "plan", earlier="plan.times.sent")
    with pytest.raises(DataError, match=r"plan\.times\.sent"):
        evaluate(case(plan_through()), binding)


def test_rules_of_another_regime_are_data() -> None:
    """The same predicate under another paragraph, limit and phase, with no line of code."""
    treaty_ = with_rules({}, "VI.I.5")
    other = dataclasses.replace(
        rule("VI.I.5", "notice"), id="4.2", phase="notice", title="A day's notice",
        limit="value:deadline.acknowledgement",
    )  # fmt: skip
    changed = dataclasses.replace(treaty_, rules=(other,))
    papers = documents()
    papers["notification"]["sent"] = "2021-05-16T08:00:00Z"
    view = changed.on(dt.date(2021, 5, 19))
    (finding,) = check(Case(view, papers), "notice").items
    assert (finding.rule, finding.verdict, finding.limit) == ("4.2", Verdict.COMPLIANT, 24)


@pytest.mark.parametrize(
    ("height", "verdict"), [(2000.0, Verdict.BREACH), (2500.0, Verdict.COMPLIANT)]
)
def test_a_least_height_over_a_part(height: float, verdict: Verdict) -> None:
    """A predicate that this treaty does not bind: what it would say, had it such a strip."""
    binding = dataclasses.replace(
        rule("R4", "plan"),
        predicate="height_over_part_at_least",
        limit="value:strip",
        parameters=MappingProxyType({"box": [40.5, 56.0, 41.5, 58.0], "name": "the strip"}),
    )
    value = dataclasses.replace(
        next(v for v in treaty().values if v.key == "non-party-stand-off"),
        key="strip", value=2400, unit="m",
    )  # fmt: skip
    changed = dataclasses.replace(treaty(), values=(*treaty().values, value), rules=(binding,))
    plan = plan_through()
    legs = list(plan.legs)
    legs[1] = dataclasses.replace(legs[1], height_agl_m=height)
    view = changed.on(dt.date(2021, 5, 19))
    findings = evaluate(Case(view, {}, dataclasses.replace(plan, legs=tuple(legs))), binding)
    assert [(f.verdict, f.where, f.limit) for f in findings] == [(verdict, "F02-F03", 2400)]
    elsewhere = MappingProxyType({"box": [60.0, 56.0, 61.0, 58.0], "name": "the strip"})
    (none,) = evaluate(Case(view, {}, plan), dataclasses.replace(binding, parameters=elsewhere))
    assert none.verdict is Verdict.DOES_NOT_APPLY
    (open_,) = evaluate(Case(view), binding)
    assert open_.verdict is Verdict.UNDETERMINED


def test_a_private_minimum_height_outweighs_the_plans_and_is_marked(tmp_path: Path) -> None:
    (tmp_path / "aircraft").mkdir()
    (tmp_path / "aircraft" / "saab-340b.toml").write_text(
        '[[source]]\nid = "paper"\ntitle = "A paper that is not public"\nkind = "private"\n'
        '[[sensor]]\nid = "vertical"\nh_min_m = 2600\nassumed = []\ncite = ["paper"]\n'
    )
    private = load_treaty("open-skies", overlay=tmp_path).on(dt.date(2021, 5, 19))
    findings = check(Case(private, {}, plan_through()), "plan", only=["R4"]).items
    assert {(f.verdict, f.private, f.limit) for f in findings} == {(Verdict.BREACH, True, 2600)}
    public = check(case(plan_through()), "plan", only=["R4"]).items
    assert [(f.verdict, f.private) for f in public] == [(Verdict.COMPLIANT, False)]


def test_a_rule_that_does_not_exist_is_not_quietly_left_out() -> None:
    with pytest.raises(DataError, match="R77"):
        check(case(plan_through()), "plan", only=["R7", "R77"])
