"""The pages on a real server of this machine, and a real browser to look at them."""

from __future__ import annotations

import datetime as dt
import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from overflight.web.pages.app import make_app
from overflight.web.pages.settings import Settings
from webserver import Server

TODAY = dt.date(2026, 11, 23)
BUILT = Settings(today=lambda: TODAY, work=Path()).built / "index.html"
CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser") if (found := shutil.which(name))), None
)


@contextmanager
def pages(settings: Settings) -> Iterator[Server]:
    """A server of the pages with these settings, on a port of its own."""
    import uvicorn

    listening = socket.create_server(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    app: Any = make_app(replace(settings, port=port))
    server = uvicorn.Server(
        uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=2, lifespan="off")
    )
    thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
    thread.start()
    try:
        yield Server(port)
    finally:
        server.should_exit = True
        thread.join(timeout=20)
        listening.close()
