"""What of a bundle goes into a log: the manifest of a stage, and each signature under it.

The manifest names every stage before, and the signatures that those had; a signature is named by
no manifest until the next stage is sealed, so it is logged by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from overflight.record.manifest import MANIFEST, SIGNATURES
from overflight.record.signing import read_signatures
from overflight.record.stages import Stages
from overflight.record.store import Store


@dataclass(frozen=True, slots=True)
class Thing:
    """``path`` from the bundle's top; ``sha256`` hex."""

    path: str
    sha256: str


def things_of(store: Store, stages: Stages, chosen: Sequence[int] = ()) -> list[Thing]:
    """What is logged of these stages (of all). Raises Refused for a signature that is none."""
    found = []
    for manifest, seal in zip(stages.manifests, stages.seals, strict=True):
        if chosen and manifest.stage not in chosen:
            continue
        found.append(Thing(f"{manifest.folder}/{MANIFEST}", str(seal["manifest"])))
        found += [
            Thing(f"{manifest.folder}/{SIGNATURES}/{one.file}", one.digest)
            for one in read_signatures(store, manifest.stage)
        ]
    return found
