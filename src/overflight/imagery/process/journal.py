"""What has been done to which frame, so that a run goes on where another stopped.

One JSON object a line, flushed to disk before the next frame is reported as done. A line counts
only if it is whole: whatever a crash tore off at the end is cut away. What a frame became counts
only as long as its source, the settings and the files are still the same.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from overflight.errors import DataError

NAME = "process.jsonl"
DONE, SET_ASIDE = "done", "set aside"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a frame became.

    ``files`` maps each written file, relative to the output folder, to its SHA-256; ``told`` is
    what a report says of the frame; ``reason`` and ``remedy`` are those of a frame set aside.
    """

    frame: str
    outcome: str
    source_sha256: str
    settings: str
    files: Mapping[str, str] = field(default_factory=dict)
    told: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""
    remedy: str = ""

    @property
    def done(self) -> bool:
        return self.outcome == DONE

    def to_json(self) -> dict[str, Any]:
        document: dict[str, Any] = {
            "frame": self.frame,
            "outcome": self.outcome,
            "source_sha256": self.source_sha256,
            "settings": self.settings,
        }
        if self.done:
            document |= {"files": dict(self.files), "told": dict(self.told)}
        else:
            document |= {"reason": self.reason, "remedy": self.remedy}
        return document


class Journal:
    """The journal of one output folder, opened to read what is there and to add to it.

    One run at a time: a second one is refused while the first holds the folder.
    """

    def __init__(self, folder: Path, *, anew: bool = False) -> None:
        """``anew``: forget what was done before."""
        import fcntl

        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / NAME
        self._folder = folder
        self._stream = self.path.open("a+b")
        try:
            fcntl.flock(self._stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._stream.close()
            raise DataError(
                "another run is writing to this folder",
                file=folder,
                remedy="Wait for it to end, or give another --out.",
            ) from None
        if anew:
            self._stream.truncate(0)
        try:
            self._known = self._read()
        except DataError:
            self._stream.close()
            raise

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()

    def _read(self) -> dict[str, Outcome]:
        self._stream.seek(0)
        known: dict[str, Outcome] = {}
        whole = 0
        for number, line in enumerate(self._stream, start=1):
            if not line.endswith(b"\n"):
                break
            try:
                told = Outcome(**json.loads(line))
            except (ValueError, TypeError, RecursionError):
                raise DataError(
                    "this line of the journal is not one that was written here",
                    file=self.path,
                    line=number,
                    remedy="Take the file away to process every frame again.",
                ) from None
            known[told.frame] = told
            whole += len(line)
        self._stream.truncate(whole)
        self._stream.seek(0, os.SEEK_END)
        return known

    def add(self, outcome: Outcome) -> None:
        """Write one outcome down; on return it is on the disk."""
        line = json.dumps(outcome.to_json(), ensure_ascii=False, sort_keys=True, allow_nan=False)
        self._stream.write(line.encode("utf-8") + b"\n")
        self._stream.flush()
        os.fsync(self._stream.fileno())
        self._known[outcome.frame] = outcome

    def still_good(self, frame: str, source_sha256: str, settings: str) -> Outcome | None:
        """What ``frame`` became if that still holds, else None: then it is to be done (again)."""
        known = self._known.get(frame)
        if known is None or not known.done:
            return None
        if (known.source_sha256, known.settings) != (source_sha256, settings):
            return None
        for name, digest in known.files.items():
            path = self._folder / name
            if not path.is_file() or sha256_of(path) != digest:
                return None
        return known


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def settings_digest(settings: Mapping[str, Any]) -> str:
    """One short text for everything that makes a difference to the bytes that come out."""
    text = json.dumps(settings, ensure_ascii=False, sort_keys=True, allow_nan=False, default=str)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
