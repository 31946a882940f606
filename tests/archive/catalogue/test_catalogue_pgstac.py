"""What pgSTAC answers, the embedded catalogue answers: the same items in the same order.

pgSTAC 0.10 in PostgreSQL with PostGIS is the authority here.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import catalogue_made as made
import pytest
from catalogue_cluster import cluster, missing

from overflight.archive.catalogue import Catalogue, Query, Sort
from overflight.archive.catalogue.pgstac import PgstacCatalogue
from overflight.archive.catalogue.sqlite import SqliteCatalogue
from overflight.errors import DataError

pytestmark = [
    pytest.mark.root,
    pytest.mark.slow,
    pytest.mark.skipif(bool(missing()), reason=missing()),
]

MISSIONS = {1: ("alpha", "Beta"), 2: ("gamma_1",), 3: ("gamma-2", "Ölüm")}
Both = tuple[Catalogue, Catalogue]


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    folder: Path = tmp_path_factory.mktemp("pgstac")
    ours = SqliteCatalogue(folder / "catalogue.sqlite", new=True)
    with cluster() as url:
        theirs = PgstacCatalogue(url, new=True)
        everything = made.items(11, 600)
        for one in (ours, theirs):
            for mission, names in MISSIONS.items():
                mine = [i for i in everything if json.loads(i)["collection"] in names]
                with one.writing() as writing:
                    writing.add(mission, [made.collection(name) for name in names], mine)
        yield ours, theirs
        theirs.close()
    ours.close()


def ids(page_items: tuple[bytes, ...]) -> list[tuple[str, str]]:
    return [(i["collection"], i["id"]) for i in map(json.loads, page_items)]


@pytest.mark.parametrize("seed", range(4))
def test_random_searches_give_the_same_pages_forwards_and_back(both: Both, seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(40):
        query = made.query(rng)
        tokens = ["", ""]
        for turn in range(4):
            back = turn == 3
            pages = [
                one.search(replace(query, token=token))
                for one, token in zip(both, tokens, strict=True)
            ]
            ours, theirs = pages
            assert ids(ours.items) == ids(theirs.items), (query, turn)
            assert ours.matched == theirs.matched, query
            assert bool(ours.next) == bool(theirs.next), (query, turn)
            assert bool(ours.previous) == bool(theirs.previous), (query, turn)
            tokens = [page.previous if turn == 2 else page.next for page in pages]
            if not tokens[0] or back:
                break


def test_items_come_back_as_they_were_sent(both: Both) -> None:
    for one in both:
        assert set(one.search(Query(limit=1000)).items) == set(made.items(11, 600))


def test_single_items_and_collections_are_for_those_who_may_find_them(both: Both) -> None:
    name = ids(both[0].search(Query(collections=("gamma_1",), limit=1)).items)[0]
    for one in both:
        assert one.item(*name, frozenset({2})) is not None
        assert one.item(*name, frozenset({1, 3})) is None
        assert one.collection("gamma_1", frozenset()) is None
        assert len(one.collections(frozenset({1}))) == 2
        assert one.mission_of("Ölüm") == 3
        assert one.check() == ()


def test_a_token_of_what_one_may_not_find_is_refused(both: Both) -> None:
    page = both[1].search(Query(limit=1, sortby=(Sort("id"),)))
    with pytest.raises(DataError, match="token"):
        both[1].search(
            Query(limit=1, sortby=(Sort("id"),), token=page.next, missions=frozenset({9}))
        )


def test_a_removed_mission_is_gone_and_comes_back(both: Both) -> None:
    for one in both:
        before = one.search(Query(limit=1000, matched=True))
        mine = [i for i in before.items if json.loads(i)["collection"] == "gamma_1"]
        with one.writing() as writing:
            writing.remove(2)
        assert one.search(Query(limit=1000, matched=True)).matched == (before.matched or 0) - len(
            mine
        )
        assert one.collection("gamma_1", None) is None
        with one.writing() as writing:
            writing.add(2, [made.collection("gamma_1")], mine)
        assert ids(one.search(Query(limit=1000)).items) == ids(before.items)
