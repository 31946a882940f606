"""What a check of a log, a checkpoint or a proof comes to."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from overflight.files import read_bounded
from overflight.record.log.audit import audit
from overflight.record.log.checkpoints import Signed, read_checkpoint
from overflight.record.log.comparing import view_of
from overflight.record.log.entries import Entry, read_entry
from overflight.record.log.notes import MAX_NOTE_BYTES
from overflight.record.log.proofs import (
    MAGIC,
    MAX_PROOF_BYTES,
    consistency_holds,
    fork_holds,
    inclusion_holds,
    read_consistency,
    read_fork,
    read_inclusion,
)
from overflight.record.log.reading import TiledTree, TileFolder
from overflight.record.log.trust import Seen, Trust, judge_checkpoint
from overflight.record.refused import Problem, Refused

INTACT, BROKEN, FORKED, UNDETERMINED = "intact", "broken", "forked", "undetermined"
_NOT_SHOWN = "not-shown"
_PLAIN = "what an entry stands for was not looked at: the log holds digests"
_SINCE = "what was logged after the checkpoint"
_APART = "whether others were shown the same history: compare checkpoints with them"


@dataclass(frozen=True, slots=True)
class LogVerdict:
    """``of``: log | checkpoint | inclusion | consistency | fork. ``verdict``: intact | broken,
    forked for a proof of two histories that holds, undetermined where nothing is wrong but it is
    not shown that a checkpoint extends the one seen before. ``root`` is hex; ``size`` -1 where the
    target could not be read."""

    of: str
    verdict: str
    origin: str
    size: int
    root: str
    problems: tuple[Problem, ...]
    signatures: tuple[Seen, ...]
    not_covered: tuple[str, ...]
    kinds: Mapping[str, int] = field(default_factory=dict)
    index: int | None = None
    entry: Entry | None = None


@dataclass(frozen=True, slots=True)
class _Question:
    trust: Trust
    now: dt.datetime
    before: Signed | None
    thing: str
    told: Callable[[int], None] | None


def check(
    target: Path,
    trust: Trust,
    now: dt.datetime,
    *,
    before: Signed | None = None,
    thing: str = "",
    told: Callable[[int], None] | None = None,
) -> LogVerdict:
    """Check a log's folder, a checkpoint, or a proof of any kind.

    ``before``: a checkpoint of this log that the asker has seen. ``thing``: SHA-256 (hex) of what
    an inclusion proof is expected to be of. Raises DataError for a file that is not there.
    """
    asked = _Question(trust, now, before, thing, told)
    try:
        if target.is_dir():
            return _log(target, asked)
        data = read_bounded(target, limit=MAX_PROOF_BYTES)
        where = target.name
        if data.startswith(MAGIC.encode("ascii")):
            return _inclusion(data, where, asked)
        if data.startswith(b'{"checkpoints":'):
            return _fork(data, where, asked)
        if data.startswith(b"{"):
            return _consistency(data, where, asked)
        if len(data) > MAX_NOTE_BYTES:
            raise Refused("too-large", "this is no checkpoint: it is too large", where=where)
        return _checkpoint(read_checkpoint(data, where), where, asked)
    except Refused as error:
        return LogVerdict("unread", BROKEN, "", -1, "", (error.problem,), (), ())


def read_before(path: Path) -> Signed:
    """A checkpoint seen earlier: a file, a log's folder, or a witness's note."""
    return view_of(path).signed


def _log(folder: Path, asked: _Question) -> LogVerdict:
    view = view_of(folder)
    seen, problems = judge_checkpoint(view.signed, asked.trust, asked.now)
    tiles = TileFolder(folder)
    found = audit(tiles, view.signed.checkpoint, asked.told)
    problems += found.problems
    problems += _history(view.signed, view.tree, asked, whole=not found.problems)
    return _verdict("log", view.signed, problems, seen, (_PLAIN, _SINCE, _APART), kinds=found.kinds)


def _checkpoint(signed: Signed, where: str, asked: _Question) -> LogVerdict:
    seen, problems = judge_checkpoint(signed, asked.trust, asked.now, where)
    problems += _history(signed, None, asked)
    not_covered = ("the entries: a checkpoint alone was looked at", _APART)
    return _verdict("checkpoint", signed, problems, seen, not_covered)


def _inclusion(data: bytes, where: str, asked: _Question) -> LogVerdict:
    proof = read_inclusion(data, where)
    seen, problems = judge_checkpoint(proof.signed, asked.trust, asked.now, where)
    problems += _history(proof.signed, None, asked)
    entry = None
    if proof.entry is None:
        problems.append(Problem("no-entry", "the proof does not come with its entry", where))
    elif not inclusion_holds(proof):
        words = f"its entry is not entry {proof.index} of the log at that checkpoint"
        problems.append(Problem("not-included", words, where))
    else:
        entry, wrong = _entry(proof.entry, where, asked.thing)
        problems += wrong
    not_covered = (_PLAIN,) if not asked.thing else ()
    return _verdict(
        "inclusion", proof.signed, problems, seen, (*not_covered, _APART), index=proof.index,
        entry=entry,
    )  # fmt: skip


def _entry(data: bytes, where: str, thing: str) -> tuple[Entry | None, list[Problem]]:
    try:
        entry = read_entry(data, where)
    except Refused as error:
        digest = hashlib.sha256(data).hexdigest()
        return None, [] if thing == digest else [error.problem]
    if thing and entry.sha256 != thing:
        words = f"it is of another thing, with SHA-256 {entry.sha256}"
        return entry, [Problem("other-thing", words, where)]
    return entry, []


def _consistency(data: bytes, where: str, asked: _Question) -> LogVerdict:
    proof = read_consistency(data, where)
    _, problems = judge_checkpoint(proof.old, asked.trust, asked.now, "old", ever=True)
    problems = [p for p in problems if p.code != "too-few-witnesses"]
    seen, wrong = judge_checkpoint(proof.new, asked.trust, asked.now, "new")
    problems += wrong
    if not consistency_holds(proof):
        words = "it does not show that the old log is the beginning of the new one"
        problems.append(Problem("not-consistent", words, where))
    return _verdict("consistency", proof.new, problems, seen, ("the entries", _APART))


def _fork(data: bytes, where: str, asked: _Question) -> LogVerdict:
    proof = read_fork(data, where)
    problems: list[Problem] = []
    seen: list[Seen] = []
    for name, signed in (("checkpoint 1", proof.small), ("checkpoint 2", proof.large)):
        lines, wrong = judge_checkpoint(signed, asked.trust, asked.now, name, ever=True)
        seen += lines
        problems += [p for p in wrong if p.code != "too-few-witnesses"]
    if not fork_holds(proof):
        words = "it does not show two histories: one can be the beginning of the other"
        problems.append(Problem("no-fork", words, where))
    found = _verdict("fork", proof.large, problems, seen, ("which of the two histories is true",))
    if problems:
        return found
    words = (
        f"{asked.trust.operator} signed two histories of {asked.trust.origin}, of the first "
        f"{proof.small.checkpoint.size} and of {proof.large.checkpoint.size} entries"
    )
    return _verdict("fork", proof.large, [Problem("forked", words, where)], seen,
                    found.not_covered, verdict=FORKED)  # fmt: skip


def _history(
    signed: Signed, tree: TiledTree | None, asked: _Question, *, whole: bool = True
) -> list[Problem]:
    """What a checkpoint seen earlier says against this one."""
    if asked.before is None:
        return []
    _, wrong = judge_checkpoint(asked.before, asked.trust, asked.now, "seen before", ever=True)
    wrong = [p for p in wrong if p.code != "too-few-witnesses"]
    old, new = asked.before.checkpoint, signed.checkpoint
    if wrong:
        return wrong
    if new.size < old.size:
        words = f"it has {new.size} entries; {old.size} were seen before"
        return [Problem("rolled-back", words, "checkpoint")]
    apart = new.size == old.size and new.root != old.root
    if not apart and tree is not None and whole and new.size > old.size:
        apart = tree.root(old.size) != old.root
    if apart:
        words = f"the first {old.size} entries are not those seen before: there are two histories"
        return [Problem("forked", words, "checkpoint")]
    if tree is None and new.size > old.size > 0:
        words = "that it extends the one seen before takes a consistency proof, or the log's folder"
        return [Problem(_NOT_SHOWN, words, "checkpoint")]
    return []


def _verdict(
    of: str,
    signed: Signed,
    problems: list[Problem],
    seen: list[Seen],
    not_covered: tuple[str, ...],
    *,
    kinds: Mapping[str, int] | None = None,
    index: int | None = None,
    entry: Entry | None = None,
    verdict: str = "",
) -> LogVerdict:
    at = signed.checkpoint
    if not verdict:
        open_only = all(problem.code == _NOT_SHOWN for problem in problems)
        verdict = INTACT if not problems else UNDETERMINED if open_only else BROKEN
    return LogVerdict(
        of, verdict, at.origin, at.size, at.root.hex(),
        tuple(problems), tuple(seen), not_covered, kinds or {}, index, entry,
    )  # fmt: skip
