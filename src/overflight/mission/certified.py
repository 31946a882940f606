"""How far a plan can be from the best there is: a part of the time goes into saying so."""

from __future__ import annotations

import math
from dataclasses import replace

from overflight.errors import DataError
from overflight.mission.pairings import Pairing
from overflight.planning.protocol import Stop
from overflight.terms.certificates import Certificate
from overflight.terms.working_plan import WorkingPlan
from overflight.units import Seconds

_PART = 0.1
_MOST_SECONDS: Seconds = 5.0
MOST_SITES = 1200
"""Of more sites the distances between all of them take longer than a bound is worth."""


def bound_seconds(asked: Seconds | None, seconds: Seconds, iterations: int | None) -> Seconds:
    """How many of ``seconds`` the bound gets: what is asked, or a tenth, 5 s at most.

    With ``iterations`` it gets 0 s, unless it is asked for: the bound that takes no search is
    the same every time. Raises DataError for more than there is.
    """
    if asked is None:
        return 0.0 if iterations is not None else min(_PART * seconds, _MOST_SECONDS)
    if not (math.isfinite(asked) and asked >= 0):
        raise DataError(
            f"{asked!r} is no length of time for a certificate", remedy="Give seconds, 0 or more."
        )
    if iterations is None and asked >= seconds:
        raise DataError(
            f"a certificate of {asked:g} s leaves nothing of {seconds:g} s to search in",
            remedy="Its seconds are a part of the plan's: give the plan more, or it fewer.",
        )
    return asked


def certified(
    working: WorkingPlan, pair: Pairing, seconds: Seconds, stop: Stop | None = None
) -> WorkingPlan:
    """The plan with its certificate, worked out within about ``seconds``.

    The plans compared with are those between the same airfields. With 0 s, and once somebody
    asked to stop, it is the bound that takes no search. With a forecast it is about what is
    expected.
    """
    from overflight.planning.bound.certificate import bound_for

    value = math.fsum(site.value for site in working.sites if site.id in working.sites_observed)
    if working.weather is not None:
        value = working.weather.expected
    given = 0.0 if stop is not None and stop() else seconds
    if len(pair.problem.targets) > MOST_SITES:
        how = (
            f"bound for any path from {pair.start.code} to {pair.end.code}: all sites that can be "
            f"reached at all, counted together (more than {MOST_SITES} sites)"
        )
        return replace(working, certificate=Certificate(value, max(pair.most, value), how, 0.0))
    found = bound_for(pair.problem, value, given)
    if given <= 0.0:  # what a clock says is no part of what the same seed gives
        found = replace(found, seconds=0.0)
    return replace(working, certificate=found)
