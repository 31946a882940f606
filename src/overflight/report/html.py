"""Plans and findings as small HTML fragments, for notebooks and pages.

Self-contained: no script, no style sheet, no address. Everything that comes from a plan is
escaped. A ``Fragment`` shows itself in a notebook.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from overflight.report import tables
from overflight.report.tables import clean, measure, number
from overflight.report.text import NOT_FOR_RELEASE, header_fields, times_fields
from overflight.report.wording import HEADINGS, facts, not_applied, sources, verdict_sentence
from overflight.terms.findings import Finding, Findings, Verdict
from overflight.terms.mission_plan import MissionPlan
from overflight.terms.working_plan import WorkingPlan

_COLOURS = {
    Verdict.BREACH: "#a61b1b",
    Verdict.UNDETERMINED: "#96590a",
    Verdict.RIGHT_ARISES: "#1c5b8f",
    Verdict.COMPLIANT: "#1d6b3f",
    Verdict.DOES_NOT_APPLY: "#6d747b",
}
_BOX = "font-family:sans-serif;font-size:90%;line-height:1.4"
_CELL = "padding:2px 8px;vertical-align:top;border-bottom:1px solid #ddd"


class Fragment(str):
    """A piece of HTML that a notebook shows as such."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        return str(self)


def plan_html(plan: MissionPlan) -> Fragment:
    """The mission plan: title block, times, legs, stops, sensors."""
    return Fragment(f'<div style="{_BOX}">{_plan(plan)}</div>')


def working_plan_html(working: WorkingPlan) -> Fragment:
    """The working plan: what it sees, then the mission plan inside it. Not for release."""
    limit = working.maximum_flight_distance
    summary = (
        ("Flight distance", f"{number(working.plan.flight_distance_km, 1)} km of at most "
         f"{measure(limit.value, limit.unit)}"),
        ("Observed", f"{len(working.sites_observed)} of {len(working.sites)} sites, value "
         f"{measure(working.value_observed)} of {measure(working.value_total)}"),
        *(("Assumed", text) for text in working.assumptions),
    )  # fmt: skip
    banner = f'<p style="color:#a61b1b"><b>{_e(NOT_FOR_RELEASE)}</b></p>'
    return Fragment(f'<div style="{_BOX}">{banner}{_fields(summary)}{_plan(working.plan)}</div>')


def findings_html(findings: Findings) -> Fragment:
    """The verdict and a table of findings; rules that do not apply are only named."""
    colour = _COLOURS[findings.verdict]
    parts = [f'<p style="color:{colour}"><b>{_e(verdict_sentence(findings))}</b></p>']
    rows = [
        _finding(finding)
        for verdict in HEADINGS
        if verdict is not Verdict.DOES_NOT_APPLY
        for finding in findings.of(verdict)
    ]
    if rows:
        parts.append(_rows(("Rule", "Verdict", "Finding", "Source"), rows))
    if not_applied(findings):
        parts.append(f'<p style="color:#6d747b">{_e(not_applied(findings))}</p>')
    return Fragment(f'<div style="{_BOX}">{"".join(parts)}</div>')


def _plan(plan: MissionPlan) -> str:
    date = "" if plan.date is None else f", {plan.date.isoformat()}"
    marks = "".join(f'<b style="color:#a61b1b">{_e(mark)}</b> ' for mark in plan.marks)
    title = f"{marks}<b>Mission plan, {_e(plan.observing)} over {_e(plan.observed)}{date}</b>"
    whole, over = tables.totals(plan)
    length = f"{number(whole, 1)} km, of which {number(over, 1)} km over the territory"
    parts = [
        f"<p>{title}</p>",
        _fields((*header_fields(plan), *times_fields(plan), ("Length", length))),
        *(
            f"<p><b>{heading}</b></p>{_table(table)}"
            for heading, table in (
                ("Legs", tables.legs_table(plan)),
                ("Stops", tables.stops_table(plan)),
                ("Sensors", tables.sensors_table(plan)),
                ("Hazardous airspace", tables.airspace_table(plan)),
            )
            if table.rows
        ),
    ]
    return "".join(parts)


def _finding(finding: Finding) -> tuple[str, ...]:
    colour = _COLOURS[finding.verdict]
    told = f"<b>{_e(finding.title)}</b><br>{_e(finding.message)}"
    if facts(finding):
        told += f'<br><span style="color:#6d747b">{_e(facts(finding))}</span>'
    verdict = f'<b style="color:{colour}">{_e(finding.verdict)}</b>'
    return (_e(finding.rule), verdict, told, _e(sources(finding)))


def _fields(pairs: Sequence[tuple[str, str]]) -> str:
    rows = "".join(
        f'<tr><td style="{_CELL};color:#6d747b">{_e(label)}</td>'
        f'<td style="{_CELL};text-align:left">{_e(value)}</td></tr>'
        for label, value in pairs
    )
    return f'<table style="border-collapse:collapse">{rows}</table>'


def _table(table: tables.Table) -> str:
    right = [column.align == "r" for column in table.columns]
    return _rows(
        [c.title for c in table.columns], [[_e(c) for c in row] for row in table.rows], right
    )


def _rows(head: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[bool] = ()) -> str:
    """A table of cells that are HTML already; headings are words."""
    sides = ["right" if on else "left" for on in right] or ["left"] * len(head)
    pairs = list(zip(head, sides, strict=True))
    top = "".join(
        f'<th style="{_CELL};text-align:{side}">{_e(title)}</th>' for title, side in pairs
    )
    body = "".join(
        "<tr>"
        + "".join(
            f'<td style="{_CELL};text-align:{s}">{c}</td>' for c, s in zip(row, sides, strict=True)
        )
        + "</tr>"
        for row in rows
    )
    return f'<table style="border-collapse:collapse"><tr>{top}</tr>{body}</table>'


def _e(text: object) -> str:
    return escape(clean(text))
