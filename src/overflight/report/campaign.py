"""Several flights planned together, as text. It names sites and their values: it stays at home."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

from overflight.report.tables import Column, Table, clean, measure, number, render
from overflight.report.text import NOT_FOR_RELEASE, WIDTH
from overflight.terms.campaign import Campaign, CampaignFlight
from overflight.terms.findings import Finding


def campaign_text(campaign: Campaign, width: int = WIDTH) -> str:
    """What the flights see, each and in all, and how many there may be."""
    first = campaign.flights[0].plan
    seen, given = len(campaign.sites_observed), len(first.sites)
    parties = f"{clean(first.plan.observing)} over {clean(first.plan.observed)}"
    asked = "" if len(campaign.flights) == campaign.asked else f" (of {campaign.asked} asked for)"
    lines = [
        f"{NOT_FOR_RELEASE} (campaign)",
        "",
        f"CAMPAIGN  {parties}, {len(campaign.flights)} flights{asked}",
        "",
        *_wrap(
            f"All together see {seen} of {given} sites, value {measure(campaign.value)} of "
            f"{measure(campaign.value_total)}.",
            width,
        ),
        "",
        "FLIGHTS",
        *render(_table(campaign.flights), width),
        "",
        *_wrap(
            "sites, value: those that no earlier flight sees; again: seen by an earlier flight "
            "too; km: over the territory.",
            width,
            2,
        ),
        "",
        "SITES BY FLIGHT",
        *_sites(campaign.flights, width),
        "",
        "QUOTA (a hint: it decides no plan)",
        *_quota(campaign.quota, width),
        "",
        *_wrap(f"Search: {_search(campaign)}", width),
        *_wrap(f"Certificate: {clean(str(campaign.certificate or 'none'))}", width),
    ]
    for remark in campaign.remarks:
        lines += _wrap(clean(remark), width)
    return "\n".join(line.rstrip() for line in lines)


def _table(flights: Iterable[CampaignFlight]) -> Table:
    columns = (
        Column("Flight", "r"),
        Column("Date"),
        Column("from"),
        Column("to"),
        Column("Sites", "r"),
        Column("Value", "r"),
        Column("again", "r"),
        Column("km", "r"),
        Column("stages", "r"),
        Column("verdict"),
    )
    rows = [
        (
            str(flight.number),
            "-" if flight.plan.plan.date is None else flight.plan.plan.date.isoformat(),
            clean(flight.plan.plan.start.code),
            clean(flight.plan.plan.end.code),
            str(len(flight.sites)),
            measure(flight.value),
            str(len(flight.again)),
            number(flight.plan.plan.flight_distance_km),
            str(len(flight.plan.plan.stops) + 1),
            str(flight.plan.findings.verdict),
        )
        for flight in flights
    ]
    return Table(columns, tuple(rows))


def _sites(flights: Iterable[CampaignFlight], width: int) -> list[str]:
    lines = []
    for flight in flights:
        again = f"; again: {', '.join(map(clean, flight.again))}" if flight.again else ""
        text = f"{flight.number}: {', '.join(map(clean, flight.sites))}{again}"
        lines += _wrap(text, width, 2)
    return lines


def _quota(findings: Iterable[Finding], width: int) -> list[str]:
    lines = []
    for finding in findings:
        cite = f" [{clean(finding.cite)}]" if finding.cite else ""
        secret = " [not public]" if finding.private else ""
        text = f"{clean(finding.title)}: {finding.verdict}. {clean(finding.message)}{cite}{secret}"
        lines += _wrap(text, width, 2)
    return lines


def _search(campaign: Campaign) -> str:
    report = campaign.search
    time = f", {report.seconds:.1f} s" if report.seconds else ""
    stopped = ", stopped early" if report.stopped_early else ""
    notes = f" ({clean('; '.join(report.notes))})" if report.notes else ""
    return (
        f"{clean(report.solver)}, seed {report.seed}, {report.iterations} steps"
        f"{time}{stopped}{notes}."
    )


def _wrap(text: str, width: int, indent: int = 0) -> list[str]:
    blank = " " * indent
    return textwrap.wrap(text, width, initial_indent=blank, subsequent_indent=blank + " " * indent)
