"""The words that a regime's files may use where only certain words mean something."""

EVENT_KINDS = (
    "signature",
    "ratification",
    "accession",
    "succession",
    "notice-of-withdrawal",
    "withdrawal",
    "announcement",
    "suspension",
)
GROUP_KINDS = ("common-quota", "individual-quotas", "deemed-one-party")
AIRFIELD_ROLES = (
    "point-of-entry",
    "point-of-exit",
    "open-skies-airfield",
    "refuelling",
    "calibration-target",
    "entry-fix",
)
AIRCRAFT_EVENTS = (
    "designated",
    "certified",
    "certification-disputed",
    "dispute-resolved",
    "retired",
    "lent",
)
PHASES = ("notice", "plan", "flight", "report")
SOURCE_KINDS = ("text", "official", "secondary", "derived", "assumed", "private")
STATUSES = ("enacted", "decided", "assumed", "unknown")

ANY = "*"
"""Stands for every holder in a row of quotas.toml."""
