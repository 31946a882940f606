"""Trees and proofs against the vectors of transparency-dev/merkle and RFC 6962's own."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overflight.record.merkle import EMPTY, Tree, extends, includes, leaf_hash, node_hash

VECTORS = json.loads((Path(__file__).parent / "fixtures" / "rfc6962.json").read_text("utf-8"))
CONSISTENCY = [name for name in VECTORS if name.startswith("consistency/")]
INCLUSION = [name for name in VECTORS if name.startswith("inclusion/")]

# Leaves and roots of the reference tests of Certificate Transparency (RFC 6962), as in
# google/certificate-transparency, cpp/merkletree/merkle_tree_test.cc.
LEAVES = [
    bytes.fromhex(text)
    for text in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]  # fmt: skip
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def unpacked(value: dict[str, object], *names: str) -> list[bytes]:
    return [base64.b64decode(str(value[name])) for name in names]


def proof_of(value: dict[str, object]) -> list[bytes]:
    parts = value["proof"] or []
    assert isinstance(parts, list)
    return [base64.b64decode(part) for part in parts]


def test_there_are_vectors() -> None:
    assert (len(CONSISTENCY), len(INCLUSION)) == (98, 98)
    assert {v["wantErr"] for v in VECTORS.values()} == {True, False}


@pytest.mark.parametrize("name", CONSISTENCY)
def test_a_consistency_proof_gets_the_verdict_of_the_vectors(name: str) -> None:
    value = VECTORS[name]
    old, new = unpacked(value, "root1", "root2")
    found = extends(old, value["size1"], new, value["size2"], proof_of(value))
    assert found is not value["wantErr"]


@pytest.mark.parametrize("name", INCLUSION)
def test_an_inclusion_proof_gets_the_verdict_of_the_vectors(name: str) -> None:
    value = VECTORS[name]
    root, leaf = unpacked(value, "root", "leafHash")
    found = includes(root, value["treeSize"], value["leafIdx"], leaf, proof_of(value))
    assert found is not value["wantErr"]


@pytest.mark.parametrize("name", [n for n in INCLUSION if n.endswith("happy-path.json")])
def test_inclusion_proofs_are_made_as_the_vectors_have_them(name: str) -> None:
    value = VECTORS[name]
    size = value["treeSize"]
    tree = Tree(leaf_hash(leaf) for leaf in LEAVES)
    assert tree.root(size) == unpacked(value, "root")[0]
    assert tree.inclusion(value["leafIdx"], size) == proof_of(value)


@pytest.mark.parametrize("name", [n for n in CONSISTENCY if n.endswith("happy-path.json")])
def test_consistency_proofs_are_made_as_the_vectors_have_them(name: str) -> None:
    value = VECTORS[name]
    tree = Tree(leaf_hash(leaf) for leaf in LEAVES)
    assert tree.consistency(value["size1"], value["size2"]) == proof_of(value)


def test_roots_are_those_of_the_reference_tests() -> None:
    tree = Tree()
    assert tree.root().hex() == EMPTY.hex() == hashlib.sha256(b"").hexdigest()
    for leaf, root in zip(LEAVES, ROOTS, strict=True):
        tree.append(leaf_hash(leaf))
        assert tree.root().hex() == root
    assert [tree.root(size).hex() for size in range(1, 9)] == ROOTS


def root_by_definition(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962 section 2.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaf_hash(leaves[0])
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return node_hash(root_by_definition(leaves[:split]), root_by_definition(leaves[split:]))


@given(st.integers(1, 70), st.data())
def test_every_proof_holds_and_a_bent_one_does_not(size: int, data: st.DataObject) -> None:
    leaves = [bytes([n, n // 7]) for n in range(size)]
    tree = Tree(leaf_hash(leaf) for leaf in leaves)
    old, index = data.draw(st.integers(1, size)), data.draw(st.integers(0, size - 1))
    root = root_by_definition(leaves)
    assert tree.root() == root
    assert tree.root(old) == root_by_definition(leaves[:old])
    path, grown = tree.inclusion(index), tree.consistency(old)
    assert includes(root, size, index, leaf_hash(leaves[index]), path)
    assert extends(tree.root(old), old, root, size, grown)
    assert not includes(root, size, index, leaf_hash(b"another"), path)
    assert not includes(root, size + 1, index, leaf_hash(leaves[index]), [*path, root])
    if path:
        bent = [bytes(32), *path[1:]]
        assert not includes(root, size, index, leaf_hash(leaves[index]), bent)
    if old < size:
        assert not extends(leaf_hash(b"another"), old, root, size, grown)


@pytest.mark.parametrize(
    "wrong",
    [lambda t: t.root(4), lambda t: t.inclusion(3), lambda t: t.inclusion(-2),
     lambda t: t.consistency(0), lambda t: t.consistency(3, 2)],
)  # fmt: skip
def test_what_is_not_in_the_tree_has_no_proof(wrong: object) -> None:
    tree = Tree(leaf_hash(leaf) for leaf in LEAVES[:3])
    with pytest.raises(ValueError, match="leaves"):
        wrong(tree)  # type: ignore[operator]
