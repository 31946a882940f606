"""The words by which ``overflight mission`` calls moves and sides, in every regime."""

from __future__ import annotations

VERBS = {
    "notify": "announce the flight or the inspection to the other side",
    "answer": "acknowledge the notification",
    "arrive": "the team is at the point of entry",
    "name": "name the site or the area to be inspected",
    "grant": "grant access to the area",
    "refuse": "refuse access to the area",
    "reach": "the team is at the site",
    "delay": "something keeps one side from its time",
    "extend": "agree on more time",
    "propose": "hand over the mission plan",
    "counter": "propose changes to the plan, or alternatives to such changes",
    "accept": "accept the plan, or the changes",
    "start": "the observation flight begins",
    "deviate": "the flight deviates from its plan",
    "land": "the observation flight is complete",
    "curtail": "the flight is cut short",
    "prohibit": "the observed Party prohibits the flight",
    "decline": "the observing Party declines or cancels it",
    "report": "the report of the mission, or of the inspection",
    "countersign": "countersign the report; each side keeps a copy",
    "conclude": "no further inspection follows",
    "cancel": "cancel the inspection",
    "withdraw": "withdraw the notification",
    "return": "back at the point of entry",
    "depart": "the team leaves the country",
}
"""Words of everyday for moves; which move each means in a regime its own files say."""

SEATS = {
    "observing": "observing",
    "observed": "observed",
    "inspecting": "observing",
    "inspected": "observed",
}
"""What the two sides may be called."""
