"""Pictures for the documentation, taken where a test has the page before it anyway."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

PICTURES = Path(__file__).resolve().parents[1] / "docs/assets/pages"


def picture(page: Page, name: str) -> None:
    """Kept where OVERFLIGHT_SCREENSHOTS=1 asks for it; each is under 200 kB."""
    if os.environ.get("OVERFLIGHT_SCREENSHOTS") != "1":
        return
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.evaluate("scrollTo(0, 0)")
    page.wait_for_timeout(1500)
    content = page.screenshot()
    assert len(content) < 200_000, f"{name}: {len(content)} bytes"
    (PICTURES / f"{name}.png").write_bytes(content)
