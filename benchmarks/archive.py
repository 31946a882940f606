"""The archive's catalogue beside pgSTAC, in one run, on the same SYNTHETIC items.

    python benchmarks/archive.py --items 100000 --database postgresql://... --folder DIR --json
    python benchmarks/archive.py --http http://127.0.0.1:8001 http://127.0.0.1:8002 --folder DIR

Ingest: missions of 2,500 items, one transaction each, turn and turn about: ours committed and
flushed (synchronous=FULL), pgSTAC's by pypgstac's loader with the method upsert. Search: bbox and
time, limit 100, in process (pgSTAC: one SQL call on a kept connection, loopback), each query first
ours and then theirs, and the ids compared in order. A line a case, p50 and p99 apart. The peer
needs pypgstac[psycopg] beside overflight; without --database there is no peer.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import archive_items
from archive_http import Asked, HttpPeer
from archive_pgstac import PgstacPeer

from overflight.archive.catalogue import Interval, Query
from overflight.archive.catalogue.sqlite import SqliteCatalogue

LIMIT = 100
WARM = 20
_DAY = 86_400_000_000
_WORLD = (-180.0, -90.0, 180.0, 90.0)
Place = tuple[float, float, int]


@dataclass(frozen=True, slots=True)
class Line:
    """One result. ``ours`` and ``peer_value`` in ``unit``; ``ratio`` is peer to ours for times and
    ours to peer for rates: above 1 we are better. ``ours_cpu``: of ``ours`` in this process, where
    others share the machine."""

    case: str
    ours: float
    unit: str
    peer: str = ""
    peer_value: float | None = None
    ratio: float | None = None
    same_ids: bool | None = None
    ours_cpu: float | None = None


def main() -> int:
    args = _arguments()
    args.folder.mkdir(parents=True, exist_ok=True)
    path = args.folder / f"catalogue-{args.items}{'-one' if args.one else ''}.sqlite"
    lines: list[Line] = []

    def tell(line: Line) -> None:
        lines.append(line)
        _tell(line, args.json)

    if args.http:
        places = _places(args.items)
        ours, theirs = HttpPeer(args.http[0], args.token), HttpPeer(args.http[1])
        for line in searches(ours.search, theirs.search, "HTTP", places, args.queries):
            tell(line)
    else:
        peer = PgstacPeer(args.database) if args.database else None
        if not path.is_file():
            tell(ingest(path, args.items, peer, args.one))
        elif peer is not None and peer.count() == 0:
            peer.load(_missions(args.items, args.one))
        catalogue = SqliteCatalogue(path)

        def ask(asked: Asked) -> list[str]:
            page = catalogue.search(_query(asked))
            return [json.loads(item)["id"] for item in page.items] if asked.ids else []

        them = None if peer is None else peer.search
        for line in searches(ask, them, "pgstac", _places(args.items), args.queries):
            tell(line)
    return 0 if all(line.same_ids is not False for line in lines) else 1


def ingest(path: Path, items: int, peer: PgstacPeer | None, one: bool) -> Line:
    """Items a second, mission by mission."""
    catalogue = SqliteCatalogue(path, new=True)
    ours = theirs = 0.0
    for number, (collection, batch) in enumerate(_missions(items, one), 1):
        begun = time.perf_counter()
        with catalogue.writing() as writing:
            writing.add(1 if one else number, [collection], batch)
        ours += time.perf_counter() - begun
        if peer is not None:
            begun = time.perf_counter()
            peer.add(collection, batch)
            theirs += time.perf_counter() - begun
    catalogue.close()
    case = f"ingest of {items} items, {archive_items.FRAMES} a transaction"
    if peer is None:
        return Line(case, items / ours, "items/s")
    peer.analyse()
    return Line(case, items / ours, "items/s", "pgstac upsert", items / theirs, theirs / ours)


def searches(
    ours: Callable[[Asked], list[str]],
    theirs: Callable[[Asked], list[str]] | None,
    peer: str,
    places: Sequence[Place],
    queries: int,
) -> Iterator[Line]:
    """p50 and p99 of each case, and of all cases together."""
    every: list[tuple[float, float, float]] = []
    for name, asks in _cases(places, queries + WARM).items():
        pairs: list[tuple[float, float, float]] = []
        same = True
        for at, asked in enumerate(asks):
            mine, cpu, found = _timed(ours, asked)
            other = _timed(theirs, asked)[0] if theirs is not None else 0.0
            if at < WARM:
                same &= ours(asked.with_ids()) == (
                    theirs(asked.with_ids()) if theirs is not None else found
                )
            else:
                pairs.append((mine, other, cpu))
        every += pairs
        yield from _lines(name, pairs, peer if theirs is not None else "", same)
    yield from _lines("all cases", every, peer if theirs is not None else "", None)


def _lines(
    name: str, pairs: Sequence[tuple[float, float, float]], peer: str, same: bool | None
) -> Iterator[Line]:
    for words, share in (("p50", 0.50), ("p99", 0.99)):
        mine, other, cpu = (_quantile([pair[n] for pair in pairs], share) for n in range(3))
        if peer:
            yield Line(f"{name}, {words}", mine, "ms", peer, other, other / mine, same, cpu)
        else:
            yield Line(f"{name}, {words}", mine, "ms", ours_cpu=cpu)


def _timed(run: Callable[[Asked], list[str]], asked: Asked) -> tuple[float, float, list[str]]:
    """Milliseconds by the clock and of this process's CPU, and what was found."""
    begun, cpu = time.perf_counter(), time.process_time()
    found = run(asked)
    return (time.perf_counter() - begun) * 1e3, (time.process_time() - cpu) * 1e3, found


def _quantile(values: Sequence[float], share: float) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[round(share * 100) - 1]


def _cases(places: Sequence[Place], count: int) -> dict[str, list[Asked]]:
    """The same searches whenever they are asked for; most around places that have items."""
    rng = random.Random(1992)

    def box(half: float) -> tuple[float, ...]:
        x, y, _ = rng.choice(places)
        return (
            max(-180.0, x - half), max(-90.0, y - half),
            min(180.0, x + half), min(90.0, y + half),
        )  # fmt: skip

    def span(days: float) -> tuple[int, int]:
        middle = rng.choice(places)[2]
        return middle - int(days * _DAY * rng.random()), middle + int(days * _DAY * rng.random())

    made: dict[str, Callable[[], Asked]] = {
        "the whole earth, all time": lambda: Asked(_WORLD, None),
        "the whole earth, two hours": lambda: Asked(_WORLD, span(0.08)),
        "the whole earth, three years": lambda: Asked(_WORLD, span(1100)),
        "0.04 degrees, all time": lambda: Asked(box(0.02), None),
        "1 degree, all time": lambda: Asked(box(0.5), None),
        "10 degrees, all time": lambda: Asked(box(5.0), None),
        "10 degrees, a year": lambda: Asked(box(5.0), span(365)),
        "2 degrees, five years": lambda: Asked(box(1.0), span(1800)),
        "a sea without items": lambda: Asked((-30.0, -40.0, -20.0, -30.0), None),
        "place and time by chance": lambda: Asked(
            box(10 ** rng.uniform(-2, 1.5)), span(10 ** rng.uniform(-1, 3.5))
        ),
    }
    return {name: [one() for _ in range(count)] for name, one in made.items()}


def _places(items: int) -> list[Place]:
    """A frame of each of up to 400 missions: longitude, latitude, microseconds."""
    from overflight.archive.catalogue.moments import microseconds

    found = []
    for number, (_, batch) in enumerate(archive_items.missions(min(items, 200_000))):
        document = json.loads(batch[(number * 997) % len(batch)])
        west, south, east, north = document["bbox"]
        when = microseconds(document["properties"]["datetime"])
        found.append(((west + east) / 2, (south + north) / 2, when))
    return found


def _missions(items: int, one: bool) -> Iterator[archive_items.Mission]:
    """``one``: all in one collection, so that nothing is known from collections."""
    for collection, batch in archive_items.missions(items):
        if one:
            name = json.loads(collection)["id"].encode()
            mark, all_ = b'"collection":"' + name, b'"collection":"SYN-ALL'
            batch = [item.replace(mark, all_, 1) for item in batch]
            collection = collection.replace(b'"id": "' + name, b'"id": "SYN-ALL', 1)
        yield collection, batch


def _query(asked: Asked) -> Query:
    interval = None if asked.span is None else Interval(*asked.span)
    return Query(bbox=asked.bbox, interval=interval, limit=LIMIT)


def _tell(line: Line, as_json: bool) -> None:
    found: dict[str, Any] = {name: getattr(line, name) for name in line.__slots__}
    found = {k: float(f"{v:.4g}") if isinstance(v, float) else v for k, v in found.items()}
    if as_json:
        print(json.dumps(found))
    else:
        peer = f"{line.peer} {line.peer_value:.4g}, ratio {line.ratio:.3g}" if line.peer else ""
        print(
            f"{line.case:45} {line.ours:10.4g} {line.unit}  {peer} {line.same_ids or ''}"
            + (f"  (CPU {line.ours_cpu:.3g})" if line.ours_cpu is not None else "")
        )
    sys.stdout.flush()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--items", type=int, default=100_000)
    parser.add_argument("--queries", type=int, default=200, help="of each case")
    parser.add_argument("--database", default="", help="URL of a database with pgSTAC, the peer")
    parser.add_argument("--folder", type=Path, default=Path("build/archive-bench"))
    parser.add_argument("--one", action="store_true", help="all items in one collection")
    parser.add_argument("--token", default="", help="of a bearer, for our server")
    parser.add_argument("--http", nargs=2, metavar=("OURS", "THEIRS"), help="base URLs")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
