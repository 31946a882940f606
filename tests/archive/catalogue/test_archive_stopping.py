"""A statement that runs in PostgreSQL is ended there, and the connection is sound afterwards."""

from __future__ import annotations

import threading

import pytest
from catalogue_cluster import cluster, missing

from overflight.archive.catalogue.pgstac import PgstacCatalogue
from overflight.archive.catalogue.stopping import CURRENT, Stop, StoppedError

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(missing()), reason=missing() or "all there"),
]


def test_a_statement_is_ended_in_the_database() -> None:
    with cluster() as url:
        catalogue, stop = PgstacCatalogue(url, new=True), Stop()
        CURRENT.set(stop)
        timer = threading.Timer(0.3, stop.stop)
        timer.start()
        with pytest.raises(StoppedError), catalogue._connected() as run:
            run.execute("SELECT pg_sleep(600)")
        timer.join()
        CURRENT.set(None)
        assert catalogue.collections(None) == ()
        with catalogue._connected() as run:
            asked = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%'"
            row = run.execute(asked + " AND state = 'active'").fetchone()
        assert row == (0,)
        catalogue.close()
