"""The commands a planner types, end to end on real data: make, check, export.

What a document must hold stands in the issue and in the treaty: the keys of the JSON, the exit
codes of the design, the figures of the fact sheet.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from geographiclib.geodesic import Geodesic

MAIN_JOB = (
    *("--treaty", "open-skies", "--observing", "DEU", "--observed", "RUS"),
    *("--on", "2021-05-19", "--aircraft", "saab-340b", "--from", "UUMB"),
)
SITES = """id,lat,lon,value,name
a,56.90,40.90,5,Alpha
b,54.60,39.70,3,Bravo
c,57.80,38.40,8,Charlie
d,53.10,34.10,2,Delta
e,58.50,31.30,5,Echo
"""

Cli = Callable[..., Any]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], Path]:
    """The main job with a short search: the JSON on stdout, and the folder."""
    folder = tmp_path_factory.mktemp("made")
    (folder / "sites.csv").write_text(SITES, encoding="utf-8")
    run = subprocess.run(
        [
            *(sys.executable, "-m", "overflight", "plan", "make", str(folder / "sites.csv")),
            *MAIN_JOB,
            *("--iterations", "200", "--seed", "7", "--json", "--out", str(folder / "out")),
        ],
        capture_output=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr.decode()
    return json.loads(run.stdout), folder / "out"


@pytest.mark.slow
def test_the_main_job_answers_with_what_the_issue_names(made: tuple[dict[str, Any], Path]) -> None:
    document, _ = made
    for key in ("flight_distance_km", "maximum_flight_distance_km", "value_observed"):
        assert isinstance(document[key], (int, float))
    for key in ("sites_observed", "legs", "findings"):
        assert isinstance(document[key], list) and document[key]
    assert document["maximum_flight_distance_km"] == 5500
    assert 0 < document["flight_distance_km"] <= 5500
    assert document["value_observed"] == 23
    assert document["readings"]["self-crossing"] == "strict"
    assert document["verdict"] == "compliant"


@pytest.mark.slow
def test_the_legs_are_as_long_as_geographiclib_says(made: tuple[dict[str, Any], Path]) -> None:
    plan = made[0]["mission_plan"]
    at = {fix["id"]: fix for fix in plan["fixes"]}
    for leg in plan["legs"]:
        a, b = at[leg["start"]], at[leg["end"]]
        metres = Geodesic.WGS84.Inverse(a["lat"], a["lon"], b["lat"], b["lon"])["s12"]
        assert leg["distance_km"] == pytest.approx(metres / 1000, abs=0.001)


@pytest.mark.slow
def test_what_was_made_passes_the_check(made: tuple[dict[str, Any], Path], cli: Cli) -> None:
    file = made[1] / "release" / "mission-plan.json"
    run = cli("plan", "check", file, "--json")
    assert run.status == 0
    answer = json.loads(run.out)
    assert answer["verdict"] == "compliant"
    keys = {"rule", "verdict", "measured", "limit", "unit", "place", "reading", "cite"}
    keys |= {"limit_cite", "message"}
    assert all(keys <= set(finding) for finding in answer["findings"])
    assert cli("plan", "check", "-", "--json", stdin=file.read_bytes()).out == run.out


@pytest.mark.slow
@pytest.mark.parametrize(
    ("spoil", "paragraph"),
    [
        (lambda p: p["times"].update(submitted=p["times"]["commencement"]), "VI.II.4(E)"),
        (lambda p: p["legs"].reverse(), "VI.II.4(F)"),
        (lambda p: p.update(aircraft="a319-oh", aircraft_designated_by="DEU"), "IV.11"),
        (lambda p: [leg.update(height_agl_m=500.0) for leg in p["legs"]], "VI.II.4(D)"),
    ],
)
def test_a_spoiled_plan_is_named_by_its_paragraph(
    made: tuple[dict[str, Any], Path],
    cli: Cli,
    spoil: Callable[[dict[str, Any]], object],
    paragraph: str,
) -> None:
    plan = json.loads((made[1] / "release" / "mission-plan.json").read_text(encoding="utf-8"))
    spoil(plan)
    run = cli("plan", "check", "-", "--json", stdin=json.dumps(plan))
    assert run.status in (1, 3)
    answer = json.loads(run.out)
    wrong = [f for f in answer["findings"] if f["verdict"] in ("breach", "undetermined")]
    assert any(paragraph in finding["cite"] for finding in wrong)


@pytest.mark.slow
def test_other_documents_are_held_against_their_own_rules(
    made: tuple[dict[str, Any], Path], cli: Cli, tmp_path: Path
) -> None:
    notice = {
        "kind": "notification",
        "version": 1,
        "sent": "2021-05-14T08:00:00Z",
        "acknowledged": "2021-05-15T09:30:00Z",
        "arrival_at_point_of_entry": "2021-05-17T09:00:00Z",
    }
    (tmp_path / "notice.json").write_text(json.dumps(notice), encoding="utf-8")
    plan = made[1] / "release" / "mission-plan.json"
    run = cli("plan", "check", plan, "--with", tmp_path / "notice.json", "--json")
    assert run.status == 1
    answer = json.loads(run.out)
    late = [f for f in answer["findings"] if f["verdict"] == "breach" and "VI.I.6" in f["cite"]]
    assert late and late[0]["limit"] == 24 and late[0]["measured"] == pytest.approx(25.5)
    rules = [f["rule"] for f in answer["does_not_apply"]]
    assert not {f["rule"] for f in answer["findings"]} & set(rules)


@pytest.mark.slow
@pytest.mark.parametrize("form", ["json", "geojson", "kml", "gpx", "icao", "pdf", "png", "svg"])
def test_every_form_comes_out(made: tuple[dict[str, Any], Path], cli: Cli, form: str) -> None:
    run = cli("plan", "export", made[1] / "release" / "mission-plan.json", "--to", form)
    assert run.status == 0
    start = {"json": b"{", "geojson": b"{", "icao": b"(FPL", "pdf": b"%PDF", "png": b"\x89PNG"}
    assert run.raw.lstrip().startswith(start.get(form, b"<?xml"))


@pytest.mark.slow
def test_what_was_made_keeps_its_digest_when_exported(
    made: tuple[dict[str, Any], Path], cli: Cli
) -> None:
    """The paper made with the plan carries the digest of every JSON export of it."""
    file = made[1] / "release" / "mission-plan.json"
    run = cli("plan", "export", file, "--to", "json")
    assert run.raw == file.read_bytes()
    assert made[0]["released_plan"] == json.loads(run.out)
    text = json.dumps(made[0]["released_plan"], ensure_ascii=False, indent=2) + "\n"
    assert text.encode() == run.raw


@pytest.mark.slow
def test_ctrl_c_gives_the_best_plan_so_far(tmp_path: Path) -> None:
    (tmp_path / "sites.csv").write_text(SITES, encoding="utf-8")
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "overflight", "plan", "make", str(tmp_path / "sites.csv")),
            *MAIN_JOB,
            *("--seconds", "300", "--json"),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stderr is not None and b"Ctrl-C" in process.stderr.readline()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err.decode()
    assert json.loads(out)["verdict"] == "compliant"


@pytest.mark.parametrize(
    ("words", "status", "says"),
    [
        (("--on", "2022-01-15"), 2, "2021-12-18"),
        (("--aircraft", "no-such"), 2, "saab-340b"),
        (("--from", "EDDK"), 2, "Open Skies airfield"),
        (("--observing", "CHE"), 2, "CHE"),
    ],
)
def test_what_cannot_be_planned_says_what_to_do(
    cli: Cli, tmp_path: Path, words: tuple[str, ...], status: int, says: str
) -> None:
    (tmp_path / "sites.csv").write_text(SITES, encoding="utf-8")
    run = cli("plan", "make", tmp_path / "sites.csv", *MAIN_JOB, *words, "--iterations", "10")
    assert run.status == status
    assert says in run.err and "->" in run.err
    assert "Traceback" not in run.err


def test_a_wrong_word_is_json_when_json_is_asked_for(cli: Cli) -> None:
    run = cli("treaty", "show", "open-skies", "--on", "yesterday", "--json")
    assert run.status == 2
    assert "YYYY-MM-DD" in json.loads(run.out)["message"]
