"""Messages of one moment put together to one position, without waiting where that can be helped.

A receiver sends several messages for each moment. The position is given out as soon as every kind
that it has lately sent for one has come, else when a message of another moment comes: so the
result depends on the bytes alone, never on how they were cut or when they arrived.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Any

_LEARNT = 3
"""After so many moments it is known which kinds belong to one."""
_REMEMBERED = 6


@dataclass(slots=True)
class Epoch:
    """What has come for one moment; ``key`` tells moments apart."""

    key: object
    parts: dict[str, Any] = field(default_factory=dict)
    given: bool = False


class Epochs:
    """Collects parts by moment."""

    def __init__(self) -> None:
        self._now: Epoch | None = None
        self._kinds: deque[frozenset[str]] = deque(maxlen=_REMEMBERED)

    def put(self, key: object, kind: str, part: Any) -> list[dict[str, Any]]:
        """Add a part of the moment ``key`` (None: of the one that runs); what is whole by it."""
        whole = []
        if self._now is None or (key is not None and key != self._now.key):
            whole = self.flush()
            self._now = Epoch(key)
        now = self._now
        now.parts[kind] = part
        if not now.given and len(self._kinds) >= _LEARNT and self._expected() <= now.parts.keys():
            now.given = True
            whole.append(dict(now.parts))
        return whole

    def flush(self) -> list[dict[str, Any]]:
        """The moment that runs, if it was not given out yet; the next part begins another."""
        now, self._now = self._now, None
        if now is None:
            return []
        self._kinds.append(frozenset(now.parts))
        return [] if now.given else [now.parts]

    def _expected(self) -> frozenset[str]:
        return frozenset().union(*self._kinds)
