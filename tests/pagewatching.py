"""Pages for all tests of a worker, and a browser that watches what they do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from overflight.web.pages.settings import Settings
from pageserver import BUILT, CHROMIUM, TODAY, pages
from webserver import Server

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

NOT_BUILT = "the pages are not built: make web"
NO_BROWSER = "there is no Chromium on this machine: install your system's chromium package"


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The pages as anybody on this machine gets them."""
    if not BUILT.is_file():
        pytest.skip(NOT_BUILT)
    with pages(Settings(today=lambda: TODAY, work=tmp_path_factory.mktemp("work"))) as server:
        yield server


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, drawing without a graphics card."""
    if CHROMIUM is None:
        pytest.skip(NO_BROWSER)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--no-sandbox"],
        )
        yield chromium
        chromium.close()


@dataclass
class Watched:
    """A page, and what no page may do: errors on the console, requests to elsewhere."""

    page: Page
    base: str
    faults: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        self.page.goto(self.base + path)
        return self.page


@pytest.fixture(params=[1280], ids=str)
def watched(request: pytest.FixtureRequest, served: Server, browser: Browser) -> Iterator[Watched]:
    """A fresh page; at its end it has said no error and asked nobody else."""
    with watching(browser, served.base, width=request.param) as found:
        yield found


def watching(browser: Browser, base: str, width: int = 1280, **more: Any) -> Any:
    """The same for a server of the test's own."""
    from contextlib import contextmanager

    @contextmanager
    def opened() -> Iterator[Watched]:
        context = browser.new_context(viewport={"width": width, "height": 900}, **more)
        page = context.new_page()
        found = Watched(page, base)
        page.on("pageerror", lambda error: found.faults.append(str(error)))
        page.on(
            "console",
            lambda said: found.faults.append(said.text) if said.type == "error" else None,
        )
        page.on(
            "request",
            lambda asked: (
                None
                if asked.url.startswith((base, "data:", "blob:"))
                else found.elsewhere.append(asked.url)
            ),
        )
        yield found
        context.close()
        assert found.faults == []
        assert found.elsewhere == []

    return opened()


AXE = Path(__file__).resolve().parents[1] / "frontend/node_modules/axe-core/axe.min.js"


def serious(page: Page) -> list[str]:
    """What axe-core finds on a page that is serious or worse, as ``rule: element``."""
    # Through the debugger's protocol: the page's own policy lets no such script in.
    page.evaluate(AXE.read_text(encoding="utf-8") + "\n;undefined")
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{rule['id']}: {node['target']} {node['failureSummary']}"
        for rule in found["violations"]
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"]
    ]
