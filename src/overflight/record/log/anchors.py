"""When a log's witnesses had seen a thing: what dates a signature other than its own word.

``judging`` asks so for a signature whose key was later reported compromised. The things logged are
a signature's file, or the manifest of a later stage, which names the signatures before it, each by
its SHA-256. The proof of inclusion carries the checkpoint, and the cosignatures under that are
dated by other Parties' keys.

A cosignature's date is the word of the witness. So neither of the two Parties of a bundle dates
signatures under it: the one could have the other's key. And where several witnesses are wanted, the
moment that counts is the one by which so many of them had seen it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from overflight.record.log.entries import read_entry
from overflight.record.log.proofs import Inclusion, inclusion_holds
from overflight.record.log.things import things_of
from overflight.record.log.trust import WITNESS, Trust, require_checkpoint
from overflight.record.refused import Problem, Refused
from overflight.record.stages import read_stages
from overflight.record.store import Store


@dataclass(frozen=True, slots=True)
class Sightings:
    """``by_thing``: SHA-256 (hex) -> Party -> the earliest moment that it states for a checkpoint
    with the thing. ``wanted``: how many Parties must have seen a thing. ``of_bundles``: those of
    the things that were logged as a bundle's."""

    by_thing: Mapping[str, Mapping[str, dt.datetime]] = field(default_factory=dict)
    wanted: int = 1
    of_bundles: frozenset[str] = frozenset()

    def __call__(self, sha256: str, apart: Collection[str]) -> dt.datetime | None:
        """By when as many Parties as are wanted, none of those in ``apart``, had seen the thing."""
        said = self.by_thing.get(sha256, {})
        moments = sorted(at for party, at in said.items() if party not in apart)
        return moments[self.wanted - 1] if len(moments) >= self.wanted else None


def seen_by_witnesses(proofs: Iterable[Inclusion], trust: Trust, now: dt.datetime) -> Sightings:
    """What these proofs show. Raises Refused for one that does not hold, or whose checkpoint does
    not count."""
    found: dict[str, dict[str, dt.datetime]] = {}
    of_bundles: set[str] = set()
    for proof in proofs:
        seen = require_checkpoint(proof.signed, trust, now, "the proof")
        if proof.entry is None or not inclusion_holds(proof):
            raise Refused("not-included", "its entry is not in the log at that checkpoint")
        entry = read_entry(proof.entry, "the proof")
        of_bundles |= {entry.sha256} if entry.of == "bundle" else set()
        said = found.setdefault(entry.sha256, {})
        for one in seen:
            if one.role == WITNESS and one.counts and one.at is not None:
                said[one.by] = min(one.at, said.get(one.by, one.at))
    return Sightings(found, max(1, trust.witnesses), frozenset(of_bundles))


def not_here(store: Store, seen: Sightings) -> list[Problem]:
    """Seals and signatures that were logged, and are not in the bundle: a stage was cut off, or a
    signature taken away. That is, where the proofs are of this bundle alone."""
    try:
        things = things_of(store, read_stages(store))
    except Refused:
        return []  # the check of the bundle says why
    there = {thing.sha256 for thing in things}
    words = "it was logged as a bundle's, and this bundle does not hold it"
    return [Problem("logged-not-here", words, sha) for sha in sorted(seen.of_bundles - there)]
