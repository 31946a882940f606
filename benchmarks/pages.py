"""The pages' promises, measured in Chromium on this machine: python benchmarks/pages.py

Prints the first meaningful paint on loopback, the longest task on the main thread while a map with
5,000 sites is panned, and how long a moved fix waits for its answer with 2,000 sites.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import random
import statistics
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from overflight.web.pages.settings import Settings
from pageserver import CHROMIUM, pages
from webserver import Server

JSON = {"Content-Type": "application/json"}
QUESTION = {
    "treaty": "open-skies", "observing": "DEU", "observed": "RUS", "on": "2021-05-19",
    "aircraft": "saab-340b", "start": "UUMB",
}  # fmt: skip
WATCH = """window.long = [];
  new PerformanceObserver(list =>
  window.long.push(...list.getEntries().map(e => e.duration)))
  .observe({entryTypes: ['longtask']});"""


def csv(count: int) -> bytes:
    """That many sites between the western border and the Urals, the same each time."""
    draw = random.Random(1)
    rows = "".join(
        f"s{n},Site {n},{draw.uniform(50, 62):.4f},{draw.uniform(34, 58):.4f},{n % 5 + 1}\n"
        for n in range(count)
    )
    return f"id,name,lat,lon,value\n{rows}".encode()


def plan(server: Server, count: int, seconds: float) -> dict[str, Any]:
    """A plan for that many sites, as the page is shown it."""
    found = server.ask("POST", "/api/sites", {}, csv(count)).json["geojson"]
    asked = {**QUESTION, "sites": found, "seconds": seconds}
    job = server.post("/api/plans", JSON, asked).json["job"]
    while True:
        told = server.get(f"/api/jobs/{job}").json
        if told["state"] == "done":
            shown: dict[str, Any] = server.get(f"/api/plans/{told['result']['plan']}").json
            return shown
        if told["state"] == "failed":
            raise SystemExit(f"the search failed: {server.get(f'/api/jobs/{job}/events').body!r}")
        time.sleep(0.2)


def tries(server: Server, shown: dict[str, Any], count: int = 30) -> list[float]:
    """Milliseconds until each answer, a fix moved a little further each time."""
    stages, spent = json.loads(json.dumps(shown["stages"])), []
    first = next(stage for stage in stages if stage)
    for n in range(count + 1):
        first[n % len(first)][1] += 1 / 60
        begun = time.perf_counter()
        answer = server.post(f"/api/plans/{shown['plan']}/try", JSON, {"stages": stages})
        spent.append(1000 * (time.perf_counter() - begun))
        assert answer.status == 200, answer.body
    return spent[1:]  # the first makes what the others use


def paint(browser: Any, base: str, path: str) -> float:
    """Milliseconds until the page's heading is drawn, nothing cached."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(base + path, wait_until="commit")
    page.wait_for_selector("h1")
    found: float = page.evaluate(
        "new Promise(r => requestAnimationFrame(() => setTimeout(() => r(performance.now()))))"
    )
    context.close()
    return found


def panned(browser: Any, base: str, count: int, place: Path) -> list[float]:
    """Tasks over 50 ms while a map with that many sites is dragged about."""
    place.write_bytes(csv(count))
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(base + "/plan")
    page.locator("input[accept*=gpkg]").set_input_files(place)
    page.get_by_text("5000 sites").wait_for()
    page.wait_for_timeout(4000)
    page.evaluate(WATCH)
    box = page.locator(".map canvas").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    for turn in range(6):
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + (-1) ** turn * 200, y + (-1) ** turn * 80, steps=25)
        page.mouse.up()
        page.wait_for_timeout(300)
    found: list[float] = page.evaluate("window.long")
    context.close()
    return found


def main() -> None:
    from playwright.sync_api import sync_playwright

    with contextlib.ExitStack() as stack:
        work = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        settings = Settings(today=lambda: dt.date(2026, 11, 23), work=work)
        server = stack.enter_context(pages(replace(settings, work=work)))
        chromium = stack.enter_context(sync_playwright()).chromium.launch(
            executable_path=CHROMIUM,
            args=["--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--no-sandbox"],
        )
        server.get("/api/regimes")
        for path in ("/", "/plan", "/mission"):
            spent = statistics.median(paint(chromium, server.base, path) for _ in range(5))
            print(f"first paint of {path}: {spent:.0f} ms (promised: under 1000)", flush=True)
        long = panned(chromium, server.base, 5000, work / "many.csv")
        worst = f"longest {max(long):.0f} ms" if long else "none"
        print(f"tasks over 50 ms while panning over 5,000 sites: {len(long)}, {worst}", flush=True)
        found = sorted(tries(server, plan(server, 2000, 10.0)))
        print(
            f"a moved fix with 2,000 sites: median {found[len(found) // 2]:.0f} ms, "
            f"slowest {found[-1]:.0f} ms (promised: under 100)"
        )
        chromium.close()


if __name__ == "__main__":
    main()
