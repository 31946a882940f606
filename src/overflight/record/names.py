"""Names of files in a bundle: such as mean the same, and one thing only, on every system.

Refused is whatever a system could take for a way out of the folder, a reader could take for
another name, or an archive could not carry.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from overflight.record.refused import Refused

MAX_NAME_BYTES = 140
MAX_PARTS = 16

_FORBIDDEN = re.compile(r'[\\:*?"<>|]')
_DEVICES = frozenset(
    ("con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in "123456789"))
)
# Controls, invisible formatting (bidi marks, zero-width joiners), halves, private and unassigned
# code points, line and paragraph separators: none of them can be seen for what it is.
_UNSEEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))


def check_name(name: str) -> str:
    """``name`` itself. Raises Refused (``bad-name``) for one that a bundle may not hold."""
    why = fault_of(name)
    if why:
        raise Refused(
            "bad-name",
            f"no file of a bundle may be called {_shown(name)}: {why}",
            remedy="Give the file a plain name: letters, digits, '-', '_', '.', and '/' between "
            "folders.",
        )
    return name


def fault_of(name: str) -> str:
    """What is wrong with a name; empty where nothing is."""
    if not name:
        return "it is empty"
    plain = name.isascii() and name.isprintable()
    if not plain and any(unicodedata.category(letter) in _UNSEEN for letter in name):
        return "it holds a character that cannot be seen"
    if len(name.encode("utf-8")) > MAX_NAME_BYTES:
        return f"it has more than {MAX_NAME_BYTES} bytes"
    if not unicodedata.is_normalized("NFC", name):
        return "it is not in Unicode form NFC"
    if _FORBIDDEN.search(name):
        return 'it holds one of \\ : * ? " < > |'
    parts = name.split("/")
    if len(parts) > MAX_PARTS:
        return f"it lies more than {MAX_PARTS} folders deep"
    return next((why for part in parts if (why := _fault_of_part(part))), "")


def _fault_of_part(part: str) -> str:
    if part == "":
        return "a part of its path is empty"
    if part in (".", ".."):
        return "it leads to another folder"
    if part != part.strip() or part.endswith("."):
        return "a part of it begins or ends with a blank, or ends with a dot"
    if part.startswith("."):
        return "a part of it is hidden (begins with a dot)"
    if any(letter.isspace() and letter != " " for letter in part):
        return "it holds a blank that is not a plain one"
    if part.split(".")[0].rstrip().casefold() in _DEVICES:
        return "some systems take it for a device"
    return ""


def alike(name: str) -> str:
    """What two names share that a person or a system may take for the same."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return unicodedata.normalize("NFKC", folded)


def check_names(names: Iterable[str]) -> None:
    """Raise Refused for a bad name, or two that collide (``duplicate-name``, ``alike-name``)."""
    listed = list(names)
    for name in listed:
        check_name(name)
    check_apart(listed)


def check_apart(names: Iterable[str]) -> None:
    """Raise Refused for two names that collide, or a file that is a folder of another, too."""
    seen: dict[str, str] = {}
    folders: dict[str, str] = {}
    for name in names:
        other = seen.get(alike(name))
        if other == name:
            raise Refused("duplicate-name", f"{name} is named twice")
        if other is not None:
            raise _alike(other, name)
        seen[alike(name)] = name
        for end in [at for at, letter in enumerate(name) if letter == "/"]:
            folder = name[:end]
            if (there := folders.setdefault(alike(folder), folder)) != folder:
                raise _alike(there, folder)
    for folder_alike, folder in folders.items():
        if folder_alike in seen:
            raise Refused("alike-name", f"{_shown(folder)} is a file and a folder")


def _alike(one: str, other: str) -> Refused:
    return Refused(
        "alike-name",
        f"{_shown(one)} and {_shown(other)} are one name to some systems or readers",
        remedy="Rename one of them before the bundle is sealed.",
    )


def _shown(name: str) -> str:
    return ascii(name if len(name) <= 80 else name[:79] + "…")
