"""Views of one stretch of days share what they found: it must be what each day alone would find."""

from __future__ import annotations

import datetime as dt
import random

import pytest

from overflight.treaty import status as party
from overflight.treaty.loader import load_treaty


@pytest.mark.parametrize("name", ["open-skies", "cfe", "inf"])
def test_on_every_kind_of_day_the_standings_are_those_worked_out_for_it_alone(name: str) -> None:
    treaty = load_treaty(name)
    day = dt.timedelta(days=1)
    last = dt.date(2026, 1, 1)
    draw = random.Random(1)
    about = {e.earliest for e in treaty.events} | {e.latest for e in treaty.events}
    days = {
        d + k * day
        for d in draw.sample(sorted(about), min(12, len(about)))
        for k in (-1, 0, 1, 60, 61, 180)
    }
    days |= {last - draw.randrange(13_000) * day for _ in range(30)}
    for on in sorted(days):
        view = treaty.on(on)
        events = party.events_in_use(treaty.events, on, view.readings)
        begun = party.entry_into_force(treaty, events, on)
        alone = {s.code: party.party_status(treaty, s, on, events, begun) for s in treaty.states}
        assert view.entry_into_force == begun
        assert dict(view.statuses) == alone, on
