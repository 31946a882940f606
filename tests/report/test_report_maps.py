"""Maps: not blank, of the stated size, the same bytes again, nothing on them that may not."""

from __future__ import annotations

import dataclasses
import datetime as dt
import inspect
import io
import typing

import matplotlib.image
import numpy as np
import pytest
import report_samples as samples

from overflight.errors import DataError, PlanError
from overflight.geo.geodesic import distance_km
from overflight.geo.positions import Position
from overflight.report import maps, outgoing, pdf
from overflight.report.mapframe import bar_length_km, frame_around
from overflight.report.mapfurniture import WIDTH_IN
from overflight.report.maplands import Ground, MapLand, ground_of
from overflight.terms.mission_plan import MissionPlan
from overflight.terms.sites import Site
from overflight.terms.working_plan import WorkingPlan
from overflight.treaty.geography import geography
from overflight.treaty.loader import load_treaty


def pixels(png: bytes) -> np.ndarray[typing.Any, typing.Any]:
    return np.asarray(matplotlib.image.imread(io.BytesIO(png), format="png"))[:, :, :3]


@pytest.fixture(scope="module")
def russia_png() -> bytes:
    return maps.release_map(samples.russia(), samples.ground())


def test_a_map_has_its_stated_size_and_is_not_blank(russia_png: bytes) -> None:
    image = pixels(russia_png)
    assert image.shape[1] == round(WIDTH_IN * maps.DPI)
    assert image.std() > 0.05


def test_the_route_is_drawn(russia_png: bytes) -> None:
    blue = np.abs(pixels(russia_png) - np.array([0x12, 0x3F, 0x8C]) / 255).max(axis=2) < 0.02
    assert blue.sum() > 5000


def test_the_strip_along_a_stranger_is_drawn_only_where_there_is_one() -> None:
    def red(ground: typing.Any) -> int:
        image = pixels(maps.release_map(samples.norway(), ground))
        return int(((image[:, :, 0] - image[:, :, 1]) > 0.2).sum())

    near = [
        MapLand("Here", "observed", samples.square(4, 57, 12, 71)),
        MapLand("There", "not a party", samples.square(12, 57, 20, 71), True),
    ]
    friendly = [near[0], near[1]._replace(standing="party", keep_off=False)]
    ground = dataclasses.replace(samples.ground(), territory=None, lands=tuple(near))
    assert red(ground) > 500
    assert red(dataclasses.replace(ground, lands=tuple(friendly))) == 0


@pytest.mark.parametrize("fmt", ["png", "svg"])
def test_the_same_plan_gives_the_same_bytes(fmt: str) -> None:
    first = maps.release_map(samples.norway(), samples.ground(), fmt)
    assert first == maps.release_map(samples.norway(), samples.ground(), fmt)
    assert b"202" not in first[:400] or fmt == "png"  # no date of making in the head


def test_a_users_own_settings_do_not_change_the_map() -> None:
    import matplotlib

    expected = maps.release_map(samples.norway())
    with matplotlib.rc_context({"font.size": 30, "lines.linewidth": 9, "savefig.bbox": "tight"}):
        assert maps.release_map(samples.norway()) == expected


def test_a_mark_changes_the_pixels_and_its_absence_too(russia_png: bytes) -> None:
    bare = maps.release_map(samples.russia(marks=()), samples.ground())
    changed = np.abs(pixels(bare) - pixels(russia_png)).max(axis=2) > 0.01
    assert changed.mean() > 0.02


def test_a_route_over_the_antimeridian_stays_in_one_piece() -> None:
    plan = samples.chukotka()
    frame = frame_around(plan.path)
    xy = frame.xy(list(plan.path))
    length = np.hypot(*np.diff(xy, axis=0).T) / 1000
    truth = [distance_km(a, b) for a, b in zip(plan.path, plan.path[1:], strict=False)]
    assert np.allclose(length, truth, rtol=0.02)


def test_land_that_a_data_set_cuts_at_the_antimeridian_is_joined() -> None:
    frame = frame_around(samples.chukotka().path)
    east, west = samples.square(170, 64, 180, 68), samples.square(-180, 64, -172, 68)
    shape = frame.shape(east.union(west))
    assert shape.geom_type == "Polygon"
    assert not shape.is_empty


def test_the_projection_keeps_angles_and_nearly_scale() -> None:
    frame = frame_around(samples.russia().path)
    corners = [Position(55.0, 40.0), Position(55.0, 40.2), Position(55.1, 40.0)]
    a, b, c = frame.xy(corners)
    east, north = b - a, c - a
    cosine = float(east @ north / np.linalg.norm(east) / np.linalg.norm(north))
    assert abs(cosine) < 0.005
    scale = np.linalg.norm(north) / 1000 / distance_km(corners[0], corners[2])
    assert scale == pytest.approx(1.0, abs=0.03)


@pytest.mark.parametrize(("width_m", "km"), [(1_000_000, 200), (130_000, 20), (2_600_000, 500)])
def test_the_scale_bar_is_round(width_m: float, km: float) -> None:
    assert bar_length_km(width_m) == km


def test_a_map_of_one_airfield_still_shows_where_it_is() -> None:
    frame = frame_around([samples.KUBINKA.position])
    assert frame.width >= 100_000


def test_what_one_map_cannot_show_is_refused() -> None:
    with pytest.raises(PlanError):
        frame_around([Position(0, 0), Position(1, 179)])
    with pytest.raises(PlanError):
        frame_around([])
    with pytest.raises(DataError):
        maps.release_map(samples.norway(), fmt="gif")


def test_a_map_without_land_is_a_map() -> None:
    assert pixels(maps.release_map(samples.norway())).std() > 0.02


def test_a_plan_at_the_pole_can_be_drawn() -> None:
    ring = [(f"F{i}", Position(88.0, lon), None) for i, lon in enumerate((0, 120, -120))]
    plan = samples.plan_through(
        ring,
        observing="AAA",
        observed="BBB",
        holder="BBB",
        start=samples.KUBINKA,
        end=samples.KUBINKA,
    )
    frame = frame_around(plan.path)
    assert frame.window[3] == 90.0
    assert frame.window[2] - frame.window[0] == 360.0


def test_the_home_map_shows_the_sites_and_says_it_stays_at_home() -> None:
    working = samples.working()
    plain = pixels(maps.home_map(dataclasses.replace(working, sites=(), observations=())))
    shown = pixels(maps.home_map(working))
    green = np.array([0x17, 0x80, 0x5C]) / 255

    def dots(image: np.ndarray[typing.Any, typing.Any]) -> int:
        return int((np.abs(image - green).max(axis=2) < 0.06).sum())

    assert dots(shown) > dots(plain) + 500
    red = (plain[:100, :, 0] - plain[:100, :, 1]) > 0.4  # the banner in the head
    assert red.sum() > 300


def test_sites_change_the_home_map_and_cannot_reach_the_other() -> None:
    ways_in = {
        name
        for function in (maps.release_map, pdf.mission_plan_pdf, outgoing.plan_bytes)
        for name in inspect.signature(function).parameters
    }
    assert ways_in == {"plan", "geography", "fmt", "findings", "map_png", "names"}
    for function in (maps.release_map, pdf.mission_plan_pdf):
        hints = typing.get_type_hints(function)
        assert hints["plan"] is MissionPlan
        assert Site not in hints.values() and WorkingPlan not in hints.values()
        kinds = {p.kind for p in inspect.signature(function).parameters.values()}
        assert inspect.Parameter.VAR_KEYWORD not in kinds


def test_plain_lands_make_a_ground() -> None:
    ground = ground_of([("Here", "observed", samples.square(0, 50, 10, 60))])
    assert ground.lands[0].name == "Here"


def land_at(ground: Ground, where: Position) -> set[tuple[str, str, bool]]:
    import shapely

    point = shapely.Point(where.xy)
    return {
        (land.name, land.standing, land.keep_off)
        for land in ground.lands
        if land.shape.bounds[0] <= where.lon <= land.shape.bounds[2] and land.shape.contains(point)
    }


def test_the_ground_of_a_geography_follows_date_and_reading() -> None:
    treaty = load_treaty("open-skies")
    day = dt.date(2021, 5, 19)
    simferopol, aktobe, minsk = Position(44.95, 34.1), Position(50.3, 57.2), Position(53.9, 27.6)
    seen = {}
    for option in ("ukraine", "russia"):
        ground = ground_of(geography(treaty.on(day, {"crimea": option}), "RUS"))
        seen[option] = {standing for _, standing, _ in land_at(ground, simferopol)}
        assert {(s, k) for _, s, k in land_at(ground, aktobe)} == {("not a party", True)}
        assert {(s, k) for _, s, k in land_at(ground, minsk)} == {("party", False)}
        assert ground.stand_off_km == 10.0  # Treaty on Open Skies, VI.II.2
    assert seen == {"ukraine": {"party"}, "russia": {"observed"}}


def test_a_stand_off_that_is_not_public_is_not_drawn() -> None:
    view = load_treaty("open-skies").on(dt.date(2021, 5, 19))
    known = geography(view, "RUS")
    value = dataclasses.replace(view.value("non-party-stand-off"), private=True)

    class Secretive:
        members, pieces, basis = known.members, known.pieces, known.basis
        territory, non_parties = known.territory, known.non_parties

        class view:  # noqa: N801
            on = known.view.on
            status = known.view.status

            @staticmethod
            def value(_key: str) -> object:
                return value

    assert ground_of(Secretive()).stand_off_km is None
