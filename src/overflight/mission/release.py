"""The one way from a working plan to the document for the other side.

What may pass, and what is changed on the way, is written in ``formats.releasable``; here stands
the door. Nothing else may make a document for the other side out of a working plan: writers of
such documents take a ``MissionPlan``, which has no place for a site.
"""

from __future__ import annotations

from overflight.formats.releasable import releasable
from overflight.terms.mission_plan import MissionPlan
from overflight.terms.working_plan import WorkingPlan


def release(working: WorkingPlan) -> MissionPlan:
    """The mission plan to hand over: copied field by field, fixes numbered anew.

    Raises PlanError where the plan's own text names a site, a private source or a private
    figure, or a fix is finer than whole minutes. The message does not repeat what must not be
    read.
    """
    return releasable(working)
