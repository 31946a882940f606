"""The certification report from a list of passes. Expected values are worked out by hand from
H_i L_a / L_i (fact sheet 6.3) and Student's t (2.776 for four degrees of freedom, 95 %)."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from overflight.errors import DataError, EvidenceError
from overflight.formats.certification_file import read_certification
from overflight.formats.certification_json import read_report, report_bytes
from overflight.formats.schema import validate
from overflight.mission.certification.document import report_of
from overflight.mission.certification.record import axis_offset_deg
from overflight.treaty.loader import load_treaty

HEAD = """
[certification]
id = "X"
treaty = "open-skies"
certifying = "DEU"
aircraft = "x"
begins = 2031-05-19
ends = 2031-05-25
images = "images.csv"
[established]
designated = true
sensors_permitted = true
information_given = true
[[participant]]
party = "POL"
people = 4
[[ground]]
hours = 8
[[target]]
id = "T"
contrast = 5
"""
SENSOR = """
[[sensor]]
id = "S"
category = "{category}"
method = "{method}"
configuration = "INT1V"
covers = true
"""
COLUMNS = "image,sensor,pass,height_m,how,direction,bar_m,target,track_deg,offset_percent,clear"
FIVE = [f"{n}.tif,S,{n},1500,visual,along,{b},T,92,10,yes" for n, b in enumerate(
    (0.25, 0.30, 0.25, 0.30, 0.25), 1)]  # fmt: skip


def made(
    folder: Path,
    lines: list[str],
    *,
    method: str = "video",
    category: str = "video",
    more: str = "",
    columns: str = COLUMNS,
    images: dict[str, bytes] | None = None,
) -> dict[str, Any]:
    (folder / "images.csv").write_text("\n".join([columns, *lines]) + "\n", encoding="utf-8")
    for line in lines:
        name = line.split(",")[0]
        (folder / name).write_bytes((images or {}).get(name, name.encode()))
    file = folder / "certification.toml"
    text = HEAD + SENSOR.format(method=method, category=category) + more
    file.write_text(text, encoding="utf-8")
    certification = read_certification(file)
    view = load_treaty(certification.treaty).on(certification.on)
    document = report_of(certification, view, folder, source=file)
    validate(json.loads(report_bytes(document)), "certification-report")
    validate(document["record"], "certification-record")
    return document


def verdicts(document: dict[str, Any]) -> dict[str, str]:
    return {f["rule"]: f["verdict"] for f in document["findings"]["findings"]}


def test_h_min_of_five_passes_by_hand(tmp_path: Path) -> None:
    """1500 x 0.30 / 0.25 = 1800 three times, 1500 twice: mean 1680, squares 3 x 120^2 + 2 x 180^2 =
    108000, s = sqrt(27000) = 164.317, half interval 2.776 s / sqrt(5) = 204.02."""
    document = made(tmp_path, FIVE, more="stated_h_min_m = 1680\n")
    (sensor,) = document["sensors"]
    assert sensor["h_min_m"] == pytest.approx(1680.0)
    assert sensor["deviation_m"] == pytest.approx(164.317, abs=1e-3)
    assert sensor["interval_95"] == pytest.approx([1475.98, 1884.02], abs=0.05)
    assert [m["h_min_m"] for m in document["measurements"]] == pytest.approx(
        [1800.0, 1500.0, 1800.0, 1500.0, 1800.0]
    )
    assert (sensor["basis"], sensor["independent"], sensor["our_model"]) == ("visual", 5, True)
    assert set(verdicts(document).values()) == {"compliant"}
    assert [i["verdict"] for i in document["items"]] == [
        "compliant", "compliant", "compliant", "compliant", "does not apply", "compliant", "",
    ]  # fmt: skip
    assert document["items"][3]["content"] == {"heights": [{"sensor": "S", "h_min_m": 1680}]}


def test_every_measurement_names_its_image(tmp_path: Path) -> None:
    document = made(tmp_path, FIVE)
    for n, one in enumerate(document["measurements"], 1):
        digest = hashlib.sha256(f"{n}.tif".encode()).hexdigest()
        assert (one["image"], one["sha256"], one["digest_checked"]) == (f"{n}.tif", digest, True)
        assert (one["pass"], one["height_m"], one["covers"]) == (str(n), 1500.0, True)
        assert one["track_offset_deg"] == 2.0
    passes = (tmp_path / "images.csv").read_bytes()
    assert document["digests"]["images.csv"] == hashlib.sha256(passes).hexdigest()


@pytest.mark.parametrize(
    ("track", "offset"), [(0, 0), (19, 19), (92, 2), (-85, 5), (178, -2), (45, -45), (290, 20)]
)
def test_angle_to_the_nearer_axis(track: float, offset: float) -> None:
    assert axis_offset_deg(track) == offset


def test_what_is_not_as_asked_is_found(tmp_path: Path) -> None:
    lines = [line.replace(",92,10,yes", ",66,-26,no") for line in FIVE[:4]]
    found = verdicts(made(tmp_path, lines, more="stated_h_min_m = 900\n"))
    broken = {rule for rule, verdict in found.items() if verdict == "breach"}
    assert broken == {
        "Ann.D.III.4", "Ann.D.App.1.III.3.images", "Ann.D.App.1.III.3.track",
        "Ann.D.App.1.III.3.centre", "Ann.D.IV.1(D)",
    }  # fmt: skip


def test_a_simulated_picture_marks_the_report(tmp_path: Path) -> None:
    assert made(tmp_path, FIVE)["marks"] == []
    # The mark lies across two chunks of a megabyte.
    pixels = bytes((1 << 20) - 4) + b"SIMULATED" + bytes(20)
    document = made(tmp_path, FIVE, images={"3.tif": pixels})
    assert document["marks"] == ["SIMULATED"]
    assert all(m["simulated"] for m in document["measurements"])


def reading_document(image: str, along: float) -> dict[str, Any]:
    """A document as 'sensor resolution' writes it, for a target with bars along the track."""
    direction = {
        "direction": "along", "normal_deg": 0.0, "groups": 8, "bar_width_pixels": 2.5,
        "bar_width_interval_95": [2.4, 2.6], "ground_resolution_m": along,
        "ground_interval_95": [along - 0.01, along + 0.01], "metres_per_pixel": 0.1,
        "smallest_bar_pixels": 3.0, "smallest_bar_m": 0.3, "limited_by": "blur", "transfer": [],
    }  # fmt: skip
    group = {
        "x": 1.0, "y": 1.0, "direction": "along", "bar_width_pixels": 3.0, "bar_width_m": 0.3,
        "transfer": 0.5, "error": 0.01, "modulation": 0.1, "told_apart": True,
    }  # fmt: skip
    return {
        "kind": "sensor-bars", "version": 1, "ground_resolution_m": along,
        "interval_95": [along - 0.01, along + 0.01], "direction": "along", "image": image,
        "rows": 100, "columns": 100, "centre": [50.0, 50.0], "bars": 3, "dark_bars": True,
        "agreed_contrast": 1.6, "threshold": 0.04, "contrast_in_picture": 5.0,
        "signal_to_noise": 60.0, "pixels": 1000, "directions": [direction], "groups": [group] * 3,
        "notes": [], "assumed": [],
    }  # fmt: skip


def test_computed_readings_stand_beside_those_by_eye(tmp_path: Path) -> None:
    columns = COLUMNS + ",reading"
    eye = [line + "," for line in FIVE]
    text = json.dumps(reading_document("1.tif", 0.2))
    (tmp_path / "r.json").write_text(text, encoding="utf-8")
    computed = "1.tif,S,1,1500,computed,along,,T,92,10,yes,r.json"
    both = made(tmp_path, [*eye, computed], columns=columns)
    (sensor,) = both["sensors"]
    assert sensor["h_min_m"] == pytest.approx(1680.0)
    assert sensor["computed_h_min_m"] == pytest.approx(1500 * 0.3 / 0.2)
    assert both["measurements"][5]["enters"] is False
    assert both["measurements"][5]["interval_95"] == pytest.approx([0.19, 0.21])
    only = made(tmp_path, [computed], columns=columns)
    (sensor,) = only["sensors"]
    assert (sensor["basis"], sensor["h_min_m"]) == ("computed", pytest.approx(2250.0))
    assert any("by eye" in doubt for doubt in sensor["doubts"])
    assert verdicts(only)["Ann.D.App.1.III.2.visual"] == "undetermined"


def test_the_reading_of_another_picture_is_refused(tmp_path: Path) -> None:
    text = json.dumps(reading_document("2.tif", 0.2))
    (tmp_path / "r.json").write_text(text, encoding="utf-8")
    line = "1.tif,S,1,1500,computed,along,,T,92,10,yes,r.json"
    with pytest.raises(DataError, match=r"a reading of '2\.tif', not of '1\.tif'"):
        made(tmp_path, [line], columns=COLUMNS + ",reading")


def test_a_picture_without_a_target_stays_with_its_reason(tmp_path: Path) -> None:
    import io

    import numpy as np
    from PIL import Image

    grey = np.random.default_rng(1).integers(90, 110, (64, 64)).astype("uint8")
    buffer = io.BytesIO()
    Image.fromarray(grey).save(buffer, "PNG")
    line = "1.png,S,1,1500,computed,along,,T,0,0,yes"
    document = made(tmp_path, [line], images={"1.png": buffer.getvalue()})
    (one,) = document["measurements"]
    assert one["bar_m"] is None and one["refused"] and one["h_min_m"] is None
    assert document["sensors"][0]["doubts"] == ["Nothing was read."]
    assert verdicts(document)["Ann.D.IV.1(D)"] == "undetermined"


def test_film_is_our_model_with_its_agreed_contrast(tmp_path: Path) -> None:
    """K_a = (1.6 - 1) / (1.6 + 1) = 3/13; with K = 12/13 and m = 0.5 the factor is
    sqrt(1/4) = 1/2: 1500 x 0.30 / 0.25 / 2 = 900."""
    columns = COLUMNS + ",modulation"
    lines = [f"{n}.tif,S,{n},1500,visual,along,0.25,T,0,0,yes,{12 / 13!r}" for n in (1, 2)]
    more = "agreed_contrast = 1.6\nexponent = 0.5\n"
    film = {"method": "film", "category": "optical-framing", "columns": columns}
    document = made(tmp_path, lines, more=more, **film)
    assert document["sensors"][0]["h_min_m"] == pytest.approx(900.0)
    assert any("our model" in text for text in document["sensors"][0]["ours"])
    unknown = made(tmp_path, lines, **film)["sensors"][0]
    assert unknown["h_min_m"] is None and "not public" in unknown["doubts"][0]


def test_a_radar_has_a_resolution_and_no_height(tmp_path: Path) -> None:
    """Mean of 3.0, 3.1, 3.2: no better than 3 m; with 2.7 the mean is 2.967."""
    radar = {"method": "radar", "category": "sar"}
    lines = [f"{n}.tif,S,{n},9000,visual,,{b},T,0,0,yes" for n, b in ((1, 3.0), (2, 3.1), (3, 3.2))]
    document = made(tmp_path, lines, **radar)
    (sensor,) = document["sensors"]
    assert (sensor["h_min_m"], sensor["resolution_m"]) == (None, pytest.approx(3.1))
    assert verdicts(document)["Ann.D.IV.1(E)"] == "compliant"
    assert "Ann.D.IV.1(D)" not in verdicts(document)
    finer = made(tmp_path, [lines[0].replace("3.0,T", "2.7,T"), *lines[1:2]], **radar)
    assert verdicts(finer)["Ann.D.IV.1(E)"] == "breach"


def test_images_that_are_not_what_they_should_be(tmp_path: Path) -> None:
    columns = COLUMNS + ",sha256"
    wrong = [f"{FIVE[0]},{'0' * 64}"]
    with pytest.raises(EvidenceError, match=r"1\.tif"):
        made(tmp_path, wrong, columns=columns)
    right = hashlib.sha256(b"1.tif").hexdigest()
    assert made(tmp_path, [f"{FIVE[0]},{right}"], columns=columns)["measurements"]
    certification = read_certification(tmp_path / "certification.toml")
    view = load_treaty("open-skies").on(certification.on)
    (tmp_path / "1.tif").unlink()
    stated = report_of(certification, view, tmp_path)
    assert stated["measurements"][0]["digest_checked"] is False
    (tmp_path / "images.csv").write_text(f"{COLUMNS}\n{FIVE[0]}\n", encoding="utf-8")
    with pytest.raises(DataError, match="not there"):
        report_of(certification, view, tmp_path)


@pytest.mark.parametrize(
    ("line", "words"),
    [(FIVE[0].replace(",S,", ",Z,"), "no sensor"), (FIVE[0].replace(",T,", ",Z,"), "no target")],
)
def test_names_that_are_not_known(tmp_path: Path, line: str, words: str) -> None:
    with pytest.raises(DataError, match=words):
        made(tmp_path, [line])


def test_a_report_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    document = made(tmp_path, FIVE)
    assert read_report(report_bytes(document)) == document
    with pytest.raises(DataError):
        read_report(b'{"kind": "certification-report", "version": 1}')


def test_infra_red_is_our_inference(tmp_path: Path) -> None:
    """With m = 0.5, no loss in the air, 3 K agreed and 12 K measured: 1000 x 0.5 / 0.5 x
    sqrt(3 / 12) = 500."""
    columns = COLUMNS + ",difference_k"
    lines = [f"{n}.tif,S,{n},1000,visual,,0.5,T,0,0,yes,12" for n in (1, 2)]
    more = "agreed_difference_k = 3\nexponent = 0.5\n"
    scanner = {"method": "infrared", "category": "infrared-line-scanner", "columns": columns}
    document = made(tmp_path, lines, more=more, **scanner)
    assert document["sensors"][0]["h_min_m"] == pytest.approx(500.0)
    assert document["sensors"][0]["our_model"] is True
    unknown = made(tmp_path, lines, **scanner)["sensors"][0]
    assert unknown["h_min_m"] is None and "temperature difference" in unknown["doubts"][0]
