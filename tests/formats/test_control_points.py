"""Control points in all their forms, and lists that are wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from overflight.errors import DataError
from overflight.formats.control_points import control_crs, read_control
from shared_data import needs_shared, shared


def _file(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@needs_shared
def test_a_real_list_of_opendronemap() -> None:
    found = read_control(shared("boruszyn/gcp_list.txt"))
    assert len(found) == 18
    assert found[0].crs == "EPSG:2180" and found[0].image == "img_4881.jpg"
    assert found[0].place == (340607.768, 548220.879, 70.8) and found[0].pixel == (149.0, 1620.0)
    # three sightings of the first mark, of one name
    assert [c.image for c in found if c.name == found[0].name] == [
        "img_4881.jpg", "img_4858.jpg", "img_4854.jpg",
    ]  # fmt: skip


def test_names_of_coordinate_systems_as_opendronemap_writes_them() -> None:
    assert control_crs("WGS84 UTM 33N") == "EPSG:32633"
    assert control_crs("WGS84 UTM 19S") == "EPSG:32719"
    assert control_crs(" +proj=utm +zone=33 ") == "+proj=utm +zone=33"


def test_own_table_and_collection_tell_the_same(tmp_path: Path) -> None:
    table = _file(tmp_path, "a.csv", "name,x,y,z,image,column,row,check,crs\n"
                  "A,17.1,52.2,80.5,f1.tif,10.5,20.25,yes,EPSG:4979\n")  # fmt: skip
    feature = {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [17.1, 52.2, 80.5]},
        "properties": {"name": "A", "image": "f1.tif", "column": 10.5, "row": 20.25, "check": True},
    }
    text = json.dumps({"type": "FeatureCollection", "features": [feature]})
    assert read_control(table) == read_control(_file(tmp_path, "a.geojson", text))
    assert read_control(table)[0].check


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        ("", "empty", None),
        ("1 2 3 4 5 a.jpg\n", "no coordinate system", 1),
        ("EPSG:2180\n1 2 3 4 a.jpg\n", "are expected", 2),
        ("EPSG:2180\n1 2 nan 4 5 a.jpg\n", "are expected", 2),
        ("EPSG:2180\n", "no point", None),
        ("EPSG:2180\n1 2 3 4 5 a.jpg M\n1 2 9 4 5 b.jpg M\n", "two places", None),
        ("name,x,y,image,column,row\n", "no column 'z'", 1),
        ("name,x,y,z,image,column,row\nA,1,2,3,f,4,far\n", "five numbers", 2),
    ],
)
def test_wrong_lists_say_where(tmp_path: Path, text: str, message: str, line: int | None) -> None:
    with pytest.raises(DataError, match=message) as told:
        read_control(_file(tmp_path, "gcp_list.txt", text))
    assert told.value.line == line and told.value.remedy
