"""A search as it goes over HTTP, and a server to ask: any STAC API with POST /search."""

from __future__ import annotations

import datetime as dt
import http.client
import json
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

LIMIT = 100
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class Asked:
    """Box and span of time (microseconds); ``ids``: whether the ids are wanted, which costs."""

    bbox: tuple[float, ...]
    span: tuple[int, int] | None
    ids: bool = False

    def with_ids(self) -> Asked:
        return replace(self, ids=True)

    def document(self) -> dict[str, Any]:
        """The body of a search."""
        found: dict[str, Any] = {"bbox": list(self.bbox), "limit": LIMIT}
        if self.span is not None:
            ends = (_EPOCH + dt.timedelta(microseconds=end) for end in self.span)
            found["datetime"] = "/".join(end.isoformat().replace("+00:00", "Z") for end in ends)
        return found


class HttpPeer:
    """One kept connection to a server on this machine."""

    def __init__(self, url: str, token: str = "") -> None:
        """``token``: of a bearer, where the server asks for one."""
        parts = urlsplit(url)
        self._path = parts.path.rstrip("/") + "/search"
        self._connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
        self._headers = {"Content-Type": "application/json"}
        if token:
            self._headers["Authorization"] = f"Bearer {token}"

    def search(self, asked: Asked) -> list[str]:
        """The ids; without ``asked.ids`` the answer is only read."""
        body = json.dumps(asked.document())
        self._connection.request("POST", self._path, body, self._headers)
        answer = self._connection.getresponse()
        text = answer.read()
        if answer.status != 200:
            raise SystemExit(f"{self._path}: {answer.status} {text[:200]!r}")
        return [item["id"] for item in json.loads(text)["features"]] if asked.ids else []
