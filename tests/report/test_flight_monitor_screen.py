"""The monitor's screen and sentences: they fit, they say what they must, for both seats."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from livestream import fixes_of
from overflight.flying.attitude import Unrest
from overflight.flying.monitor.happenings import Happening
from overflight.flying.monitor.watch import Monitor
from overflight.flying.simulate import Options, simulate
from overflight.mission.monitored import Book, LiveRules, book_of, course_for
from overflight.report.flight_monitor import _WORDS, Said, Standing, happening_lines, screen
from overflight.terms.advice import FIGURES
from overflight.terms.track import PlannedDeviation
from overflight.treaty.loader import load_treaty
from plan_by_hand import SENSORS, plan

BEND = PlannedDeviation("weather-safety", 0, 15.0, 85.0, offset_km=6.0)
ESCAPE = re.compile(r"\x1b\[\d*m")


def book(seat: str = "observed") -> Book:
    return book_of(plan(), seat)


def moments() -> Iterator[tuple[Monitor, LiveRules, list[Said], list[tuple[float, str, str]]]]:
    """The state after each 300 s of a flight with a deviation, over terrain that is too high."""
    told: list[Said] = []
    advice: list[tuple[float, str, str]] = []
    limits = book()
    monitor = Monitor(course_for(plan(), limits, 1.0), ground=lambda *_: 100.0)
    rules = LiveRules(plan(), limits, {})
    flight = simulate(plan(), Options(unrest=Unrest(0.0, 0.0, 0.0), deviations=(BEND,)))
    yield monitor, rules, told, advice
    for number, fix in enumerate(fixes_of(flight.track)):
        points, said = monitor.fix(fix)
        for one in (*said, *rules.follow(monitor, points, said)):
            told.append(Said(one, limits.advice(one)))
            advice += [(one.time_s, text, cite) for text, cite in told[-1].advice]
        if number % 300 == 250:
            yield monitor, rules, told, advice


@pytest.fixture(scope="module")
def screens() -> list[tuple[int, int, list[str]]]:
    found = []
    for monitor, rules, told, advice in moments():
        standing = Standing(
            "DEU over RUS", "seat: observed Party", "receiving", SENSORS, rules.verdicts(), told,
            advice,
        )  # fmt: skip
        for width, height in ((79, 24), (60, 24), (140, 50), (20, 8)):
            lines = screen(monitor, standing, width, height, color=True, utf8=True)
            found.append((width, height, lines))
    return found


def test_every_screen_fits(screens: list[tuple[int, int, list[str]]]) -> None:
    for width, height, lines in screens:
        assert len(lines) == height or height < 20
        assert max(len(ESCAPE.sub("", line)) for line in lines) <= width


def test_the_screen_of_eighty_by_twenty_four_says_it_all(
    screens: list[tuple[int, int, list[str]]],
) -> None:
    wide = ["\n".join(ESCAPE.sub("", x) for x in lines) for w, _, lines in screens if w == 79]
    assert "Waiting for the first position" in wide[0]
    off = next(text for text in wide if "OFF THE PLAN" in text)
    for word in (
        "leg 1 of 4", "km to go", "of 5,500", "Next     W1 in", "bearing",
        "m above ground; 2,000 m needed", "1 vertical ON", "3 oblique-right ON", "without ground 1",
            "SAY", "Ann.G.I.6",
        "breach: R4.flown", "q quit",
    ):  # fmt: skip
        assert word in off, word
    assert any("ON THE PLAN" in text for text in wide)
    assert any("; 3.9 km added, not counted" in text for text in wide)


def test_without_colour_and_utf8_it_is_plain() -> None:
    monitor, rules, told, advice = next(iter(moments()))
    standing = Standing("A", "B", "receiving", SENSORS, rules.verdicts(), told, advice)
    lines = screen(monitor, standing, 79, 24, color=False, utf8=False)
    assert all(line.isascii() and "\x1b" not in line for line in lines)


@pytest.mark.parametrize("seat", ("observed", "observing"))
def test_both_seats_are_told_what_to_say_and_under_which_paragraph(seat: str) -> None:
    """The paragraphs are those that the text gives for each case (VIII.II, VI.II, Annex G)."""
    limits = book(seat)
    for kind, paragraph in (
        ("off-plan", "VIII.II.1"),
        ("beyond-limit", "VIII.II.3"),
        ("below-minimum", "VI.II.4(D)"),
        ("below-minimum-away", "VIII.II.3"),
        ("on-plan", "VIII.II.7"),
        ("noted", "VIII.II.8"),
        ("leg-skipped", "VI.II.4(F)"),
        ("sensor-outside", "VII.3"),
        ("hazard", "VI.II.5"),
        ("silent", "Ann.G.I.4(F)"),
        ("not-completed", "VIII.II.5"),
    ):
        told = limits.advice(Happening(kind, 0.0, {"limit_km": 50.0}))
        assert told and all(text for text, _ in told)
        assert any(paragraph in cite.split("; ") for _, cite in told), kind


def test_a_finding_carries_its_own_paragraph() -> None:
    one = Happening("finding", 0.0, {"message": "Too near.", "cite": "VI.II.2"})
    (told,) = book().advice(one)
    assert told[0].startswith("Too near.") and told[1].startswith("VI.II.2; ")


def test_every_sentence_names_known_figures_and_happenings() -> None:
    facts = dict.fromkeys(FIGURES, 1.0)
    for advice in load_treaty("open-skies").advice:
        said = advice.said(facts)
        assert "{" not in said and "..." not in said
        assert len(said) <= 200
        assert advice.on in _WORDS, "no happening has that name"
        assert advice.cite


def test_a_pipe_has_one_line_for_what_happened_and_one_for_what_to_say() -> None:
    one = Happening("off-plan", 0.0, {"off_km": 1.62, "leg": 2})
    lines = happening_lines(Said(one, book().advice(one)))
    assert lines[0] == "1970-01-01 00:00:00Z  OFF THE PLAN by 1.6 km on leg 2"
    assert (
        lines[1].strip().startswith("-> To the pilot: you are 1.6 km off the flight plan on leg 2")
    )
