"""A mission by the articles, written by hand: a second interpreter to hold the machine against.

It imports nothing of the program and reads no data file. Sources: Articles VI, VII, VIII, IX.II.3,
XIII.I.3 and Annexes E.6, E.7, F, L.III, and the table of deadlines in section 7 of our notes on
the Treaty. Times are whole hours counted in seconds, so that each paragraph can be read off.
"""

from __future__ import annotations

from dataclasses import dataclass, field

HOUR = 3600
DAY = 24 * HOUR

BEFORE_FLIGHT = ("arrived", "planned", "agreed")
OTHER_SIDE_CAUSES = ("medical-observed", "force-majeure")
CAUSES = ("weather-safety", "technical", "medical", *OTHER_SIDE_CAUSES, "sensor")
DEVIATIONS = (*CAUSES[:-1], "weather-sensors")
CHANGES = ("weather", "airfield-status", "inconsistent-plan", "hazardous-airspace")


@dataclass
class Reference:
    """What the text allows next, what was late, and what the flight does to the quota."""

    phase: str = "idle"
    provider: str = "observing"
    quota_flight: str = "inside"
    visas: str = "standing"
    start_field: str = "entry"
    end_field: str = "exit"
    after_demonstration: bool = False
    inspection: str = "none"
    demonstration: str = "none"
    turn: str = "observed"
    curtailed: bool = False
    excuse: bool = False
    developer: str = "none"
    quota: str = "open"
    data: str = "open"
    at: dict[str, int] = field(default_factory=dict)
    agreed: dict[str, int | None] = field(default_factory=dict)

    # --- who is who -------------------------------------------------------------------------

    def inspectors(self) -> str:
        """Whoever does not provide the aircraft inspects it and may ask for a demonstration."""
        return "observed" if self.provider == "observing" else "observing"

    def by(self, name: str) -> str:
        return {
            "provider": self.provider,
            "inspectors": self.inspectors(),
            "developer": self.developer,
        }.get(name, name)

    # --- the latest moments ------------------------------------------------------------------

    def bounds(self) -> dict[str, tuple[int, tuple[str, ...]]]:
        """Limit -> (latest second, what ends it), for those whose clock has begun."""
        at = self.at
        found: dict[str, tuple[int, tuple[str, ...]]] = {}

        def due(name: str, clock: str, span: int, *ends: str) -> None:
            if clock in at:
                found[name] = (at[clock] + span, ends)

        due("notice", "eta", -72 * HOUR, "notified")
        if "notified" in at:
            due("informed", "arrived", 0, "informed")
        due("acknowledgement", "notified", 24 * HOUR, "acknowledged")
        due("arrival", "eta", 24 * HOUR, "arrived")
        if self.visas == "on-arrival":
            due("visas", "arrived", HOUR, "visas-provided")
        if self.provider == "observing":
            due("covers-entry", "flight-begun", 0, "covers-entry")
        due("formalities", "flight-begun", 0, "formalities")
        if "inspection-ended" in at:
            due("inspection-report", "flight-begun", 0, "inspection-signed")
        if self.demonstration != "none":
            due("demonstration", "flight-begun", 0, "demonstration-begun")
        due("examination-begin", "equipment-presented", HOUR, "examination-begun")
        due("examination-length", "examination-begun", HOUR, "examination-ended")
        due("inspection-length", "inspection-begun", 8 * HOUR, "inspection-ended")
        if "inspection-begun" in at:
            due("inspection-before-start", "scheduled-start", -4 * HOUR, "inspection-ended")
        due("demonstration-length", "demonstration-begun", 2 * HOUR, "demonstration-ended")
        due("plan-answer", "plan-submitted", 4 * HOUR, "plan-answered", "plan-agreed")
        due("plan-agreement", "plan-submitted", 8 * HOUR, "plan-agreed")
        due("flight-window", "eta", (96 + (24 if "extended" in at else 0)) * HOUR, "flight-ended")
        if not self.excuse:
            due("departure", "flight-ended", 24 * HOUR, "departed")
        if self.provider == "observing" and self.start_field == "elsewhere" and "arrived" in at:
            due("covers-to-airfield", "at-airfield", 0, "covers-to-airfield")
        if "flight-ended" in at:
            if self.provider == "observing":
                due("covers-exit", "departed", 0, "covers-exit")
                if self.end_field == "elsewhere":
                    due("covers-to-exit", "at-exit", 0, "covers-to-exit")
            due("report-signature", "departed", 0, "report-signed")
            due("report", "departed", 7 * DAY, "report-provided")
        due("prohibition-facts", "prohibition-explained", 0, "facts-stated")
        due("prohibition-explanation", "prohibited", 7 * DAY, "prohibition-explained")
        if "declined" in at:
            due("declining-note", "departed", 0, "declining-noted")
            due("declining-explanation", "departed", 7 * DAY, "declining-explained")
        if self.developer == "observed":
            due("film-observed", "at-exit", 3 * DAY, "film-developed")
        if self.developer == "observing":
            due("film-observing", "departed", 10 * DAY, "film-developed")
        return {name: bound for name, bound in found.items() if name not in self.agreed}

    def late(self, now: int) -> set[str]:
        """Limits that were passed, done late or still not done at ``now``. What a prohibited,
        declined or withdrawn flight still wanted counts as it stood at that moment."""
        over = [
            self.at[mark] for mark in ("prohibited", "declined", "withdrawn") if mark in self.at
        ]
        found = set()
        for name, (due, marks) in self.bounds().items():
            done = [self.at[mark] for mark in marks if mark in self.at]
            open_until = min([now, *over]) if name not in AFTERWARDS else now
            if (min(done) if done else open_until) > due:
                found.add(name)
        return found

    def early(self) -> set[str]:
        """What was to wait 24 hours after the plan was submitted (VI.II.4(E)), and did not."""
        if "plan-submitted" not in self.at or "start-after-plan" in self.agreed:
            return set()
        first = self.at["plan-submitted"] + 24 * HOUR
        found = set()
        if self.at.get("scheduled-start", first) < first:
            found.add("scheduled-start")
        if self.at.get("flight-begun", first) < first:
            found.add("start-after-plan")
        return found

    # --- moves ---------------------------------------------------------------------------------

    def open_moves(self, now: int) -> dict[str, str]:
        """What the text lets happen now -> who may do it."""
        return {move: self.by(who) for move, (who, may) in self.rules(now).items() if may}

    def allowed(self, move: str, now: int, by: str, facts: dict[str, str]) -> bool:
        """Whether the text lets ``by`` do this now."""
        who = self.open_moves(now).get(move)
        if who is None or (by != who and not (who == "either" and by in SIDES)):
            return False
        words = {
            "curtail": CAUSES, "deviate": DEVIATIONS, "curtail-by-pilot": CAUSES[:-1],
        }.get(move)  # fmt: skip
        if words and facts.get("cause") not in words:
            return False
        return move != "propose-changes" or facts.get("ground") in CHANGES

    def rules(self, now: int) -> dict[str, tuple[str, bool]]:
        """Move -> who makes it, and whether the moment for it is there."""
        p, has, late = self.phase, self.at, self.late(now)
        provides = self.provider == "observing"
        checked = self.inspection in ("none", "ended", "signed")
        return {
            "notify": ("observing", p == "idle"),
            "inform-all": (
                "observing", p in ("notified", *BEFORE_FLIGHT, "flying", "landed", "departed")
                and "informed" not in has
            ),
            "acknowledge": ("observed", p == "notified" and "acknowledged" not in has),
            "withdraw": ("observing", p == "notified"),
            "arrive": ("observing", p == "notified"),
            "prohibit-late": ("observed", p in ("notified", *BEFORE_FLIGHT) and "arrival" in late),
            "prohibit": ("observed", p in ("notified", *BEFORE_FLIGHT)),
            "prohibit-after-inspection": (
                "observed", p in BEFORE_FLIGHT and provides and self.inspection != "none"
            ),
            "prohibit-equipment-left": (
                "observed", p in BEFORE_FLIGHT and not provides and self.inspection == "ended"
            ),
            "cancel-equipment-left": (
                "observing", p in BEFORE_FLIGHT and provides and self.inspection == "ended"
            ),
            "prohibit-after-demonstration": (
                "observed", p in BEFORE_FLIGHT and provides and self.demonstration == "done"
            ),
            "inspect-covers-entry": (
                "both", p in BEFORE_FLIGHT and provides and "covers-entry" not in has
            ),
            "complete-formalities": ("observed", p in BEFORE_FLIGHT and "formalities" not in has),
            "provide-visas": (
                "observed", p in BEFORE_FLIGHT and self.visas == "on-arrival"
                and "visas-provided" not in has
            ),
            "begin-inspection": (
                "inspectors", p in BEFORE_FLIGHT and "formalities" in has
                and self.inspection == "none"
            ),
            "end-inspection": ("inspectors", p in BEFORE_FLIGHT and self.inspection == "running"),
            "sign-inspection-report": (
                "inspectors", p in BEFORE_FLIGHT and self.inspection == "ended"
            ),
            "request-demonstration": (
                "inspectors", p in BEFORE_FLIGHT and self.demonstration == "none"
            ),
            "begin-demonstration": (
                "provider", p in BEFORE_FLIGHT and self.demonstration == "asked"
                and self.inspection in ("ended", "signed")
            ),
            "end-demonstration": (
                "provider", p in BEFORE_FLIGHT and self.demonstration == "flying"
            ),
            "extend-window": (
                "observing", p in (*BEFORE_FLIGHT, "flying") and provides
                and self.demonstration != "none" and "extended" not in has
            ),
            "reach-airfield": ("observing", p == "arrived" and "at-airfield" not in has),
            "submit-plan": ("observing", p == "arrived" and (
                "at-airfield" in has or "plan-place" in self.agreed)),
            "accept-plan": ("observed", p == "planned" and self.turn == "observed"),
            "propose-changes": ("observed", p == "planned" and self.turn == "observed"),
            "submit-alternatives": ("observing", p == "planned" and self.turn == "observing"),
            "accept-changes": ("observing", p == "planned" and self.turn == "observing"),
            "decline": ("observing", p == "planned" and "plan-agreement" in late),
            "cancel-after-inspection": (
                "observing", p in BEFORE_FLIGHT and not provides and self.inspection != "none"
            ),
            "present-equipment": (
                "either", p in BEFORE_FLIGHT and "equipment-presented" not in has
            ),
            "begin-examination": (
                "either", p in BEFORE_FLIGHT and "equipment-presented" in has
                and "examination-begun" not in has
            ),
            "end-examination": (
                "either", p in BEFORE_FLIGHT and "examination-begun" in has
                and "examination-ended" not in has
            ),
            "inspect-covers-to-airfield": (
                "both", p == "arrived" and provides and self.start_field == "elsewhere"
                and not {"covers-to-airfield", "at-airfield"} & set(has)
            ),
            "inspect-covers-to-exit": (
                "both", p == "landed" and provides and self.end_field == "elsewhere"
                and not {"covers-to-exit", "at-exit"} & set(has)
            ),
            "state-facts": (
                "observed", p in ("prohibition", "prohibited") and "facts-stated" not in has
            ),
            "convey-matter": (
                "inspectors", p in ("prohibition", "prohibited", "declination", "declined")
                and self.after_demonstration and "matter-conveyed" not in has
            ),
            "cancel-after-demonstration": (
                "observing", p in BEFORE_FLIGHT and not provides and self.demonstration == "done"
            ),
            "leave-unflown": ("observing", p in BEFORE_FLIGHT),
            "inspect-covers-transit": (
                "observing", p in ("notified", "departed") and provides
            ),
            "accept-delay": (
                "observing", p in BEFORE_FLIGHT and not provides and self.inspection != "none"
            ),
            "accept-package": (
                "observing", p in BEFORE_FLIGHT and not provides and self.inspection != "none"
            ),
            "restrict-sensors": (
                "observed", p in BEFORE_FLIGHT and provides and self.demonstration == "done"
            ),
            "propose-height": (
                "observing", p in BEFORE_FLIGHT and not provides and self.demonstration == "done"
            ),
            "notify-neighbours": ("observed", p in ("planned", "agreed")),
            "forbid-sensors": ("observed", p == "flying" and "deviated" in has),
            "file-flight-plan": ("provider", p == "agreed" and "flight-plan-filed" not in has),
            "start": ("observing", p == "agreed" and "flight-plan-filed" in has and checked
                      and self.demonstration != "flying"),
            "deviate": ("either", p == "flying"),
            "complete": ("observing", p == "flying"),
            "curtail": ("observing", p == "flying"),
            "curtail-by-pilot": ("observed", p == "flying" and not provides),
            "decide-quota": (
                "observing", p in ("landed", "departed") and self.quota == "undecided"
            ),
            "arrive-exit": ("observing", p == "landed" and "at-exit" not in has),
            "inspect-covers-exit": (
                "both", p == "landed" and provides and "covers-exit" not in has
            ),
            "report-delay": ("observing", p == "landed"),
            "sign-report": ("both", p in ("landed", "departed") and "report-signed" not in has),
            "depart": ("observing", p == "landed" or (
                p in ("prohibition", "prohibited", "declination", "declined")
                and "arrived" in has and "departed" not in has)),
            "note-declining": (
                "observing", p in ("declination", "declined") and "declining-noted" not in has
            ),
            "explain-prohibition": ("observed", p == "prohibition"),
            "explain-declining": ("observing", p == "declination"),
            "provide-report": ("observing", p == "departed" and "report-signed" in has
                               and self.quota != "undecided"),
            "develop-film": (
                "developer", p in ("landed", "departed", "completed", "curtailed",
                                   "curtailed-not-counted")
                and self.developer != "none" and "film-developed" not in has
            ),
        }  # fmt: skip

    def do(self, move: str, now: int, by: str, facts: dict[str, str], instant: int = 0) -> bool:
        """Do it if it is allowed; whether it was. ``instant``: what it speaks of."""
        if move == "agree":
            if self.phase in ("idle", *FINAL) or by != "both" or facts["about"] not in OTHERWISE:
                return False
            self.agreed[facts["about"]] = None
            return True
        if not self.allowed(move, now, by, facts):
            return False
        self.take_effect(move, facts, instant)
        mark = MARKS.get(move)
        if mark:
            self.at.setdefault(mark, now)
        self.phase = self.next_phase(move)
        return True

    def next_phase(self, move: str) -> str:
        if move == "depart" and self.phase == "landed":
            return "departed"
        if move == "provide-report" and self.curtailed:
            return "curtailed" if self.quota == "counts" else "curtailed-not-counted"
        return PHASES.get(move, self.phase)

    def take_effect(self, move: str, facts: dict[str, str], instant: int) -> None:
        """What a move changes besides the phase."""
        match move:
            case "notify":
                self.at["eta"] = instant
                self.provider = facts.get("provider", "observing")
                self.quota_flight = facts.get("quota_flight", "inside")
                self.visas = facts.get("visas", "standing")
                self.start_field = facts.get("start_field", "entry")
            case "acknowledge":
                self.provider = facts.get("provider", self.provider)
            case "begin-inspection" | "end-inspection" | "sign-inspection-report":
                words = {"begin": "running", "end": "ended", "sign": "signed"}
                self.inspection = words[move.split("-")[0]]
            case "request-demonstration" | "begin-demonstration" | "end-demonstration":
                words = {"request": "asked", "begin": "flying", "end": "done"}
                self.demonstration = words[move.split("-")[0]]
            case "submit-plan":
                self.at["scheduled-start"] = instant
                self.turn = "observed"
                self.end_field = facts.get("end_field", "exit")
            case "propose-changes":
                self.turn = "observing"
            case "submit-alternatives":
                self.turn = "observed"
            case "report-delay":
                self.excuse = True
            case "complete" | "curtail" | "curtail-by-pilot":
                self.developer = facts.get("developer", "none")
                self.end_field = facts.get("end_field", self.end_field)
                self.curtailed = move != "complete"
                self.count_flight(facts.get("cause", ""))
            case "decide-quota":
                counts = facts["count"] == "yes"
                self.quota = "counts" if counts else "does-not-count"
                self.data = "kept" if counts else "not-kept"  # VIII.II.6
            case _ if move in NOT_FLOWN:  # VIII.I.3, VIII.I.5, Ann.F
                self.quota, self.data = "does-not-count", "not-kept"
                self.after_demonstration = move.endswith("after-demonstration")

    def count_flight(self, cause: str) -> None:
        """VIII.II.5 and 6; Annex L.III.4."""
        theirs = cause in ("sensor", "technical") and self.provider == "observed"
        if self.quota_flight == "outside":
            self.quota, self.data = "does-not-count", "kept"
        elif theirs or cause in OTHER_SIDE_CAUSES:  # (A) to (D)
            self.quota, self.data = "undecided", "open"
        else:
            self.quota, self.data = "counts", "kept"


NOT_FLOWN = (
    "withdraw", "leave-unflown", "prohibit", "prohibit-late", "prohibit-after-inspection",
    "prohibit-equipment-left", "prohibit-after-demonstration", "decline",
    "cancel-equipment-left", "cancel-after-inspection", "cancel-after-demonstration",
)  # fmt: skip
SIDES = ("observing", "observed")
FINAL = (
    "completed", "curtailed", "curtailed-not-counted", "prohibited", "declined", "withdrawn",
)  # fmt: skip
MARKS = {
    "notify": "notified", "inform-all": "informed", "acknowledge": "acknowledged",
    "arrive": "arrived", "inspect-covers-entry": "covers-entry",
    "complete-formalities": "formalities", "provide-visas": "visas-provided",
    "begin-inspection": "inspection-begun", "end-inspection": "inspection-ended",
    "sign-inspection-report": "inspection-signed", "extend-window": "extended",
    "begin-demonstration": "demonstration-begun", "end-demonstration": "demonstration-ended",
    "reach-airfield": "at-airfield", "submit-plan": "plan-submitted",
    "file-flight-plan": "flight-plan-filed", "start": "flight-begun",
    "complete": "flight-ended", "curtail": "flight-ended", "arrive-exit": "at-exit",
    "curtail-by-pilot": "flight-ended",
    "inspect-covers-exit": "covers-exit", "sign-report": "report-signed", "depart": "departed",
    "note-declining": "declining-noted", "explain-prohibition": "prohibition-explained",
    "explain-declining": "declining-explained", "provide-report": "report-provided",
    "develop-film": "film-developed", "prohibit": "prohibited", "prohibit-late": "prohibited",
    "prohibit-after-inspection": "prohibited", "prohibit-after-demonstration": "prohibited",
    "propose-changes": "plan-answered", "accept-plan": "plan-agreed",
    "accept-changes": "plan-agreed", "present-equipment": "equipment-presented",
    "begin-examination": "examination-begun", "end-examination": "examination-ended",
    "inspect-covers-to-airfield": "covers-to-airfield", "state-facts": "facts-stated",
    "inspect-covers-to-exit": "covers-to-exit", "convey-matter": "matter-conveyed",
    "prohibit-equipment-left": "prohibited", "cancel-equipment-left": "declined",
    "deviate": "deviated", "decline": "declined", "cancel-after-inspection": "declined",
    "cancel-after-demonstration": "declined", "withdraw": "withdrawn",
    "leave-unflown": "withdrawn",
}  # fmt: skip
AFTERWARDS = (
    "prohibition-facts",
    "prohibition-explanation",
    "declining-note",
    "declining-explanation",
)
"""What is owed because a flight was prohibited or declined."""
OTHERWISE = (
    "arrival",  # VIII.I.2
    "covers-entry",  # VI.I.10
    "visas",  # XIII.I.3(C)
    "inspection-before-start",  # VI.I.11
    "demonstration-length",  # Ann.F.III.3(D)
    "plan-place",  # VI.II.1
    "start-after-plan",  # VI.II.4(E)
    "flight-window",  # VI.I.9
    "departure",  # VI.I.20
    "film-observed",  # IX.II.3(A)
)
"""Where the text says "unless otherwise agreed", or leaves it to agreement."""
PHASES = {
    "notify": "notified", "withdraw": "withdrawn", "arrive": "arrived", "submit-plan": "planned",
    "prohibit": "prohibition", "prohibit-late": "prohibition",
    "prohibit-after-inspection": "prohibition", "prohibit-after-demonstration": "prohibition",
    "prohibit-equipment-left": "prohibition", "cancel-equipment-left": "declination",
    "accept-plan": "agreed", "accept-changes": "agreed", "decline": "declination",
    "cancel-after-inspection": "declination", "cancel-after-demonstration": "declination",
    "leave-unflown": "withdrawn", "start": "flying", "complete": "landed", "curtail": "landed",
    "curtail-by-pilot": "landed",
    "explain-prohibition": "prohibited", "explain-declining": "declined",
    "provide-report": "completed",
}  # fmt: skip
RARE = ("withdraw", "leave-unflown", "prohibit", "prohibit-after-inspection",
        "prohibit-equipment-left", "cancel-equipment-left", "cancel-after-inspection",
        "prohibit-late")  # fmt: skip
"""What ends a mission early: left out of most choices, so that some get to their end."""
MOVES = (*MARKS, "request-demonstration", "submit-alternatives", "agree",
         "inspect-covers-transit", "accept-delay", "accept-package", "restrict-sensors",
         "propose-height", "notify-neighbours", "forbid-sensors",
         "decide-quota", "report-delay")  # fmt: skip
