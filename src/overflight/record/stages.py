"""The stages of a bundle, read and held against each other: each extends the one before it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from overflight.record.canonical import MAX_BYTES
from overflight.record.manifest import (
    CHOICE,
    MANIFEST,
    REDACTED,
    REDACTION,
    SUMS,
    TWO_SETS,
    Entry,
    Manifest,
    read_manifest,
    redacted_bytes,
    seal_of,
    stage_folder,
    sums_bytes,
)
from overflight.record.merkle import Tree
from overflight.record.names import check_names
from overflight.record.refused import Problem, Refused
from overflight.record.store import Store

_STAGE = re.compile(r"(stage-(\d\d))/", re.ASCII)


@dataclass(frozen=True)
class Stages:
    """All stages, the first one first."""

    manifests: tuple[Manifest, ...]

    @cached_property
    def paths(self) -> Mapping[str, Entry]:
        """Every file by its path from the bundle's top."""
        return {m.path(e): e for m in self.manifests for e in m.entries}

    @cached_property
    def entries(self) -> Mapping[str, Entry]:
        """Every file by its name."""
        return {e.name: e for m in self.manifests for e in m.entries}

    @cached_property
    def leaves(self) -> tuple[bytes, ...]:
        return tuple(e.leaf for m in self.manifests for e in m.entries)

    @cached_property
    def seals(self) -> tuple[Mapping[str, Any], ...]:
        """What the signers of each stage sign; made once, for it digests the whole manifest."""
        return tuple(seal_of(m) for m in self.manifests)

    @cached_property
    def redacted(self) -> Mapping[str, int]:
        """Paths that may be absent -> the stage that says so."""
        return {
            act["path"]: m.stage
            for m in self.manifests
            for act in m.acts
            if act["act"] == REDACTION
        }

    def problems(self) -> list[Problem]:
        """What does not hold among the manifests themselves."""
        return [*self._chain(), *self._names(), *self._trees(), *self._duplicates(), *self._acts()]

    def _chain(self) -> Iterator[Problem]:
        before: Manifest | None = None
        for place, m in enumerate(self.manifests):
            if before is not None and m.previous is not None:
                if m.previous.manifest != self.seals[place - 1]["manifest"]:
                    yield Problem(
                        "chain-broken", f"it extends another stage {before.stage} than this one",
                        m.folder,
                    )  # fmt: skip
                if m.identity != before.identity:
                    yield Problem(
                        "chain-broken", "it names another bundle, other Parties or other marks",
                        m.folder,
                    )  # fmt: skip
                if m.sealed_at < before.sealed_at:
                    yield Problem("chain-broken", "it is older than the stage before it", m.folder)
            before = m

    def _names(self) -> Iterator[Problem]:
        try:
            check_names(e.name for m in self.manifests for e in m.entries)
        except Refused as error:
            yield error.problem
        for m in self.manifests:
            names = [e.name.encode("utf-8") for e in m.entries]
            if names != sorted(names):
                yield Problem("bad-manifest", "the files are not in their order", m.folder)

    def _trees(self) -> Iterator[Problem]:
        tree = Tree()
        for m in self.manifests:
            for entry in m.entries:
                tree.append(entry.leaf)
            if (m.size, m.root) != (len(tree), tree.root().hex()):
                yield Problem("tree-differs", "its tree is not that of its files", m.folder)

    def _duplicates(self) -> Iterator[Problem]:
        """A duplicate of the first generation is made from an original (IX.IV.1)."""
        for m in self.manifests:
            for entry in m.entries:
                origin = self.entries.get(entry.made_from) if entry.made_from else None
                if entry.made_from and (origin is None or origin.generation != 0):
                    yield Problem(
                        "not-from-original", f"{entry.made_from} is no original of this bundle",
                        m.path(entry),
                    )  # fmt: skip

    def _acts(self) -> Iterator[Problem]:
        chooser: str | None = None
        chosen = False
        for m in self.manifests:
            for act in m.acts:
                wrong = ""
                if act["act"] == TWO_SETS:
                    if chooser is not None:
                        wrong = "two sets are stated twice"
                    chooser = act["chooser"]
                    if chooser not in (m.identity.observing, m.identity.observed):
                        wrong = "neither of the two Parties is to choose"
                elif act["act"] == CHOICE:
                    if act["by"] != chooser:
                        wrong = "the choice is not that Party's"
                    if chosen:
                        wrong = "a choice was made before"
                    if not self._has_set(act["set"], m.stage):
                        wrong = f"no file of set {act['set']} is sealed"
                    chosen = True
                else:
                    entry = self.paths.get(act["path"])
                    if entry is None or entry.sha256 != act["sha256"]:
                        wrong = f"it redacts {act['path']}, which is not sealed so"
                    elif act["agreement"] not in self.entries:
                        wrong = f"the agreement {act['agreement']} is not in the bundle"
                if wrong:
                    yield Problem("bad-act", wrong, m.folder)

    def _has_set(self, name: str, stage: int) -> bool:
        """Whether a file of that original set is sealed by then."""
        sealed = (e for m in self.manifests if m.stage <= stage for e in m.entries)
        return any(e.set == name and e.generation == 0 for e in sealed)


def read_stages(store: Store) -> Stages:
    """The stages that lie there. Raises Refused for the first manifest that is not to be read."""
    numbers = stage_numbers(store)
    if not numbers:
        raise Refused(
            "no-bundle", "there is no sealed stage in it", where=store.root.name,
            remedy="Name the bundle's own folder: the one that holds stage-01.",
        )  # fmt: skip
    if numbers != list(range(1, len(numbers) + 1)):
        gap = next(n for n in range(1, 100) if n not in numbers)
        raise Refused(
            "stage-missing", f"stage {gap} is not there, a later one is", where=stage_folder(gap)
        )
    manifests, size = [], 0
    for number in numbers:
        path = f"{stage_folder(number)}/{MANIFEST}"
        size += store.files[path].size if path in store.files else 0
        if size > 2 * MAX_BYTES:
            raise Refused("too-large", "its manifests are larger than what is read", where=path)
        manifest = read_manifest(store.read(path, MAX_BYTES), path)
        if manifest.stage != number:
            raise Refused("chain-broken", f"it says it is stage {manifest.stage}", where=path)
        manifests.append(manifest)
    return Stages(tuple(manifests))


def stage_numbers(store: Store) -> list[int]:
    """Numbers of the stages of which anything lies there, ascending."""
    found = {int(m[2]) for path in store.files if (m := _STAGE.match(path))}
    return sorted(found)


def companions(store: Store, manifest: Manifest) -> list[Problem]:
    """Whether SHA256SUMS and REDACTED are what follows from the manifest."""
    problems = []
    for name, wanted in ((SUMS, sums_bytes(manifest)), (REDACTED, redacted_bytes(manifest))):
        path = f"{manifest.folder}/{name}"
        if path not in store.files:
            if wanted:
                problems.append(Problem("missing", "the file is not there", path))
        elif not wanted and name == REDACTED:
            problems.append(Problem("added", "no seal knows of this file", path))
        elif store.files[path].size != len(wanted) or store.read(path, len(wanted)) != wanted:
            problems.append(Problem("sums-differ", "it does not say what the manifest says", path))
    return problems
