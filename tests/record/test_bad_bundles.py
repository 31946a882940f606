"""Attacks on a sound bundle, each with every code that it must get (fixtures/bad.toml)."""

from __future__ import annotations

import gzip
import io
import json
import os
import shutil
import socket
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from bundles import Table, codes, day
from overflight.record import canonical
from overflight.record.checking import check, nothing_readable
from overflight.record.envelope import Envelope, Signature, read_envelope, write_envelope
from overflight.record.hashing import digests
from overflight.record.keys import new_key
from overflight.record.manifest import MAX_ENTRIES, seal_of
from overflight.record.packing import pack, unpack
from overflight.record.refused import Refused
from overflight.record.signing import put_signature, sign
from overflight.record.statements import read_ring
from overflight.record.store import Extent, open_store
from overflight.record.verdict import Verdict

CASES = tomllib.loads((Path(__file__).parent / "fixtures" / "bad.toml").read_text("utf-8"))["case"]
FRAME = "stage-01/files/frame-original/0001.tif"
ATTACKS: dict[str, Callable[[Table], None]] = {}


def attack(done: Callable[[Table], None]) -> Callable[[Table], None]:
    ATTACKS[done.__name__] = done
    return done


def edited(path: Path, change: Callable[[bytes], bytes]) -> None:
    path.write_bytes(change(path.read_bytes()))


def flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 0x10]) + data[at + 1 :]


def signature(t: Table, stage: int, role: str) -> Path:
    return next((t.bundle / f"stage-0{stage}" / "signatures").glob(f"{role}-*.json"))


def manifest_edited(t: Table, stage: int, change: Callable[[dict], None]) -> None:  # type: ignore[type-arg]
    path = t.bundle / f"stage-0{stage}" / "manifest.json"
    document = json.loads(path.read_bytes())
    change(document)
    path.write_bytes(canonical.dumps(document))


@attack
def flip_file(t: Table) -> None:
    edited(t.bundle / FRAME, lambda data: flipped(data, 9))


@attack
def truncate_file(t: Table) -> None:
    edited(t.bundle / FRAME, lambda data: data[:-1])


@attack
def swap_frames(t: Table) -> None:
    one, other = t.bundle / FRAME, (t.bundle / FRAME).with_name("0002.tif")
    kept = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(kept)


@attack
def copy_frame(t: Table) -> None:
    shutil.copy(t.bundle / FRAME, (t.bundle / FRAME).with_name("0002.tif"))


@attack
def remove_file(t: Table) -> None:
    (t.bundle / FRAME).unlink()


@attack
def add_file(t: Table) -> None:
    (t.bundle / FRAME).with_name("0003.tif").write_bytes(b"new")


@attack
def rename_file(t: Table) -> None:
    (t.bundle / FRAME).rename((t.bundle / FRAME).with_name("0009.tif"))


@attack
def add_folder(t: Table) -> None:
    (t.bundle / "stage-02" / "files" / "empty").mkdir()


@attack
def add_beside(t: Table) -> None:
    (t.bundle / "readme.txt").write_text("trust me")


@attack
def add_among_signatures(t: Table) -> None:
    signature(t, 1, "observing").with_name("note.txt").write_text("trust me")


@attack
def forge_manifest(t: Table) -> None:
    edited(t.bundle / FRAME, lambda data: flipped(data, 9))
    import hashlib

    digest = hashlib.sha256((t.bundle / FRAME).read_bytes()).hexdigest()
    manifest_edited(t, 1, lambda d: d["entries"][0].update(sha256=digest))


@attack
def blank_in_manifest(t: Table) -> None:
    edited(t.bundle / "stage-01/manifest.json", lambda data: data.replace(b":[", b": [", 1))


@attack
def unmark(t: Table) -> None:
    from overflight.record.manifest import sha256_hex

    manifest_edited(t, 1, lambda d: d.update(marks=[]))
    digest = sha256_hex((t.bundle / "stage-01/manifest.json").read_bytes())
    manifest_edited(t, 2, lambda d: (d.update(marks=[]), d["previous"].update(manifest=digest)))


@attack
def unmark_signed(t: Table) -> None:
    manifest_edited(t, 2, lambda d: d.update(marks=[]))
    shutil.rmtree(t.bundle / "stage-02" / "signatures")
    t.both_sign(day(5, 2))


@attack
def change_sums(t: Table) -> None:
    edited(t.bundle / "stage-01/SHA256SUMS", lambda data: flipped(data, 3))


@attack
def invent_redacted(t: Table) -> None:
    line = (t.bundle / "stage-01/SHA256SUMS").read_bytes().splitlines(keepends=True)[0]
    (t.bundle / "stage-02/REDACTED").write_bytes(line)
    (t.bundle / FRAME).unlink()


@attack
def rewrite_first(t: Table) -> None:
    kept = t.bundle.rename(t.root / "kept")
    t.seal({"frame-original/0001.tif": b"another frame"}, day(2))
    t.sign("AAA", "observing", day(2, 1))
    shutil.copytree(kept / "stage-02", t.bundle / "stage-02")


@attack
def drop_first_stage(t: Table) -> None:
    shutil.rmtree(t.bundle / "stage-01")


@attack
def second_as_third(t: Table) -> None:
    shutil.copytree(t.bundle / "stage-02", t.bundle / "stage-03")


@attack
def drop_last_signature(t: Table) -> None:
    signature(t, 2, "observed").unlink()


@attack
def drop_first_signature(t: Table) -> None:
    signature(t, 1, "observed").unlink()


@attack
def double_signature(t: Table) -> None:
    path = signature(t, 2, "observing")
    shutil.copy(path, path.with_name("observing-copy.dsse.json"))


@attack
def signature_as_other(t: Table) -> None:
    shutil.copy(signature(t, 2, "observing"), signature(t, 2, "observed"))


@attack
def double_in_envelope(t: Table) -> None:
    path = signature(t, 2, "observing")
    one = read_envelope(path.read_bytes(), "x")
    path.write_bytes(write_envelope(Envelope(one.type, one.payload, one.signatures * 2)))


@attack
def flip_signature(t: Table) -> None:
    path = signature(t, 2, "observing")
    one = read_envelope(path.read_bytes(), "x")
    bent = Signature(one.signatures[0].key, flipped(one.signatures[0].value, 40))
    path.write_bytes(write_envelope(Envelope(one.type, one.payload, (bent,))))


@attack
def redate_signature(t: Table) -> None:
    path = signature(t, 2, "observing")
    one = read_envelope(path.read_bytes(), "x")
    payload = one.payload.replace(b"2026-05-05T01", b"2026-05-05T02")
    assert payload != one.payload
    path.write_bytes(write_envelope(Envelope(one.type, payload, one.signatures)))


def renamed_key(t: Table, key: str) -> bytes:
    """The observing Party's signature under stage 2, which says that its key is called so."""
    one = read_envelope(signature(t, 2, "observing").read_bytes(), "x")
    payload = one.payload.replace(one.signatures[0].key.encode(), key.encode())
    return write_envelope(Envelope(one.type, payload, (Signature(key, one.signatures[0].value),)))


@attack
def key_that_leads_elsewhere(t: Table) -> None:
    signature(t, 2, "observing").write_bytes(renamed_key(t, "/../../../../evil"))


def test_a_signature_handed_over_is_written_nowhere_else(table: Table) -> None:
    """A key's id becomes part of a file's name."""
    before = sorted(table.root.parent.rglob("*"))
    for key in ("/../../../../evil", "../evil", "A" * 64, "0" * 63, "\0" * 64):
        with pytest.raises(Refused):
            put_signature(table.bundle, table.stages.manifests[-1], renamed_key(table, key))
    assert sorted(table.root.parent.rglob("*")) == before


def resigned(t: Table, **words: object) -> None:
    """The observing Party's signature under stage 2 made anew."""
    signature(t, 2, "observing").unlink()
    t.sign("AAA", "observing", words.pop("at", day(5, 2)), **words)  # type: ignore[arg-type]


@attack
def unknown_key(t: Table) -> None:
    resigned(t, key=new_key())


@attack
def key_of_another(t: Table) -> None:
    resigned(t, key=t.keys["CCC"])


@attack
def key_too_early(t: Table) -> None:
    resigned(t, key=t.introduce("AAA", day(9)))


@attack
def key_revoked(t: Table) -> None:
    t.revoke("AAA", "retired", day(6))
    resigned(t, at=day(7))


@attack
def dated_ahead(t: Table) -> None:
    resigned(t, at=day(25))


def forged(t: Table, role: str, party: str, at: str, stage: int = 2) -> None:
    """A signature by the Party's own key over words that the program would not sign."""
    from overflight.record.envelope import pae
    from overflight.record.signing import TYPE, read_signed

    said = {"by": party, "role": role, "key": t.keys[party].id, "at": at}
    seal = seal_of(t.stages.manifests[stage - 1])
    payload = canonical.dumps({"kind": "bundle-seal", "version": 1, "seal": seal, "signed": said})
    value = t.keys[party].sign(pae(TYPE, payload))
    data = write_envelope(Envelope(TYPE, payload, (Signature(said["key"], value),)))
    folder = t.bundle / "stage-02" / "signatures"
    (folder / read_signed(data, "x").file).write_bytes(data)


@attack
def dated_early(t: Table) -> None:
    forged(t, "observing", "AAA", "2026-05-04T00:00:00Z")


@attack
def replay_signature(t: Table) -> None:
    forged(t, "observing", "AAA", "2026-05-05T02:00:00Z", stage=1)


@attack
def wrong_role(t: Table) -> None:
    signature(t, 2, "observing").unlink()
    forged(t, "observing", "BBB", "2026-05-05T02:00:00Z")


@attack
def link_file(t: Table) -> None:
    outside = t.root / "outside.tif"
    (t.bundle / FRAME).rename(outside)
    (t.bundle / FRAME).symlink_to(outside)


@attack
def link_folder(t: Table) -> None:
    folder = (t.bundle / FRAME).parent
    folder.rename(t.root / "outside")
    folder.symlink_to(t.root / "outside")


@attack
def link_manifest(t: Table) -> None:
    path = t.bundle / "stage-02" / "manifest.json"
    path.rename(t.root / "outside.json")
    path.symlink_to(t.root / "outside.json")


@attack
def pipe(t: Table) -> None:
    (t.bundle / FRAME).unlink()
    os.mkfifo(t.bundle / FRAME)


@attack
def socket_(t: Table) -> None:
    here = Path.cwd()
    os.chdir(t.bundle)  # the path of a socket is short
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind("s")
    finally:
        os.chdir(here)


ATTACKS["socket"] = ATTACKS.pop("socket_")


@attack
def bidi_name(t: Table) -> None:
    (t.bundle / FRAME).with_name("fit.\u202e1000").write_bytes(b"new")


@attack
def nfd_name(t: Table) -> None:
    (t.bundle / FRAME).with_name("e\u0301.tif").write_bytes(b"new")


@attack
def bytes_name(t: Table) -> None:
    if sys.platform == "darwin":
        pytest.skip("this system keeps names as Unicode")
    (t.bundle / FRAME).with_name(os.fsdecode(b"\xff.tif")).write_bytes(b"new")


@attack
def traversal_in_manifest(t: Table) -> None:
    manifest_edited(t, 1, lambda d: d["entries"][0].update(name="../../../outside"))


@attack
def alike_in_manifest(t: Table) -> None:
    manifest_edited(t, 1, lambda d: d["entries"][1].update(name="frame-original/0001.TIF"))


@attack
def huge_manifest(t: Table) -> None:
    with (t.bundle / "stage-01/manifest.json").open("r+b") as stream:
        stream.truncate(10_000_000 * 140)  # sparse: it takes no room on the disk


@attack
def many_entries(t: Table) -> None:
    entries = ",".join(["{}"] * (MAX_ENTRIES + 1))
    (t.bundle / "stage-01/manifest.json").write_text('{"entries":[' + entries + "]}")


@attack
def absurd_size(t: Table) -> None:
    manifest_edited(t, 1, lambda d: d["entries"][0].update(size=2**51))


@attack
def crowd(t: Table) -> None:
    path = signature(t, 1, "observing")
    for number in range(70):
        shutil.copy(path, path.with_name(f"observing-{number}.dsse.json"))


def archive(t: Table) -> Path:
    return t.root / "bundle.tar"


@attack
def tar_cut(t: Table) -> None:
    edited(archive(t), lambda data: data[: len(data) // 2 - 100])


@attack
def tar_without_end(t: Table) -> None:
    edited(archive(t), lambda data: data[:-1024])


@attack
def tar_more(t: Table) -> None:
    edited(archive(t), lambda data: data + bytes(512))


def one_member(t: Table, info: tarfile.TarInfo, content: bytes = b"") -> None:
    """An archive of one member, as Python's own writer makes it."""
    info.size = len(content)
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        tar.addfile(info, io.BytesIO(content))
    archive(t).write_bytes(made.getvalue())


@attack
def tar_traversal(t: Table) -> None:
    one_member(t, tarfile.TarInfo("stage-01/../../outside"), b"x")


@attack
def tar_absolute(t: Table) -> None:
    one_member(t, tarfile.TarInfo("/tmp/outside"), b"x")


def linking(kind: bytes) -> tarfile.TarInfo:
    info = tarfile.TarInfo("stage-01/files/a")
    info.type, info.linkname = kind, "/etc/passwd"
    return info


@attack
def tar_symlink(t: Table) -> None:
    one_member(t, linking(tarfile.SYMTYPE))


@attack
def tar_hardlink(t: Table) -> None:
    one_member(t, linking(tarfile.LNKTYPE))


@attack
def tar_device(t: Table) -> None:
    info = tarfile.TarInfo("stage-01/files/a")
    info.type = tarfile.BLKTYPE
    one_member(t, info)


@attack
def tar_sparse(t: Table) -> None:
    from overflight.record.ustar import END, header

    block = header("stage-01/files/a", 0)
    archive(t).write_bytes(block[:156] + b"S" + block[157:] + END)


@attack
def tar_twice(t: Table) -> None:
    from overflight.record.ustar import END, header

    archive(t).write_bytes(header("stage-01/files/a", 0) * 2 + END)


@attack
def tar_size(t: Table) -> None:
    from overflight.record.ustar import END, header

    archive(t).write_bytes(header("stage-01/files/a", 8**11 - 1) + END)


@attack
def tar_owner(t: Table) -> None:
    info = tarfile.TarInfo("stage-01/files/a")
    info.uid = 1000
    one_member(t, info, b"x")


@attack
def zip_bomb(t: Table) -> None:
    with zipfile.ZipFile(archive(t), "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("stage-01/manifest.json", bytes(50_000_000))
    assert archive(t).stat().st_size < 100_000


@attack
def gzip_(t: Table) -> None:
    edited(archive(t), gzip.compress)


ATTACKS["gzip"] = ATTACKS.pop("gzip_")


@attack
def rollback(t: Table) -> None:
    shutil.rmtree(t.bundle / "stage-02")


@pytest.fixture
def table(tmp_path: Path) -> Table:
    made = Table(tmp_path)
    made.whole()
    return made


def judged(table: Table, path: Path) -> Verdict:
    """As the command says it: an archive that cannot be read is broken, too."""
    try:
        return check(open_store(path), read_ring(table.ring), day(20))
    except Refused as error:
        return nothing_readable((error.problem,))


def test_the_bundle_is_sound_before_anything_is_done_to_it(table: Table) -> None:
    found = table.check()
    assert (found.verdict, found.problems, found.files) == ("intact", (), 4)
    assert [(s.stage, s.by, s.counts) for s in found.signatures] == [
        (1, "AAA", True), (1, "BBB", True), (2, "AAA", True), (2, "BBB", True),
    ]  # fmt: skip


def test_every_attack_is_in_the_table_and_the_other_way_round() -> None:
    assert sorted(case["attack"] for case in CASES) == sorted(ATTACKS)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["attack"])
def test_an_attack_gets_its_verdict(table: Table, case: dict[str, object]) -> None:
    path = table.bundle
    if case.get("form") == "tar":
        path = archive(table)
        pack(open_store(table.bundle), path)
    ATTACKS[str(case["attack"])](table)
    found = judged(table, path)
    assert codes(found) == case["codes"], found.problems
    assert found.verdict == ("broken" if case["codes"] else "intact")
    assert all(p.message.isprintable() and p.where.isprintable() for p in found.problems)


@pytest.mark.parametrize(
    "case", [c for c in CASES if c.get("form") == "tar"], ids=lambda case: case["attack"]
)
def test_nothing_of_a_bad_archive_is_unpacked(table: Table, case: dict[str, object]) -> None:
    pack(open_store(table.bundle), archive(table))
    ATTACKS[str(case["attack"])](table)
    before = sorted(table.root.rglob("*"))
    with pytest.raises(Refused):
        unpack(open_store(archive(table)), table.root / "out")
    assert sorted(table.root.rglob("*")) == before


@pytest.mark.parametrize(
    ("first", "step"), [(0, 97), pytest.param(3, 13, marks=pytest.mark.slow)], ids=("some", "more")
)
def test_no_bit_of_an_archive_can_be_flipped(tmp_path: Path, first: int, step: int) -> None:
    """Bytes of a small bundle, a bit of each by turns."""
    table = Table(tmp_path)
    table.seal({"event/a.json": b"{}"})
    table.both_sign(day(2, 1))
    pack(open_store(table.bundle), archive(table))
    whole, ring = archive(table).read_bytes(), read_ring(table.ring)
    assert judged(table, archive(table)).verdict == "intact"
    place = table.root / "bent.tar"
    for at in range(first, len(whole), step):
        place.write_bytes(whole[:at] + bytes([whole[at] ^ (1 << at % 8)]) + whole[at + 1 :])
        try:
            found = check(open_store(place), ring, day(20)).verdict
        except Refused:
            found = "broken"
        assert found == "broken", at


def test_a_file_that_grows_while_it_is_read_is_told(tmp_path: Path) -> None:
    path = tmp_path / "growing"
    path.write_bytes(bytes(10))

    def told(_: int) -> None:
        with path.open("ab") as stream:
            stream.write(b"more")

    found, problems = digests({"x": Extent(path, 0, 10)}, told=told)
    assert (found, [p.code for p in problems]) == ({}, ["changed"])


def test_who_has_no_ring_gets_no_signature(table: Table) -> None:
    empty = table.root / "empty"
    empty.mkdir()
    found = check(open_store(table.bundle), read_ring(empty), day(20))
    assert codes(found) == ["key-unknown", "signature-missing"]
    assert any("ring of key statements is empty" in line for line in found.not_covered)


def test_nobody_signs_in_anothers_place(table: Table) -> None:
    from overflight.errors import DataError

    manifest = table.stages.manifests[-1]
    for party, role in (("CCC", "observing"), ("AAA", "observed"), ("AAA", "witness")):
        with pytest.raises(DataError):
            sign(manifest, table.keys[party], party, role, day(6))
    with pytest.raises(DataError, match="sealed later"):
        sign(manifest, table.keys["AAA"], "AAA", "observing", day(4))
