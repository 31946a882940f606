"""What fields of documents are called in a sentence."""

from __future__ import annotations

DOCUMENT_WORDS = {
    "notice": "the notification",
    "plan": "the mission plan",
    "flight": "the flight record",
    "report": "the mission report",
    "holdings": "the ledger of holdings",
    "certification": "the record of the certification",
    "aircraft": "the data on the aircraft",
}

FIELD_WORDS = {
    "notice.sent": "the notification",
    "notice.acknowledged": "the acknowledgement of the notification",
    "notice.all_parties_notified": "the notice to all other States Parties",
    "notice.arrival_at_point_of_entry": "the estimated arrival at the point of entry",
    "notice.departure_to_start_airfield": "the departure to the Open Skies airfield",
    "notice.flight_distance_km": "the notified flight distance",
    "notice.unrefuelled_range_km": "the unrefuelled range of the aircraft provided",
    "notice.flights_planned_in_quarter": "the number of flights planned in the quarter",
    "notice.transit[].notified": "the notice to a State that is transited",
    "plan.times.arrival_at_point_of_entry": "the estimated arrival at the point of entry",
    "plan.times.submitted": "the submission of the mission plan",
    "plan.times.commencement": "the planned start of the observation flight",
    "plan.times.completion": "the planned end of the observation flight",
    "flight.estimated_arrival_at_point_of_entry": "the estimated arrival at the point of entry",
    "flight.arrival_at_point_of_entry": "the arrival at the point of entry",
    "flight.departed_point_of_entry": "the departure from the point of entry",
    "flight.arrived_start_airfield": "the arrival at the Open Skies airfield",
    "flight.formalities_completed": "the end of the arrival formalities",
    "aircraft.range_km": "the range of the aircraft",
    "aircraft.max_takeoff_mass_kg": "the aircraft's maximum take-off mass",
    "flight.equipment_examination.items_arrived": "the arrival of the inspection equipment",
    "flight.equipment_examination.begun": "the beginning of the equipment examination",
    "flight.equipment_examination.completed": "the end of the equipment examination",
    "flight.inspection.begun": "the beginning of the pre-flight inspection",
    "flight.inspection.completed": "the end of the pre-flight inspection",
    "flight.inspection.inspectors": "the number of inspectors",
    "flight.demonstration.begun": "the beginning of the demonstration flight",
    "flight.demonstration.completed": "the end of the demonstration flight",
    "flight.entry_documents.requested": "the arrival of the personnel",
    "flight.entry_documents.issued": "the issue of the entry documents",
    "flight.plan_submitted": "the submission of the mission plan",
    "flight.plan_answered": "the answer to the mission plan",
    "flight.plan_agreed": "the agreement on the mission plan",
    "flight.flight_plan_filed": "the filing of the flight plan",
    "flight.commenced": "the start of the observation flight",
    "flight.completed": "the end of the observation flight",
    "flight.departed_point_of_exit": "the departure from the point of exit",
    "flight.distance_over_territory_km": "the distance flown over the territory",
    "flight.personnel_on_board.flight_monitors": "the number of flight monitors",
    "flight.personnel_on_board.flight_representatives": "the number of flight representatives",
    "flight.personnel_on_board.representatives": "the number of representatives",
    "plan.point_of_exit.code": "the point of exit of the mission plan",
    "plan.observing": "the observing Party",
    "plan.observed": "the observed Party",
    "report.signed_by": "those who signed the mission report",
    "report.signed_at": "the place where the mission report was signed",
    "report.signed": "the signing of the mission report",
    "report.departed_point_of_exit": "the departure from the point of exit",
    "report.arrived_point_of_exit": "the arrival at the point of exit",
    "report.departed_territory": "the departure from the observed Party's territory",
    "report.distributed": "the distribution of the mission report",
    "report.prohibited_at": "the prohibition of the flight",
    "report.prohibition_explained": "the written explanation of the prohibition",
    "report.declined_at": "the declining of the flight",
    "report.declining_explained": "the written explanation of the declining",
    "report.film.developed": "the development of the film",
    "certification.period_days": "the number of days of the certification",
    "certification.people": "the number of individuals taking part",
    "certification.ground_periods": "the number of periods of ground examination",
}
"""What a field is called in a sentence; a field that is not listed is called by its name."""

ITEM_WORDS = {"changes_proposed": "proposed change", "transit": "transit", "personnel": "person"}
"""What one item of a list is called, where taking off an s does not give it."""


def words(path: str) -> str:
    """A field as a sentence names it."""
    if path in FIELD_WORDS:
        return FIELD_WORDS[path]
    first, _, rest = path.partition(".")
    name = rest.replace("[]", "").replace("_", " ").replace(".", ", ")
    return f"{DOCUMENT_WORDS.get(first, first)}'s {name}" if rest else DOCUMENT_WORDS[first]
