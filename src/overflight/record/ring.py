"""What a verifier knows of the Parties' keys, and what a key was worth at a moment.

A ring is made of dated statements (``statements``). A key is in standing from the moment it was
introduced for until the moment it ended: rotated, retired, lost or compromised. A signature counts
by the key's standing at the moment that the signer states under the signature.

That moment is the signer's word. As long as the key is the Party's alone, nobody but the Party can
misdate, and the Party signs the date too. A key in foreign hands can be used to date a signature
back. So where a key was *compromised*, an earlier date counts only if something else than that
key shows that the signature was there before: a later stage of the bundle that names the
signature and is signed by another Party's sound key, or an entry in a log.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

COMPROMISED = "compromised"


@dataclass(frozen=True, slots=True)
class Key:
    """A public key's life: whose, from when, until when (None: it goes on) and why it ended."""

    id: str
    party: str
    public: bytes
    since: dt.datetime
    until: dt.datetime | None = None
    ended: str = ""

    def in_standing(self, at: dt.datetime) -> bool:
        """Whether it was the Party's key at that moment: the first counts, the last does not."""
        return self.since <= at and (self.until is None or at < self.until)


@dataclass(frozen=True, slots=True)
class Ring:
    """Keys by id. Empty: nothing is known, and no signature counts."""

    keys: Mapping[str, Key] = field(default_factory=dict)

    def of(self, party: str) -> tuple[Key, ...]:
        """The keys of a Party, oldest first."""
        return tuple(sorted((k for k in self.keys.values() if k.party == party), key=_begins))


def _begins(key: Key) -> tuple[dt.datetime, str]:
    return key.since, key.id


def objection(key: Key | None, party: str, at: dt.datetime) -> tuple[str, str]:
    """(code, words) of why a signature of ``party`` dated ``at`` by that key does not count.

    Two empty texts where nothing speaks against it. ``key`` None: the ring does not know it.
    """
    if key is None:
        return "key-unknown", "no statement in the ring introduces the key"
    if key.party != party:
        return "key-of-another", f"the key is {key.party}'s"
    if at < key.since:
        return "key-too-early", f"the key was introduced for {key.since:%Y-%m-%d %H:%M}Z, later"
    if key.until is not None and at >= key.until:
        return f"key-{key.ended}", f"the key was {_WORDS[key.ended]} at {key.until:%Y-%m-%d %H:%M}Z"
    return "", ""


_WORDS = {
    "rotated": "replaced by another",
    "retired": "retired",
    "lost": "reported lost",
    COMPROMISED: "reported compromised",
}
ENDS = tuple(_WORDS)
"""Why a key ends."""
