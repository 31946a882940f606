"""Which signatures under the stages count, and whether both Parties have signed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from overflight.record.keys import holds
from overflight.record.manifest import SIGNATURES, Manifest, seal_of, stage_folder
from overflight.record.refused import Problem, Refused
from overflight.record.ring import COMPROMISED, Key, Ring, objection
from overflight.record.signing import Signed, read_signed, signature_paths
from overflight.record.stages import Stages
from overflight.record.store import Store
from overflight.record.verdict import SignatureFound

NEEDED = ("observing", "observed")
Seen = Callable[[str, Collection[str]], "dt.datetime | None"]
"""SHA-256 (hex) of a thing, and Parties whose word does not count -> the moment by which others had
seen the thing; None where nobody says."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A signature and what it is worth."""

    signed: Signed
    stage: int
    code: str
    why: str
    seen_at: dt.datetime | None = None


def judge(
    store: Store, stages: Stages, ring: Ring, now: dt.datetime, seen: Seen | None = None
) -> tuple[list[SignatureFound], list[Problem]]:
    """All signatures under all stages, and what is wrong with them."""
    problems: list[Problem] = []
    under: dict[int, list[Signed]] = {}
    for manifest in stages.manifests:
        found, wrong = collect(store, signature_paths(store, manifest.stage))
        under[manifest.stage] = found
        problems += wrong
        problems += _dropped(stages, manifest.stage, found)
    judged: list[Judged] = []
    for manifest in reversed(stages.manifests):
        seal = stages.seals[manifest.stage - 1]
        judged += [
            judge_one(
                one, manifest.stage, seal, manifest.sealed_at, ring, now,
                seen_at=_logged(one, manifest.stage, stages, seen),
                anchored=_anchors(one, stages, judged, ring),
            )
            for one in under[manifest.stage]
        ]  # fmt: skip
    judged.sort(key=lambda j: (j.stage, NEEDED.index(j.signed.role) if j.signed.role in NEEDED
                               else 2, j.signed.by, j.signed.at))  # fmt: skip
    problems += against(judged, [m.stage for m in stages.manifests])
    return [shown(j) for j in judged], problems


def collect(store: Store, paths: Iterable[str]) -> tuple[list[Signed], list[Problem]]:
    """The signatures in these files, each once; and files that are none, or lie there twice."""
    from overflight.record.envelope import MAX_ENVELOPE_BYTES

    found: dict[str, Signed] = {}
    problems = []
    named_well = []
    for path in paths:
        try:
            one = read_signed(store.read(path, MAX_ENVELOPE_BYTES), path)
        except Refused as error:
            problems.append(error.problem)
            continue
        named_well.append((path.rsplit("/", 1)[-1] != one.file, path, one))
    for astray, path, one in sorted(named_well, key=lambda row: row[:2]):
        if one.file in found:
            problems.append(
                Problem("signature-doubled", f"{one.by} has signed in {one.file} already", path)
            )
        elif astray:
            problems.append(Problem("renamed", f"this signature belongs into {one.file}", path))
        else:
            found[one.file] = one
    return list(found.values()), problems


def judge_one(
    one: Signed,
    stage: int,
    seal: Mapping[str, Any],
    sealed_at: dt.datetime,
    ring: Ring,
    now: dt.datetime,
    *,
    seen_at: dt.datetime | None,
    anchored: bool = False,
) -> Judged:
    """What a signature is worth under that seal. ``anchored``: something in the bundle, other than
    its key, shows that it was there before the key was reported compromised; ``seen_at``: something
    outside shows that it was there at that moment."""
    key = ring.keys.get(one.key)
    if key is not None and key.until is not None and seen_at is not None:
        anchored = anchored or seen_at < key.until
    code, why = _plain_faults(one, key, seal, sealed_at, now)
    if not code:
        code, why = objection(key, one.by, one.at)
    if not code and key is not None and key.ended == COMPROMISED and not anchored:
        code = "key-compromised"
        why = (
            f"the key was reported compromised from {key.until:%Y-%m-%d %H:%M}Z on; the signature "
            "is dated earlier by its own word only"
        )
    return Judged(one, stage, code, why, seen_at)


def _plain_faults(
    one: Signed, key: Key | None, seal: Mapping[str, Any], sealed_at: dt.datetime, now: dt.datetime
) -> tuple[str, str]:
    if one.seal != seal:
        return "other-seal", "it is under another seal than this stage's"
    party = {"observing": seal["observing"], "observed": seal["observed"]}
    if one.role in party and one.by != party[one.role]:
        return "wrong-role", f"the {one.role} Party is {party[one.role]}"
    if one.role not in party and one.by in party.values():
        return "wrong-role", f"{one.by} is one of the two Parties, no witness"
    signature = one.envelope.signatures[0].value
    if key is not None and not holds(key.public, signature, one.envelope.signed):
        return "signature-invalid", "the signature is not that key's over these words"
    if one.at < sealed_at:
        return "dated-early", "it is dated before the stage was sealed"
    if one.at > now:
        return "dated-ahead", "it is dated in the future"
    return "", ""


def _anchors(one: Signed, stages: Stages, later: Iterable[Judged], ring: Ring) -> bool:
    """Whether a later stage dates the signature before its key's end: one that names it, signed by
    another in time."""
    key = ring.keys.get(one.key)
    if key is None or key.until is None:
        return False
    citing = {
        m.stage
        for m in stages.manifests
        if m.previous is not None and m.previous.signatures.get(one.file) == one.digest
    }
    return any(
        j.stage in citing and not j.code and j.signed.by != one.by and j.signed.at < key.until
        for j in later
    )


def _logged(one: Signed, stage: int, stages: Stages, seen: Seen | None) -> dt.datetime | None:
    """When others had seen the signature: itself, or a manifest that cannot be without it, which is
    the next stage's, if that names it, and those that follow on that. The manifest which it signs
    shows nothing: anybody can sign what has long been there."""
    if seen is None:
        return None
    first = stages.manifests[0].identity
    parties = (first.observing, first.observed)
    moments = [seen(one.digest, parties)]
    for m in stages.manifests[stage:]:
        before = m.previous
        if before is None or before.manifest != stages.seals[m.stage - 2]["manifest"]:
            break
        if m.stage == stage + 1 and before.signatures.get(one.file) != one.digest:
            break
        moments.append(seen(stages.seals[m.stage - 1]["manifest"], parties))
    return min((at for at in moments if at is not None), default=None)


def _dropped(stages: Stages, stage: int, found: Sequence[Signed]) -> list[Problem]:
    """Signatures that a later stage names, and that are not there any more."""
    if stage >= len(stages.manifests):
        return []
    previous = stages.manifests[stage].previous
    there = {one.file: one.digest for one in found}
    place = f"{stage_folder(stage)}/{SIGNATURES}"
    return [
        Problem("signature-dropped", f"stage {stage + 1} was sealed over it", f"{place}/{file}")
        for file, digest in (previous.signatures if previous else {}).items()
        if there.get(file) != digest
    ]


def against(judged: Sequence[Judged], stages: Iterable[int]) -> list[Problem]:
    """What is wrong with the signatures under the stages: one that does not count and is made up
    for by no other of that Party, and one that is missing."""
    problems = []
    good = {(j.stage, j.signed.role, j.signed.by) for j in judged if not j.code}
    for j in judged:
        if j.code and (j.stage, j.signed.role, j.signed.by) not in good:
            words = f"the signature of {j.signed.by} ({j.signed.role}) does not count: {j.why}"
            place = f"{stage_folder(j.stage)}/{SIGNATURES}/{j.signed.file}"
            problems.append(Problem(j.code, words, place))
    for stage in stages:
        for role in NEEDED:
            if not any(s == stage and r == role for s, r, _ in good):
                problems.append(
                    Problem("signature-missing", f"the {role} Party has not signed",
                            stage_folder(stage))
                )  # fmt: skip
    return problems


def shown(judged: Judged) -> SignatureFound:
    one = judged.signed
    return SignatureFound(
        judged.stage, one.by, one.role, one.key, one.at, not judged.code, judged.code, judged.why,
        judged.seen_at,
    )  # fmt: skip


def require_one(one: Signed, manifest: Manifest, ring: Ring, now: dt.datetime) -> None:
    """Raise Refused for a signature that does not count under that stage by the keys known here."""
    said = judge_one(one, manifest.stage, seal_of(manifest), manifest.sealed_at, ring, now,
                     seen_at=None)  # fmt: skip
    if said.code:
        raise Refused(
            said.code, f"this signature of {one.by} ({one.role}) does not count: {said.why}",
            remedy="Ask for one by a key that is in standing, and take its statement into the ring "
            "first: overflight key take.",
        )  # fmt: skip


def require_counting(
    store: Store, stages: Stages, ring: Ring, now: dt.datetime, *, last: bool = True
) -> None:
    """Raise Refused where a signature under the stages does not count, or a Party's is missing;
    ``last``: under the last stage too, which need not be signed by all before it is signed."""
    _, problems = judge(store, stages, ring, now)
    end = f"{stages.manifests[-1].folder}"
    for problem in problems:
        missing = problem.code == "signature-missing" and problem.where == end
        if last or not missing:
            raise Refused(
                problem.code, problem.message, where=problem.where,
                remedy="'overflight bundle verify' tells all that is wrong.",
            )  # fmt: skip
