"""Named attacks on a log and the verdict that each must get (fixtures/attacks.toml)."""

from __future__ import annotations

import base64
import json
import os
import shutil
import tomllib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bundles import day
from logkeeping import NOW, ORIGIN, House, codes_of, entries, entry, names_of
from overflight.errors import DataError
from overflight.record.keys import PrivateKey, new_key
from overflight.record.log.checkpoints import (
    Checkpoint,
    Signed,
    cosign,
    read_checkpoint,
    sign_checkpoint,
)
from overflight.record.log.comparing import compare, view_of
from overflight.record.log.entries import pack, read_entry
from overflight.record.log.keeping import CHECKPOINT, Log, make_log
from overflight.record.log.notes import Note
from overflight.record.log.proofs import read_inclusion, write_inclusion
from overflight.record.log.proving import consistency, inclusion
from overflight.record.log.trust import Trust
from overflight.record.log.witness import witness
from overflight.record.merkle import leaf_hash
from overflight.record.refused import Refused
from overflight.record.statements import read_ring

CASES: list[dict[str, Any]] = tomllib.loads(
    (Path(__file__).parent / "fixtures" / "attacks.toml").read_text("utf-8")
)["case"]
MOMENT = int(day(5).timestamp())


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> House:
    """700 entries; signed at 400 and 700, both co-signed by BBB, the last by CCC, too."""
    house = House(tmp_path_factory.mktemp("log"))
    house.grown(400)
    house.witness("BBB", at=day(4))
    shutil.copytree(house.folder, house.root / "at-400")
    house.grown(300)
    for party in ("BBB", "CCC"):
        made = house.witness(party, at=day(5))
        with Log(house.folder) as log:
            log.take(made.note.lines[1:])
    return house


@pytest.fixture
def house(sound: House, tmp_path: Path) -> House:
    """A copy to do harm to; keys and ring are the same."""
    shutil.copytree(sound.root, tmp_path / "copy", dirs_exist_ok=True)
    made = object.__new__(House)
    made.root, made.table = tmp_path / "copy", object.__new__(type(sound.table))
    made.table.root, made.table.keys = made.root, dict(sound.table.keys)
    return made


def flip(path: Path, at: int) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 4
    path.write_bytes(data)


def swap(one: Path, other: Path) -> None:
    first, second = one.read_bytes(), other.read_bytes()
    one.write_bytes(second)
    other.write_bytes(first)


def last(house: House) -> Signed:
    return view_of(house.folder).signed


def put(house: House, signed: Signed) -> None:
    (house.folder / CHECKPOINT).write_bytes(signed.data)


def lines(signed: Signed, *numbers: int) -> Signed:
    """With these lines of its note alone."""
    found = tuple(signed.note.lines[n] for n in numbers)
    return Signed(signed.checkpoint, Note(signed.note.text, found))


def with_value(signed: Signed, number: int, change: Callable[[bytes], bytes]) -> Signed:
    """With one line's value changed."""
    found = list(signed.note.lines)
    found[number] = replace(found[number], value=change(found[number].value))
    return Signed(signed.checkpoint, Note(signed.note.text, tuple(found)))


def flipped(value: bytes) -> bytes:
    return value[:-1] + bytes([value[-1] ^ 1])


def instead_of_ccc(house: House, name: str, key: PrivateKey, moment: int = MOMENT) -> None:
    put(house, cosign(lines(last(house), 0, 1), name, key, moment))


def other_history(house: House, count: int, name: str = "other", at: int = 0) -> Path:
    """A log of the same name whose entries part from ``at`` on, signed by the log's key."""
    folder = house.root / name
    make_log(folder, ORIGIN, "AAA")
    with Log(folder) as log:
        if at:
            log.append(entries(0, at))
        log.append(entries(at, count - at, "other"))
        log.checkpoint(house.key())
    return folder


def renamed(house: House, origin: str) -> Signed:
    at = last(house).checkpoint
    return sign_checkpoint(Checkpoint(origin, at.size, at.root), house.key())


# What is done, by the name of the case. What it returns is looked at, the log's folder else.


def untouched(house: House) -> None:
    return None


def flipped_bit_in_a_tile(house: House) -> None:
    flip(house.folder / "tile/0/001", 1000)


def flipped_bit_in_an_upper_tile(house: House) -> None:
    flip(house.folder / "tile/1/000.p/2", 3)


def flipped_bit_in_a_partial_tile(house: House) -> None:
    flip(house.folder / "tile/0/002.p/188", 3)


def flipped_bit_in_an_entry(house: House) -> None:
    flip(house.folder / "tile/entries/001", 90)


def flipped_bit_in_a_length(house: House) -> None:
    flip(house.folder / "tile/entries/001", 1)


def entry_and_tile_changed(house: House) -> None:
    changed = entries(256, 256)
    changed[7] = entry(7, "other")
    (house.folder / "tile/entries/001").write_bytes(pack(changed))
    hashes = b"".join(map(leaf_hash, changed))
    (house.folder / "tile/0/001").write_bytes(hashes)


def rebuilt_with_another_entry(house: House) -> Path:
    other = other_history(house, 700, at=699)
    (other / CHECKPOINT).write_bytes(last(house).data)
    return other


def swapped_tiles(house: House) -> None:
    swap(house.folder / "tile/0/000", house.folder / "tile/0/001")


def swapped_entries(house: House) -> None:
    swap(house.folder / "tile/entries/000", house.folder / "tile/entries/001")


def swapped_entries_and_tiles(house: House) -> None:
    swapped_tiles(house)
    swapped_entries(house)


def size_beyond_all(house: House) -> None:
    put(house, sign_checkpoint(Checkpoint(ORIGIN, 2**61, b"\x01" * 32), house.key()))


def truncated_tile(house: House) -> None:
    path = house.folder / "tile/0/001"
    path.write_bytes(path.read_bytes()[:-32])


def truncated_log(house: House) -> None:
    shutil.rmtree(house.folder / "tile/0/002.p")
    shutil.rmtree(house.folder / "tile/entries/002.p")


def oversized_tile(house: House) -> None:
    path = house.folder / "tile/0/001"
    path.write_bytes(path.read_bytes() + bytes(32))


def oversized_entries(house: House) -> None:
    os.truncate(house.folder / "tile/entries/001", 256 * (65_535 + 2) + 1)


def tile_is_a_link(house: House) -> None:
    path = house.folder / "tile/0/001"
    path.rename(house.root / "elsewhere")
    path.symlink_to(house.root / "elsewhere")


def tile_is_a_pipe(house: House) -> None:
    path = house.folder / "tile/0/001"
    path.unlink()
    os.mkfifo(path)


def checkpoint_is_a_pipe(house: House) -> None:
    (house.folder / CHECKPOINT).unlink()
    os.mkfifo(house.folder / CHECKPOINT)


def wrong_origin(house: House) -> None:
    put(house, renamed(house, "other.example.org/log"))


def path_in_the_origin(house: House) -> None:
    put(house, renamed(house, "../../etc"))


def path_in_the_origin_witnessed(house: House) -> None:
    state = house.root / "deep" / "state"
    trust = Trust("../../etc", "AAA", read_ring(house.table.ring))
    witness(state, renamed(house, "../../etc"), (), trust, name="w", key=house.key("BBB"), now=NOW,
            first=True)  # fmt: skip
    assert sorted(p.name for p in house.root.iterdir() if p.name in ("etc", "deep")) == ["deep"]
    assert all(len(p.name) == 32 or p.name == ".lock" for p in state.iterdir())


def signed_by_another_party(house: House) -> None:
    put(house, sign_checkpoint(last(house).checkpoint, house.key("BBB")))


def signed_by_nobody(house: House) -> None:
    put(house, lines(last(house), 1, 2))


def signature_changed(house: House) -> None:
    put(house, with_value(last(house), 0, flipped))


def cosignature_changed(house: House) -> None:
    put(house, with_value(last(house), 1, flipped))


def cosignature_redated(house: House) -> None:
    earlier = (MOMENT - 3600).to_bytes(8, "big")
    put(house, with_value(last(house), 1, lambda value: earlier + value[8:]))


def duplicate_lines(house: House) -> None:
    put(house, lines(last(house), 0, 1, 1))


def one_witness_under_two_names(house: House) -> None:
    instead_of_ccc(house, "witness.example.org/second", house.key("BBB"))


def operator_as_witness(house: House) -> None:
    instead_of_ccc(house, "witness.example.org/aaa", house.key("AAA"))


def witness_unknown(house: House) -> None:
    instead_of_ccc(house, names_of("CCC"), new_key())


def witness_revoked(house: House) -> None:
    house.table.revoke("CCC", "retired", day(4))


def witness_compromised(house: House) -> None:
    house.table.revoke("CCC", "compromised", day(10))


def witness_dated_ahead(house: House) -> None:
    instead_of_ccc(house, names_of("CCC"), house.key("CCC"), int(day(21).timestamp()))


def log_key_retired_but_witnessed(house: House) -> None:
    house.table.revoke("AAA", "retired", day(10))


def log_key_retired(house: House) -> None:
    put(house, lines(last(house), 0))
    house.table.revoke("AAA", "retired", day(10))


def log_key_compromised(house: House) -> None:
    put(house, lines(last(house), 0))
    house.table.revoke("AAA", "compromised", day(10))


def replayed_checkpoint(house: House) -> Path:
    return house.root / "at-400"


def forked_log(house: House) -> Path:
    return other_history(house, 700)


def forked_log_larger(house: House) -> Path:
    return other_history(house, 900, at=500)


replayed_to_a_witness = replayed_checkpoint
forked_to_a_witness = forked_log
forked_to_a_witness_larger = forked_log_larger


def witness_retired(house: House) -> None:
    house.table.revoke("BBB", "retired", day(10))


def witness_shown_another_log(house: House) -> None:
    wrong_origin(house)


def keeper_lost_a_tile(house: House) -> None:
    shutil.rmtree(house.folder / "tile/0/002.p")


def keeper_tile_changed(house: House) -> None:
    flipped_bit_in_a_partial_tile(house)


def keeper_entry_changed(house: House) -> None:
    flip(house.folder / "tile/entries/002.p/188", 90)


def keeper_restored_an_old_backup(house: House) -> Path:
    shutil.copy(house.folder / CHECKPOINT, house.root / "at-400" / CHECKPOINT)
    return house.root / "at-400"


def keeper_signs_another_history(house: House) -> Path:
    other = other_history(house, 900, at=699)
    shutil.copy(house.folder / CHECKPOINT, other / CHECKPOINT)
    return other


def proof(house: House, change: Callable[[str], str] = lambda text: text) -> Path:
    made = inclusion(view_of(house.folder), 300).decode("utf-8")
    path = house.root / "proof"
    path.write_text(change(made), encoding="utf-8")
    return path


def proof_of_another_entry(house: House) -> Path:
    found = read_inclusion(proof(house).read_bytes(), "proof")
    path = house.root / "proof"
    path.write_bytes(write_inclusion(replace(found, entry=entry(301))))
    return path


def proof_at_another_index(house: House) -> Path:
    return proof(house, lambda text: text.replace("index 300", "index 301"))


def proof_without_its_entry(house: House) -> Path:
    return proof(house, lambda text: text.replace(text.split("\n")[1] + "\n", ""))


def proof_of_another_thing(house: House) -> Path:
    return proof(house)


def proof_under_a_changed_checkpoint(house: House) -> Path:
    return proof(house, lambda text: text.replace("\n700\n", "\n1200\n"))


def consistency_of_two_histories(house: House) -> Path:
    old = view_of(other_history(house, 400)).signed
    true = consistency(view_of(house.root / "at-400").signed, view_of(house.folder))
    document = json.loads(true)
    document["old"] = old.data.decode("utf-8")
    return written(house, document)


def false_accusation(house: House) -> Path:
    true = json.loads(consistency(view_of(house.root / "at-400").signed, view_of(house.folder)))
    root = base64.b64encode(view_of(house.root / "at-400").signed.checkpoint.root).decode("ascii")
    return written(
        house,
        {"checkpoints": [true["old"], true["new"]], "kind": "log-fork", "path": true["path"],
         "root": root, "version": 1},
    )  # fmt: skip


def accusation_without_a_signature(house: House) -> Path:
    forged = sign_checkpoint(
        Checkpoint(ORIGIN, 700, b"\x01" * 32), house.key("BBB")
    ).data.decode("utf-8")  # fmt: skip
    true = last(house)
    root = base64.b64encode(true.checkpoint.root).decode("ascii")
    return written(
        house,
        {"checkpoints": [forged, true.data.decode("utf-8")], "kind": "log-fork", "path": [],
         "root": root, "version": 1},
    )  # fmt: skip


def written(house: House, document: dict[str, Any]) -> Path:
    from overflight.record.canonical import dumps

    path = house.root / "proof.json"
    path.write_bytes(dumps(document) + b"\n")
    return path


def huge_document(house: House) -> Path:
    path = house.root / "proof.json"
    path.write_bytes(b"{" * 10_000_000)
    return path


def asked(house: House, case: dict[str, Any], target: Path | None) -> list[str]:
    """The codes that the case ends in."""
    try:
        match case["ask"]:
            case "check":
                found = house.check(target, witnesses=case.get("witnesses", 0))
            case "check-seen":
                found = house.check(target, before=last(house))
            case "document":
                thing = "ab" * 32 if case["name"] == "proof-of-another-thing" else ""
                found = house.check(target, thing=thing)
            case "witness":
                if case["name"] != "path-in-the-origin-witnessed":
                    house.witness("BBB", folder=target)
                return []
            case "open":
                Log(house.folder).close()
                return []
            case _:
                with Log(target or house.folder) as log:
                    log.append(entries(400, 5))
                    log.checkpoint(house.key())
                return []
    except Refused as error:
        assert error.remedy
        return [error.code]
    except DataError as error:
        assert error.remedy
        return ["data-error"]
    assert (found.verdict == "intact") == (not found.problems)
    assert found.verdict != "undetermined"
    return codes_of(found)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_an_attack_gets_its_verdict(house: House, case: dict[str, Any]) -> None:
    done = globals()[case["name"].replace("-", "_")](house)
    assert asked(house, case, done) == case["codes"]


def test_every_attack_has_a_name_of_its_own() -> None:
    assert len({case["name"] for case in CASES}) == len(CASES) == 59


@pytest.mark.parametrize("place", ["tile/0/001", "tile/1/000.p/2", "tile/entries/001"])
def test_any_flipped_bit_is_found_and_its_tile_is_named(house: House, place: str) -> None:
    whole = (house.folder / place).read_bytes()
    for at in range(0, len(whole), max(1, len(whole) // 7)):
        flip(house.folder / place, at)
        found = house.check()
        assert [p.where for p in found.problems] == [place]
        (house.folder / place).write_bytes(whole)


def test_two_histories_are_proven_to_somebody_who_has_neither(house: House) -> None:
    for count, at in ((700, 0), (900, 500), (900, 699), (400, 3)):
        other = other_history(house, count, f"other-{count}-{at}", at)
        for one, two in ((house.folder, other), (other, house.folder)):
            found = compare(view_of(one), view_of(two), house.trust(), NOW)
            assert found.verdict == "forked"
            path = house.root / "fork.json"
            path.write_bytes(found.proof or b"")
            told = house.check(path)
            assert (told.of, told.verdict, codes_of(told)) == ("fork", "forked", ["forked"])


def test_a_new_key_does_not_undo_what_the_old_one_signed(house: House) -> None:
    other = other_history(house, 900, at=500)
    house.table.rotate("AAA", day(10))
    found = compare(view_of(house.folder), view_of(other), house.trust(), NOW)
    path = house.root / "fork.json"
    path.write_bytes(found.proof or b"")
    assert house.check(path).verdict == "forked"


def test_one_history_is_shown_to_be_one(house: House) -> None:
    old, new = house.root / "at-400", house.folder
    found = compare(view_of(new), view_of(old), house.trust(), NOW)
    assert (found.verdict, found.small, found.large) == ("consistent", 400, 700)
    path = house.root / "proof.json"
    path.write_bytes(found.proof or b"")
    assert house.check(path, witnesses=2).verdict == "intact"
    assert compare(view_of(new), view_of(new / CHECKPOINT), house.trust(), NOW).verdict == "same"
    alone = compare(view_of(old), view_of(new / CHECKPOINT), house.trust(), NOW)
    assert (alone.verdict, alone.proof) == ("undetermined", None)


def test_a_copy_with_a_changed_tile_accuses_nobody(house: House) -> None:
    flip(house.folder / "tile/1/000.p/2", 3)
    with pytest.raises(Refused) as caught:
        compare(view_of(house.root / "at-400"), view_of(house.folder), house.trust(), NOW)
    assert caught.value.code == "tile-differs"


def test_a_proof_names_its_entry(house: House) -> None:
    path = proof(house)
    found = house.check(path, thing=read_entry(entry(300), "").sha256, witnesses=2)
    assert (found.of, found.verdict, found.index) == ("inclusion", "intact", 300)
    assert found.entry == read_entry(entry(300), "")


def test_a_witness_keeps_what_it_co_signed(house: House) -> None:
    before = (house.root / "state-BBB").iterdir()
    (state,) = [p for p in before if p.name != ".lock"]
    kept = read_checkpoint(state.read_bytes(), "state")
    assert (kept.checkpoint.size, kept.note.lines[-1].name) == (700, names_of("BBB"))
    trust = house.trust()
    for first, where in ((True, "state-BBB"), (False, "state-lost")):
        with pytest.raises(DataError):
            witness(house.root / where, kept, (), trust, name="w", key=house.key("BBB"), now=NOW,
                    first=first)  # fmt: skip
    with pytest.raises(DataError, match="later moment"):
        house.witness("BBB", at=day(3))
    assert house.witness("BBB", at=day(6)).checkpoint == kept.checkpoint
