"""Who may have what under Article IX, written down a second time: from the text, as one reads it.

It shares nothing with the program or its data: its own dates (fact sheet, section 1), its own
groups (III.II.3, XIV.1), and the paragraphs as plain conditions in their order.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Mapping
from dataclasses import dataclass, replace

D = dt.date
ENTRY = D(2002, 1, 1)
BOUND_WITH_THE_TREATY = (
    "BLR", "BEL", "BGR", "CAN", "CZE", "DNK", "FRA", "GEO", "DEU", "GRC", "HUN", "ISL", "ITA",
    "LUX", "NLD", "NOR", "POL", "PRT", "ROU", "RUS", "SVK", "ESP", "TUR", "UKR", "GBR", "USA",
)  # fmt: skip
JOINED = {
    "BIH": D(2003, 10, 20), "HRV": D(2005, 1, 1), "EST": D(2005, 5, 23), "FIN": D(2003, 2, 10),
    "LVA": D(2003, 2, 11), "LTU": D(2005, 7, 8), "SVN": D(2004, 11, 24),
}  # fmt: skip
LEFT = {"USA": (D(2020, 5, 22), D(2020, 11, 22)), "RUS": (D(2021, 6, 18), D(2021, 12, 18))}
SIGNED_ONLY = ("KGZ",)
SINCE = dict.fromkeys(BOUND_WITH_THE_TREATY, ENTRY) | JOINED
RUBY, RUBY_ENDS = ("BLR", "RUS"), D(2021, 12, 17)
BENELUX = ("BEL", "LUX", "NLD")

DEFAULTS = {
    "former-party": "what-it-holds", "later-party": "any-flight", "leaving-party": "full-party",
    "passing-on": "observing-party-only", "group-members": "each-member",
    "third-party-catalogue": "every-party", "observing-party-gone": "owes-nothing",
    "observed-party-gone": "right-stays", "uncounted-data": "nobody",
    "common-archive": "as-the-observing-party", "extraordinary-data": "the-two-and-the-bodies",
    "voluntary-data": "the-two-and-the-commission", "exercise-access": "as-if-real",
    "not-stated": "as-the-rule-is",
}  # fmt: skip


@dataclass(frozen=True)
class Q:
    """A question with nothing unknown but what is None."""

    asker: str
    day: D
    observing: str
    observed: str
    flown: D
    keeper: str
    level: str
    sort: str = "state"
    delivered: bool = False
    purpose: str = "treaty"
    kind: str | None = "quota"
    counted: bool | None = True
    otherwise: bool | None = False
    marked: bool = False
    concerned: bool = False


def is_party(state: str, day: D) -> bool:
    return (
        state in SINCE and SINCE[state] <= day and (state not in LEFT or day < LEFT[state][1])
    )  # fmt: skip


def states_of(code: str) -> tuple[str, ...]:
    return {"RUBY": RUBY, "BNX": BENELUX}.get(code, (code,))


def the_party(code: str, flown: D) -> tuple[str, ...]:
    """II.1, II.2: the State or group of States that is the Party to the flight."""
    first = states_of(code)[0]
    if code == "BNX" or first in BENELUX:
        return BENELUX  # XIV.1: deemed one
    if code == "RUBY" or (first in RUBY and flown <= RUBY_ENDS and flown >= ENTRY):
        return RUBY
    return (code,)


def on_side(state: str, code: str, flown: D, readings: Mapping[str, str]) -> bool:
    """Whether the State has what is due to that Party of the flight."""
    if state not in the_party(code, flown):
        return False
    if state == code or state in BENELUX:
        return True
    return readings["group-members"] == "each-member"


def answer(q: Q, readings: Mapping[str, str]) -> str:
    """allowed, denied or undetermined."""
    if readings["not-stated"] == "as-the-rule-is":  # III.I.8: each flight is counted
        q = replace(
            q, kind=q.kind or "quota", counted=True if q.counted is None else q.counted
        )  # fmt: skip
    if q.otherwise is None:
        q = replace(q, otherwise=False)  # Ann.L.III.3: "unless otherwise agreed"
    kinds = [q.kind] if q.kind else ["quota", "extraordinary", "voluntary"]
    if q.kind == "outside":
        kinds = ["extraordinary", "voluntary"]
    counts = [True, False] if q.counted is None else [q.counted]
    found = {
        everyone(replace(q, kind=kind, counted=counted), readings)
        for kind, counted in itertools.product(kinds, counts)
    }
    if len(found) > 1:
        return "undetermined"
    return "allowed" if found.pop() else "denied"


def everyone(q: Q, readings: Mapping[str, str]) -> bool:
    """A group may what each of its members may."""
    return all(may(replace(q, asker=state), readings) for state in states_of(q.asker))


def may(q: Q, r: Mapping[str, str]) -> bool:
    """All known: may this one State, body or commission do it?"""
    if q.purpose != "treaty":
        return False  # IX.I.4, last half
    if q.day < q.flown:
        return False  # IX.I.2: nothing leaves the aircraft before the flight is over
    two = (*the_party_named(q.observing), *the_party_named(q.observed))
    if not all(is_party(state, q.flown) for state in two):
        return False  # II.5: no observation flight of this Treaty
    observing = q.sort == "state" and q.asker in the_party(q.observing, q.flown)
    observed = q.sort == "state" and q.asker in the_party(q.observed, q.flown)
    third = not observing and not observed
    if q.kind == "quota" and not q.counted and not kept_though_uncounted(q, observed, r):
        return False  # VIII.II.6
    if q.kind == "voluntary" and q.otherwise and third:
        return False  # Ann.L.III.3
    if q.marked and r["exercise-access"] == "the-two" and third:
        return False
    if q.sort != "state":
        due = (
            q.kind == "extraordinary" and q.concerned  # Ann.L.III.2
            if q.sort == "body"
            else q.kind == "voluntary"  # Ann.L.III.3
        )
        return due and q.level != "request" and where(q) in ("observing", "observed", "common")
    if third and q.kind == "extraordinary" and r["extraordinary-data"] != "every-party":
        return False
    if third and q.kind == "voluntary" and r["voluntary-data"] != "every-party":
        return False
    if not entitled(q, third, r):
        return False
    if q.level == "request":
        return request(q, observing, r)
    return find_or_open(q, third, r)


def the_party_named(code: str) -> tuple[str, ...]:
    """Of a group that is named every State has to be bound, of a State that one."""
    return states_of(code)


def where(q: Q) -> str:
    """Whose archive: of which side of the flight, or of neither."""
    if q.keeper == "common":
        return "common"
    keeper = states_of(q.keeper)[0]
    if keeper in the_party(q.observing, q.flown):
        return "observing"
    return "observed" if keeper in the_party(q.observed, q.flown) else "third"


def own(q: Q) -> bool:
    if q.keeper == "common":
        return False
    return q.asker in states_of(q.keeper) or {q.asker, states_of(q.keeper)[0]} <= set(BENELUX)


def kept_though_uncounted(q: Q, observed: bool, r: Mapping[str, str]) -> bool:
    return (
        r["uncounted-data"] == "observed-keeps" and observed and where(q) == "observed"
        and q.level != "request"
    )  # fmt: skip


def entitled(q: Q, third: bool, r: Mapping[str, str]) -> bool:
    """IX.I.4 and IX.IV.1: States Parties; and what one makes of those that come and go."""
    holds = own(q) and q.level != "request"
    if is_party(q.asker, q.day):
        leaving = q.asker in LEFT and q.day >= LEFT[q.asker][0]  # XV.2
        if leaving and r["leaving-party"] == "withheld" and not holds:
            return False
        joined_later = not is_party(q.asker, q.flown)
        return not (joined_later and third and r["later-party"] == "from-its-day")
    if q.asker not in LEFT or q.day < LEFT[q.asker][1]:
        return False  # never a Party, not yet one, or has only signed
    if not is_party(q.asker, q.flown) or r["former-party"] == "nothing":
        return False
    if r["former-party"] == "flights-of-its-time":
        return True
    if q.level != "request" and where(q) in ("observed", "third"):
        return holds or r["passing-on"] == "to-former-parties"  # crs-2021-01
    return holds


def request(q: Q, observing: bool, r: Mapping[str, str]) -> bool:
    """IX.IV.1: each State Party, from the observing Party."""
    if observing and on_side(q.asker, q.observing, q.flown, r):
        return False  # it is the one that is asked
    if not observing and not bound_still(q.observed, q.flown, q.day):
        third = q.asker not in the_party(q.observed, q.flown)
        if third and r["observed-party-gone"] == "right-ends" and not own(q):
            return False
    bound = bound_still(q.observing, q.flown, q.day)
    return bound or r["observing-party-gone"] == "still-owes"


def bound_still(code: str, flown: D, day: D) -> bool:
    return any(is_party(state, day) for state in states_of(code))


def find_or_open(q: Q, third: bool, r: Mapping[str, str]) -> bool:
    place = where(q)
    mine = own(q)
    ends = r["observed-party-gone"] == "right-ends" and not bound_still(q.observed, q.flown, q.day)
    if ends and q.level == "open" and third and not mine:
        return False
    gone = not bound_still(q.observing, q.flown, q.day)
    if gone and r["observing-party-gone"] == "owes-nothing" and place == "observing" and not mine:
        return False
    of_observing = on_side(q.asker, q.observing, q.flown, r)
    of_observed = on_side(q.asker, q.observed, q.flown, r)
    if place in ("observing", "common"):
        if of_observing or of_observed:
            return True  # IX.II.6-7, IX.III.2-3
        if q.delivered:
            return True  # IX.IV.1
        if q.level == "find" and r["third-party-catalogue"] == "every-party":
            return True
        if place == "common" and r["common-archive"] == "open-to-parties":
            return True  # X.5
    elif place == "observed" and of_observed:
        return True  # IX.II.6(B), IX.III.2
    elif mine and q.delivered:
        return True  # what it was given
    elif not mine and r["passing-on"] == "observing-party-only":
        observed = q.asker in the_party(q.observed, q.flown)
        if not (place == "observed" and observed):
            return False
    elif r["passing-on"] != "observing-party-only":
        return True
    return q.marked and r["exercise-access"] == "every-party"
