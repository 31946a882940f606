"""Whose signatures under a checkpoint count.

The log's own key is one of its operator's in the ring, under the origin as its name. It is not
dated; so it counts while the key is in standing, and afterwards where a witness, by a sound key and
in a dated cosignature, shows that the checkpoint was there before. A witness is any other Party: a
key of its own in the ring, in standing at the moment that the cosignature states, and not reported
compromised since. A Party counts once, however many lines it has.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from overflight.record.log.checkpoints import Signed
from overflight.record.log.notes import (
    COSIGNATURE,
    ED25519,
    Line,
    Verifier,
    moment_of,
    signed_by,
)
from overflight.record.refused import Problem, Refused
from overflight.record.ring import COMPROMISED, Key, Ring, objection

LOG, WITNESS, UNKNOWN = "log", "witness", "unknown"


@dataclass(frozen=True, slots=True)
class Trust:
    """What is expected: the origin, the Party that keeps the log, the Parties' keys, and how many
    Parties besides must have co-signed."""

    origin: str
    operator: str
    ring: Ring
    witnesses: int = 0


@dataclass(frozen=True, slots=True)
class Seen:
    """One signature line and what it is worth. ``by``: the Party, "" where no key of the ring
    fits. ``at``: what a cosignature says. ``vkey``: the key as other programs for notes take it."""

    name: str
    role: str
    by: str
    key: str
    at: dt.datetime | None
    counts: bool
    code: str = ""
    why: str = ""
    vkey: str = ""


def judge_checkpoint(
    signed: Signed,
    trust: Trust,
    now: dt.datetime,
    where: str = "checkpoint",
    *,
    ever: bool = False,
) -> tuple[list[Seen], list[Problem]]:
    """All signature lines, and what is wrong: origin, the log's signature, too few witnesses.

    ``ever``: any key that was once the operator's will do for the log's own signature. So for
    histories that are compared: nobody gets rid of what he signed by replacing his key.
    """
    at = signed.checkpoint
    problems = []
    if at.origin != trust.origin:
        words = f"it is of the log {ascii(at.origin)[:80]}, not of {trust.origin}"
        problems.append(Problem("wrong-origin", words, where))
    seen: list[Seen] = []
    own_lines = []
    for line in signed.note.lines:
        key = _find(signed, line, trust.ring, ED25519) if line.name == at.origin else None
        if key is not None:
            own_lines.append((line, key))
        else:
            seen.append(_cosignature(signed, line, trust, now))
    earliest = [s.at for s in seen if s.counts and s.at is not None]
    seen += [_own(signed, line, key, trust, now, earliest, ever) for line, key in own_lines]
    problems += [
        Problem(s.code, f"the signature of {s.by} ({s.name}): {s.why}", where)
        for s in seen
        if s.code in ("signature-invalid", "other-log")
    ]
    own = [s for s in seen if s.role == LOG]
    if not any(s.counts for s in own):
        said = next((s for s in own if s.code), None)
        code = said.code if said else "unsigned"
        why = said.why if said else f"no key of {trust.operator} in the ring has signed it"
        if not any(p.code == code for p in problems):
            problems.append(Problem(code, f"the log's signature does not count: {why}", where))
    count = len({s.by for s in seen if s.role == WITNESS and s.counts})
    if count < trust.witnesses:
        words = f"{count} Parties have co-signed it, {trust.witnesses} are wanted"
        problems.append(Problem("too-few-witnesses", words, where))
    return _once(seen), problems


def require_checkpoint(
    signed: Signed, trust: Trust, now: dt.datetime, where: str, *, ever: bool = False
) -> list[Seen]:
    """The signature lines. Raises Refused for the first thing that is wrong."""
    seen, problems = judge_checkpoint(signed, trust, now, where, ever=ever)
    for problem in problems:
        raise Refused(problem.code, problem.message, where=where)
    return seen


def _find(signed: Signed, line: Line, ring: Ring, kind: int) -> Key | None:
    """The key that a line is of: of several with one id in notes, which is short enough to be made
    on purpose, the one whose signature holds."""
    fit = [k for k in ring.keys.values() if Verifier(line.name, kind, k.public).fits(line)]
    held = (
        k for k in fit if signed_by(signed.note.text, line, Verifier(line.name, kind, k.public))
    )
    return next(held, fit[0] if fit else None)


def _own(
    signed: Signed, line: Line, key: Key, trust: Trust, now: dt.datetime,
    witnessed: Sequence[dt.datetime], ever: bool,
) -> Seen:  # fmt: skip
    verifier = Verifier(line.name, ED25519, key.public)

    def said(code: str = "", why: str = "") -> Seen:
        return Seen(line.name, LOG, key.party, key.id, None, not code, code, why, verifier.vkey)

    if not signed_by(signed.note.text, line, verifier):
        return said("signature-invalid", "it does not hold")
    if key.party != trust.operator:
        return said("other-log", f"the log is {trust.operator}'s to sign")
    code, why = objection(key, trust.operator, now)
    if not code or any(key.in_standing(at) for at in witnessed):
        return said()
    if ever:
        return replace(said(), why=why)
    return said(code, f"{why}, and no witness dates the checkpoint before")


def _cosignature(signed: Signed, line: Line, trust: Trust, now: dt.datetime) -> Seen:
    key = _find(signed, line, trust.ring, COSIGNATURE)
    if key is None:
        return Seen(line.name, UNKNOWN, "", "", None, False, "key-unknown", "no key of the ring")
    verifier = Verifier(line.name, COSIGNATURE, key.public)
    moment = moment_of(line)
    at = _instant(moment)

    def said(code: str = "", why: str = "") -> Seen:
        return Seen(
            line.name, WITNESS, key.party, key.id, at, not code, code, why, verifier.vkey
        )  # fmt: skip

    if moment is None or not signed_by(signed.note.text, line, verifier):
        return said("signature-invalid", "it does not hold")
    if at is None or at > now:
        return said("dated-ahead", "it is dated in the future")
    if key.party == trust.operator:
        return said("own-witness", "who keeps the log is no witness to it")
    code, why = objection(key, key.party, at)
    if not code and key.ended == COMPROMISED:
        code, why = "key-compromised", "the key was reported compromised later; its date is its own"
    return said(code, why)


def _instant(moment: int | None) -> dt.datetime | None:
    try:
        return None if moment is None else dt.datetime.fromtimestamp(moment, dt.UTC)
    except (OverflowError, ValueError, OSError):
        return None


def _once(seen: Sequence[Seen]) -> list[Seen]:
    """Of each Party and role one line counts; the others say so."""
    found: list[Seen] = []
    counted = set()
    for one in sorted(seen, key=lambda s: s.role != LOG):
        if one.counts and (one.role, one.by) in counted:
            why = "another line of this Party counts"
            one = replace(one, counts=False, code="counted-once", why=why)
        if one.counts:
            counted.add((one.role, one.by))
        found.append(one)
    return found
