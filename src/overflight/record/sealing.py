"""Sealing: the first stage of a bundle, and each that extends it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from overflight.errors import DataError
from overflight.record.disk import copy_new, move_in, workshop, write_new
from overflight.record.hashing import cores
from overflight.record.manifest import (
    CHOICE,
    FILES,
    MANIFEST,
    MAX_ENTRIES,
    MAX_STAGES,
    REDACTED,
    REDACTION,
    SUMS,
    TWO_SETS,
    Entry,
    Identity,
    Manifest,
    Previous,
    check_identity,
    manifest_bytes,
    read_entry,
    redacted_bytes,
    sha256_hex,
    stage_folder,
    sums_bytes,
)
from overflight.record.merkle import Tree
from overflight.record.names import check_names
from overflight.record.refused import Refused
from overflight.record.signing import read_signatures
from overflight.record.stages import Stages, read_stages
from overflight.record.store import open_store


@dataclass(frozen=True, slots=True)
class Addition:
    """A file to seal: its name in the bundle, its role, and where its bytes are."""

    name: str
    role: str
    source: Path | bytes
    set: str | None = None
    generation: int | None = None
    made_from: str | None = None


Told = Callable[[int], None]
"""Called with the bytes sealed since the last call, from any thread."""


def seal_first(
    bundle: Path,
    identity: Identity,
    additions: Sequence[Addition],
    *,
    title: str,
    at: dt.datetime,
    acts: Sequence[Mapping[str, str]] = (),
    told: Told | None = None,
) -> Manifest:
    """A new bundle with its first stage. Nothing is there before it is whole.

    Raises DataError for what cannot be sealed so, Refused (``exists``) where there is a bundle.
    """
    try:
        check_identity(identity)
    except (ValueError, TypeError) as error:
        raise DataError(f"{error}", remedy="Correct the id, the codes or the marks.") from None
    if bundle.exists() or bundle.is_symlink():
        raise Refused(
            "exists", "it is there already", where=bundle.name,
            remedy="Name another folder, or seal the next stage with --extend.",
        )  # fmt: skip
    with workshop(bundle) as folder:
        built = folder / "bundle"
        manifest = _build(built, identity, Stages(()), None, additions, title, at, acts, told)
        move_in(built, bundle)
    return manifest


def seal_next(
    bundle: Path,
    additions: Sequence[Addition],
    *,
    title: str,
    at: dt.datetime,
    acts: Sequence[Mapping[str, str]] = (),
    told: Told | None = None,
) -> Manifest:
    """The next stage of a bundle, whose last stage both Parties have signed.

    Raises Refused (``unsigned``) where they have not, and as ``seal_first``.
    """
    store = open_store(bundle)
    if not store.is_folder:
        raise DataError(
            "a single-file bundle is not extended", file=bundle,
            remedy="Unpack it first: overflight bundle unpack FILE DIR.",
        )  # fmt: skip
    stages = read_stages(store)
    last = stages.manifests[-1]
    if at < last.sealed_at:
        raise DataError(
            f"stage {last.stage} was sealed later, at {last.sealed_at:%Y-%m-%d %H:%M:%S}Z",
            remedy="Check the clock of this machine, or of the one that sealed it.",
        )
    if last.stage == MAX_STAGES:
        raise DataError(f"a bundle has {MAX_STAGES} stages at most", remedy="Seal a new bundle.")
    found = read_signatures(store, last.stage)
    roles = {one.role for one in found}
    if not {"observing", "observed"} <= roles:
        raise Refused(
            "unsigned", f"stage {last.stage} is not signed by both Parties yet",
            where=bundle.name, remedy="Have it signed first: overflight bundle sign.",
        )  # fmt: skip
    previous = Previous(sha256_hex(manifest_bytes(last)), {one.file: one.digest for one in found})
    with workshop(bundle) as folder:
        built = folder / "bundle"
        manifest = _build(built, last.identity, stages, previous, additions, title, at, acts, told)
        move_in(built / manifest.folder, bundle / manifest.folder)
    return manifest


def _build(
    built: Path,
    identity: Identity,
    before: Stages,
    previous: Previous | None,
    additions: Sequence[Addition],
    title: str,
    at: dt.datetime,
    acts: Sequence[Mapping[str, str]],
    told: Told | None,
) -> Manifest:
    if not additions and not acts:
        raise DataError("there is nothing to seal", remedy="Give files to seal.")
    if len(additions) > MAX_ENTRIES:
        raise DataError(
            f"a stage has {MAX_ENTRIES} files at most", remedy="Seal the rest in a further stage."
        )
    ordered = sorted(additions, key=lambda a: a.name.encode("utf-8"))
    known = before.entries
    check_names([*known, *(a.name for a in ordered)])
    stage = len(before.manifests) + 1
    files = built / stage_folder(stage) / FILES
    files.mkdir(parents=True)

    def one(addition: Addition) -> Entry:
        target = files / addition.name
        if isinstance(addition.source, bytes):
            write_new(target, addition.source)
            size, digest = len(addition.source), sha256_hex(addition.source)
        else:
            size, digest = copy_new(addition.source, target)
        if told is not None:
            told(size)
        return Entry(
            addition.name, addition.role, size, digest, addition.set, addition.generation,
            addition.made_from,
        )  # fmt: skip

    with ThreadPoolExecutor(cores()) as pool:
        entries = tuple(pool.map(one, ordered))
    if not entries:
        files.rmdir()
    tree = Tree([*before.leaves, *(entry.leaf for entry in entries)])
    manifest = Manifest(
        identity, stage, title, at.replace(microsecond=0), previous, entries,
        tuple(acts), len(tree), tree.root().hex(),
    )  # fmt: skip
    _refuse_ill(manifest, before)
    folder = built / manifest.folder
    write_new(folder / SUMS, sums_bytes(manifest))
    if redacted := redacted_bytes(manifest):
        write_new(folder / REDACTED, redacted)
    write_new(folder / MANIFEST, manifest_bytes(manifest))
    return manifest


def _refuse_ill(manifest: Manifest, before: Stages) -> None:
    """What no verifier would take is not sealed."""
    for entry in manifest.entries:
        try:
            read_entry(entry.to_dict())
        except (ValueError, TypeError, KeyError):
            raise DataError(
                f"{entry.name} cannot be sealed as it is described",
                remedy="A role is a word in small letters; a duplicate names its original.",
            ) from None
    found = Stages((*before.manifests, manifest)).problems()
    if found:
        raise DataError(
            f"{found[0].message} ({found[0].where})", remedy="Correct it before it is sealed."
        )


def two_sets(chooser: str) -> Mapping[str, str]:
    """Two original sets were made; this Party chooses one of them."""
    return {"act": TWO_SETS, "chooser": chooser}


def choice(by: str, chosen: str) -> Mapping[str, str]:
    """The Party chose that set."""
    return {"act": CHOICE, "by": by, "set": chosen}


def redaction(path: str, sha256: str, agreement: str) -> Mapping[str, str]:
    """The file may be absent, as the agreement (a file of the bundle, by name) says."""
    return {"act": REDACTION, "path": path, "sha256": sha256, "agreement": agreement}
