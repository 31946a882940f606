"""The words that a regime's files may use where only certain words mean something."""

EVENT_KINDS = (
    "signature",
    "ratification",
    "accession",
    "succession",
    "notice-of-withdrawal",
    "withdrawal",
    "announcement",
    "suspension-notice",
    "suspension",
    "resumption",
    "non-participation",
)
REPEATABLE = (
    "announcement",
    "suspension-notice",
    "suspension",
    "resumption",
    "non-participation",
)
"""Kinds of event of which one State may have several."""
GROUP_KINDS = ("common-quota", "individual-quotas", "deemed-one-party", "common-ceilings")
HOLDS_QUOTAS = ("common-quota", "deemed-one-party")
"""Kinds of group that hold quotas in place of their members."""
CEILING_COUNTS = ("all", "active")
CEILING_PER = ("group", "party")
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
PHASES = ("notice", "plan", "flight", "report", "holdings", "certification")
QUOTA_SPANS = ("whole", "yearly")
"""A part of a regime may be one period of quotas, or have one a year from its first day."""
SOURCE_KINDS = ("text", "official", "secondary", "derived", "assumed", "private")
STATUSES = ("enacted", "decided", "assumed", "unknown")

ANY = "*"
"""Stands for every holder in a row of quotas.toml."""
