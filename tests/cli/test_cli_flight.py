"""``overflight flight`` from end to end: simulate, read, audit, with exit status and documents."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from overflight.formats.documents import read_document
from overflight.formats.schema import validate
from overflight.report.outgoing import plan_bytes
from plan_by_hand import plan

Cli = Callable[..., Any]
# rasterio itself multiplies as affine 3.1 no longer likes.
pytestmark = pytest.mark.filterwarnings("ignore:Use `@` matmul:PendingDeprecationWarning")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "plan.json").write_bytes(plan_bytes(plan()))
    return tmp_path


def test_simulated_then_read_then_audited(cli: Cli, folder: Path) -> None:
    out = folder / "flight"
    made = cli(
        "flight", "simulate", folder / "plan.json", "--out", out, "--frames", "vertical=20",
        "--deviate", "weather-safety:leg=1,from=20,to=80,right=9", "--json",
    )  # fmt: skip
    assert made.status == 0
    document = json.loads(made.out)
    validate(document, "simulated-flight")
    assert document["marks"] == ["SIMULATED"]
    for name in ("track.csv", "sensors.csv", "deviations.csv", "exposures.csv", "flight.json"):
        assert "SIMULATED" in (out / name).read_text()
    read = cli("flight", "read", out / "track.csv", "--json", "--out", folder / "again.csv")
    validate(json.loads(read.out), "track-summary")
    assert "SIMULATED" in (folder / "again.csv").read_text()
    audit = cli(
        "flight", "audit", folder / "plan.json", out, "--json", "--geojson",
        folder / "a.geojson", "--write-record", folder / "record.json",
    )  # fmt: skip
    found = json.loads(audit.out)
    validate(found, "flight-audit")
    assert [e["cause"] for e in found["excursions"]] == ["weather-safety"]
    verdicts = {f["rule"]: f["verdict"] for f in found["findings"]["findings"]}
    assert verdicts["R11"] == verdicts["R13"] == verdicts["R14"] == "compliant"
    assert verdicts["R2"] == "compliant"
    assert audit.status == 3  # no terrain: heights above ground cannot be told
    record = read_document(folder / "record.json", "flight-record")
    assert record["marks"] == ["SIMULATED"]
    features = json.loads((folder / "a.geojson").read_text())["features"]
    assert [f["properties"]["what"] for f in features] == ["flown", "off the plan"]
    assert all(f["properties"]["marks"] == ["SIMULATED"] for f in features)


def test_more_than_fifty_kilometres_gives_the_right(cli: Cli, folder: Path) -> None:
    """The second leg flown as one detour of 51 km needs room that its 92 km do not give; so the
    track of a plan whose second fix lies 60 km farther west is held against the plan."""
    text = (folder / "plan.json").read_text()
    west = json.loads(text)
    west["fixes"][1]["lon"] -= 1.0
    (folder / "west.json").write_text(json.dumps(west))
    assert cli("flight", "simulate", folder / "west.json", "--out", folder / "w").status == 0
    stated = folder / "d.csv"
    stated.write_text(
        "cause,begun,completed\nweather-safety,2021-05-19T07:00:00Z,2021-05-19T08:00:00Z\n"
    )
    audit = cli(
        "flight", "audit", folder / "plan.json", folder / "w", "--deviations", stated, "--json"
    )
    found = {f["rule"]: f for f in json.loads(audit.out)["findings"]["findings"]}
    assert found["R13"]["verdict"] == "right arises"
    # One degree of longitude at 55.6 N is 63.0 km; the turn over the fix swings at most two
    # radii of 4.3 km farther.
    assert 62.9 <= found["R13"]["measured"] <= 63.0 + 8.6


def test_a_ground_nobody_knows_is_a_breach_and_no_ground_is_undetermined(
    cli: Cli, folder: Path
) -> None:
    def verdict(*more: str) -> str:
        cli(
            "flight", "simulate", folder / "plan.json", "--out", folder / "f", "--deviate",
            "curiosity:leg=1,from=20,to=80,left=5",
        )  # fmt: skip
        if "without" in more:
            (folder / "f" / "deviations.csv").unlink()
        audit = cli("flight", "audit", folder / "plan.json", folder / "f", "--json")
        items = json.loads(audit.out)["findings"]["findings"]
        return next(str(f["verdict"]) for f in items if f["rule"] == "R11")

    assert verdict() == "breach"
    assert verdict("without") == "undetermined"


def test_terrain_makes_heights_known(cli: Cli, folder: Path) -> None:
    rasterio = pytest.importorskip("rasterio")
    import numpy as np
    from rasterio.transform import from_origin

    def ground(height: float) -> Path:
        path = folder / f"g{height:g}.tif"
        with rasterio.open(
            path, "w", driver="GTiff", width=80, height=80, count=1, dtype="float32",
            crs="EPSG:4326", transform=from_origin(33.0, 58.0, 0.1, 0.1),
        ) as file:  # fmt: skip
            file.write(np.full((80, 80), height, dtype="float32"), 1)
        return path

    cli("flight", "simulate", folder / "plan.json", "--out", folder / "f", "--still")
    for height, wanted, status in ((-5.0, "compliant", 3), (300.0, "breach", 1)):
        audit = cli(
            "flight", "audit", folder / "plan.json", folder / "f", "--terrain", ground(height),
            "--json",
        )  # fmt: skip
        items = json.loads(audit.out)["findings"]["findings"]
        assert {f["verdict"] for f in items if f["rule"] == "R4.flown"} == {wanted}
        assert audit.status == status


def test_the_text_is_for_people(cli: Cli, folder: Path) -> None:
    cli("flight", "simulate", folder / "plan.json", "--out", folder / "f")
    audit = cli("flight", "audit", folder / "plan.json", folder / "f")
    assert audit.out.startswith("*** SIMULATED ***\nFlight     DEU over RUS, 2021-05-19")
    assert max(map(len, audit.out.splitlines())) <= 100
    assert audit.out.count("R4.flown") <= 3


@pytest.mark.parametrize(
    ("words", "message"),
    (
        (("--rate", "0"), "a track at 0 Hz"),
        (("--deviate", "weather-safety"), "cannot be read"),
        (("--deviate", "weather-safety:leg=1,from=2,to=3"), "where and how far"),
        (("--curtail", "medical:leg=1,at=5,to=XXXX"), "cannot be flown"),
        (("--frames", "vertical"), "cannot be read"),
        (("--frames", "vertical=0"), "0 s between exposures"),
    ),
)
def test_bad_words_are_refused(
    cli: Cli, folder: Path, words: tuple[str, ...], message: str
) -> None:
    given = cli("flight", "simulate", folder / "plan.json", *words)
    assert given.status == 2
    assert message in given.err and "->" in given.err
