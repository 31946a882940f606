"""An archive whose items are in PostgreSQL: the same from end to end, and whole after a kill."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from catalogue_cluster import cluster, missing

from archivekeeping import NOW, Desk, first_files, full
from overflight.archive.catalogue.pgstac import PgstacCatalogue
from overflight.archive.catalogue.protocol import Query
from overflight.archive.keeping.checking import check
from overflight.archive.keeping.desk import at_desk
from overflight.archive.keeping.ingest import ingest
from overflight.archive.keeping.layout import Archive
from overflight.errors import DataError

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(missing()), reason=missing() or "all there"),
]


@pytest.fixture
def url() -> Iterator[str]:
    with cluster() as where:
        yield where


def items(archive: Archive, **asked: Any) -> list[bytes]:
    with at_desk(archive) as desk, desk.catalogue() as catalogue:
        return sorted(catalogue.search(Query(limit=100, **asked)).items)


def test_from_end_to_end_as_in_one_file(tmp_path: Path, url: str) -> None:
    desk = Desk(tmp_path)
    there = desk.archive(name="there", database=url)
    here = desk.archive(name="here")
    for name in ("one", "two"):
        bundle = full(desk, name)
        assert ingest(there, bundle, NOW).new and ingest(here, bundle, NOW).new
    assert items(there) == items(here) and len(items(there)) == 4
    bare = desk.mission("three", first_files())  # its one item has no geometry
    assert ingest(there, bare, NOW).new and ingest(here, bare, NOW).new
    assert items(there) == items(here) and len(items(there)) == 5
    assert items(there, bbox=(-180.0, -90.0, 180.0, 90.0)) == items(
        here, bbox=(-180.0, -90.0, 180.0, 90.0)
    )
    found = check(there, NOW, scrub=True)
    assert (found.verdict, found.problems, found.repaired) == ("intact", (), ())
    assert ingest(there, tmp_path / "one", NOW).nothing


def test_killed_between_the_two_commits(
    tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL has the items and the file has not the mission: nobody finds them, ``check`` takes
    them out, and taking the bundle in again is as if nothing had been."""
    desk = Desk(tmp_path)
    archive = desk.archive(database=url)
    ingest(archive, full(desk, "one"), NOW)
    bundle, before = full(desk, "two"), items(archive)
    child = os.fork()
    if not child:
        committed = PgstacCatalogue.writing

        @contextmanager
        def dies(self: PgstacCatalogue) -> Iterator[Any]:
            with committed(self) as writing:
                yield writing
            os.kill(os.getpid(), signal.SIGKILL)

        monkeypatch.setattr(PgstacCatalogue, "writing", dies)
        ingest(archive, bundle, NOW)
        os._exit(0)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
    assert len(items(archive)) == 4  # PostgreSQL's commit was first
    found = check(archive, NOW)
    assert (found.verdict, found.missions, len(found.repaired)) == ("intact", 1, 2)
    assert items(archive) == before
    assert ingest(archive, bundle, NOW).new and len(items(archive)) == 4
    assert check(archive, NOW, scrub=True).problems == ()


def test_killed_and_taken_in_again_without_a_check(
    tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(tmp_path)
    archive = desk.archive(database=url)
    bundle = full(desk, "one")
    child = os.fork()
    if not child:
        committed = PgstacCatalogue.writing

        @contextmanager
        def dies(self: PgstacCatalogue) -> Iterator[Any]:
            with committed(self) as writing:
                yield writing
            os.kill(os.getpid(), signal.SIGKILL)

        monkeypatch.setattr(PgstacCatalogue, "writing", dies)
        ingest(archive, bundle, NOW)
        os._exit(0)
    os.waitpid(child, 0)
    other = full(desk, "two")  # it gets the number that the first one did not
    ingest(archive, other, NOW)
    ingest(archive, bundle, NOW)
    found = check(archive, NOW, scrub=True)
    assert (found.verdict, found.missions, found.problems) == ("intact", 2, ())
    assert len(items(archive)) == 4


def test_a_database_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        Desk(tmp_path).archive(database="postgresql://postgres@127.0.0.1:1/none")
    assert caught.value.remedy
