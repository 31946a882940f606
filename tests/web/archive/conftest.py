"""One archive and one server for all tests of the room."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from overflight.archive.keeping.layout import Archive
from webserver import Server, serving
from webserving import archive_of

pytest.importorskip("starlette")
pytest.importorskip("uvicorn")


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    return archive_of(tmp_path_factory.mktemp("web"))


@pytest.fixture(scope="session")
def server(kept: Archive) -> Iterator[Server]:
    with serving(kept) as running:
        yield running
