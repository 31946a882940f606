"""Exits, returns and cases as reports: what was asked, what is the answer, what it rests on."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from overflight.report.study_membership_plots import return_changes, return_figures
from overflight.study.membership.case import Case, claims_by_verdict
from overflight.study.membership.exits import Comparison, Given
from overflight.study.membership.quotas import Flights
from overflight.study.membership.redistribution import ASSUMPTION
from overflight.study.membership.returning import Return, WayBack
from overflight.terms.study import StudyFigure, StudyInput, StudyReading, StudyReport, StudyTable

_LINES = 24
"""Lines of a table on a terminal page; the JSON has them all."""


def exit_report(
    found: Comparison, name: Callable[[str], str], others: Sequence[tuple[str, Comparison]] = ()
) -> StudyReport:
    """What changes between the two treaties. ``name``: code -> name of a State or group.
    ``others``: the same under another reading, by "READING=OPTION"."""
    what = ", ".join(f"{name(a.state)} ({a.kind} on {a.on})" for a in found.acts)
    return StudyReport(
        title=f"{found.short}: what changes with {what}",
        question=f"What is lost, and what is gained, on {found.on}?",
        answer=tuple(_answers(found, name)),
        inputs=tuple(_inputs(found, name)),
        readings=tuple(StudyReading(n, option) for n, option in sorted(found.readings.items())),
        unknowns=tuple(_unknowns(found, name)),
        tables=tuple(_tables(found, name)),
        sensitivity=_other_readings(found, others),
        figures=(StudyFigure("flights", _flights_caption(found), "treaty data; see the inputs"),)
        if found.shared_out is not None
        else (),
        is_not=(
            "A figure for flights that were flown: quotas are rights, and not all were used.",
            "A statement of what the Parties would agree on; only they can say.",
        ),
    )


def _other_readings(
    found: Comparison, others: Sequence[tuple[str, Comparison]]
) -> tuple[StudyTable, ...]:
    if not others:
        return ()
    rows = [("as above", found), *others]
    return (
        StudyTable(
            "Under other readings",
            ("reading", "quotas before", "quotas after", "most that observers can lose",
             "had elsewhere", "territory, km²"),
            tuple(
                (
                    text, str(c.passive_before.flights), str(c.passive_after.flights),
                    str(sum(o.lost.high or 0 for o in c.observers if o.observer not in c.gone)),
                    "-" if c.shared_out is None
                    else str(sum(o.regained for o in c.shared_out.observers)),
                    _thousands(sum(area for _, area in c.territory_km2)),
                )
                for text, c in rows
            ),
        ),
    )  # fmt: skip


def _answers(found: Comparison, name: Callable[[str], str]) -> list[str]:
    lines = [
        f"States Parties: {len(found.before.parties)} before, {len(found.after.parties)} after.",
        f"Pairs of States of which one may observe the other: {found.pairs_before} before, "
        f"{found.pairs_after} after.",
        f"Passive quotas of the holders whose quota is public add up to "
        f"{found.passive_before.flights} before and {found.passive_after.flights} after "
        f"({len(found.passive_after.known)} holders; of {len(found.passive_after.unknown)} more "
        "nobody published the quota).",
    ]
    for code, area in found.territory_km2:
        lines.append(f"{name(code)} can no longer be observed: {_thousands(area)} km², waters "
                     "included.")  # fmt: skip
    if found.aircraft:
        gone = ", ".join(f"{a.name} ({a.state})" for a in found.aircraft)
        lines.append(f"Observation aircraft that go with them: {gone}.")
    shared = found.shared_out
    if shared is not None:
        lost = sum(o.lost for o in shared.observers)
        back = sum(o.regained for o in shared.observers)
        lines.append(
            f"Reckoned in {found.distribution}, shared out anew for {shared.year}: "
            f"{shared.flights_before} flights a year before, "
            f"{lost} of observers' flights fall away, {back} could be had elsewhere, "
            f"{shared.flights_after} after ({'proved' if shared.proved else 'not proved'} best)."
        )
    if found.gone:
        lines.append(
            f"{', '.join(map(name, found.gone))} can no longer ask for copies of what the others "
            "record from then on."
        )
    return lines


def _inputs(found: Comparison, name: Callable[[str], str]) -> list[StudyInput]:
    rows = []
    for act in found.acts:
        notice = found.notices.get(act)
        by = f"; notice by {notice}" if notice else ""
        rows.append(StudyInput(f"{act.kind} of {name(act.state)}", f"{act.on}{by}", "given"))
    rows.append(StudyInput("who is bound", "computed from deposits and notices", "enacted",
                           "treaty data, parties.toml"))  # fmt: skip
    if found.distribution:
        basis, source = (
            ("enacted", "the only one of all Parties that is public")
            if found.enacted
            else ("given", "")
        )
        rows.append(StudyInput("distribution of flights", found.distribution, basis, source))
        rows.append(StudyInput("what becomes of flights lost", ASSUMPTION, "assumed",
                               "ours, to show how much room there is"))  # fmt: skip
    return rows


def _unknowns(found: Comparison, name: Callable[[str], str]) -> list[str]:
    lines = [f"Passive quota of {name(h)}: {why}" for h, why in found.passive_after.unknown]
    if any(not o.lost.known for o in found.observers):
        lines.append(
            "How the flights of the year were distributed: not public, so that what each observer "
            "loses stands between bounds."
        )
    lines += [
        f"Passive quota of {name(act.state)} after its return: the one that it had is reckoned "
        "with; what would be agreed nobody can know."
        for act in found.acts
        if act.kind == "return"
    ]
    shared = found.shared_out
    if shared is not None and shared.not_shared:
        lines.append(
            "Over these nothing is asked anew, since nobody published how many flights they must "
            f"accept: {', '.join(map(name, shared.not_shared))}."
        )
    lines += [f"Left out of the distribution: {_apart(line, name)}" for line in found.set_apart]
    return lines


def _apart(line: str, name: Callable[[str], str]) -> str:
    """ "ABC over *: why" in words."""
    pair, _, why = line.partition(": ")
    observer, over, observed = pair.partition(" over ")
    if not over or "*" not in (observer, observed):
        return line
    if observer == "*":
        return f"flights over {name(observed)} ({why})"
    return f"flights of {name(observer)} ({why})"


def _tables(found: Comparison, name: Callable[[str], str]) -> list[StudyTable]:
    tables = [
        StudyTable(
            "Flights a year that an observer can no longer make",
            ("observer", "flights", "over"),
            tuple(
                (name(o.observer), _span(o.lost), ", ".join(other for other, _ in o.over[:4])
                 + (f" and {len(o.over) - 4} more" if len(o.over) > 4 else ""))
                for o in found.observers
            ),
            "Between bounds where the distribution of the year is not public; the upper bound is "
            "the cap that the treaty sets.",
        )
    ]  # fmt: skip
    shared = found.shared_out
    if shared is not None:
        rows = tuple(
            (
                name(o.observer), str(o.held), str(o.lost), str(o.regained),
                ", ".join(f"{name(code)} {n}" for code, n in o.again),
            )
            for o in shared.observers
            if o.lost or o.regained
        )  # fmt: skip
        tables.append(
            StudyTable(
                f"Reckoned in {found.distribution}, shared out anew for {shared.year}",
                ("observer", "held", "lost", "regained", "over"),
                rows,
            )
        )
    return tables


def _flights_caption(found: Comparison) -> str:
    return (
        f"Flights a year by observer: kept, lost, and to be had elsewhere; in {found.distribution}."
    )


def return_report(
    found: Return, name: Callable[[str], str], distribution: Given | None = None
) -> StudyReport:
    """What a return takes. ``distribution``: what the flights of a year are taken from."""
    lines = []
    for way in found.ways:
        known = f"at least {way.known_days} days" if way.known_days else "no period of the treaty"
        more = f", and as long as it takes: {_steps(way, way.unknown)}" if way.unknown else ""
        lines.append(f"{way.way.title}: {known}{more}.")
    for currency, low, high in found.flight_costs():
        lines.append(
            f"{found.flights_wanted} flights a year: {_money(low, high, currency, 'year')}, by the "
            "cost of a flight that was given. How many it may fly is for the Parties to agree."
        )
    lenders = ", ".join(f"{a.name} ({a.state})" for a in found.lenders) or "none that is known"
    lines.append(f"Certified aircraft of other Parties on {found.on}: {lenders}.")
    lines.append(
        f"If accession is the way, each of the {found.parties_to_agree} States Parties must agree."
    )
    return StudyReport(
        title=f"{found.short}: what it takes for {found.name} to take part on {found.on}",
        question=f"What must happen by when, whom does it depend on, what may it cost? "
        f"{found.name} stands as: {found.standing}"
        + (f", left on {found.left}." if found.left else "."),
        answer=tuple(lines),
        inputs=_return_inputs(found, distribution),
        readings=(StudyReading(found.reading, "accession"),) if found.reading else (),
        unknowns=tuple(
            f"What it costs: {thing} ({way.way.title.lower()})"
            for way in found.ways
            for thing in way.not_costed
        )
        + tuple(
            f"{c.what} ({c.standing}): {' '.join(c.note.split()) or c.condition}"
            for c in found.contingent
            if c.standing == "unknown"
        ),
        tables=tuple(_way_table(way) for way in found.ways) + _return_tables(found, name),
        sensitivity=return_changes(found, name),
        figures=return_figures(found),
        is_not=("A forecast of what any government will do.",),
    )  # fmt: skip


def _return_inputs(found: Return, distribution: Given | None) -> tuple[StudyInput, ...]:
    rows = [StudyInput("day wanted", str(found.on), "given")]
    if found.flights_wanted is not None:
        rows.append(StudyInput("flights a year wanted", str(found.flights_wanted), "given"))
    costs = dict.fromkeys(cost for way in found.ways for cost in way.costs)
    rows += [
        StudyInput(f"cost of {cost.name}", _money(cost.low, cost.high, cost.currency, cost.per),
                   "given", cost.source)
        for cost in costs
    ]  # fmt: skip
    if distribution is not None:
        words = f"{distribution.name}; those whose Parties are all bound, had it come back"
        rows.append(StudyInput("whose flights hang on aircraft", words, "enacted", "treaty data")
                    if distribution.year
                    else StudyInput("whose flights hang on aircraft", words, "given"))  # fmt: skip
        rows.append(
            StudyInput("who lends to whom", "as in the file", "given")
            if found.lends_given
            else StudyInput("who lends to whom", "every owner to every Party without aircraft",
                            "assumed", "ours; the treaty allows it, nobody has promised it")
        )  # fmt: skip
    return tuple(rows)


def _return_tables(found: Return, name: Callable[[str], str]) -> tuple[StudyTable, ...]:
    tables = []
    if found.contingent:
        tables.append(StudyTable(
            "Acts that hang on a condition",
            ("date", "what", "condition", "standing"),
            tuple((str(c.date or "-"), c.what, " ".join(c.condition.split()), c.standing)
                  for c in found.contingent),
        ))  # fmt: skip
    flown = [(str(day), a.name, name(to), cite) for a in found.lenders
             for day, to, cite in a.precedents]  # fmt: skip
    if flown:
        tables.append(StudyTable(
            "Precedents: flights in an aircraft of another Party",
            ("date", "aircraft", "for", "source"), tuple(sorted(flown)),
        ))  # fmt: skip
    if found.dependence:
        tables.append(StudyTable(
            "Dependence on the owners of aircraft (Shapley values, flights a year)",
            ("owner", "flights", "interval"),
            tuple((name(d.player), str(d.exact) if d.exact is not None else f"{d.estimate:.2f}",
                   "exact" if d.exact is not None
                   else f"{d.interval_95[0]:.2f} to {d.interval_95[1]:.2f}")
                  for d in sorted(found.dependence, key=lambda d: -d.estimate)),
            f"Flights that no aircraft reaches: {found.stranded}.",
        ))  # fmt: skip
    return tuple(tables)


def _way_table(way: WayBack) -> StudyTable:
    return StudyTable(
        way.way.title,
        ("begin by", "takes", "what", "who", "paragraph"),
        tuple(
            (
                str(due.latest) if due.takes != "after the return" else "after",
                due.takes.split(" [")[0], due.step.text, due.step.who,
                ", ".join(c.paragraph for c in due.step.citations if c.paragraph),
            )
            for due in way.steps
        ),
        " ".join(way.way.note.split()),
    )  # fmt: skip


def case_report(
    found: Case, name: Callable[[str], str], others: Sequence[tuple[str, Comparison]] = ()
) -> StudyReport:
    """A case: its clocks, what continues, each claim with its verdict. ``others`` as above."""
    compared = exit_report(found.comparison, name, others)
    count = ", ".join(f"{n} {verdict}" for verdict, n in claims_by_verdict(found.claims).items())
    clocks = [
        f"{name(c.state)}: notice {'given' if c.given else 'due by'} {c.notice}, out on "
        f"{c.effective}"
        + (
            f"; conference between {c.conference[0]} and {c.conference[1]}."
            if c.conference
            else "."
        )
        for c in found.clocks
    ]
    wrong = [
        f"The treaty data do not bear out claim {c.number}: {c.computed}." for c in found.wrong
    ]
    return StudyReport(
        title=found.title,
        question=f"What does the case say, and what of it holds? ({found.source})",
        answer=(*clocks, *found.continues, f"Claims: {count}.", *wrong, *compared.answer),
        inputs=compared.inputs,
        readings=compared.readings,
        unknowns=compared.unknowns,
        tables=(_claims(found), *compared.tables),
        sensitivity=compared.sensitivity,
        figures=compared.figures,
        is_not=compared.is_not,
    )


def _claims(found: Case) -> StudyTable:
    return StudyTable(
        "Claim by claim",
        ("", "claim", "verdict", "what was found", "sources"),
        tuple(
            (
                str(c.number), c.text, c.verdict,
                " ".join(" ".join((c.why, f"[{c.computed}]" if c.computed else "")).split()),
                "; ".join(c.sources),
            )
            for c in found.claims
        ),
    )  # fmt: skip


def _steps(way: WayBack, ids: tuple[str, ...]) -> str:
    texts = {due.step.id: due.step.text for due in way.steps}
    return "; ".join(texts[i][0].lower() + texts[i][1:] for i in ids)


def _span(flights: Flights) -> str:
    if flights.known:
        return str(flights.low)
    return f"{flights.low} to {flights.high if flights.high is not None else 'unknown'}"


def _money(low: float, high: float, currency: str, per: str) -> str:
    span = _thousands(low) if low == high else f"{_thousands(low)} to {_thousands(high)}"
    return f"{span} {currency}, {per if per == 'once' else f'a {per}'}"


def _thousands(value: float) -> str:
    return f"{value:,.0f}".replace(",", "\u00a0")
