"""HTML fragments: escaped, whole, without anything from outside."""

from __future__ import annotations

import dataclasses
from html.parser import HTMLParser

import report_samples as samples

from overflight.report.html import Fragment, findings_html, plan_html, working_plan_html
from overflight.terms.findings import Findings
from overflight.terms.mission_plan import PlanAirfield

EVIL = '<script>alert("1")</script>'


class Balance(HTMLParser):
    """Keeps the open tags; every closing one must fit."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert all(name == "style" for name, _ in attrs)
        self.seen.add(tag)
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def tags(fragment: str) -> set[str]:
    parser = Balance()
    parser.feed(fragment)
    parser.close()
    assert parser.open == []
    return parser.seen


def test_fragments_are_balanced_and_show_themselves() -> None:
    for fragment in (
        plan_html(samples.russia()),
        findings_html(samples.findings()),
        working_plan_html(samples.working()),
    ):
        assert isinstance(fragment, Fragment) and fragment._repr_html_() == str(fragment)
        assert tags(fragment) <= {"div", "p", "b", "br", "span", "table", "tr", "td", "th"}
        assert "http" not in fragment and "src=" not in fragment


def test_a_script_in_a_name_stays_words() -> None:
    plan = samples.norway()
    plan = dataclasses.replace(
        plan,
        observing=EVIL,
        start=PlanAirfield(EVIL, EVIL, plan.start.position),
        fixes=tuple(dataclasses.replace(f, id=f.id + EVIL) for f in plan.fixes),
        legs=tuple(dataclasses.replace(g, start=EVIL, end=EVIL) for g in plan.legs),
        marks=(EVIL,),
    )
    finding = samples.findings().items[0]
    free = ("rule", "title", "message", "cite", "limit_cite", "where", "reading")
    bad = dataclasses.replace(finding, **dict.fromkeys(free, EVIL), measured=EVIL, needs=(EVIL,))
    for fragment in (plan_html(plan), findings_html(Findings((bad,)))):
        assert "<script" not in fragment
        assert "&lt;script&gt;" in fragment
        tags(fragment)


def test_a_fragment_tells_the_plan_and_the_verdict() -> None:
    plan = samples.russia()
    assert all(fix.id in plan_html(plan) for fix in plan.fixes)
    told = findings_html(samples.findings())
    assert "VERDICT: BREACH" in told and "VI.II.4(A)" in told and "1 rule does not apply." in told
