"""Hazardous airspace from GeoJSON."""

from __future__ import annotations

import json
from typing import Any

import pytest

from overflight.errors import DataError
from overflight.formats.hazards import read_hazards
from overflight.geo.positions import Position

SQUARE = [[30, 50], [31, 50], [31, 51], [30, 51], [30, 50]]
BOW_TIE = [[30, 50], [31, 51], [31, 50], [30, 51], [30, 50]]


def collection(*features: tuple[dict[str, Any], dict[str, Any]]) -> bytes:
    return json.dumps(
        {
            "type": "FeatureCollection",
            "features": [
                {"type": "Feature", "geometry": geometry, "properties": properties}
                for geometry, properties in features
            ],
        }
    ).encode()


def polygon(*rings: list[list[float]]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": list(rings)}


def test_an_area_is_read_with_an_open_ring() -> None:
    (area,) = read_hazards(
        collection((polygon(SQUARE), {"id": "UUR1", "kind": "restricted", "handling": "crossed"}))  # type: ignore[arg-type]
    )
    assert (area.id, area.kind, area.handling) == ("UUR1", "restricted", "crossed")
    assert area.ring == tuple(Position(lat=y, lon=x) for x, y in SQUARE[:-1])


def test_what_is_not_said_is_a_danger_area_that_is_avoided() -> None:
    (area,) = read_hazards(collection((polygon(SQUARE), {})))  # type: ignore[arg-type]
    assert (area.id, area.kind, area.handling) == ("H01", "danger", "avoided")


def test_a_multipolygon_becomes_one_area_for_each_part() -> None:
    other = [[x + 5, y] for x, y in SQUARE]
    areas = read_hazards(
        collection(({"type": "MultiPolygon", "coordinates": [[SQUARE], [other]]}, {"name": "R2"}))
    )
    assert [area.id for area in areas] == ["R2-1", "R2-2"]


def test_an_area_across_the_antimeridian() -> None:
    ring = [[179, 65], [-179, 65], [-179, 66], [179, 66], [179, 65]]
    (area,) = read_hazards(collection((polygon(ring), {})))  # type: ignore[arg-type]
    assert {p.lon for p in area.ring} == {179.0, -179.0}


HOLE = [[30.2, 50.2], [30.8, 50.2], [30.8, 50.8], [30.2, 50.2]]
AROUND_THE_POLE = [[0, 80], [90, 80], [180, 80], [-90, 80], [0, 80]]

BAD = {
    "crosses itself": (polygon(BOW_TIE), {}, "50°30.0'N 030°30.0'E"),  # type: ignore[arg-type]
    "hole": (polygon(SQUARE, HOLE), {}, "hole"),  # type: ignore[arg-type]
    "around the pole": (polygon(AROUND_THE_POLE), {}, "pole"),  # type: ignore[arg-type]
    "two points": (polygon([[0, 0], [1, 1], [0, 0]]), {}, "three different points"),
    "no area": (polygon([[0, 0], [1, 1], [2, 2], [0, 0]]), {}, "outline"),
    "a point": ({"type": "Point", "coordinates": [1, 2]}, {}, "no area"),
    "empty": ({"type": "MultiPolygon", "coordinates": []}, {}, "empty"),
    "nothing": (None, {}, "no geometry"),
    "handling": (polygon(SQUARE), {"handling": "ignored"}, "'ignored'"),  # type: ignore[arg-type]
    "text": (polygon([["a", "b"]]), {}, "coordinates"),  # type: ignore[list-item]
}


@pytest.mark.parametrize("case", sorted(BAD))
def test_a_bad_area_gets_its_place_and_a_remedy(case: str) -> None:
    geometry, properties, words = BAD[case]
    with pytest.raises(DataError) as caught:
        read_hazards(collection((geometry, properties)))  # type: ignore[arg-type]
    assert words in caught.value.message
    assert (caught.value.where or "").startswith("/features/0")
    assert caught.value.remedy


def test_ids_are_given_once() -> None:
    square = polygon(SQUARE)  # type: ignore[arg-type]
    with pytest.raises(DataError, match="/features/0"):
        read_hazards(collection((square, {"id": "A"}), (square, {"id": "A"})))
