"""Portions with their proofs, two sets and a choice, duplicates, redaction; one file and back."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from bundles import FILES, Table, codes, day
from overflight.errors import DataError
from overflight.record import canonical
from overflight.record.merkle import Tree, extends
from overflight.record.packing import pack, unpack
from overflight.record.portion import check_portion, make_portion
from overflight.record.redacting import agree_to_redact, carry_out
from overflight.record.refused import Refused
from overflight.record.sealing import Addition, choice, seal_first, seal_next, two_sets
from overflight.record.stages import read_stages
from overflight.record.statements import read_ring
from overflight.record.store import open_store
from overflight.record.verdict import Verdict

ONE = "frame-original/0001.tif"


@pytest.fixture
def table(tmp_path: Path) -> Table:
    made = Table(tmp_path)
    made.whole()
    return made


def portion(table: Table, *names: str) -> Path:
    target = table.root / "portion"
    store = open_store(table.bundle)
    make_portion(store, read_stages(store), names, target)
    return target


def checked(table: Table, path: Path) -> Verdict:
    return check_portion(open_store(path), read_ring(table.ring), day(20))


def test_a_portion_is_proven_and_shows_nothing_of_the_rest(table: Table) -> None:
    path = portion(table, ONE, "frame/0001.tif")
    found = checked(table, path)
    assert (found.verdict, found.scope, found.files) == ("intact", "portion", 2)
    assert found.marks == ("SIMULATED",)
    assert any("other 2 files" in line for line in found.not_covered)
    assert any("by stage 2" in line for line in found.not_covered)
    everything = b"".join(p.read_bytes() for p in path.rglob("*") if p.is_file())
    assert b"report.json" not in everything
    assert b"0002.tif" not in everything
    assert table.stages.entries["mission-report/report.json"].sha256.encode() not in everything


def test_a_portion_fits_into_one_file_too(table: Table) -> None:
    target = table.root / "portion.tar"
    pack(open_store(portion(table, ONE)), target)
    assert checked(table, target).verdict == "intact"


def edit(path: Path, key: str, value: object) -> None:
    document = json.loads(path.read_bytes())
    row = document["entries"][0]
    (row["entry"] if key in row["entry"] else row)[key] = value
    path.write_bytes(canonical.dumps(document))


@pytest.mark.parametrize(
    ("key", "value", "wanted"),
    [
        ("index", 1, ["proof-fails"]),
        ("proof", [], ["proof-fails"]),
        ("proof", ["00" * 32, "00" * 32], ["proof-fails"]),
        ("name", "frame-original/0009.tif", ["added", "missing", "proof-fails"]),
        ("role", "frame", ["proof-fails"]),
        ("size", 5, ["proof-fails"]),
        ("sha256", "00" * 32, ["changed", "proof-fails"]),
        ("name", "../up", ["bad-name"]),
        ("index", -1, ["bad-portion"]),
        ("index", True, ["bad-portion"]),
        ("proof", ["00"] * 65, ["bad-portion"]),
        ("proof", ["zz"], ["bad-portion"]),
    ],
)
def test_a_bent_proof_fails(table: Table, key: str, value: object, wanted: list[str]) -> None:
    path = portion(table, ONE)
    edit(path / "portion.json", key, value)
    assert codes(checked(table, path)) == wanted


def test_a_portion_of_changed_files_or_under_another_seal_fails(table: Table) -> None:
    path = portion(table, ONE)
    file = path / "stage-01" / "files" / ONE
    kept = file.read_bytes()
    file.write_bytes(kept[:-1] + b"?")
    assert codes(checked(table, path)) == ["changed"]
    file.write_bytes(kept)
    (path / "extra").write_bytes(b"x")
    assert codes(checked(table, path)) == ["added"]
    (path / "extra").unlink()
    whole = (path / "portion.json").read_bytes()
    (path / "portion.json").write_bytes(whole.replace(b"SIMULATED", b"EXERCISE"))
    assert codes(checked(table, path)) == ["other-seal", "signature-missing"]
    (path / "portion.json").write_bytes(whole)
    next((path / "signatures").glob("observed-*")).unlink()
    assert codes(checked(table, path)) == ["signature-missing"]


@pytest.mark.parametrize(
    ("key", "value"),
    [("bundle", "x" * 101), ("observing", "nobody at all"), ("observed", "AAA"), ("manifest", "x"),
     ("redacted", 5), ("marks", ["TRUE"]), ("tree", {"root": "00" * 32, "size": -1})],
)  # fmt: skip
def test_a_portion_rests_on_a_seal_that_can_be_one(table: Table, key: str, value: object) -> None:
    path = portion(table, ONE) / "portion.json"
    document = json.loads(path.read_bytes())
    document["seal"][key] = value
    path.write_bytes(canonical.dumps(document))
    assert codes(checked(table, path.parent)) == ["bad-portion"]


def test_no_portion_of_what_is_not_there_or_not_signed(table: Table) -> None:
    with pytest.raises(DataError, match="has no"):
        portion(table, "nothing")
    with pytest.raises(DataError, match="no file is chosen"):
        portion(table)
    table.seal({"event/late.json": b"{}"}, day(6))
    with pytest.raises(Refused, match="not signed"):
        portion(table, ONE)


def test_a_later_stage_provably_extends_an_earlier_one(table: Table) -> None:
    """RFC 6962 consistency between the roots that were signed."""
    first, second = table.stages.manifests
    proof = Tree(table.stages.leaves).consistency(first.size, second.size)
    roots = [bytes.fromhex(m.root) for m in (first, second)]
    assert extends(roots[0], first.size, roots[1], second.size, proof)
    assert not extends(roots[1], first.size, roots[0], second.size, proof)


# --- sets, duplicates, redaction


def frames(folder: str, generation: int | None = 0) -> list[Addition]:
    return [
        Addition(f"frame-original/{folder}/{n}.tif", "frame-original", b"frame %d" % n, folder,
                 generation)
        for n in (1, 2)
    ]  # fmt: skip


def two(table: Table) -> None:
    seal_first(
        table.bundle, table_identity(), [*frames("A"), *frames("B")], title="exit", at=day(2),
        acts=[two_sets("BBB")],
    )  # fmt: skip
    table.both_sign(day(2, 1))


def table_identity() -> object:
    from bundles import IDENTITY

    return IDENTITY


def test_one_party_chooses_one_of_two_sets(tmp_path: Path) -> None:
    table = Table(tmp_path)
    two(table)
    for by, chosen in (("AAA", "A"), ("CCC", "A")):
        with pytest.raises(DataError, match="not that Party's"):
            seal_next(table.bundle, (), title="choice", at=day(3), acts=[choice(by, chosen)])
    seal_next(table.bundle, (), title="choice", at=day(3), acts=[choice("BBB", "B")])
    table.both_sign(day(3, 1))
    assert table.check().verdict == "intact"
    with pytest.raises(DataError, match="made before"):
        seal_next(table.bundle, (), title="choice", at=day(4), acts=[choice("BBB", "A")])
    target = table.root / "chosen"
    store = open_store(table.bundle)
    names = [n for n, e in table.stages.entries.items() if e.set == "B"]
    make_portion(store, read_stages(store), names, target)
    assert checked(table, target).files == 2


def test_a_duplicate_is_made_from_an_original(tmp_path: Path) -> None:
    table = Table(tmp_path)
    two(table)

    def duplicate(origin: str) -> Addition:
        return Addition("duplicate/1.tif", "duplicate", b"frame 1", None, 1, origin)

    for wrong in ("frame-original/A/9.tif", "duplicate/1.tif"):
        with pytest.raises(DataError, match="no original"):
            seal_next(table.bundle, [duplicate(wrong)], title="copies", at=day(4))
    seal_next(table.bundle, [duplicate("frame-original/A/1.tif")], title="copies", at=day(4))
    table.both_sign(day(4, 1))
    assert table.check().verdict == "intact"


def test_a_redaction_needs_both_and_keeps_the_digest(table: Table) -> None:
    agreement = table.root / "agreement.txt"
    agreement.write_text("Both agree that frame 1 stays away.")
    digest = table.stages.entries[ONE].sha256
    agree_to_redact(table.bundle, [ONE], agreement, at=day(6))
    table.sign("AAA", "observing", day(6, 1))
    ring = read_ring(table.ring)
    with pytest.raises(DataError, match="nothing to take out"):
        carry_out(table.bundle, ring, day(7))
    (table.bundle / "stage-01" / "files" / ONE).rename(table.root / "away")
    assert codes(table.check()) == ["missing", "signature-missing"]
    (table.root / "away").rename(table.bundle / "stage-01" / "files" / ONE)
    table.sign("BBB", "observed", day(6, 2))
    assert table.check().verdict == "intact"  # it may be absent, it need not
    assert carry_out(table.bundle, ring, day(7)) == [f"stage-01/files/{ONE}"]
    found = table.check()
    assert (found.verdict, found.absent) == ("intact", (f"stage-01/files/{ONE}",))
    assert any("absent by agreement" in line for line in found.not_covered)
    assert table.stages.entries[ONE].sha256 == digest
    with pytest.raises(Refused, match="not there"):
        portion(table, ONE)
    table.seal({"event/after.json": b"{}"}, day(8))
    table.both_sign(day(8, 1))
    assert table.check().verdict == "intact"


def test_a_redaction_of_what_is_not_sealed_is_refused(table: Table) -> None:
    agreement = table.root / "agreement.txt"
    agreement.write_text("x")
    with pytest.raises(DataError, match="has no"):
        agree_to_redact(table.bundle, ["nothing"], agreement, at=day(6))


# --- sealing


def test_a_stage_is_sealed_only_over_one_that_both_signed(tmp_path: Path) -> None:
    table = Table(tmp_path)
    table.seal()
    table.sign("AAA", "observing", day(3))
    with pytest.raises(Refused, match="not signed by both"):
        table.seal()
    table.sign("BBB", "observed", day(3))
    with pytest.raises(DataError, match="sealed later"):
        table.seal(at=day(1))
    with pytest.raises(Refused, match="named twice"):
        table.seal(FILES, day(5))
    with pytest.raises(DataError, match="nothing to seal"):
        table.seal({}, day(5))
    assert len(table.stages.manifests) == 1


def test_a_source_that_is_a_link_is_not_sealed(tmp_path: Path) -> None:
    table = Table(tmp_path)
    link = tmp_path / "link.tif"
    link.symlink_to(tmp_path / "ring" / "AAA" / "0001.dsse.json")
    from bundles import IDENTITY

    with pytest.raises(Refused, match="link"):
        seal_first(
            table.bundle, IDENTITY, [Addition("frame/1.tif", "frame", link)], title="", at=day(2)
        )
    assert not table.bundle.exists()


# --- one file and back


def test_tar_unpacks_what_is_packed_and_packing_again_gives_the_same_bytes(table: Table) -> None:
    packed = table.root / "bundle.tar"
    pack(open_store(table.bundle), packed)
    theirs = table.root / "theirs"
    theirs.mkdir()
    subprocess.run(["tar", "xf", packed, "-C", theirs], check=True)
    ours = table.root / "ours"
    unpack(open_store(packed), ours)
    for other in (theirs, ours):
        assert table.check(bundle=other).verdict == "intact"
        again = table.root / f"{other.name}.tar"
        pack(open_store(other), again)
        assert again.read_bytes() == packed.read_bytes()
    for wrong in (lambda: pack(open_store(table.bundle), packed),
                  lambda: unpack(open_store(packed), ours)):  # fmt: skip
        with pytest.raises(Refused, match="already"):
            wrong()
    with pytest.raises(DataError):
        pack(open_store(packed), table.root / "x.tar")
    with pytest.raises(DataError):
        unpack(open_store(table.bundle), table.root / "x")


def test_python_reads_the_archive_as_it_was_meant(table: Table) -> None:
    import tarfile

    packed = table.root / "bundle.tar"
    pack(open_store(table.bundle), packed)
    with tarfile.open(packed) as tar:
        found = {m.name: (m.size, m.mode, m.mtime, m.isreg()) for m in tar.getmembers()}
    store = open_store(table.bundle)
    assert found == {p: (x.size, 0o644, 0, True) for p, x in store.files.items()}


def test_long_paths_fit_into_the_archive(tmp_path: Path) -> None:
    table = Table(tmp_path)
    names = [f"frame/{'é' * 30}/{'b' * 60}/{n}.tif" for n in range(2)]
    table.seal(dict.fromkeys(names, b"x"))
    table.both_sign(day(3))
    packed = tmp_path / "bundle.tar"
    pack(open_store(table.bundle), packed)
    assert table.check(bundle=packed).verdict == "intact"
    unpack(open_store(packed), tmp_path / "out")
    assert table.check(bundle=tmp_path / "out").verdict == "intact"


def test_nobody_chooses_a_set_that_is_not_there(tmp_path: Path) -> None:
    made = Table(tmp_path)
    from bundles import IDENTITY

    seal_first(
        made.bundle, IDENTITY, frames("A"), title="", at=day(2), acts=[two_sets("BBB")]
    )  # fmt: skip
    made.both_sign(day(2, 1))
    with pytest.raises(DataError, match="no file of set B"):
        seal_next(made.bundle, (), title="", at=day(3), acts=[choice("BBB", "B")])
    seal_next(made.bundle, (), title="", at=day(3), acts=[choice("BBB", "A")])
