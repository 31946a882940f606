"""The files of the built pages: kept by the browser for ever, and sent packed."""

from __future__ import annotations

import mimetypes
import re
from pathlib import PurePosixPath

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

_NAMED = re.compile(r"-[A-Za-z0-9]{8}\.[a-z]+$")
"""A name with the digest of the content in it: other content would have another name."""
_FOR_EVER = "public, max-age=31536000, immutable"


class Built(StaticFiles):
    """A file that the build packed beside itself (``.gz``) goes out packed to who reads that."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        answer = await self._packed(path, scope) or await super().get_response(path, scope)
        answer.headers["Vary"] = "Accept-Encoding"
        if _NAMED.search(path) and answer.status_code in (200, 304):
            answer.headers["Cache-Control"] = _FOR_EVER
        return answer

    async def _packed(self, path: str, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        if "gzip" not in headers.get("accept-encoding", "") or "range" in headers:
            return None
        if not self.lookup_path(f"{path}.gz")[1]:
            return None
        answer = await super().get_response(f"{path}.gz", scope)
        media = mimetypes.guess_type(PurePosixPath(path).name)[0] or "application/octet-stream"
        media = "text/javascript" if path.endswith((".js", ".mjs")) else media
        answer.headers["Content-Type"] = f"{media}; charset=utf-8"
        answer.headers["Content-Encoding"] = "gzip"
        return answer
