"""overflight: aerial-observation regimes as software, the Treaty on Open Skies first.

    >>> import datetime, overflight
    >>> treaty = overflight.load_treaty("open-skies")
    >>> len(treaty.on(datetime.date(2021, 5, 19)).states_parties)
    33

The names below are the public entry points. They are imported when first used, so that
``import overflight`` stays quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from overflight.version import VERSION

if TYPE_CHECKING:
    from overflight.geo.positions import Position
    from overflight.mission.check import check_plan
    from overflight.mission.plan import make_plan
    from overflight.treaty.loader import load_treaty

__version__ = VERSION

_LAZY = {
    "Position": "overflight.geo.positions",
    "check_plan": "overflight.mission.check",
    "load_treaty": "overflight.treaty.loader",
    "make_plan": "overflight.mission.plan",
}

__all__ = ["Position", "__version__", "check_plan", "load_treaty", "make_plan"]


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        return getattr(import_module(_LAZY[name]), name)
    raise AttributeError(f"module 'overflight' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
