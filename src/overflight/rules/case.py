"""What a rule is held against: a treaty as it stands on a date, and the documents of one mission.

A ``Case`` carries the dated view, the mission plan, the border geometry, the moment from which
one looks at it, and the other documents as plain mappings, keyed by their kind:

``notification`` (phase notice; VI.I.5-8 and VII.2 of the Treaty on Open Skies)
    ``kind`` "notification", ``version`` 1
    ``observing``, ``observed``, ``quota_holder``: State or group codes
    ``sent``: instant at which it was handed over
    ``acknowledged``: instant of the acknowledgement; ``acknowledged_aircraft``: identification
    of the aircraft, in the acknowledgement of an observed Party that provides it
    (A) ``point_of_entry``, ``start_airfield``: airfield codes
    (B) ``arrival_at_point_of_entry``, ``departure_to_start_airfield``: instants
    (C) ``inspection``: {``place``, ``begins``}
    (D) ``transport``: {``mode``, ``aircraft_type``}
    (E) ``diplomatic_clearance``: text
    (F) ``aircraft``: id, ``aircraft_identification``: text, ``aircraft_provided_by``: code
    (G) ``flight_distance_km``
    (H) ``personnel``: list of {``name``, ``gender``, ``date_of_birth``, ``place_of_birth``,
    ``passport_number``, ``passport_issuer``, ``function``}
    ``all_parties_notified``: instant at which all other States Parties were told
    ``unrefuelled_range_km``: of an aircraft that the observed Party provides
    ``flights_planned_in_quarter``: all flights notified over the observed Party in the quarter
    ``flights_this_year``: those that already counted against the active quota this year
    ``transit``: list of {``state``, ``notified``: instant, ``along_ats_routes``: bool,
    ``straits``: bool, whether Article 23 of the Montreux Convention covers it,
    ``originates_in``: code}; an empty list says that there is no transit
    ``agreements``: list of paragraphs from which the two sides agreed to depart

``flight-record`` (phase flight: from arrival to departure)
    ``kind`` "flight-record", ``version`` 1
    ``estimated_arrival_at_point_of_entry``, ``arrival_at_point_of_entry``,
    ``departed_point_of_entry``, ``arrived_start_airfield``, ``formalities_completed``: instants
    ``equipment_examination``: {``items_arrived``, ``begun``, ``completed``: instants,
    ``other_side_present``: bool}
    ``inspection``: {``by``: "observed" | "observing", ``inspectors``: int, ``begun``,
    ``completed``: instants, ``items_removed``: bool, ``corresponds``: bool}
    ``demonstration``: {``requested_by``: "observed" | "observing", ``begun``, ``completed``:
    instants, ``satisfied``: bool} or null: none was asked for
    ``plan_submitted``, ``plan_answered``, ``plan_agreed``, ``flight_plan_filed``: instants
    ``changes_proposed``: list of {``cause``, ``precludes_observation``: bool}; causes that a rule
    knows are "weather", "airfield-status", "inconsistent-plan", "hazardous-airspace"
    ``hazards_answered``: {area id: {``specified``: bool, ``answer``: "co-ordinated" |
    "suppressed" | "alternative-height" | "alternative-route" | "alternative-time"}}
    ``prohibited``: {``at``: instant, ``grounds``, ``facts_stated_in_plan``: bool} or null;
    grounds that a rule knows are "not-in-compliance", "not-arrived", "items-left-aboard",
    "not-as-certified", "demonstration"
    ``declined``: {``at``: instant, ``explained_in_plan``: bool} or null
    ``commenced``, ``completed``: instants
    ``distance_over_territory_km``: flown, deviations included
    ``deviations``: list of {``cause``, ``max_offset_km``, ``distance_added_km``,
    ``below_minimum_for``: [sensor ids], ``personnel_informed``: bool, ``safe``: bool,
    ``cleared``: bool, ``within_resolution``: bool}; causes that a rule knows are
    "weather-safety", "technical", "medical", "atc-force-majeure", "weather-sensors" (the last
    three fields belong to it)
    ``curtailed``: {``cause``} or null; causes that a rule knows are "weather-safety",
    "sensor-malfunction", "sensor-malfunction-observed-aircraft", "technical",
    "technical-observed-aircraft", "medical", "medical-observed-side", "atc-force-majeure"
    ``counted``: bool, whether it was counted against the quotas
    ``data_retained``: bool, whether the observing Party keeps the data
    ``observation_periods``: list of {``sensor``, ``begun``, ``completed``, ``least_height_agl_m``}
    ``sensors_operated_outside``: [sensor ids] used in transit or to and from the airfields
    ``covers_inspected``: {``point_of_entry``, ``leaving_point_of_entry``,
    ``leaving_end_airfield``, ``point_of_exit``: bool}, true: inspected and in position
    ``transit_landings``: list of {``state``, ``covers_inspected``: bool}
    ``personnel_on_board``: {``flight_monitors``, ``flight_representatives``,
    ``representatives``, ``interpreters``, ``sensor_control_stations``: int}
    ``entry_documents``: {``requested``, ``issued``: instants}
    ``language_spoken``: bool; ``priority_given``: bool; ``pilot_overruled``: bool
    ``national_rules_followed``: bool, ``icao_rules_followed``: bool
    ``data_transmitted``: bool; ``other_signals_equipment``: bool
    ``other_flights_accepted``: int, flights over the observed Party at the same time
    ``departed_point_of_exit``: instant; ``departure_delayed_by``: "weather" | "airworthiness"
    ``agreements``: list of paragraphs

``mission-report`` (phase report; VI.I.21)
    ``kind`` "mission-report", ``version`` 1
    ``date``, ``time``, ``route``, ``profile``, ``weather``, ``observation_periods``,
    ``amount_of_data``, ``covers``: contents, each anything that is not empty
    ``signed_by``: [codes], ``signed_at``: airfield code, ``signed``: instant
    ``departed_point_of_exit``, ``departed_territory``, ``arrived_point_of_exit``: instants
    ``distributed``: instant at which it went to all other States Parties
    ``prohibited_at``, ``prohibition_explained``, ``declined_at``, ``declining_explained``: instants
    ``film``: {``developed_by``: "observed" | "observing", ``developed``: instant} or null
    ``agreements``: list of paragraphs

``holdings-state`` (phase holdings): what a ledger of holdings gives for a day
    ``on``: the day; ``counts``: list of {``party``, ``zone``, ``category``, ``status``, ``unit``,
    ``items``: number or null}; ``declared``: pairs of a Party and a category all of which it
    stated; ``exchanges``, ``changes``, ``balances``, ``liabilities``, ``reduced``: lists, as the
    schema of that name has them

``certification-record`` (phase certification): what a certification says of itself
    ``people``: all who take part; ``participants``: list of {``party``, ``people``};
    ``ground_periods``: list of {``hours``}; ``images``, ``targets``, ``sensors``, ``established``:
    as the schema of that name has them

Instants are ISO 8601 with a zone, or datetimes. A cause or ground may be any word: one that a rule
does not know is what the rule is there to find. A field that is absent is unknown; so is null, but
where it is allowed above it says that there was no such event (``rules.paths.EVENTS``).
Rules name fields by dotted path: ``notice.sent``, ``plan.times.submitted``,
``flight.deviations[].cause``, ``report.signed``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from overflight.geo.positions import Position
from overflight.terms.mission_plan import MissionPlan

if TYPE_CHECKING:
    from overflight.treaty.view import TreatyView

PHASES = ("notice", "plan", "flight", "report", "holdings", "certification")

DOCUMENT_OF = {
    "notice": "notification",
    "flight": "flight-record",
    "report": "mission-report",
    "holdings": "holdings-state",
    "certification": "certification-record",
}
"""First word of a dotted path -> kind of the document it points into ("plan" is the plan)."""


class NeighbourLike(Protocol):
    """A State near the territory (``treaty.neighbours.Neighbour``)."""

    @property
    def name(self) -> str: ...


class ApproachLike(Protocol):
    """Where a leg comes nearest to a State that is not a party (``NonPartyApproach``).

    ``standing`` is "undetermined" where it is not known whether that State was a party.
    """

    @property
    def state(self) -> str: ...
    @property
    def distance_km(self) -> float: ...
    @property
    def at(self) -> Position: ...
    @property
    def border(self) -> Position: ...
    @property
    def name(self) -> str: ...
    @property
    def standing(self) -> str: ...


class GeographyLike(Protocol):
    """What rules ask of borders (``treaty.geography.Geography``). Distances in km."""

    @property
    def error_km(self) -> float: ...
    @property
    def neighbours(self) -> Mapping[str, NeighbourLike]: ...

    def length_over_territory_km(self, a: Position, b: Position, /) -> float: ...

    def over_other_states(
        self, a: Position, b: Position, /
    ) -> Sequence[tuple[str, float, Position]]: ...

    def nearest_non_party_border(self, a: Position, b: Position, /) -> ApproachLike | None: ...


@dataclass(frozen=True, slots=True)
class Case:
    """One mission, seen on one day by one treaty.

    ``documents`` maps a kind ("notification", "flight-record", "mission-report") to its fields.
    ``now`` is the moment from which deadlines are judged; None: judge only what happened.
    """

    view: TreatyView
    documents: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    plan: MissionPlan | None = None
    geography: GeographyLike | None = None
    now: dt.datetime | None = None
