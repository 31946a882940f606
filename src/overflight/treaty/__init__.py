"""Regimes as dated, cited data: the value in force on a date, with the paragraph it rests on.

    treaty = load_treaty("open-skies")
    view = treaty.on(datetime.date(2021, 5, 19))
    view.maximum_flight_distance("UUMB")

The only room that reads ``data/``.
"""

from overflight.treaty.loader import available_treaties, load_treaty
from overflight.treaty.model import Treaty
from overflight.treaty.problems import Problem
from overflight.treaty.view import TreatyView

__all__ = ["Problem", "Treaty", "TreatyView", "available_treaties", "load_treaty"]
