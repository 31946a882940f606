"""A finding in words: the same in text, PDF, HTML and the story."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from overflight.report.tables import clean, measure
from overflight.terms.findings import Finding, Findings, Verdict

HEADINGS: Mapping[Verdict, str] = {
    Verdict.BREACH: "BREACH",
    Verdict.UNDETERMINED: "UNDETERMINED",
    Verdict.RIGHT_ARISES: "A RIGHT ARISES",
    Verdict.COMPLIANT: "COMPLIANT",
    Verdict.DOES_NOT_APPLY: "DOES NOT APPLY",
}
"""The order in which findings are told: what must be mended first."""


def heading(verdict: Verdict, findings: Findings) -> str:
    """The heading over the findings of one verdict, with their number."""
    text = f"{HEADINGS[verdict]} ({len(findings.of(verdict))})"
    if verdict is Verdict.RIGHT_ARISES and findings.verdict is Verdict.COMPLIANT:
        text += "; lawful as it stands, no rule held against it forbids it"
    return text


def figures(finding: Finding) -> str:
    """ "measured 5612.4 km, limit 5500 km"; "" where there is no figure the message lacks."""
    values = [v for v in (finding.measured, finding.limit) if v is not None]
    if all(isinstance(v, str) or _told(v, finding.message) for v in values):
        return ""
    parts = []
    if finding.measured is not None:
        parts.append(f"measured {measure(finding.measured, finding.unit)}")
    if finding.limit is not None:
        parts.append(f"limit {measure(finding.limit, finding.unit)}")
    return ", ".join(parts)


def _told(value: float, message: str) -> bool:
    """Whether a message already holds the value, whole or to the next unit, as a word."""
    bare = re.sub(r"(?<=\d)[, \u2009](?=\d{3}\b)", "", message)
    forms = {measure(value), *((f"{value:.0f}", f"{value:.1f}") if abs(value) >= 100 else ())}
    return any(re.search(rf"(?<![\w.]){re.escape(form)}(?!\.?\w)", bare) for form in forms)


def facts(finding: Finding) -> str:
    """What a finding holds besides its message: figures, place, reading, what is missing."""
    parts = [figures(finding)]
    if finding.where and clean(finding.where) not in clean(finding.message):
        parts.append(f"where: {clean(finding.where)}")
    if finding.reading:
        parts.append(f"reading: {clean(finding.reading)}")
    if any(clean(need) not in clean(finding.message) for need in finding.needs):
        parts.append("needs: " + ", ".join(clean(n) for n in finding.needs))
    return "; ".join(part for part in parts if part)


def sources(finding: Finding) -> str:
    """The paragraph of the rule and, where it differs, of the limit."""
    rule, limit = rule_source(finding), limit_source(finding)
    return f"{rule}; limit: {limit}" if limit else rule


def rule_source(finding: Finding) -> str:
    """The paragraphs of the rule, each source named once."""
    return _grouped(_places(finding.cite))


def limit_source(finding: Finding) -> str:
    """Where the limit comes from, as far as the rule's own paragraphs do not say it."""
    told = _places(finding.cite)
    return _grouped([place for place in _places(finding.limit_cite) if place not in told])


def _places(cite: str) -> list[tuple[str, str]]:
    """(place, source) of each citation in a line of them; source "" where it stands in front."""
    found = []
    for part in filter(None, (p.strip() for p in clean(cite).split("; "))):
        match = re.fullmatch(r"(.+) \(([^()]+)\)", part)
        found.append((match[1], match[2]) if match else (part, ""))
    return found


def _grouped(places: Sequence[tuple[str, str]]) -> str:
    groups: list[tuple[list[str], str]] = []
    for place, source in places:
        if groups and source and groups[-1][1] == source:
            groups[-1][0].append(place)
        else:
            groups.append(([place], source))
    return "; ".join(
        f"{', '.join(parts)} ({source})" if source else parts[0] for parts, source in groups
    )


def not_applied(findings: Findings) -> str:
    """One sentence that counts what does not apply; "" where there is nothing."""
    count = len(findings.of(Verdict.DOES_NOT_APPLY))
    if not count:
        return ""
    return "1 rule does not apply." if count == 1 else f"{count} rules do not apply."


def verdict_sentence(findings: Findings) -> str:
    """One sentence: the verdict and what it rests on."""
    count = {verdict: len(findings.of(verdict)) for verdict in Verdict}
    broken, open_ = count[Verdict.BREACH], count[Verdict.UNDETERMINED]
    kept, rights = count[Verdict.COMPLIANT], count[Verdict.RIGHT_ARISES]
    parts = []
    if broken:
        parts.append("1 breach" if broken == 1 else f"{broken} breaches")
    if open_:
        parts.append(f"{open_} undetermined")
    if rights:
        parts.append("1 right arises" if rights == 1 else f"{rights} rights arise")
    parts.append(counted(kept, "finding") + " compliant")
    if not findings.items:
        parts = ["no rule was held against it"]
    return f"VERDICT: {str(findings.verdict).upper()} ({', '.join(parts)})"


def counted(count: int, noun: str) -> str:
    """ "1 leg", "2 legs"."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
