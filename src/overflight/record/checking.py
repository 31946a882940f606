"""Is a bundle whole: every file as it was sealed, nothing missing or added, signed by both."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from overflight.record.hashing import Told, digests
from overflight.record.judging import Seen, judge
from overflight.record.manifest import (
    MANIFEST,
    REDACTED,
    SIGNATURES,
    SUMS,
    Entry,
)
from overflight.record.refused import Problem, Refused
from overflight.record.ring import Ring
from overflight.record.stages import Stages, companions, read_stages
from overflight.record.store import Store
from overflight.record.verdict import SignatureFound, StageFound, Verdict

ALWAYS = (
    "that what the files say is true: the seal says that nobody changed them",
    "the moments of signing: each is the signer's word, held against the dated statements on keys",
    "that there is no later stage: one that was cut off whole is missed only by who knows of it",
    "whose the keys are: the ring of key statements given to this check is taken as it is",
)


def check(
    store: Store,
    ring: Ring,
    now: dt.datetime,
    *,
    workers: int | None = None,
    told: Told | None = None,
    seen: Seen | None = None,
) -> Verdict:
    """Everything that can be said of a bundle without asking anybody.

    Every problem is told, not only the first, as far as there is something to hold the
    rest against.
    """
    try:
        stages = read_stages(store)
    except Refused as error:
        return nothing_readable((*store.problems, error.problem))
    problems = _seals(store, stages)
    signatures: list[SignatureFound] = []
    try:
        signatures, wrong = judge(store, stages, ring, now, seen)
        problems += wrong
    except Refused as error:
        problems.append(error.problem)
    absent = allowed_absent(stages, signatures)
    problems += _files(store, stages, absent, workers, told)
    first = stages.manifests[0].identity
    last = stages.manifests[-1]
    gone = tuple(sorted(path for path in absent if path not in store.files))
    return Verdict(
        "bundle", first.id, first.observing, first.observed, first.marks,
        tuple(
            StageFound(m.stage, m.title, m.sealed_at, len(m.entries),
                       sum(e.size for e in m.entries), stages.seals[m.stage - 1]["manifest"])
            for m in stages.manifests
        ),
        tuple(dict.fromkeys(problems)), tuple(signatures), gone, _not_covered(gone, ring),
        len(stages.paths), sum(e.size for e in stages.paths.values()), last.root,
    )  # fmt: skip


def check_contents(store: Store, *, told: Told | None = None) -> tuple[Stages, list[Problem]]:
    """Whether all but the signatures is in order: what one looks at before one signs.

    What earlier stages let be absent may be. Raises Refused where no manifest can be read.
    """
    stages = read_stages(store)
    last = stages.manifests[-1].stage
    absent = {path for path, stage in stages.redacted.items() if stage < last}
    return stages, [*_seals(store, stages), *_files(store, stages, absent, None, told)]


def _seals(store: Store, stages: Stages) -> list[Problem]:
    problems = [*store.problems, *stages.problems()]
    for manifest in stages.manifests:
        try:
            problems += companions(store, manifest)
        except Refused as error:
            problems.append(error.problem)
    return problems


def nothing_readable(problems: Sequence[Problem]) -> Verdict:
    """The verdict where no manifest can be read."""
    return Verdict(
        "bundle", "", "", "", (), (), tuple(problems), (), (), ALWAYS, 0, 0, ""
    )  # fmt: skip


def allowed_absent(stages: Stages, signatures: Sequence[SignatureFound]) -> set[str]:
    """Files that may be absent: the stage that says so is signed by both Parties."""
    signed: dict[int, set[str]] = {}
    for one in signatures:
        if one.counts:
            signed.setdefault(one.stage, set()).add(one.role)
    return {
        path
        for path, stage in stages.redacted.items()
        if {"observing", "observed"} <= signed.get(stage, set())
    }


def _files(
    store: Store, stages: Stages, absent: set[str], workers: int | None, told: Told | None
) -> list[Problem]:
    sealed = stages.paths
    there = {path: store.files[path] for path in sealed if path in store.files}
    extra = {p: x for p, x in store.files.items() if p not in sealed and not _known(p, stages)}
    missing = [p for p in sealed if p not in there and p not in absent]
    sizes = {sealed[p].size for p in missing}
    maybe = {p: x for p, x in extra.items() if x.size in sizes}
    same_size = {p: x for p, x in there.items() if x.size == sealed[p].size}
    other_size = [p for p in there if p not in same_size]
    found, problems = digests(same_size | maybe, workers=workers, told=told)
    whose = {entry.sha256: path for path, entry in sealed.items()}
    for path in there:
        if path in found and found[path] != sealed[path].sha256:
            problems.append(_changed(path, found[path], whose))
    for path in other_size:
        words = f"it has {there[path].size} bytes, {sealed[path].size} were sealed"
        problems.append(Problem("changed", words, path))
    return problems + _moved(missing, extra, found, sealed)


def _changed(path: str, found: str, whose: Mapping[str, str]) -> Problem:
    if found in whose:
        return Problem("swapped", f"it holds what was sealed as {whose[found]}", path)
    return Problem("changed", "it is not what was sealed: its SHA-256 differs", path)


def _moved(
    missing: Sequence[str],
    extra: Mapping[str, object],
    found: Mapping[str, str],
    sealed: Mapping[str, Entry],
) -> list[Problem]:
    """Missing and added files, or renamed where one is the other."""
    problems = []
    by_digest: dict[str, list[str]] = {}
    for path in extra:
        if path in found:
            by_digest.setdefault(found[path], []).append(path)
    taken = set()
    for path in missing:
        others = by_digest.get(sealed[path].sha256)
        if others:
            now = others.pop()
            taken.add(now)
            problems.append(Problem("renamed", f"it was sealed as {path}", now))
        else:
            problems.append(Problem("missing", "the file is not there", path))
    added = [path for path in extra if path not in taken]
    return problems + [Problem("added", "no seal knows of this file", path) for path in added]


def _known(path: str, stages: Stages) -> bool:
    """Whether a file that is no entry belongs to the seals themselves."""
    folder, _, rest = path.partition("/")
    if not any(m.folder == folder for m in stages.manifests):
        return False
    return rest in (MANIFEST, SUMS, REDACTED) or (
        rest.startswith(f"{SIGNATURES}/") and rest.count("/") == 1
    )


def _not_covered(gone: Sequence[str], ring: Ring) -> tuple[str, ...]:
    said = list(ALWAYS)
    if gone:
        said.append(f"{len(gone)} files that are absent by agreement: only their digests are here")
    if not ring.keys:
        said.append("the signatures: the ring of key statements is empty")
    return tuple(said)
