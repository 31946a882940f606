"""A part of a bundle, with the proof that it belongs to the sealed whole.

    portion.json         which entries of which stage's tree, each with its path to the root
    signatures/          the signatures under the seal that names that root
    stage-NN/files/...   the files, where they lie in the bundle

Who has the portion sees neither names nor digests of the other files: a path to the root is made of
hashes over them.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from overflight.errors import DataError
from overflight.record import canonical
from overflight.record.checking import ALWAYS, nothing_readable
from overflight.record.disk import copy_extent, move_in, workshop, write_new
from overflight.record.hashing import Told, digests
from overflight.record.instants import read_instant
from overflight.record.judging import Seen, against, collect, judge_one, shown
from overflight.record.manifest import (
    FILES,
    SIGNATURES,
    Entry,
    Identity,
    check_identity,
    read_entry,
    seal_of,
    stage_folder,
)
from overflight.record.merkle import Tree, includes
from overflight.record.names import check_names
from overflight.record.refused import Problem, Refused
from overflight.record.ring import Ring
from overflight.record.signing import MAX_SIGNATURES, read_signatures
from overflight.record.stages import Stages
from overflight.record.store import Store
from overflight.record.verdict import StageFound, Verdict

PORTION = "portion.json"
KIND = "bundle-portion"
_MOST_PROOF = 64
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Proven:
    """An entry, its stage, its place among all leaves, and its path to the root."""

    entry: Entry
    stage: int
    index: int
    proof: tuple[bytes, ...]

    @property
    def path(self) -> str:
        return f"{stage_folder(self.stage)}/{FILES}/{self.entry.name}"


def make_portion(store: Store, stages: Stages, chosen: Iterable[str], target: Path) -> None:
    """Write the files of these names, with their proofs, into a new folder.

    The proofs lead to the last stage's root. Raises DataError for a name that the bundle does not
    have, Refused where a file is absent or the last stage is not signed by both.
    """
    names = sorted(set(chosen), key=lambda name: name.encode("utf-8"))
    last = stages.manifests[-1]
    known = {
        entry.name: (manifest.stage, entry) for manifest in stages.manifests
        for entry in manifest.entries
    }  # fmt: skip
    place = {name: index for index, name in enumerate(known)}
    unknown = [name for name in names if name not in known]
    if unknown or not names:
        raise DataError(
            f"the bundle has no {unknown[0]!r}" if names else "no file is chosen",
            remedy="'overflight bundle show' lists the names.",
        )
    signatures = read_signatures(store, last.stage)
    if not {"observing", "observed"} <= {one.role for one in signatures}:
        raise Refused(
            "unsigned", f"stage {last.stage} is not signed by both Parties yet",
            remedy="Have it signed first: overflight bundle sign.",
        )  # fmt: skip
    tree = Tree(stages.leaves)
    rows = [
        Proven(known[name][1], known[name][0], place[name], tuple(tree.inclusion(place[name])))
        for name in names
    ]
    document = {
        "kind": KIND,
        "version": 1,
        "seal": seal_of(last),
        "entries": [
            {
                "entry": row.entry.to_dict(),
                "stage": row.stage,
                "index": row.index,
                "proof": [part.hex() for part in row.proof],
            }
            for row in rows
        ],
    }
    with workshop(target) as folder:
        built = folder / "portion"
        for row in rows:
            if row.path not in store.files:
                raise Refused("missing", "the file is not there", where=row.path)
            _take(store, row.path, built / row.path)
        for one in signatures:
            path = f"{last.folder}/{SIGNATURES}/{one.file}"
            _take(store, path, built / SIGNATURES / one.file)
        write_new(built / PORTION, canonical.dumps(document))
        move_in(built, target)


def _take(store: Store, path: str, target: Path) -> None:
    copy_extent(store.files[path], target, path)


def check_portion(
    store: Store,
    ring: Ring,
    now: dt.datetime,
    *,
    workers: int | None = None,
    told: Told | None = None,
    seen: Seen | None = None,
) -> Verdict:
    """Whether the files of a portion belong to a whole that both Parties signed."""
    try:
        seal, rows = read_portion(store)
        sealed_at = read_instant(seal["sealed_at"], PORTION)
    except Refused as error:
        return nothing_readable((*store.problems, error.problem))
    problems = [*store.problems, *_proofs(seal, rows)]
    listed = sorted(path for path in store.files if path.startswith(f"{SIGNATURES}/"))
    found, wrong = collect(store, listed[:MAX_SIGNATURES])
    stage = seal["stage"]
    parties = (seal["observing"], seal["observed"])
    judged = [
        judge_one(
            one, stage, seal, sealed_at, ring, now,
            seen_at=None if seen is None else seen(one.digest, parties),
        )
        for one in found
    ]  # fmt: skip
    problems += [*wrong, *against(judged, (stage,))]
    paths = {row.path: row for row in rows}
    there = {path: store.files[path] for path in paths if path in store.files}
    digest, unread = digests(there, workers=workers, told=told)
    problems += unread
    for path, row in paths.items():
        if path not in there:
            problems.append(Problem("missing", "the file is not there", path))
        elif path in digest and digest[path] != row.entry.sha256:
            problems.append(
                Problem("changed", "it is not what was sealed: its SHA-256 differs", path)
            )
    known = {PORTION, *paths, *listed}
    problems += [
        Problem("added", "no proof knows of this file", p) for p in store.files if p not in known
    ]
    size = sum(row.entry.size for row in rows)
    stages = (StageFound(stage, "", sealed_at, len(rows), size, seal["manifest"]),)
    rest = seal["tree"]["size"] - len(rows)
    return Verdict(
        "portion", seal["bundle"], seal["observing"], seal["observed"], tuple(seal["marks"]),
        stages, tuple(dict.fromkeys(problems)), tuple(shown(j) for j in judged), (),
        (*ALWAYS, f"the other {rest} files of the bundle, of which nothing is here",
         f"in which stage a file was sealed, whatever its path says: it was by stage {stage}"),
        len(rows), size, seal["tree"]["root"],
    )  # fmt: skip


def read_portion(store: Store) -> tuple[dict[str, Any], list[Proven]]:
    """The seal that the portion rests on, and its entries. Raises Refused."""
    document = canonical.loads(store.read(PORTION, canonical.MAX_BYTES), PORTION)
    try:
        seal, rows = document["seal"], [_row(row) for row in document["entries"]]
        fine: object = (
            set(document) == {"kind", "version", "seal", "entries"}
            and (document["kind"], document["version"]) == (KIND, 1)
            and _is_seal(seal)
            and rows
        )
        check_identity(
            Identity(seal["bundle"], seal["observing"], seal["observed"], tuple(seal["marks"]))
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        fine = False
    if not fine:
        raise Refused("bad-portion", "this is no portion of a bundle", where=PORTION)
    check_names(row.entry.name for row in rows)
    return seal, rows


def _row(document: Mapping[str, Any]) -> Proven:
    proof = tuple(bytes.fromhex(part) for part in document["proof"])
    row = Proven(read_entry(document["entry"]), document["stage"], document["index"], proof)
    written = [part.hex() for part in proof]
    plain = all(type(n) is int and n >= 0 for n in (row.stage, row.index)) and row.stage <= 99
    if set(document) != {"entry", "stage", "index", "proof"} or not plain:
        raise ValueError(row.entry.name)
    if written != document["proof"] or len(proof) > _MOST_PROOF:
        raise ValueError(row.entry.name)
    return row


def _is_seal(seal: Any) -> object:
    texts = ("bundle", "observing", "observed", "sealed_at", "manifest", "sums")
    return (
        set(seal) == {*texts, "marks", "stage", "redacted", "tree"}
        and all(isinstance(seal[key], str) for key in texts)
        and isinstance(seal["marks"], list)
        and all(isinstance(mark, str) for mark in seal["marks"])
        and type(seal["stage"]) is int
        and 1 <= seal["stage"] <= 99
        and set(seal["tree"]) == {"size", "root"}
        and type(seal["tree"]["size"]) is int
        and 0 <= seal["tree"]["size"] <= 2**53
        and all(map(_DIGEST.fullmatch, (seal["manifest"], seal["sums"], seal["tree"]["root"])))
        and (seal["redacted"] is None or _DIGEST.fullmatch(seal["redacted"]))
    )


def _proofs(seal: Mapping[str, Any], rows: Iterable[Proven]) -> list[Problem]:
    root, size = bytes.fromhex(seal["tree"]["root"]), seal["tree"]["size"]
    return [
        Problem("proof-fails", "its proof does not lead to the root that was signed", row.path)
        for row in rows
        if not includes(root, size, row.index, row.entry.leaf, row.proof)
    ]
