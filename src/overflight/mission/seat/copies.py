"""Documents of which each side keeps a copy: what one signs names the digest of the one it has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from overflight.errors import EvidenceError
from overflight.formats.messages.document import lookup, put
from overflight.mission.seat.folder import Seat
from overflight.terms.messages import MessageType


def with_digests(seat: Seat, kind: MessageType, content: Mapping[str, Any]) -> dict[str, Any]:
    """``content`` with the SHA-256 of the copies that the message speaks of.

    Raises EvidenceError where it gives another one than that of the copy in this folder.
    """
    found = dict(content)
    for field in (field for item in kind.items if not item.records for field in item.fields):
        kept = seat.document(field.copy_of) if field.copy_of else None
        if kept is None:
            continue
        there, said = lookup(found, field.name)
        if not there:
            put(found, field.name, kept.sha256)
        elif said != kept.sha256:
            raise EvidenceError(
                f"the {kind.id} speaks of another {field.copy_of} than the one that lies here",
                remedy=f"Hold {kept.file} and the other side's copy side by side.",
            )
    return found
