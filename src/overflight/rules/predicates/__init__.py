"""All predicates that a treaty's rules may name, and what each needs in the data file.

The list is written out: importing a module registers nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from overflight.rules.case import Case
from overflight.rules.outcome import Bound, Outcome
from overflight.rules.predicates import (
    borders,
    effects,
    heights,
    holdings,
    installed,
    items,
    numbers,
    presence,
    rights,
    route,
    sensors,
    standing,
    times,
)

Predicate = Callable[[Case, Bound], Iterable[Outcome]]


@dataclass(frozen=True, slots=True)
class Needs:
    """What a rule that names the predicate must say.

    ``limit`` is "required", "optional" or "none"; ``required`` and ``optional`` are parameters.
    """

    limit: str = "none"
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()


PREDICATES: Mapping[str, Predicate] = {
    "at_least_apart": times.at_least_apart,
    "at_most_apart": times.at_most_apart,
    "in_order": times.in_order,
    "together": times.together,
    "schedule_in_order": times.schedule_in_order,
    "at_most": numbers.at_most,
    "at_least_share_of": numbers.at_least_share_of,
    "persons_at_most": numbers.persons_at_most,
    "has_all": presence.has_all,
    "is_so": presence.is_so,
    "one_of": presence.one_of,
    "each_so": presence.each_so,
    "is_empty": presence.is_empty,
    "holds_each": presence.holds_each,
    "same_as": presence.same_as,
    "length_over_territory_at_most": borders.length_over_territory_at_most,
    "length_over_part_at_most": borders.length_over_part_at_most,
    "keeps_distance_from_non_parties": borders.keeps_distance_from_non_parties,
    "stays_over_territory": borders.stays_over_territory,
    "direct_legs_in_sequence": route.direct_legs_in_sequence,
    "stated_lengths_agree": route.stated_lengths_agree,
    "no_self_crossing": route.no_self_crossing,
    "no_circling": route.no_circling,
    "height_above_minimum": heights.height_above_minimum,
    "height_over_part_at_least": heights.height_over_part_at_least,
    "heights_in_periods": heights.heights_in_periods,
    "resolution_no_better": sensors.resolution_no_better,
    "coverage_at_most": sensors.coverage_at_most,
    "hazardous_airspace_considered": heights.hazardous_airspace_considered,
    "hazard_crossing": heights.hazard_crossing,
    "hazards_answered": heights.hazards_answered,
    "reachable_within": heights.reachable_within,
    "parties_in_force": standing.parties_in_force,
    "each_is_party": standing.each_is_party,
    "designated_by": standing.designated_by,
    "mounted_as_permitted": installed.mounted_as_permitted,
    "airfield_has_role": standing.airfield_has_role,
    "landings_have_role": standing.landings_have_role,
    "aircraft_has_standing": standing.aircraft_has_standing,
    "quota_left": standing.quota_left,
    "sensor_categories_permitted": sensors.sensor_categories_permitted,
    "categories_not_used": sensors.categories_not_used,
    "categories_all_used": sensors.categories_all_used,
    "right_beyond": rights.right_beyond,
    "right_below": rights.right_below,
    "right_if": rights.right_if,
    "right_at_least": rights.right_at_least,
    "right_when_late": rights.right_when_late,
    "quota_effect": effects.quota_effect,
    "not_counted": effects.not_counted,
    "data_retention": effects.data_retention,
    "held_at_most": holdings.held_at_most,
    "reduced_by": holdings.reduced_by,
    "changed_at_most": holdings.changed_at_most,
    "balances": holdings.balances,
    "changes_notified": holdings.changes_notified,
    "exchanged_yearly": holdings.exchanged_yearly,
    "each_at_most": items.each_at_most,
    "each_at_least": items.each_at_least,
    "each_between": items.each_between,
    "each_true": items.each_true,
    "each_not_below": items.each_not_below,
    "each_by_threshold": items.each_by_threshold,
    "distinct_at_least": items.distinct_at_least,
}

_PAIR = ("earlier", "later")
_ITEM, _PICKED = ("path", "field", "none"), ("where", "label")

NEEDS: Mapping[str, Needs] = {
    "at_least_apart": Needs("required", _PAIR),
    "at_most_apart": Needs("required", _PAIR, ("extension", "excused_by")),
    "in_order": Needs("none", _PAIR),
    "together": Needs("none", ("first", "second", "tolerance_h")),
    "schedule_in_order": Needs(),
    "at_most": Needs("required", ("path",), ("deduct",)),
    "at_least_share_of": Needs("required", ("path", "of"), ("unit",)),
    "persons_at_most": Needs("none", ("path", "base"), ("plus",)),
    "has_all": Needs("none", ("items",)),
    "is_so": Needs("none", ("path", "kept", "broken"), ("expected", "none")),
    "one_of": Needs("none", ("path", "allowed"), ("others", "none", "rests_on")),
    "each_so": Needs("none", ("path", "field", "equals", "flags", "broken", "none")),
    "is_empty": Needs("none", ("path", "kept", "broken")),
    "holds_each": Needs("none", ("path", "members")),
    "same_as": Needs("none", ("path", "other")),
    "length_over_territory_at_most": Needs("required", ("reading",)),
    "length_over_part_at_most": Needs("required", ("box", "name")),
    "keeps_distance_from_non_parties": Needs("required"),
    "stays_over_territory": Needs(),
    "direct_legs_in_sequence": Needs("none", ("tolerance_percent",)),
    "stated_lengths_agree": Needs("none", ("tolerance_km", "tolerance_percent")),
    "no_self_crossing": Needs("none", ("reading", "near_airfield_km")),
    "no_circling": Needs("none", ("radius_km", "degrees")),
    "height_above_minimum": Needs(),
    "height_over_part_at_least": Needs("required", ("box", "name")),
    "heights_in_periods": Needs("none", ("path",)),
    "resolution_no_better": Needs("required"),
    "coverage_at_most": Needs("required", ("categories", "measure")),
    "hazardous_airspace_considered": Needs(),
    "hazard_crossing": Needs("none", ("right", "kept")),
    "hazards_answered": Needs("none", ("path", "answers")),
    "reachable_within": Needs("required"),
    "parties_in_force": Needs("none", ("parties",)),
    "each_is_party": Needs("none", ("path", "none")),
    "designated_by": Needs("none", ("state", "aircraft")),
    "mounted_as_permitted": Needs("none", ("vertical", "oblique", "each_side")),
    "airfield_has_role": Needs("none", ("path", "roles"), ("none",)),
    "landings_have_role": Needs("none", ("roles",)),
    "aircraft_has_standing": Needs("none", ("aircraft", "accepted", "unsettled"), ("sensors",)),
    "quota_left": Needs("none", ("observing", "observed", "made")),
    "sensor_categories_permitted": Needs("none", ("count",)),
    "categories_not_used": Needs("none", ("categories", "broken")),
    "categories_all_used": Needs("none", ("groups",)),
    "right_beyond": Needs("required", ("path", "right", "none")),
    "right_below": Needs("none", ("path", "right", "kept", "none")),
    "right_if": Needs("none", ("path", "right", "otherwise"), ("equals", "none")),
    "right_at_least": Needs("none", ("path", "threshold", "right", "kept")),
    "right_when_late": Needs("required", (*_PAIR, "right")),
    "quota_effect": Needs("none", ("path", "counted", "table", "right", "none")),
    "not_counted": Needs("none", ("paths", "counted", "none")),
    "data_retention": Needs("none", ("counted", "retained")),
    "held_at_most": Needs(
        "optional", ("per",), ("zone", "category", "counts", "most", "after", "weight", "without")
    ),
    "reduced_by": Needs("required", ("months",)),
    "changed_at_most": Needs("required", ("months", "kinds")),
    "balances": Needs(),
    "changes_notified": Needs("required", ("kinds", "when_notified"), ("share",)),
    "exchanged_yearly": Needs("required", ("valid",)),
    "each_at_most": Needs("required", _ITEM, _PICKED),
    "each_at_least": Needs("required", _ITEM, _PICKED),
    "each_true": Needs("none", (*_ITEM, "broken"), _PICKED),
    "each_between": Needs("none", (*_ITEM, "least", "most"), _PICKED),
    "each_not_below": Needs("none", (*_ITEM, "bound"), (*_PICKED, "unit", "surely")),
    "each_by_threshold": Needs("required", (*_ITEM, "by", "up_to", "above"), _PICKED),
    "distinct_at_least": Needs("required", ("path", "per", "different", "said", "none"), _PICKED),
}
"""What the data file must say for each; ``rules.bindings`` holds treaties to it."""

CONDITIONS = ("when", "agreement", "only_under", "applies_from", "applies_until")
"""Parameters that every rule may have; the engine reads them."""
