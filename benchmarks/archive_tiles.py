"""Tiles over HTTP: ours beside titiler's, of the same picture, cold and again.

    python benchmarks/archive_tiles.py --token TOKEN --clients 8 --zoom 17 --bounds W S E N \
        "http://127.0.0.1:8765/collections/C/items/I/tiles/WebMercatorQuad/{z}/{x}/{y}.png" \
        "http://127.0.0.1:8001/tiles/WebMercatorQuad/{z}/{x}/{y}.png?url=/path/to/the.tif"

Each side's server has just been started; --json prints a line a case. Both sides do all they do for
every tile: ours also looks who asks and records the access on the disk.
"""

from __future__ import annotations

import argparse
import http.client
import json
import math
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

Tile = tuple[int, int, int]
BATCHES = 4


def main() -> int:
    args = _arguments()
    tiles = tiles_of(args.bounds, args.zoom)
    lines = []
    for case in ("cold", "warm"):
        # The sides take turns, so that what else the machine does falls on both.
        spent = [0.0, 0.0]
        for batch in range(BATCHES):
            for side, template in enumerate((args.ours, args.theirs)):
                token = args.token if side == 0 else ""
                spent[side] += timed(template, token, tiles[batch::BATCHES], args.clients)
        ours, theirs = (len(tiles) / seconds for seconds in spent)
        lines.append(
            {
                "case": f"{len(tiles)} tiles at zoom {args.zoom}, {case}, {args.clients} clients",
                "ours": ours, "unit": "tiles/s", "peer": "titiler", "peer_value": theirs,
                "ratio": ours / theirs,
            }
        )  # fmt: skip
    for line in lines:
        text = f"{line['case']}: {line['ours']:.1f}, titiler {line['peer_value']:.1f} tiles/s"
        print(json.dumps(line) if args.json else f"{text}, ratio {line['ratio']:.2f}")
    return 0


def tiles_of(bounds: Sequence[float], zoom: int) -> list[Tile]:
    """The tiles of WebMercatorQuad (OGC 17-083r4) that lie in a box of degrees."""
    west, south, east, north = bounds

    def row(lat: float) -> int:
        return int((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * 2**zoom)

    def column(lon: float) -> int:
        return int((lon + 180) / 360 * 2**zoom)

    rows, columns = range(row(north), row(south) + 1), range(column(west), column(east) + 1)
    return [(zoom, x, y) for y in rows for x in columns]


def timed(template: str, token: str, tiles: Sequence[Tile], clients: int) -> float:
    """Seconds until as many clients, each on a connection that it keeps, had all the tiles."""
    parts = urlsplit(template)
    headers = {"Authorization": f"Bearer {token}"} if token else {}

    def fetch(mine: Sequence[Tile]) -> None:
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
        for z, x, y in mine:
            path = template.split(parts.netloc, 1)[1].format(z=z, x=x, y=y)
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            data = answer.read()
            if answer.status != 200:
                raise SystemExit(f"{path}: {answer.status} {data[:200]!r}")
        connection.close()

    begun = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        list(pool.map(fetch, [tiles[at::clients] for at in range(clients)]))
    return time.perf_counter() - begun


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("ours", help="URL with {z}, {x}, {y}")
    parser.add_argument("theirs", help="the same of titiler")
    parser.add_argument("--token", default="", help="of a bearer, for our server")
    parser.add_argument("--bounds", type=float, nargs=4, required=True, help="degrees")
    parser.add_argument("--zoom", type=int, default=17)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
