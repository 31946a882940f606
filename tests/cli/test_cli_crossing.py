"""``--no-cross`` and ``--may-cross``: the reading of self-crossing, kept and checked by it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from overflight.planning.problem import PlanningProblem, Solution
from overflight.planning.track.planner import TrackPlanner

Cli = Callable[..., Any]

JOB = (
    *("--observing", "DEU", "--observed", "RUS", "--on", "2021-05-19"),
    *("--aircraft", "saab-340b", "--from", "UUMB", "--iterations", "5"),
)
SITES = "id,lat,lon,value\nA,56.9,40.9,5\nB,54.6,39.7,3\nC,57.8,38.4,8\n"


@pytest.fixture
def sites(tmp_path: Path) -> Path:
    file = tmp_path / "sites.csv"
    file.write_text(SITES, encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("flags", "reading"),
    [((), "strict"), (("--no-cross",), "strict"), (("--may-cross",), "lenient")],
)
def test_the_plan_is_made_and_checked_by_the_reading(
    cli: Cli,
    sites: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    flags: tuple[str, ...],
    reading: str,
) -> None:
    asked: list[PlanningProblem] = []
    solve = TrackPlanner.solve

    def watched(self: TrackPlanner, problem: PlanningProblem, *args: Any, **more: Any) -> Solution:
        asked.append(problem)
        return solve(self, problem, *args, **more)

    monkeypatch.setattr(TrackPlanner, "solve", watched)
    run = cli("plan", "make", sites, *JOB, *flags, "--out", tmp_path / "out", "--json")
    assert run.status == 0, run.err
    assert {problem.simple_path for problem in asked} == {reading == "strict"}
    assert json.loads(run.out)["readings"]["self-crossing"] == reading
    released = tmp_path / "out" / "release" / "mission-plan.json"
    assert json.loads(released.read_text(encoding="utf-8"))["readings"]["self-crossing"] == reading
    checked = json.loads(cli("plan", "check", released, "--json").out)
    (crossing,) = [f for f in checked["findings"] if f["rule"] == "R6"]
    assert crossing["verdict"] == "compliant"
    assert f"self-crossing={reading}" in crossing["reading"]


@pytest.mark.parametrize(
    "flags",
    [("--no-cross", "--may-cross"), ("--may-cross", "--reading", "self-crossing=strict")],
)
def test_both_at_once_are_refused(cli: Cli, sites: Path, flags: tuple[str, ...]) -> None:
    run = cli("plan", "make", sites, *JOB, *flags)
    assert run.status == 2
    assert "cross" in run.err
