"""Turn checked rows into the frozen model. Nothing is judged here: see check and crosscheck."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from overflight.geo.positions import Position
from overflight.terms.values import Status
from overflight.treaty import model
from overflight.treaty.advice import build_advice
from overflight.treaty.ceilings import build_ceiling
from overflight.treaty.checklists import build_checklist
from overflight.treaty.chronicle import build_records
from overflight.treaty.cite import Citer, cited_value, frozen, last_day, sources_of
from overflight.treaty.crosscheck import Regime
from overflight.treaty.frame import build_part, build_termination
from overflight.treaty.holdings_frame import build_frame
from overflight.treaty.messages import build_message
from overflight.treaty.overlay import table_of
from overflight.treaty.procedure import build_process
from overflight.treaty.quota_rules import build_act, build_entry_kind, build_limit, build_outcome
from overflight.treaty.rows import Row
from overflight.treaty.ways import build_contingent, build_way


def build(
    regime: Regime, *, overlay_used: bool, aircraft: tuple[tuple[Path, bool], ...]
) -> model.Treaty:
    """The treaty that well-formed rows describe."""
    sources = sources_of(regime.rows("sources.toml/source"))
    cite = Citer(sources)
    head = regime.rows("treaty.toml/treaty")[0]
    acts, said = regime.rows("parties.toml/event"), regime.rows("chronicle.toml/record")
    records = build_records(head.data["id"], acts, said, cite)
    return model.Treaty(
        id=head.data["id"],
        name=head.data["name"],
        short=head.data["short"],
        signed=head.data["signed"],
        place=head.data.get("place", ""),
        depositaries=_texts(head, "depositaries"),
        citations=cite(head),
        folder=regime.folder,
        overlay_used=overlay_used,
        sources=MappingProxyType(sources),
        entry_into_force=_entry(regime.rows("treaty.toml/entry_into_force")[0], cite),
        withdrawal=_withdrawal(regime.rows("treaty.toml/withdrawal"), cite),
        provisions=_provisions(regime, cite),
        states=tuple(_state(row) for row in regime.rows("parties.toml/state")),
        events=_events(regime, cite),
        groups=tuple(_group(row, cite) for row in regime.rows("groups.toml/group")),
        parts=tuple(build_part(row, cite) for row in regime.rows("treaty.toml/part")),
        termination=build_termination(regime.rows("treaty.toml/termination"), cite),
        ceilings=tuple(build_ceiling(row, cite) for row in regime.rows("values.toml/ceiling")),
        values=tuple(
            cited_value(row, row.data["id"], cite) for row in regime.rows("values.toml/value")
        ),
        deadlines=tuple(_deadline(row, cite) for row in regime.rows("deadlines.toml/value")),
        passive_quotas=tuple(
            cited_value(row, row.data["holder"], cite)
            for row in regime.rows("quotas.toml/passive_quota")
        ),
        active_quotas=tuple(_active(row, cite) for row in regime.rows("quotas.toml/active_quota")),
        airfields=tuple(_airfield(row, cite) for row in regime.rows("airfields.toml/airfield")),
        gaps=tuple(
            model.Gap(row.data["about"], row.data["note"], cite(row))
            for row in regime.rows("airfields.toml/unknown")
        ),
        categories=tuple(_category(row, cite) for row in regime.rows("sensors.toml/category")),
        designations=tuple(
            _designation(row, cite) for row in regime.rows("aircraft.toml/designation")
        ),
        rights=tuple(_right(row, cite) for row in regime.rows("access.toml/right")),
        readings=tuple(_reading(row, cite) for row in regime.rows("readings.toml/reading")),
        decisions=tuple(_decision(row, cite) for row in regime.rows("decisions.toml/decision")),
        disputes=tuple(_dispute(row, cite) for row in regime.rows("disputes.toml/dispute")),
        territories=tuple(_territory(row, cite) for row in regime.rows("territory.toml/territory")),
        disputed_areas=tuple(
            _disputed(row, cite) for row in regime.rows("territory.toml/disputed")
        ),
        rules=tuple(_rule(row, cite) for row in regime.rows("rules.toml/rule")),
        checklists=tuple(
            build_checklist(row, cite) for row in regime.rows("checklists.toml/checklist")
        ),
        advice=tuple(build_advice(row, cite) for row in regime.rows("monitor.toml/advice")),
        messages=tuple(build_message(row, cite) for row in regime.rows("messages.toml/message")),
        quota_limits=tuple(build_limit(row, cite) for row in regime.rows("ledger.toml/limit")),
        entry_kinds=tuple(build_entry_kind(row, cite) for row in regime.rows("ledger.toml/entry")),
        outcomes=tuple(build_outcome(row, cite) for row in regime.rows("ledger.toml/outcome")),
        act=build_act(regime.rows("ledger.toml/act")),
        holdings=build_frame(regime, cite),
        processes=tuple(build_process(row, cite) for row in regime.rows("procedure.toml/process")),
        records=records,
        ways=tuple(build_way(row, cite) for row in regime.rows("ways.toml/way")),
        contingent=tuple(
            build_contingent(row, cite, records)
            for row in regime.rows("contingent.toml/contingent")
        ),
        addressees=MappingProxyType(
            {r.data["code"]: r.data["name"] for r in regime.rows("messages.toml/addressee")}
        ),
        aircraft_folders=aircraft,
    )


def _note(row: Row) -> str:
    return str(row.data.get("note", ""))


def _texts(row: Row, key: str) -> tuple[str, ...]:
    return tuple(row.data.get(key, ()))


def _file(row: Row) -> Path | None:
    return row.file.parent / row.data["file"] if "file" in row.data else None


def _entry(row: Row, cite: Citer) -> model.EntryIntoForceRule:
    data = row.data
    return model.EntryIntoForceRule(
        fixed=data.get("fixed"),
        days=data.get("days", 0),
        instruments=data.get("instruments", 0),
        must_include=_texts(row, "must_include"),
        must_include_passive_quota_at_least=data.get("must_include_passive_quota_at_least"),
        later_days=data.get("later_days", data.get("days", 0)),
        citations=cite(row),
        later_citations=cite(row, "later_cite") or cite(row),
        known_from=data.get("known_from"),
    )


def _withdrawal(rows: list[Row], cite: Citer) -> model.WithdrawalRule:
    if not rows:
        return model.WithdrawalRule(0, None, (), ())
    row = rows[0]
    days = (
        row.data.get("conference_earliest_days"),
        row.data.get("conference_latest_days"),
    )
    return model.WithdrawalRule(
        row.data.get("notice_months", 0),
        (days[0], days[1]) if days[0] is not None and days[1] is not None else None,
        cite(row),
        cite(row, "conference_cite"),
        row.data.get("notice_days", 0),
    )


def _provisions(regime: Regime, cite: Citer) -> Mapping[str, model.Provision]:
    found = {}
    for table, rows in regime.tables.items():
        file, name = table.split("/")
        if file == "treaty.toml" and rows and table_of(table).single:
            values = {k: frozen(v) for k, v in rows[0].data.items() if not k.endswith("cite")}
            found[name] = model.Provision(name, MappingProxyType(values), cite(rows[0]))
    return MappingProxyType(found)


def _state(row: Row) -> model.State:
    data = row.data
    return model.State(
        data["code"],
        data["name"],
        last_day(data.get("until")),
        _note(row),
        tuple(data.get("successors", ())),
    )


def _events(regime: Regime, cite: Citer) -> tuple[model.Event, ...]:
    events = [_event(row, cite) for row in regime.rows("parties.toml/event")]
    return tuple(sorted(events, key=lambda event: (event.earliest, event.latest)))


def _days(row: Row) -> tuple[dt.date, dt.date]:
    if "date" in row.data:
        return row.data["date"], row.data["date"]
    return row.data["date_from"], row.data["date_to"]


def _event(row: Row, cite: Citer) -> model.Event:
    earliest, latest = _days(row)
    return model.Event(
        state=row.data["state"],
        kind=row.data["kind"],
        earliest=earliest,
        latest=latest,
        status=Status(row.data["status"]),
        citations=cite(row),
        effective=row.data.get("effective"),
        in_use=row.data.get("in_use", True),
        reading=row.data.get("reading", ""),
        note=_note(row),
        towards=_texts(row, "towards"),
    )


def _group(row: Row, cite: Citer) -> model.Group:
    data = row.data
    return model.Group(
        data["code"],
        data["name"],
        data["kind"],
        tuple(data["members"]),
        data["from"],
        last_day(data["until"]),
        Status(data["status"]),
        cite(row),
        _note(row),
    )


def _deadline(row: Row, cite: Citer) -> model.Deadline:
    value = cited_value(row, row.data["id"], cite)
    who, what, clock = (str(row.data.get(key, "")) for key in ("who", "what", "clock"))
    return model.Deadline(value.key, value, who, what, clock)


def _active(row: Row, cite: Citer) -> model.ActiveQuota:
    observer, observed = row.data["observer"], row.data["observed"]
    shared = _texts(row, "shared_with")
    return model.ActiveQuota(
        observer,
        observed,
        cited_value(row, f"{observer} over {observed}", cite, "flights"),
        shared,
        row.data.get("shared_flights", row.data.get("flights", 0) if shared else 0),
    )


def _airfield(row: Row, cite: Citer) -> model.Airfield:
    data = row.data
    place = Position(lat=data["lat"], lon=data["lon"]) if "lat" in data else None
    return model.Airfield(
        id=data["id"],
        name=data["name"],
        holder=data["holder"],
        state=data["state"],
        roles=tuple(data["roles"]),
        inspection=data.get("inspection", False),
        icao=data.get("icao"),
        icao_basis=data.get("icao_basis", ""),
        position=place,
        printed=data.get("printed", ""),
        position_basis=data.get("position_basis", ""),
        position_note=data.get("position_note", ""),
        distances=tuple(
            cited_value(child, f"{data['id']}.maximum_flight_distance", cite)
            for child in row.nested.get("maximum_flight_distance", ())
        ),
        citations=cite(row),
        roles_from=data.get("roles_from"),
        roles_until=last_day(data.get("roles_until")),
        note=_note(row),
        private=row.private,
    )


def _category(row: Row, cite: Citer) -> model.SensorCategory:
    data = row.data
    limits = {
        name: tuple(cited_value(child, f"{data['id']}.{name}", cite) for child in rows)
        for name, rows in row.nested.items()
    }
    return model.SensorCategory(
        data["id"],
        data.get("name", data["id"]),
        tuple(data["annotation"]),
        data.get("height_bound", False),
        MappingProxyType(limits),
        cite(row),
        _note(row),
        data.get("weather_bound", True),
    )


def _designation(row: Row, cite: Citer) -> model.Designation:
    events = [_aircraft_event(child, cite) for child in row.nested.get("event", ())]
    return model.Designation(
        row.data["aircraft"],
        row.data["state"],
        tuple(sorted(events, key=lambda event: (event.latest, event.earliest))),
        cite(row),
        row.data.get("name", ""),
        _note(row),
    )


def _aircraft_event(row: Row, cite: Citer) -> model.AircraftEvent:
    earliest, latest = _days(row)
    return model.AircraftEvent(
        row.data["kind"],
        earliest,
        latest,
        _texts(row, "sensors"),
        Status(row.data["status"]),
        cite(row),
        row.data.get("to", ""),
        _note(row),
    )


def _right(row: Row, cite: Citer) -> model.Right:
    data = row.data
    named = ("id", "case", "who", "what", "cite", "note")
    details = {key: frozen(value) for key, value in data.items() if key not in named}
    return model.Right(
        data["id"],
        data["case"],
        data["who"],
        data["what"],
        MappingProxyType(details),
        cite(row),
        _note(row),
    )


def _reading(row: Row, cite: Citer) -> model.Reading:
    options = tuple(
        model.ReadingOption(child.data["id"], child.data["text"])
        for child in row.nested.get("option", ())
    )
    data = row.data
    return model.Reading(
        data["name"], data["question"], options, data["default"], cite(row), _note(row)
    )


def _decision(row: Row, cite: Citer) -> model.Decision:
    data = row.data
    return model.Decision(
        str(data["number"]),
        data.get("date"),
        data["title"],
        data.get("subject", ""),
        data.get("effect", ""),
        Status(data["status"]),
        cite(row),
        _note(row),
        tuple(data.get("height_of", ())),
    )


def _dispute(row: Row, cite: Citer) -> model.Dispute:
    data = row.data
    return model.Dispute(
        data["id"],
        data["title"],
        data["facts"],
        _texts(row, "rules"),
        _texts(row, "readings"),
        Status(data["status"]),
        cite(row),
        _note(row),
    )


def _territory(row: Row, cite: Citer) -> model.Territory:
    return model.Territory(
        row.data["state"], _texts(row, "units"), _file(row), cite(row), _note(row)
    )


def _disputed(row: Row, cite: Citer) -> model.DisputedArea:
    data = row.data
    return model.DisputedArea(
        data["id"],
        data.get("area", ""),
        _file(row),
        data["name"],
        data["reading"],
        MappingProxyType(dict(data["belongs_to"])),
        data.get("natural_earth_default", ""),
        cite(row),
        _note(row),
        data.get("since"),
        data.get("before", ""),
    )


def _rule(row: Row, cite: Citer) -> model.RuleBinding:
    data = row.data
    return model.RuleBinding(
        data["id"],
        data["title"],
        data["phase"],
        data["predicate"],
        data.get("limit", ""),
        frozen(data.get("parameters", {})),
        _texts(row, "readings"),
        cite(row),
        cite(row, "limit_cite"),
        _note(row),
        bool(data.get("flown", False)),
    )
