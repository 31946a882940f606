"""What the verbs of ``overflight log`` do."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from overflight.cli.bundle_run import now
from overflight.cli.common import print_json
from overflight.errors import EXIT_BREACH, EXIT_OK, EXIT_UNDETERMINED, DataError

if TYPE_CHECKING:
    from overflight.record.log.checkpoints import Signed
    from overflight.record.log.comparing import View
    from overflight.record.log.notes import Line
    from overflight.record.log.trust import Trust

_LINES_BYTES = 64 * 1024 * 1024
_DASH = "— ".encode()


def init(arguments: argparse.Namespace) -> int:
    from overflight.record.log.keeping import make_log

    make_log(arguments.log, arguments.origin, arguments.operator)
    if arguments.json:
        about = {"origin": arguments.origin, "operator": arguments.operator}
        print_json({"kind": "log", "version": 1, **about})
    else:
        print(f"log {arguments.origin} of {arguments.operator} begun in {arguments.log}")
    return EXIT_OK


def append(arguments: argparse.Namespace) -> int:
    from overflight.files import read_bounded
    from overflight.record.log.entries import Entry, read_entry, write_entry
    from overflight.record.log.journal import MAX_BATCH
    from overflight.record.log.keeping import Log
    from overflight.report.log import added_to_dict, entries_text

    at = now(arguments)
    made = [Entry(kind, sha, at) for text in arguments.things for kind, sha in _things(text)]
    made += [Entry(kind, digest, at) for kind, digest in map(_word_and_rest, arguments.sha256)]
    entries = [write_entry(entry) for entry in made]
    if arguments.lines is not None:
        lines = read_bounded(arguments.lines, limit=_LINES_BYTES).split(b"\n")
        lines = lines[:-1] if lines[-1] == b"" else lines
        for number, line in enumerate(lines, 1):
            read_entry(line, f"{arguments.lines}, line {number}")
        entries += lines
    if not entries:
        raise DataError("nothing is named", remedy="Give KIND=PATH, --sha256 or --lines.")
    if len(entries) > MAX_BATCH:
        raise DataError(
            f"one call is one batch, of at most {MAX_BATCH} entries", remedy="Append them in parts."
        )
    with Log(arguments.log) as log:
        first = log.append(entries)
        size = log.size
    if arguments.json:
        print_json(added_to_dict(first, len(entries), size, [entry.sha256 for entry in made]))
    else:
        for number, entry in enumerate(made, first):
            print(f"{number}  {entry.of}  {entry.sha256}")
        print(f"{entries_text(len(entries))} logged; the log has {size}")
        print("  -> sign it: overflight log checkpoint", file=sys.stderr)
    return EXIT_OK


def checkpoint(arguments: argparse.Namespace) -> int:
    from overflight.cli.bundle_keys import passphrase
    from overflight.record.keys import load_key
    from overflight.record.log.keeping import CHECKPOINT, Log

    if (arguments.key is None) == (not arguments.take):
        raise DataError("give either --key or --take", remedy="See --help.")
    if arguments.take:
        lines, where = _taken(arguments), arguments.log
        with Log(where) as log:
            signed = log.take(lines)
    else:
        key = load_key(arguments.key, passphrase(arguments.passphrase_file, arguments.key))
        with Log(arguments.log) as log:
            signed = log.checkpoint(key)
    return _say(arguments, signed, arguments.log / CHECKPOINT)


def _taken(arguments: argparse.Namespace) -> list[Line]:
    """The lines of witnesses whose cosignature counts, under the checkpoint that the log has."""
    from overflight.record.log.checkpoints import Signed, read_checkpoint
    from overflight.record.log.keeping import read_about, read_last
    from overflight.record.log.notes import MAX_NOTE_BYTES, Note, read_lines
    from overflight.record.log.trust import WITNESS, Trust, judge_checkpoint
    from overflight.record.refused import Refused
    from overflight.record.statements import read_ring

    if arguments.keys is None:
        raise DataError("--take needs --keys RING", remedy="Name the Parties' key statements.")
    origin, operator = read_about(arguments.log)
    trust = Trust(origin, operator, read_ring(arguments.keys))
    last = read_last(arguments.log)
    found: list[Line] = []
    for file in arguments.take:
        data = _read(file, MAX_NOTE_BYTES)
        if last is not None and data.startswith(_DASH):  # lines alone, as C2SP witnesses answer
            lines = read_lines(data, str(file))
            signed = Signed(last.checkpoint, Note(last.note.text, lines))
        else:
            signed = read_checkpoint(data, str(file))
        if last is None or signed.note.text != last.note.text:
            raise Refused(
                "other-checkpoint", "this is not the last checkpoint of the log", where=str(file),
                remedy="Let the witness co-sign the last one.",
            )  # fmt: skip
        seen, _ = judge_checkpoint(signed, trust, now(arguments))
        good = {tuple(s.vkey.split("+")[:2]) for s in seen if s.role == WITNESS and s.counts}
        kept = [line for line in signed.note.lines if (line.name, line.id.hex()) in good]
        if not kept:
            why = next((s.why for s in seen if s.role == WITNESS and s.why), "there is none")
            raise Refused("unsigned", f"no cosignature in it counts: {why}", where=str(file))
        found += kept
    return found


def prove(arguments: argparse.Namespace) -> int:
    from overflight.record.log.comparing import view_of
    from overflight.record.log.proving import consistency, find, inclusion

    view = view_of(arguments.log)
    if view.tree is None:
        raise DataError(
            "this is no log", file=arguments.log, remedy="Name the folder of a log or a copy of it."
        )
    if arguments.bundle is not None:
        return _prove_bundle(arguments, view)
    if arguments.since is not None:
        data = consistency(view_of(arguments.since).signed, view)
    else:
        index = arguments.index
        if index is None:
            index = find(view, arguments.sha256 or _thing(arguments.thing)[1])
        data = inclusion(view, index)
    _write(arguments, data, "log-proof")
    return EXIT_OK


def _prove_bundle(arguments: argparse.Namespace, view: View) -> int:
    """A proof of each manifest and signature of a bundle that the log has, into a folder."""
    from overflight.files import write_atomic
    from overflight.record.log.proving import find_all, inclusion
    from overflight.record.log.things import things_of
    from overflight.record.stages import read_stages
    from overflight.record.store import open_store

    if arguments.out is None:
        raise DataError("the proofs of a bundle are several files", remedy="Give --out DIR.")
    store = open_store(arguments.bundle)
    things = things_of(store, read_stages(store))
    places = find_all(view, [thing.sha256 for thing in things])
    if not places:
        raise DataError(
            "nothing of this bundle is in the log at its last checkpoint", file=arguments.log,
            remedy="Log it with 'overflight log append', then sign with 'overflight log "
            "checkpoint'.",
        )  # fmt: skip
    rows = []
    for thing in things:
        file = None
        if thing.sha256 in places:
            file = arguments.out / f"{thing.path.replace('/', '.')}.tlog-proof"
            write_atomic(file, inclusion(view, places[thing.sha256]))
        rows.append({"path": thing.path, "sha256": thing.sha256,
                     "index": places.get(thing.sha256), "file": file})  # fmt: skip
    if arguments.json:
        print_json({"kind": "log-proofs", "version": 1, "proofs": rows})
    else:
        for row in rows:
            place = "not in the log" if row["file"] is None else f"entry {row['index']}"
            print(f"{row['path']}: {place}")
        print(f"{len(places)} proofs written to {arguments.out}")
    return EXIT_OK


def check(arguments: argparse.Namespace) -> int:
    from overflight.record.log.verdict import INTACT, UNDETERMINED, read_before
    from overflight.record.log.verdict import check as judge
    from overflight.report.log import verdict_text, verdict_to_dict

    before = None if arguments.seen is None else read_before(arguments.seen)
    thing = arguments.sha256 or ("" if arguments.thing is None else _thing(arguments.thing)[1])
    trust = trust_of(arguments)
    with _progress() as told:
        found = judge(
            arguments.target, trust, now(arguments), before=before, thing=thing, told=told
        )
    if arguments.json:
        print_json(verdict_to_dict(found))
    else:
        print(verdict_text(found))
    if found.verdict == UNDETERMINED:
        return EXIT_UNDETERMINED
    return EXIT_OK if found.verdict == INTACT else EXIT_BREACH


def witness(arguments: argparse.Namespace) -> int:
    from overflight.cli.bundle_keys import passphrase
    from overflight.record.keys import load_key
    from overflight.record.log.witness import last_seen
    from overflight.record.log.witness import witness as co_sign

    trust = trust_of(arguments)
    before = last_seen(arguments.state, trust.origin)
    signed, path = _offered(arguments.target, before)
    key = load_key(arguments.key, passphrase(arguments.passphrase_file, arguments.key))
    made = co_sign(
        arguments.state, signed, path, trust, name=arguments.name, key=key, now=now(arguments),
        first=arguments.first,
    )  # fmt: skip
    if arguments.out is not None:
        from overflight.files import write_atomic

        write_atomic(arguments.out, made.data)
    return _say(arguments, made, arguments.out)


def _offered(target: Path, before: Signed | None) -> tuple[Signed, tuple[bytes, ...]]:
    """The checkpoint to co-sign, and the proof that it extends the last one, as far as there is
    one."""
    from overflight.record.log.comparing import view_of
    from overflight.record.log.proofs import MAX_PROOF_BYTES, read_consistency

    if target.is_dir():
        view = view_of(target)
        return view.signed, _path_from(before, view)
    data = _read(target, MAX_PROOF_BYTES)
    if data.startswith(b"{"):
        proof = read_consistency(data, target.name)
        return proof.new, proof.path
    return view_of(target).signed, ()


def _path_from(before: Signed | None, view: View) -> tuple[bytes, ...]:
    new = view.signed.checkpoint
    if before is None or view.tree is None or not 0 < before.checkpoint.size < new.size:
        return ()
    return tuple(view.tree.consistency(before.checkpoint.size, new.size))


def compare(arguments: argparse.Namespace) -> int:
    from overflight.record.log.comparing import FORKED, UNDETERMINED, view_of
    from overflight.record.log.comparing import compare as hold
    from overflight.report.log import comparison_text, comparison_to_dict

    found = hold(
        view_of(arguments.one), view_of(arguments.other), trust_of(arguments), now(arguments)
    )
    written = None
    if arguments.out is not None and found.proof is not None:
        from overflight.files import write_atomic

        write_atomic(arguments.out, found.proof)
        written = str(arguments.out)
    if arguments.json:
        print_json(comparison_to_dict(found, written))
    else:
        print(comparison_text(found))
        if found.verdict == FORKED and written is None:
            print("  -> write the proof for the others: --out FILE", file=sys.stderr)
    if found.verdict == UNDETERMINED:
        return EXIT_UNDETERMINED
    return EXIT_BREACH if found.verdict == FORKED else EXIT_OK


def trust_of(arguments: argparse.Namespace) -> Trust:
    """Whose signatures under a checkpoint count, as --origin, --operator, --keys say."""
    from overflight.record.log.trust import Trust
    from overflight.record.statements import read_ring

    wanted = getattr(arguments, "witnesses", 0)
    if wanted < 0:
        raise DataError("--witnesses is a number from 0", remedy="Give 0 or more.")
    return Trust(arguments.origin, arguments.operator, read_ring(arguments.keys), wanted)


def _things(text: str) -> list[tuple[str, str]]:
    """(kind, SHA-256 in hex) of what is logged for KIND=PATH: of a bundle, the manifest of its last
    stage and the signatures under it."""
    from overflight.record.log.things import things_of
    from overflight.record.stages import read_stages
    from overflight.record.store import open_store

    kind, name = _word_and_rest(text)
    if kind != "bundle":
        return [_thing(text)]
    store = open_store(Path(name))
    stages = read_stages(store)
    return [(kind, t.sha256) for t in things_of(store, stages, (stages.manifests[-1].stage,))]


def _thing(text: str) -> tuple[str, str]:
    """(kind, SHA-256 in hex) of KIND=PATH."""
    from overflight.record.hashing import digest
    from overflight.record.manifest import seal_of
    from overflight.record.stages import read_stages
    from overflight.record.store import Extent, open_store

    kind, name = _word_and_rest(text)
    path = Path(name)
    if kind == "bundle":
        manifest = read_stages(open_store(path)).manifests[-1]
        return kind, str(seal_of(manifest)["manifest"])
    if not path.is_file():
        raise DataError("there is no such file", file=path, remedy="Check the path.")
    return kind, digest(Extent(path, 0, path.stat().st_size))


def _word_and_rest(text: str) -> tuple[str, str]:
    from overflight.record.log.entries import KINDS

    kind, equals, rest = text.partition("=")
    if not equals or kind not in KINDS or not rest:
        raise DataError(
            f"{text[:80]!r} is not KIND=...", remedy=f"KIND is one of {', '.join(KINDS)}."
        )
    return kind, rest


def _read(path: Path, limit: int) -> bytes:
    from overflight.files import read_bounded

    return read_bounded(path, limit=limit)


def _say(arguments: argparse.Namespace, signed: Signed, file: Path | None) -> int:
    from overflight.report.log import checkpoint_to_dict, entries_text

    if arguments.json:
        print_json(checkpoint_to_dict(signed, None if file is None else str(file)))
    elif file is None:
        sys.stdout.write(signed.data.decode("utf-8"))
    else:
        at = signed.checkpoint
        count = entries_text(at.size)
        print(f"{at.origin}: {count}, root {at.root.hex()}; written to {file}")
    return EXIT_OK


def _write(arguments: argparse.Namespace, data: bytes, kind: str) -> None:
    if arguments.out is not None:
        from overflight.files import write_atomic

        write_atomic(arguments.out, data)
    if arguments.json:
        file = None if arguments.out is None else str(arguments.out)
        text = data.decode("utf-8")
        print_json({"kind": kind, "version": 1, "proof": text, "file": file})
    elif arguments.out is None:
        sys.stdout.write(data.decode("utf-8"))
    else:
        print(f"proof written to {arguments.out}")


class _progress:  # noqa: N801  # read as a function where it is used
    """A line of progress on a terminal, nothing elsewhere."""

    def __enter__(self) -> Callable[[int], None] | None:
        self._done = 0
        return self._tell if sys.stderr.isatty() else None

    def _tell(self, entries: int) -> None:
        before, self._done = self._done, self._done + entries
        if before // 10_000 != self._done // 10_000:
            print(f"\r{self._done} entries", end="", file=sys.stderr, flush=True)

    def __exit__(self, *_: object) -> None:
        if sys.stderr.isatty() and self._done:
            print("\r\033[K", end="", file=sys.stderr)
