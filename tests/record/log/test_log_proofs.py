"""Proofs as documents: what is written is read, what is not a proof is refused, and the vectors of
others come out of a log's folder."""

from __future__ import annotations

import base64
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logkeeping import House
from overflight.record.canonical import dumps
from overflight.record.keys import new_key
from overflight.record.log.checkpoints import Checkpoint, sign_checkpoint
from overflight.record.log.comparing import view_of
from overflight.record.log.keeping import Log, make_log
from overflight.record.log.proofs import (
    MAGIC,
    MAX_PROOF_BYTES,
    Consistency,
    Fork,
    Inclusion,
    consistency_holds,
    fork_holds,
    inclusion_holds,
    read_consistency,
    read_fork,
    read_inclusion,
    write_consistency,
    write_fork,
    write_inclusion,
)
from overflight.record.log.proving import consistency, inclusion
from overflight.record.refused import Refused

VECTORS = json.loads((Path(__file__).parents[1] / "fixtures" / "rfc6962.json").read_text("utf-8"))
# The leaves that the vectors are over: the reference tests of Certificate Transparency, as in
# google/certificate-transparency, cpp/merkletree/merkle_tree_test.cc.
LEAVES = [
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657",
                 "606162636465666768696a6b6c6d6e6f")
]  # fmt: skip
KEY = new_key()
SIGNED = sign_checkpoint(Checkpoint("log.example.org/x", 9, b"\x07" * 32), KEY)
NOTE = SIGNED.data.decode("utf-8")
HASH = base64.b64encode(b"\x01" * 32).decode("ascii")


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    """Copies of a log over the leaves of the vectors, by size."""
    import shutil

    top = tmp_path_factory.mktemp("vectors")
    make_log(top / "log", "log.example.org/x", "AAA")
    found = {}
    for size, leaf in enumerate(LEAVES, 1):
        with Log(top / "log") as log:
            log.append([leaf])
            log.checkpoint(KEY)
        found[size] = shutil.copytree(top / "log", top / str(size))
    return found


def happy(kind: str) -> list[Any]:
    return [v for name, v in VECTORS.items() if name.startswith(kind) and "happy" in name]


def hashes(texts: list[str] | None) -> tuple[bytes, ...]:
    return tuple(map(base64.b64decode, texts or ()))


@pytest.mark.parametrize(
    "value", happy("inclusion/"), ids=lambda v: f"{v['leafIdx']}-{v['treeSize']}"
)
def test_a_proof_of_inclusion_is_that_of_the_vectors(
    signed: dict[int, Path], value: dict[str, Any]
) -> None:
    view = view_of(signed[value["treeSize"]])
    assert view.signed.checkpoint.root == base64.b64decode(value["root"])
    data = inclusion(view, value["leafIdx"])
    read = read_inclusion(data, "proof")
    assert read.path == hashes(value["proof"])
    assert read.entry == LEAVES[value["leafIdx"]]
    assert inclusion_holds(read)
    assert not inclusion_holds(read, b"another")
    assert write_inclusion(read) == data


@pytest.mark.parametrize("value", happy("consistency/"), ids=lambda v: f"{v['size1']}-{v['size2']}")
def test_a_proof_of_consistency_is_that_of_the_vectors(
    signed: dict[int, Path], value: dict[str, Any]
) -> None:
    old, new = view_of(signed[value["size1"]]), view_of(signed[value["size2"]])
    data = consistency(old.signed, new)
    read = read_consistency(data, "proof")
    assert read.path == hashes(value["proof"])
    assert consistency_holds(read)
    assert write_consistency(read) == data


def test_a_proof_is_written_as_the_specification_has_it(signed: dict[int, Path]) -> None:
    text = inclusion(view_of(signed[3]), 1).decode("utf-8")
    head, _, note = text.partition("\n\n")
    assert head.split("\n")[:3] == [MAGIC, "extra AA==", "index 1"]
    assert len(head.split("\n")) == 3 + 2
    assert note == view_of(signed[3]).signed.data.decode("utf-8")


@pytest.mark.parametrize(
    "text",
    ["", f"{MAGIC}\n", f"{MAGIC}\n\n{NOTE}", f"{MAGIC}\nindex 01\n\n{NOTE}",
     f"{MAGIC}\nindex -1\n\n{NOTE}", f"{MAGIC}\nindex 1\nextra AA==\n\n{NOTE}",
     f"{MAGIC}\nextra A\nindex 1\n\n{NOTE}", f"{MAGIC}\nindex 1\n{HASH[:-4]}\n\n{NOTE}",
     f"{MAGIC}\nindex 1\n" + f"{HASH}\n" * 70 + f"\n{NOTE}", f"{MAGIC}\r\nindex 1\n\n{NOTE}",
     f"{MAGIC}\nindex ٣\n\n{NOTE}", f"{MAGIC}\nindex 9{'9' * 18}\n\n{NOTE}",
     f"{MAGIC.replace('v1', 'v2')}\nindex 1\n\n{NOTE}",
     f"{MAGIC}\nextra {base64.b64encode(bytes(70_000)).decode()}\nindex 1\n\n{NOTE}",
     f"{MAGIC}\nindex 1\n\n{NOTE}x", "x" * (MAX_PROOF_BYTES + 1)],
    ids=range(16),
)  # fmt: skip
def test_no_proof_of_inclusion_is_this(text: str) -> None:
    with pytest.raises(Refused):
        read_inclusion(text.encode("utf-8"), "proof")


GROWN = {"kind": "log-consistency", "version": 1, "old": NOTE, "new": NOTE, "path": [HASH]}
FORKED = {
    "kind": "log-fork", "version": 1, "checkpoints": [NOTE, NOTE], "root": HASH, "path": [HASH],
}  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [{"version": 2}, {"kind": "log-entry"}, {"more": 1}, {"path": None}, {"path": [1]},
     {"path": [HASH] * 65}, {"path": [HASH[:-1]]}, {"path": ["AA=="]}, {"old": 1, "root": 1},
     {"old": "x", "checkpoints": ["x", NOTE]}, {"new": None, "checkpoints": [NOTE]}],
    ids=range(11),
)  # fmt: skip
def test_no_proof_about_growth_is_this(change: dict[str, Any]) -> None:
    for document, read in ((GROWN, read_consistency), (FORKED, read_fork)):
        read(dumps(document), "proof")  # sound as such
        with pytest.raises(Refused):
            read(dumps(document | change), "proof")  # type: ignore[operator]


def test_a_document_is_written_in_one_way() -> None:
    for document, read in ((GROWN, read_consistency), (FORKED, read_fork)):
        spaced = json.dumps(document).encode("utf-8")
        doubled = dumps(document).replace(b'"version":1}', b'"version":1,"version":1}')
        for data in (spaced, doubled, dumps(document) + b"\n\n", b"[" * 100_000):
            with pytest.raises(Refused):
                read(data, "proof")


def test_a_name_that_has_two_forms_is_not_written_into_a_document() -> None:
    odd = sign_checkpoint(Checkpoint("log.example.org/e\u0301", 9, b"\x07" * 32), KEY)
    with pytest.raises(Refused) as caught:
        write_fork(Fork(odd, odd, b"\x01" * 32, ()))
    assert caught.value.code == "bad-note"


def test_an_empty_log_begins_every_other_and_proves_nothing_else() -> None:
    from overflight.record.merkle import EMPTY

    empty = sign_checkpoint(Checkpoint("log.example.org/x", 0, EMPTY), KEY)
    assert consistency_holds(Consistency(empty, SIGNED, ()))
    assert not consistency_holds(Consistency(empty, SIGNED, (b"\x01" * 32,)))
    assert not consistency_holds(Consistency(SIGNED, empty, ()))
    assert not fork_holds(Fork(empty, SIGNED, b"\x01" * 32, ()))


@given(st.binary(max_size=200), st.sampled_from([b"", MAGIC.encode() + b"\n", dumps(GROWN)[:40]]))
def test_any_bytes_are_a_proof_or_refused(data: bytes, head: bytes) -> None:
    for read in (read_inclusion, read_consistency, read_fork):
        with suppress(Refused):
            read(head + data, "bytes")


@given(st.data())
def test_a_changed_proof_is_refused_or_does_not_hold(data: st.DataObject) -> None:
    """One bit, anywhere in head or path; the notes below are others' to check."""
    whole = bytearray(PROOF)
    at = data.draw(st.integers(0, PROOF.index(b"\n\n") + 1))
    whole[at] ^= 1 << data.draw(st.integers(0, 7))
    with suppress(Refused):
        assert not inclusion_holds(read_inclusion(bytes(whole), "changed"))


def made() -> bytes:
    """A proof in a tree of 11, without a disk."""
    from overflight.record.merkle import Tree, leaf_hash

    tree = Tree(leaf_hash(b"%d" % n) for n in range(11))
    at = Checkpoint("log.example.org/x", 11, tree.root())
    path = tuple(tree.inclusion(6))
    return write_inclusion(Inclusion(6, path, sign_checkpoint(at, KEY), b"6"))


PROOF = made()


def test_the_unchanged_proof_holds(tmp_path: Path) -> None:
    assert inclusion_holds(read_inclusion(PROOF, "proof"))
    house = House(tmp_path)
    house.grown(2)
    with pytest.raises(Refused) as caught:
        consistency(SIGNED, view_of(house.folder))
    assert caught.value.code == "wrong-origin"
