"""What the verbs of ``overflight bundle`` do."""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from overflight.cli.common import print_json
from overflight.errors import EXIT_BREACH, EXIT_OK, DataError

if TYPE_CHECKING:
    from overflight.mission.seat.folder import Seat
    from overflight.record.manifest import Manifest
    from overflight.record.stages import Stages


def now(arguments: argparse.Namespace) -> dt.datetime:
    """--at, or this moment; whole seconds."""
    at: dt.datetime | None = arguments.at
    return (at or dt.datetime.now(dt.UTC)).replace(microsecond=0)


def seal(arguments: argparse.Namespace) -> int:
    from overflight.mission.bundle import gather, read_asked
    from overflight.mission.seat.folder import open_seat
    from overflight.record.judging import require_counting
    from overflight.record.sealing import seal_first, seal_next, two_sets
    from overflight.record.stages import read_stages
    from overflight.record.statements import read_ring
    from overflight.record.store import open_store

    seat = None if arguments.mission is None else open_seat(arguments.mission)
    asked = [read_asked(text) for text in arguments.add]
    acts = [two_sets(arguments.two_sets)] if arguments.two_sets else []
    at, title = now(arguments), arguments.title
    if arguments.extend:
        store = open_store(arguments.bundle)
        stages = read_stages(store)
        _refuse_identity(arguments)
        if arguments.keys is not None:
            require_counting(store, stages, read_ring(arguments.keys), at)
        found = gather(asked, seat=seat, allow=arguments.allow, sealed=stages.entries)
        _refuse_new_marks(found.marks, stages)
        with _Progress("sealing") as told:
            manifest = seal_next(
                arguments.bundle, found.additions, title=title, at=at, acts=acts, told=told
            )
    else:
        found = gather(asked, seat=seat, allow=arguments.allow)
        identity = _identity(arguments, seat, found.marks)
        with _Progress("sealing") as told:
            manifest = seal_first(
                arguments.bundle, identity, found.additions, title=title, at=at, acts=acts,
                told=told,
            )  # fmt: skip
    return _say_sealed(arguments, manifest, found.left_out)


def _identity(arguments: argparse.Namespace, seat: Seat | None, marks: Sequence[str]) -> Any:
    from overflight.record.manifest import Identity

    mission = None if seat is None else seat.mission
    told = {
        "--id": arguments.id or (mission.id if mission else None),
        "--observing": arguments.observing or (mission.observing if mission else None),
        "--observed": arguments.observed or (mission.observed if mission else None),
    }
    missing = [name for name, value in told.items() if not value]
    if missing:
        raise DataError(
            f"{', '.join(missing)} is needed for a new bundle",
            remedy="Give it, or the mission's folder with --mission DIR.",
        )
    typed = [name for name in ("EXERCISE", "SIMULATED") if getattr(arguments, name.lower())]
    return Identity(
        str(told["--id"]), str(told["--observing"]), str(told["--observed"]),
        tuple(sorted({*marks, *typed})),
    )  # fmt: skip


def _refuse_identity(arguments: argparse.Namespace) -> None:
    names = ("id", "observing", "observed", "exercise", "simulated")
    given = [name for name in names if getattr(arguments, name)]
    if given:
        raise DataError(
            f"--{given[0]} is settled by the first stage",
            remedy="Leave it out, or seal another bundle.",
        )


def _refuse_new_marks(marks: Sequence[str], stages: Stages) -> None:
    new = set(marks) - set(stages.manifests[0].identity.marks)
    if new:
        raise DataError(
            f"a file is marked {min(new)}, and the bundle is not",
            remedy="Leave the file out, or seal it in a bundle that bears the mark.",
        )


def _say_sealed(
    arguments: argparse.Namespace, manifest: Manifest, left_out: Sequence[str] = ()
) -> int:
    from overflight.report.bundle import sealed_text, sealed_to_dict

    for line in left_out:
        print(f"left out: {line}", file=sys.stderr)
    if arguments.json:
        print_json(sealed_to_dict(manifest, left_out))
    else:
        print(sealed_text(manifest))
        print("  -> both Parties sign it: overflight bundle sign", file=sys.stderr)
    return EXIT_OK


def sign(arguments: argparse.Namespace) -> int:
    from overflight.cli.bundle_keys import passphrase
    from overflight.files import write_atomic
    from overflight.record.checking import check_contents
    from overflight.record.judging import require_counting, require_one
    from overflight.record.keys import load_key
    from overflight.record.refused import Refused
    from overflight.record.signing import put_signature, read_signed
    from overflight.record.signing import sign as make
    from overflight.record.statements import read_ring
    from overflight.record.store import open_store

    store = open_store(arguments.bundle)
    if arguments.out is None and not store.is_folder:
        raise DataError(
            "a single-file bundle is not written to", file=arguments.bundle,
            remedy="Give --out FILE for the signature alone, or unpack the bundle.",
        )  # fmt: skip
    key = load_key(arguments.key, passphrase(arguments.passphrase_file, arguments.key))
    with _Progress("checking") as told:
        stages, problems = check_contents(store, told=told)
    if problems:
        first = problems[0]
        raise Refused(
            first.code, f"{first.message}: nothing was signed", where=first.where,
            remedy="'overflight bundle verify' tells all that is wrong.",
        )  # fmt: skip
    manifest = stages.manifests[-1]
    data = make(manifest, key, arguments.by, arguments.role, now(arguments))
    if arguments.keys is not None:
        ring, at = read_ring(arguments.keys), now(arguments)
        require_counting(store, stages, ring, at, last=False)
        require_one(read_signed(data, "the signature"), manifest, ring, at)
    if arguments.out is not None:
        write_atomic(arguments.out, data)
        return _say_signed(arguments, [read_signed(data, "the signature")], manifest)
    return _say_signed(arguments, [put_signature(arguments.bundle, manifest, data)], manifest)


def take(arguments: argparse.Namespace) -> int:
    from overflight.files import read_bounded
    from overflight.record.envelope import MAX_ENVELOPE_BYTES
    from overflight.record.judging import require_one
    from overflight.record.signing import put_signature, read_signed
    from overflight.record.stages import read_stages
    from overflight.record.statements import read_ring
    from overflight.record.store import open_store

    store = open_store(arguments.bundle)
    if not store.is_folder:
        raise DataError(
            "a single-file bundle is not written to", file=arguments.bundle,
            remedy="Unpack it first: overflight bundle unpack FILE DIR.",
        )  # fmt: skip
    stages, ring = read_stages(store), read_ring(arguments.keys)
    taken = []
    for file in arguments.files:
        data = read_bounded(file, limit=MAX_ENVELOPE_BYTES)
        signed = read_signed(data, str(file), foreign=True)
        said = signed.seal.get("stage")
        place = said if isinstance(said, int) and 1 <= said <= len(stages.manifests) else 0
        manifest = stages.manifests[place - 1]
        require_one(signed, manifest, ring, now(arguments))
        taken.append(put_signature(arguments.bundle, manifest, data))
    return _say_signed(arguments, taken, stages.manifests[-1])


def _say_signed(arguments: argparse.Namespace, signed: Sequence[Any], last: Manifest) -> int:
    from overflight.record.instants import write_instant

    if arguments.json:
        rows = [
            {"by": s.by, "role": s.role, "key": s.key, "at": write_instant(s.at),
             "stage": s.seal["stage"], "file": s.file}
            for s in signed
        ]  # fmt: skip
        print_json({"kind": "bundle-signed", "version": 1, "bundle": last.identity.id,
                    "signatures": rows})  # fmt: skip
    else:
        for s in signed:
            dated = write_instant(s.at)
            print(f"stage {s.seal['stage']} signed by {s.by} ({s.role}), dated {dated}")
    return EXIT_OK


def verify(arguments: argparse.Namespace) -> int:
    from overflight.cli.bundle_logged import UNSEEN, sightings
    from overflight.record.checking import check, nothing_readable
    from overflight.record.log.anchors import not_here
    from overflight.record.portion import PORTION, check_portion
    from overflight.record.refused import Refused
    from overflight.record.statements import read_ring
    from overflight.record.store import open_store
    from overflight.record.verdict import INTACT
    from overflight.report.bundle import verdict_text, verdict_to_dict

    if arguments.workers is not None and not 1 <= arguments.workers <= 256:
        raise DataError("1 to 256 threads can work", remedy="Give --workers N.")
    ring = read_ring(arguments.keys)
    seen = sightings(arguments)
    try:
        store = open_store(arguments.bundle)
        with _Progress("checking") as told:
            look = check_portion if PORTION in store.files else check
            found = look(
                store, ring, now(arguments), workers=arguments.workers, told=told, seen=seen
            )
        if seen is not None and look is check:
            found = replace(found, problems=(*found.problems, *not_here(store, seen)))
    except Refused as error:
        found = nothing_readable((error.problem,))
    if seen is not None and found.stages and not any(s.seen_at for s in found.signatures):
        found = replace(found, not_covered=(*found.not_covered, UNSEEN))
    if arguments.json:
        print_json(verdict_to_dict(found))
    else:
        print(verdict_text(found))
    return EXIT_OK if found.verdict == INTACT else EXIT_BREACH


def show(arguments: argparse.Namespace) -> int:
    from overflight.record.signing import signature_paths
    from overflight.record.stages import read_stages
    from overflight.record.store import open_store
    from overflight.report.bundle import contents_text, contents_to_dict

    store = open_store(arguments.bundle)
    stages = read_stages(store)
    signed = {
        m.stage: [path.rsplit("/", 1)[-1] for path in signature_paths(store, m.stage)]
        for m in stages.manifests
    }
    if arguments.json:
        print_json(contents_to_dict(stages, signed))
    else:
        print(contents_text(stages, signed))
    return EXIT_OK


def portion(arguments: argparse.Namespace) -> int:
    from overflight.record.portion import make_portion
    from overflight.record.stages import read_stages
    from overflight.record.store import open_store

    store = open_store(arguments.bundle)
    stages = read_stages(store)
    chosen = {
        name
        for name, entry in stages.entries.items()
        if any(name.startswith(n) for n in arguments.names if n.endswith("/"))
        or (arguments.set is not None and entry.set == arguments.set)
    }
    chosen |= {name for name in arguments.names if not name.endswith("/")}
    make_portion(store, stages, chosen, arguments.out)
    return _say_written(arguments, arguments.out, len(chosen))


def choose(arguments: argparse.Namespace) -> int:
    from overflight.record.sealing import choice, seal_next

    manifest = seal_next(
        arguments.bundle, (), title=f"Choice of set {arguments.set}", at=now(arguments),
        acts=[choice(arguments.by, arguments.set)],
    )  # fmt: skip
    return _say_sealed(arguments, manifest)


def redact(arguments: argparse.Namespace) -> int:
    from overflight.mission.bundle_kinds import role_of
    from overflight.record.redacting import agree_to_redact, carry_out
    from overflight.record.statements import read_ring

    if arguments.carry_out:
        if arguments.keys is None or arguments.names or arguments.agreement:
            raise DataError(
                "--carry-out takes --keys RING and no names", remedy="What is taken out is what "
                "both have signed.",
            )  # fmt: skip
        gone = carry_out(arguments.bundle, read_ring(arguments.keys), now(arguments))
        return _say_written(arguments, arguments.bundle, len(gone))
    if arguments.agreement is None or not arguments.names:
        raise DataError(
            "a redaction names files and an agreement",
            remedy="Give NAME ... --agreement FILE, or --carry-out --keys RING.",
        )
    role_of(arguments.agreement, "agreement", allowed=True)
    manifest = agree_to_redact(
        arguments.bundle, arguments.names, arguments.agreement, at=now(arguments)
    )
    return _say_sealed(arguments, manifest)


def pack(arguments: argparse.Namespace) -> int:
    from overflight.record.packing import pack as write
    from overflight.record.store import open_store

    store = open_store(arguments.bundle)
    write(store, arguments.target)
    return _say_written(arguments, arguments.target, len(store.files))


def unpack(arguments: argparse.Namespace) -> int:
    from overflight.record.packing import unpack as write
    from overflight.record.store import open_store

    store = open_store(arguments.bundle)
    write(store, arguments.target)
    return _say_written(arguments, arguments.target, len(store.files))


def _say_written(arguments: argparse.Namespace, place: Path, files: int) -> int:
    if arguments.json:
        print_json({"kind": "bundle-written", "version": 1, "verb": arguments.verb,
                    "place": place, "files": files})  # fmt: skip
    else:
        print(f"{arguments.verb}: {files} files, {place}")
    return EXIT_OK


class _Progress:
    """Bytes done, on a terminal only."""

    def __init__(self, word: str) -> None:
        self.word, self.done, self.shown = word, 0, -1
        self.terminal = sys.stderr.isatty()

    def __enter__(self) -> Callable[[int], None] | None:
        return self._add if self.terminal else None

    def _add(self, size: int) -> None:
        self.done += size
        if self.done // 10**8 != self.shown:
            self.shown = self.done // 10**8
            print(f"\r{self.word}: {self.done / 1e9:.1f} GB", end="", file=sys.stderr)

    def __exit__(self, *_: object) -> None:
        if self.terminal and self.shown >= 0:
            print(file=sys.stderr)
