"""Every way of searching finds the same: all against a scan of all items, written here anew."""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Iterator
from dataclasses import replace

import catalogue_made as made
import pytest
import shapely
from shapely.geometry import shape

from overflight.archive.catalogue import Query, Sort
from overflight.archive.catalogue.moments import microseconds
from overflight.archive.catalogue.sqlite import SqliteCatalogue, searching

ITEMS = made.items(23, 900)
KNOWN = [
    (
        one,
        shape(one["geometry"]),
        microseconds(one["properties"].get("start_datetime") or one["properties"]["datetime"]),
        microseconds(one["properties"].get("end_datetime") or one["properties"]["datetime"]),
    )
    for one in map(json.loads, ITEMS)
]
WAYS = {
    "as it chooses": {},
    "walking": {"FEW": 0, "SEVERAL": 0, "HOPELESS": 10**12, "STEP": 3},
    "by boxes in few slices": {"FEW": 0, "STEP": 1, "HOPELESS": 0},
    "by boxes in many slices": {"FEW": 0, "STEP": 1, "HOPELESS": 0, "SLICE": 2, "WALK": 5},
    "by collections": {"FEW": 10**9, "SEVERAL": 10**9},
}


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqliteCatalogue]:
    one = SqliteCatalogue(tmp_path_factory.mktemp("ways") / "catalogue.sqlite", new=True)
    for number, name in enumerate(made.COLLECTIONS, 1):
        mine = [item for item in ITEMS if json.loads(item)["collection"] == name]
        with one.writing() as writing:
            writing.add(number, [made.collection(name)], mine)
    assert one.check() == ()
    yield one
    one.close()


def expected(query: Query, descending: bool) -> list[tuple[str, str]]:
    found = []
    for document, place, start, finish in KNOWN:
        if query.collections is not None and document["collection"] not in query.collections:
            continue
        if query.missions is not None and (
            made.COLLECTIONS.index(document["collection"]) + 1 not in query.missions
        ):
            continue
        if query.interval is not None:
            if query.interval.end is not None and start > query.interval.end:
                continue
            if query.interval.start is not None and finish < query.interval.start:
                continue
        if query.bbox is not None and not any(map(place.intersects, _parts(query.bbox))):
            continue
        if query.intersects is not None and not place.intersects(shape(query.intersects)):
            continue
        found.append((start, document["collection"], document["id"]))
    return [(name, one) for _, name, one in sorted(found, reverse=descending)]


def _parts(bbox: tuple[float, ...]) -> list[shapely.Geometry]:
    half = len(bbox) // 2
    west, south, east, north = bbox[0], bbox[1], bbox[half], bbox[half + 1]
    sides = [(west, east)] if west <= east else [(west, 180.0), (-180.0, east)]
    return [shapely.box(w, south, e, north) for w, e in sides]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("descending", [True, False])
def test_all_ways_find_the_same_in_the_same_order(
    catalogue: SqliteCatalogue, monkeypatch: pytest.MonkeyPatch, way: str, descending: bool
) -> None:
    for name, value in WAYS[way].items():
        monkeypatch.setattr(searching, name, value)
    rng = random.Random(4)
    for _ in range(30):
        query = replace(made.query(rng, filters=False), ids=None, matched=True)
        query = replace(query, sortby=(Sort("datetime", descending),))
        want = expected(query, descending)
        seen: list[tuple[str, str]] = []
        page = catalogue.search(query)
        assert page.matched == len(want), query
        for _ in range(6):
            seen += [(i["collection"], i["id"]) for i in map(json.loads, page.items)]
            assert seen == want[: len(seen)], query
            if not page.next:
                assert seen == want, query
                break
            page = catalogue.search(replace(query, token=page.next))


def test_readers_see_missions_whole_while_others_are_written(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    one = SqliteCatalogue(tmp_path_factory.mktemp("both") / "catalogue.sqlite", new=True)
    counts: list[int] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            counts.append(one.search(Query(limit=1, matched=True)).matched or 0)

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    try:
        for number in range(12):
            name = f"m{number}"
            with one.writing() as writing:
                writing.add(
                    number,
                    [made.collection(name)],
                    [made.item(f"{name}-{at}", name) for at in range(50)],
                )
    finally:
        done.set()
        for reader in readers:
            reader.join()
    assert {count % 50 for count in counts} == {0}
    assert one.search(Query(matched=True)).matched == 600
    one.close()
