"""STAC items and collections: held against the published schemas, and against SIMULATED lost."""

from __future__ import annotations

import copy
import datetime as dt
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from imagery_annotated import HASH, SIMULATION, oriented, product
from jsonschema import Draft7Validator
from referencing import Registry, Resource

from overflight.errors import DataError
from overflight.formats.schema import load_schema, schema_names, validate
from overflight.formats.stac_item import (
    EXTENSIONS,
    OWN,
    box_of,
    collection,
    geometry_of,
    is_simulated,
    item,
    item_id,
)
from overflight.imagery.annotate.view import sun_position, view_angles
from overflight.terms.frame_product import StoredFile

FIXTURES = Path(__file__).parent / "fixtures"


def extension_schema(uri: str) -> dict[str, Any]:
    if uri == OWN:
        return load_schema("frame-item")
    name, version = uri.split("/")[-3:-1]
    found: dict[str, Any] = json.loads((FIXTURES / f"{name}-{version}.json").read_text("utf-8"))
    assert found["$id"].removesuffix("#") == uri
    return found


def stac_schemas() -> Registry[Any]:
    """STAC 1.1.0 as pystac carries it, under the addresses by which its parts name each other."""
    import pystac.validation.local_validator as local

    stored: dict[str, Any] = local.get_local_schema_cache()
    return Registry().with_resources(
        [(uri, Resource.from_contents(schema)) for uri, schema in stored.items()]
    )


def faults(document: dict[str, Any]) -> list[str]:
    """What the published schemas, of STAC and of each extension, say against a document."""
    registry = stac_schemas()
    kind = "item" if document["type"] == "Feature" else "collection"
    base = f"https://schemas.stacspec.org/v1.1.0/{kind}-spec/json-schema/{kind}.json"
    found = [
        error.message
        for error in Draft7Validator({"$ref": base}, registry=registry).iter_errors(document)
    ]
    for uri in document["stac_extensions"]:
        schema = extension_schema(uri)
        validator = Draft7Validator(schema, registry=registry)
        found += [f"{uri}: {error.message}" for error in validator.iter_errors(document)]
    return found


@pytest.mark.parametrize("marks", [(), SIMULATION])
def test_items_keep_stac_and_every_extension_they_name(marks: tuple[str, ...]) -> None:
    made = json.loads(json.dumps(item(product(marks), collection="OS1001")))
    assert faults(made) == []
    assert set(made["stac_extensions"]) == set(EXTENSIONS)
    broken = copy.deepcopy(made)
    broken["properties"]["view:azimuth"] = 400
    broken["properties"]["proj:shape"] = [1.5]
    broken["assets"]["copy"]["file:checksum"] = "xyz"
    broken["assets"]["copy"]["raster:spatial_resolution"] = "fine"
    broken["properties"]["processing:software"] = "ours"
    told = " ".join(faults(broken))
    for name in ("view", "projection", "file", "raster", "processing"):
        assert f"/{name}/" in told, name
    for name in ("bbox", "id", "geometry"):
        assert faults({key: value for key, value in made.items() if key != name}), name
    timeless = copy.deepcopy(made)
    del timeless["properties"]["datetime"]
    assert faults(timeless)


def test_collections_keep_stac() -> None:
    made = collection([item(product()), item(product())], "OS1001", "Flight", "Frames.")
    assert faults(json.loads(json.dumps(made))) == []


def test_pystac_itself_finds_them_valid() -> None:
    pystac = pytest.importorskip("pystac")
    from pystac.validation.stac_validator import JsonSchemaSTACValidator

    validator = JsonSchemaSTACValidator()
    for uri in EXTENSIONS:
        validator.schema_cache[uri] = extension_schema(uri)
    made = item(product(SIMULATION), collection="a")
    assert len(pystac.Item.from_dict(made).validate(validator=validator)) == 1 + len(EXTENSIONS)
    whole = collection([made], "a", "A", "Frames.")
    assert pystac.Collection.from_dict(whole).validate(validator=validator)
    made["properties"]["title"] = "frame 12"
    with pytest.raises(pystac.errors.STACValidationError):
        pystac.Item.from_dict(made).validate(validator=validator)


def test_pystac_reads_what_is_written() -> None:
    pystac = pytest.importorskip("pystac")
    read = pystac.Item.from_dict(item(product(), collection="OS1001"))
    assert read.datetime == dt.datetime(2021, 5, 19, 10, 5, 29, tzinfo=dt.UTC)
    assert read.assets["copy"].roles == ["data"]
    assert read.assets["copy"].extra_fields["file:checksum"] == "1220" + HASH
    whole = pystac.Collection.from_dict(collection([item(product())], "a", "A", "Frames."))
    assert whole.extent.spatial.bboxes == [[11.4, 48.5, 11.6, 48.7]]


def test_the_schema_is_published() -> None:
    assert {"frame-item", "frame-annotation", "frame-annotations"} <= set(schema_names())
    assert load_schema("frame-item")["$id"] == OWN


@pytest.mark.parametrize("place", ["marks", "title", "description"])
@pytest.mark.parametrize("marks", [(), SIMULATION])
def test_the_mark_stands_everywhere_or_nowhere(place: str, marks: tuple[str, ...]) -> None:
    made = item(product(marks))
    assert is_simulated(made) == bool(marks)
    properties = made["properties"]
    if place == "marks":
        properties["overflight:marks"] = [] if marks else ["SIMULATED"]
    else:
        text = properties[place]
        properties[place] = text.replace("SIMULATED", "") if marks else f"SIMULATED {text}"
    with pytest.raises(DataError):
        validate(made, "frame-item")


def test_the_mark_of_one_frame_is_the_collection_s() -> None:
    whole = collection([item(product()), item(product(SIMULATION))], "a", "Flight", "Frames.")
    assert is_simulated(whole) and whole["title"].startswith("SIMULATED")
    whole["description"] = "Frames."
    with pytest.raises(DataError):
        validate(whole, "frame-item")


def test_a_mark_of_either_the_frame_or_its_annotation_is_the_item_s() -> None:
    plain = product()
    marked = replace(plain, annotation=replace(plain.annotation, marks=SIMULATION))
    assert is_simulated(item(marked))


def test_what_an_overlay_decided_is_not_in_the_item() -> None:
    text = json.dumps(item(product()))
    assert "secret" not in text and "Only ours" not in text
    assert item(product())["properties"]["overflight:verdict"] == "compliant"


def test_footprints_across_the_antimeridian_are_cut() -> None:
    """RFC 7946, 3.1.9 and 5.2."""
    ring = ((179.9, 70.0), (-179.8, 70.0), (-179.8, 70.1), (179.9, 70.1))
    for turned in (ring, ring[::-1], tuple((x % 360.0, y) for x, y in ring)):
        geometry, bbox = geometry_of(turned)
        assert geometry["type"] == "MultiPolygon"
        assert bbox == [179.9, 70.0, -179.8, 70.1]
        for (outline,) in geometry["coordinates"]:
            longitudes = {x for x, _ in outline}
            assert max(longitudes) - min(longitudes) < 0.3
    made = item(product(footprint=ring))
    assert faults(json.loads(json.dumps(made))) == []
    assert box_of([made["bbox"], [179.0, 69.0, 179.5, 69.5]]) == [179.0, 69.0, -179.8, 70.1]
    assert box_of([[-179.5, 1, -179.4, 2], made["bbox"]]) == [179.9, 1, -179.4, 70.1]


@settings(max_examples=60, deadline=None)
@given(
    st.floats(-180.0, 180.0), st.floats(-80.0, 80.0), st.floats(0.001, 2.0), st.floats(0.001, 2.0)
)
def test_boxes_hold_their_geometry(lon: float, lat: float, wide: float, high: float) -> None:
    ring = ((lon, lat), (lon + wide, lat), (lon + wide, lat + high), (lon, lat + high))
    geometry, (west, south, east, north) = geometry_of(ring)
    assert -180.0 <= west <= 180.0 and -180.0 <= east <= 180.0
    parts = geometry["coordinates"]
    outlines = parts if geometry["type"] == "Polygon" else [part[0] for part in parts]
    across = (east - west) % 360.0
    for x, y in (point for outline in outlines for point in outline):
        assert south - 1e-6 <= y <= north + 1e-6
        assert (x - west + 1e-6) % 360.0 <= across + 2e-6


def test_identifiers_are_the_same_again_and_safe_as_names() -> None:
    assert item_id(product()) == "OS1001_cam1_00012" == item_id(product(SIMULATION))
    odd = replace(oriented(), name="../a b/é.tif", number=None, sensor="")
    plain = product()
    bare = replace(plain, frame=odd, annotation=replace(plain.annotation, frame=None))
    assert item_id(bare) == "OS1001_a-b-.tif"


def test_frames_without_a_time_need_the_span_in_which_they_were_taken() -> None:
    plain = product()
    frame = replace(plain.frame, time_s=None)
    bare = replace(plain, frame=frame, annotation=replace(plain.annotation, time_s=None))
    with pytest.raises(DataError, match="no time"):
        item(bare)
    made = item(replace(bare, taken=(1621418400.0, 1621418700.0)))
    assert made["properties"]["datetime"] is None
    assert faults(json.loads(json.dumps(made))) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"copy": StoredFile("/somewhere/f.tif", 1, HASH, "image/tiff")},
        {"copy": StoredFile("file:///f.tif", 1, HASH, "image/tiff")},
        {"copy": StoredFile("f.tif", 1, "00", "image/tiff")},
        {"footprint": ((0.0, 0.0), (1.0, 1.0))},
        {"footprint": ((0.0, 0.0), (1.0, 1.0), (1.0, 0.0), (0.0, 1.0))},
    ],
)
def test_what_would_make_no_item_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(DataError) as caught:
        item(product(**changes))
    assert caught.value.remedy


def test_the_sun_stands_where_an_almanac_has_it() -> None:
    """Reda and Andreas, Solar Position Algorithm (NREL/TP-560-34302), appendix A.5: 39.742476 N,
    105.1786 W on 2003-10-17 at 12:30:30, seven hours behind: azimuth 194.340241, elevation
    39.872046 before refraction."""
    moment = dt.datetime(2003, 10, 17, 19, 30, 30, tzinfo=dt.UTC).timestamp()
    azimuth, elevation = sun_position(moment, 39.742476, -105.1786)
    assert azimuth == pytest.approx(194.340241, abs=0.02)
    assert elevation == pytest.approx(39.872046, abs=0.02)


@pytest.mark.parametrize("tilt", [0.0, 30.0])
@pytest.mark.parametrize("azimuth", [90.0, 200.0])
def test_view_angles_are_those_that_the_axis_was_given(tilt: float, azimuth: float) -> None:
    import numpy as np

    from overflight.geo.earth_fixed import north_east_down
    from overflight.terms.frames import Exterior

    frame = oriented()
    north, east, down = north_east_down(48.5922, 11.5)
    turn, off = np.radians([azimuth, tilt])
    out = np.cos(turn) * north + np.sin(turn) * east
    z = np.sin(off) * out + np.cos(off) * down
    x = -np.sin(turn) * north + np.cos(turn) * east
    axes = np.array([x, np.cross(z, x), z])
    seen = view_angles(replace(frame, exterior=Exterior(frame.exterior.eye, axes)))
    assert seen.off_nadir_deg == pytest.approx(tilt, abs=1e-6)
    assert seen.azimuth_deg == (pytest.approx(azimuth, abs=1e-6) if tilt else None)
