"""When a log's witnesses had seen a thing: what dates a signature other than its own word.

``judging`` asks so for a signature whose key was later reported compromised. The thing logged is
then the signature's file, by its SHA-256; the proof of its inclusion carries the checkpoint, and
the cosignatures under that are dated by other Parties' keys.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable

from overflight.record.log.entries import read_entry
from overflight.record.log.proofs import Inclusion, inclusion_holds
from overflight.record.log.trust import WITNESS, Trust, require_checkpoint
from overflight.record.refused import Refused


def seen_by_witnesses(
    proofs: Iterable[Inclusion], trust: Trust, now: dt.datetime
) -> Callable[[str], dt.datetime | None]:
    """SHA-256 (hex) of a thing -> the earliest moment that a witness states for a checkpoint with
    it; None where no proof shows one.

    Raises Refused for a proof that does not hold, or a checkpoint that does not count.
    """
    found: dict[str, dt.datetime] = {}
    for proof in proofs:
        seen = require_checkpoint(proof.signed, trust, now, "the proof")
        if proof.entry is None or not inclusion_holds(proof):
            raise Refused("not-included", "its entry is not in the log at that checkpoint")
        digest = read_entry(proof.entry, "the proof").sha256
        moments = [s.at for s in seen if s.role == WITNESS and s.counts and s.at is not None]
        if moments:
            found[digest] = min([*moments, *([found[digest]] if digest in found else [])])
    return found.get
