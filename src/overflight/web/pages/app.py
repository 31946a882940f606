"""The application: the pages built by ``frontend/``, and the API under them."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from overflight.errors import DataError, OverflightError
from overflight.version import VERSION
from overflight.web.pages.guard import PAGES, Guard
from overflight.web.pages.jobs import Jobs
from overflight.web.pages.settings import Settings

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.requests import Request
    from starlette.responses import Response

_LOG = logging.getLogger("overflight")
INDEX = "index.html"


def make_app(settings: Settings) -> Guard:
    """The pages and their API, with the guard before them. DataError: the pages are not built."""
    index = settings.built / INDEX
    if not index.is_file():
        raise DataError(
            "the pages have not been built", file=index,
            remedy="Run make web (it needs Node 20 and npm), or install a released package.",
        )  # fmt: skip
    return Guard(api(settings), settings)


def api(settings: Settings) -> FastAPI:
    """Without the guard: what OpenAPI describes."""
    from fastapi import FastAPI
    from fastapi.responses import FileResponse, JSONResponse

    from overflight.web.pages.api import routers
    from overflight.web.pages.built import Built

    app = FastAPI(
        title="overflight", version=VERSION, docs_url=None, redoc_url=None,
        openapi_url="/api/openapi.json",
        description="What the pages of overflight ask. It calls what the command line calls.",
    )  # fmt: skip
    app.state.settings = settings
    app.state.jobs = Jobs(settings.limits)
    app.state.seats = dict(settings.seats)
    app.state.drawings, app.state.drawings_lock = OrderedDict(), threading.Lock()

    @app.exception_handler(OverflightError)
    async def refused(_: Request, error: OverflightError) -> Response:
        return JSONResponse(problem(error), error.http_status)

    @app.exception_handler(Exception)
    async def ours(request: Request, error: Exception) -> Response:
        _LOG.exception("a fault of ours in %s", request.url.path, exc_info=error)
        document = {"kind": "error", "message": "a fault of ours", "remedy": "Please report it."}
        return JSONResponse(document, 500)

    for router in routers():
        app.include_router(router, prefix="/api")
    app.mount("/static", Built(directory=settings.built, check_dir=False), name="static")

    def page(name: str) -> Callable[[], Response]:
        def answer() -> Response:
            own = settings.built / f"{name}.html"
            found = own if own.is_file() else settings.built / INDEX
            # The document names the files of one build; it must not outlive it in a cache.
            return FileResponse(found, headers={"Cache-Control": "no-cache"})

        return answer

    for path, name in (("/", "regime"), *((f"/{name}", name) for name in PAGES)):
        app.add_api_route(path, page(name), include_in_schema=False, response_model=None)
    return app


def problem(error: OverflightError) -> dict[str, Any]:
    """As ``--json`` prints it; a file by its name alone: its folder is this machine's affair."""
    document: dict[str, Any] = {
        "kind": "error",
        "error": type(error).__name__,
        "message": error.message,
        "remedy": error.remedy,
    }
    if isinstance(error, DataError):
        name = Path(error.file).name if error.file is not None else None
        document |= {"file": name, "line": error.line, "where": error.where}
    return document
