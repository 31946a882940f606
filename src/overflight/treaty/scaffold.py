"""Start a regime: a commented folder of all files, which already passes validation."""

from __future__ import annotations

import json
import re
import unicodedata
from pathlib import Path

from overflight.errors import DataError
from overflight.files import write_atomic
from overflight.treaty.loader import DATA

TEMPLATE = DATA / "scaffold"
_LONGEST_NAME = 200


def new_regime(folder: str | Path, *, name: str | None = None) -> tuple[Path, ...]:
    """Write the starting files into ``folder``; return them.

    ``name`` is the instrument's full name (default: made from the folder's). Raises DataError
    when the folder holds anything already, so that nothing is ever overwritten.
    """
    target = Path(folder).expanduser()
    if target.exists() and not target.is_dir():
        raise DataError("there is a file of that name", file=target, remedy="Give a new folder.")
    if target.is_dir() and any(target.iterdir()):
        raise DataError(
            "the folder is not empty",
            file=target,
            remedy="Give a new or an empty folder; nothing is overwritten.",
        )
    title = _title(target, name)
    words = {
        "@ID@": _slug(target.resolve().name) or _slug(title) or "regime",
        "@NAME@": json.dumps(title, ensure_ascii=False),
    }
    written = []
    for source in sorted(TEMPLATE.rglob("*")):
        if source.is_file():
            text = source.read_text(encoding="utf-8")
            for word, content in words.items():
                text = text.replace(word, content)
            file = target / source.relative_to(TEMPLATE)
            write_atomic(file, text)
            written.append(file)
    return tuple(written)


def _title(target: Path, name: str | None) -> str:
    title = _one_line(name if name is not None else target.resolve().name.replace("-", " ").title())
    if not title or len(title) > _LONGEST_NAME:
        raise DataError(
            f"a name of {len(title)} characters will not do",
            remedy=f"Give --name with 1 to {_LONGEST_NAME} characters.",
        )
    return title


def _one_line(text: str) -> str:
    """Without line breaks and other controls, which neither a comment nor a name can hold."""
    kept = "".join(" " if unicodedata.category(c)[0] == "C" else c for c in text)
    return " ".join(kept.split())


def _slug(text: str) -> str:
    """Letters, digits and dashes: what an id may be."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")
