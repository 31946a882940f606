"""What the files of a regime may hold: tables, keys, types. One declaration for every reader.

``check`` holds a row against its table and reports each mistake; nothing else in the program
looks at the raw files. Adding a key to the format means adding it here and in ``build``.
"""

from __future__ import annotations

from collections.abc import Mapping

from overflight.treaty.advice_shape import MONITOR
from overflight.treaty.checklists_shape import CHECKLISTS
from overflight.treaty.chronicle_shape import CHRONICLE, RECORDED
from overflight.treaty.frame_shape import (
    CEILING_IDENTITY,
    CEILING_KEYS,
    SUSPENSION,
    TERMINATION,
)
from overflight.treaty.holdings_shape import HOLDINGS
from overflight.treaty.ledger_shape import LEDGER
from overflight.treaty.messages_shape import MESSAGES
from overflight.treaty.procedure_shape import PROCEDURE
from overflight.treaty.shape import Key, Table
from overflight.treaty.shape import may as _may
from overflight.treaty.shape import need as _need
from overflight.treaty.vocabulary import (
    AIRCRAFT_EVENTS,
    AIRFIELD_ROLES,
    EVENT_KINDS,
    GROUP_KINDS,
    PHASES,
    QUOTA_SPANS,
    SOURCE_KINDS,
    STATUSES,
)
from overflight.treaty.ways_shape import CONTINGENT, WAYS

__all__ = ["DATED", "FILES", "LIMIT", "NOTE", "REQUIRED_FILES", "SOURCE", "Key", "Table"]

NOTE = {"note": _may()}
_CITE = {"cite": _need("cite"), **NOTE}
DATED: dict[str, Key] = {
    "from": _need("date"),
    "until": _need("until"),
    "status": _need("text", *STATUSES),
    "cite": _may("cite"),
    "note": _may(),
    "condition": _may(),
    "reading": _may("reading"),
    "unit": _may(),
}
_WHEN: dict[str, Key] = {
    "date": _may("date"),
    "date_from": _may("date"),
    "date_to": _may("date"),
    "status": _need("text", *STATUSES),
    "cite": _may("cite"),
    "note": _may(),
}
LIMIT = Table({**DATED, "value": _may("any")}, value="value", positive=True)
_FREE = Table({"cite": _may("cite"), "note": _may()}, single=True, free=True)

SOURCE = Table(
    {
        "id": _need("id"),
        "title": _need(),
        "kind": _need("text", *SOURCE_KINDS),
        "url": _may(),
        **NOTE,
    },
    ("id",),
)

FILES: Mapping[str, Mapping[str, Table]] = {
    "treaty.toml": {
        "treaty": Table(
            {
                "id": _need("id"),
                "name": _need(),
                "short": _need(),
                "signed": _need("date"),
                "place": _may(),
                "depositaries": _may("codes"),
                **_CITE,
            },
            single=True,
            free=True,
        ),
        "entry_into_force": Table(
            {
                "fixed": _may("date"),
                "known_from": _may("date"),
                "days": _may("whole"),
                "instruments": _may("whole"),
                "must_include": _may("codes"),
                "must_include_passive_quota_at_least": _may("whole"),
                "later_days": _may("whole"),
                "later_cite": _may("cite"),
                **_CITE,
            },
            single=True,
        ),
        "withdrawal": Table(
            {
                "notice_months": _may("whole"),
                "notice_days": _may("whole"),
                "conference_earliest_days": _may("whole"),
                "conference_latest_days": _may("whole"),
                "conference_cite": _may("cite"),
                **_CITE,
            },
            single=True,
            free=True,
        ),
        "sight": _FREE,
        "suspension": SUSPENSION,
        "termination": TERMINATION,
        "part": Table(
            {**DATED, "id": _need("id"), "name": _need(), "quota": _may("text", *QUOTA_SPANS)},
            ("id",),
        ),
        "amendment": _FREE,
        "review": _FREE,
        "implementation": _FREE,
    },
    "sources.toml": {"source": SOURCE},
    "parties.toml": {
        "state": Table(
            {
                "code": _need("code"),
                "name": _need(),
                "until": _may("until"),
                "successors": _may("codes"),
                **NOTE,
            },
            ("code",),
        ),
        "event": Table(
            {
                **_WHEN,
                "state": _need("code"),
                "kind": _need("text", *EVENT_KINDS),
                "effective": _may("date"),
                "in_use": _may("flag"),
                "towards": _may("codes"),
                "reading": _may("reading"),
                **RECORDED,
            }
        ),
    },
    "groups.toml": {
        "group": Table(
            {
                **DATED,
                "code": _need("code"),
                "name": _need(),
                "kind": _need("text", *GROUP_KINDS),
                "members": _need("codes"),
            },
            ("code",),
        )
    },
    "values.toml": {
        "value": Table({**DATED, "id": _need(), "value": _may("any")}, ("id",), value="value"),
        "ceiling": Table({**DATED, **CEILING_KEYS}, CEILING_IDENTITY, "value", positive=True),
    },
    "deadlines.toml": {
        "value": Table(
            {
                **DATED,
                "id": _need(),
                "value": _may("any"),
                "who": _may(),
                "what": _may(),
                "clock": _may(),
            },
            ("id",),
            value="value",
        )
    },
    "quotas.toml": {
        "passive_quota": Table(
            {**DATED, "holder": _need(), "value": _may("whole")}, ("holder",), value="value"
        ),
        "active_quota": Table(
            {
                **DATED,
                "observer": _need(),
                "observed": _need(),
                "flights": _may("whole"),
                "shared_with": _may("codes"),
                "shared_flights": _may("whole"),
            },
            ("observer", "observed"),
            value="flights",
        ),
    },
    "airfields.toml": {
        "airfield": Table(
            {
                "id": _need("id"),
                "name": _need(),
                "holder": _need("code"),
                "state": _need("code"),
                "roles": _need("texts", *AIRFIELD_ROLES),
                "roles_from": _may("date"),
                "roles_until": _may("until"),
                "inspection": _may("flag"),
                "icao": _may("icao"),
                "icao_basis": _may("text", "printed", "derived"),
                "printed": _may(),
                "lat": _may("lat"),
                "lon": _may("lon"),
                "position_basis": _may("text", "printed", "corrected"),
                "position_note": _may(),
                **_CITE,
            },
            ("id",),
            nested={"maximum_flight_distance": LIMIT},
        ),
        "unknown": Table({"about": _need(), "note": _need(), "cite": _may("cite")}),
    },
    "sensors.toml": {
        "category": Table(
            {
                "id": _need("id"),
                "name": _may(),
                "annotation": _need("texts"),
                "height_bound": _may("flag"),
                "weather_bound": _may("flag"),
                **_CITE,
            },
            ("id",),
            limits=True,
        )
    },
    "aircraft.toml": {
        "designation": Table(
            {
                "aircraft": _need("id"),
                "state": _need("code"),
                "name": _may(),
                "cite": _may("cite"),
                **NOTE,
            },
            ("aircraft",),
            nested={
                "event": Table(
                    {
                        **_WHEN,
                        "kind": _need("text", *AIRCRAFT_EVENTS),
                        "sensors": _may("texts"),
                        "to": _may("code"),
                    }
                )
            },
        )
    },
    "access.toml": {
        "right": Table(
            {"id": _need("id"), "case": _need(), "who": _need(), "what": _need(), **_CITE},
            ("id",),
            free=True,
        )
    },
    "readings.toml": {
        "reading": Table(
            {"name": _need("id"), "question": _need(), "default": _need("id"), **_CITE},
            ("name",),
            nested={"option": Table({"id": _need("id"), "text": _need(), **NOTE}, ("id",))},
        )
    },
    "decisions.toml": {
        "decision": Table(
            {
                "number": _need("any"),
                "date": _may("date"),
                "title": _need(),
                "subject": _may(),
                "effect": _may(),
                "height_of": _may("texts"),
                "status": _need("text", *STATUSES),
                **_CITE,
            },
            ("number",),
        )
    },
    "disputes.toml": {
        "dispute": Table(
            {
                "id": _need(),
                "title": _need(),
                "facts": _need(),
                "rules": _may("texts"),
                "readings": _may("texts"),
                "status": _need("text", *STATUSES),
                **_CITE,
            },
            ("id",),
        )
    },
    "territory.toml": {
        "territory": Table(
            {
                "state": _need("code"),
                "units": _may("texts"),
                "file": _may(),
                "cite": _may("cite"),
                **NOTE,
            },
            ("state",),
        ),
        "disputed": Table(
            {
                "id": _need("id"),
                "area": _may(),
                "file": _may(),
                "name": _need(),
                "reading": _need(),
                "belongs_to": _need("table"),
                "since": _may("date"),
                "before": _may("code"),
                "natural_earth_default": _may("code"),
                **_CITE,
            },
            ("id",),
        ),
    },
    "rules.toml": {
        "rule": Table(
            {
                "id": _need(),
                "title": _need(),
                "phase": _need("text", *PHASES),
                "predicate": _need(),
                "limit": _may(),
                "limit_cite": _may("cite"),
                "parameters": _may("table"),
                "readings": _may("texts"),
                "flown": _may("flag"),
                **_CITE,
            },
            ("id", "phase", "predicate", "limit", "title"),
        )
    },
    "messages.toml": MESSAGES,
    "checklists.toml": CHECKLISTS,
    "monitor.toml": MONITOR,
    "ledger.toml": LEDGER,
    "holdings.toml": HOLDINGS,
    "procedure.toml": PROCEDURE,
    "ways.toml": WAYS,
    "contingent.toml": CONTINGENT,
    "chronicle.toml": CHRONICLE,
}
"""File name -> table name -> what it holds."""

REQUIRED_FILES = ("treaty.toml", "sources.toml", "parties.toml")
