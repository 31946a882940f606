"""Coverage-guided fuzzing of what reads foreign bytes about a bundle. Needs atheris.

    python tests/torture/fuzz_bundle.py [-max_total_time=900] [CORPUS]

The first byte chooses the reader. Nothing but a Refused may come out of any, and what is read and
written again is what came in. ``seeds`` puts one sound document of each kind into a folder.
"""

from __future__ import annotations

import base64
import gzip
import io
import json
import shutil
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

with atheris.instrument_imports(include=["overflight"]):
    from overflight.errors import DataError
    from overflight.formats.hidden import Search
    from overflight.formats.picture_parts import parts_of
    from overflight.record import canonical
    from overflight.record.checking import check
    from overflight.record.envelope import read_any_envelope, read_envelope, write_envelope
    from overflight.record.keys import read_spki, spki
    from overflight.record.manifest import manifest_bytes, read_manifest
    from overflight.record.names import alike, check_names
    from overflight.record.packing import pack
    from overflight.record.portion import check_portion, make_portion, read_portion
    from overflight.record.refused import Refused
    from overflight.record.signing import read_signed
    from overflight.record.stages import Stages, companions, read_stages
    from overflight.record.statements import lives_of, read_ring, read_statement
    from overflight.record.store import Extent, Store, open_store
    from overflight.record.ustar import END, fault_of_path, header, padding, read_archive

from bundles import Table, day
from tinytiff import jpeg, png, tiff

FOLDER = Path(tempfile.mkdtemp(prefix="fuzz-bundle-"))


def enveloped(kind: str, data: bytes) -> bytes:
    """The payload in an envelope with one signature of zeros, so that the payload is reached."""
    payload, sig = base64.b64encode(data).decode(), base64.b64encode(bytes(64)).decode()
    return canonical.dumps(
        {"payload": payload, "payloadType": kind, "signatures": [{"keyid": "0" * 64, "sig": sig}]}
    )


class Held(Store):
    """A store that gives the same bytes for whatever is asked."""

    def __init__(self, data: bytes) -> None:
        super().__init__(FOLDER, {})
        object.__setattr__(self, "data", data)

    def read(self, path: str, most: int) -> bytes:  # noqa: ARG002
        held: bytes = self.data  # type: ignore[attr-defined]
        return held


def json_canonical(data: bytes) -> None:
    found = canonical.loads(data, "fuzz", most_values=10_000)
    assert canonical.dumps(found) == data and json.loads(data) == found


def envelope(data: bytes) -> None:
    assert write_envelope(read_envelope(data, "fuzz")) == data


def any_envelope(data: bytes) -> None:
    found = read_any_envelope(data, "fuzz")
    assert read_envelope(write_envelope(found), "fuzz") == found


def manifest(data: bytes) -> None:
    found = read_manifest(data, "fuzz")
    assert manifest_bytes(found) == data
    Stages((found,)).problems()
    _ = Stages((found,)).seals


def sums(data: bytes) -> None:
    """SHA256SUMS and REDACTED are never parsed: they are held against the manifest's own."""
    (FOLDER / "file").write_bytes(data)
    extent = Extent(FOLDER / "file", 0, len(data))
    companions(Store(FOLDER, {f"stage-01/{n}": extent for n in ("SHA256SUMS", "REDACTED")}), SOUND)


def seal(data: bytes) -> None:
    plain_file(read_signed(enveloped(TYPES["seal"], data), "fuzz").file)


def signed(data: bytes) -> None:
    plain_file(read_signed(data, "fuzz").file)


def plain_file(name: str) -> None:
    """Such a name is written into a folder."""
    assert Path(name).name == name and name.isascii() and name.isprintable()


def statement(data: bytes) -> None:
    lives_of([read_statement(enveloped(TYPES["statement"], data), "fuzz")])


def archive(data: bytes) -> None:
    path = FOLDER / "any.tar"
    path.write_bytes(data)
    made = b""
    for name, extent in read_archive(path).items():
        body = data[extent.offset : extent.offset + extent.size]
        made += header(name, extent.size) + body + bytes(padding(extent.size))
    assert made + END == data


def names(data: bytes) -> None:
    listed = data.decode("utf-8", "surrogateescape" if data[:1] == b"s" else "replace").split("\n")
    check_names(listed)
    assert len({alike(name) for name in listed}) == len(listed)


def path(data: bytes) -> None:
    """What a folder's or an archive's names are held to."""
    text = data.decode("utf-8", "surrogateescape")
    if not fault_of_path(text):
        assert text.isprintable() and ".." not in text.split("/")


def in_bundle(data: bytes) -> None:
    """The bytes in the place of one file of a sound bundle: a verdict, and broken."""
    place = PLACES[data[0] % len(PLACES)] if data else PLACES[0]
    (FOLDER / "file").write_bytes(data[1:])
    files = dict(WHOLE.files) | {place: Extent(FOLDER / "file", 0, len(data[1:]))}
    found = check(Store(WHOLE.root, files), RING, day(20), workers=1)
    assert (found.verdict == "intact") == (data[1:] == SOUND_FILES[place])


def in_portion(data: bytes) -> None:
    """The bytes in the place of the portion's document: a verdict."""
    (FOLDER / "file").write_bytes(data)
    files = dict(PART.files) | {"portion.json": Extent(FOLDER / "file", 0, len(data))}
    found = check_portion(Store(PART.root, files), RING, day(20), workers=1)
    assert (found.verdict == "intact") == (data == SAMPLES["portion"])


def in_ring(data: bytes) -> None:
    """The bytes as a statement in a ring's folder."""
    (STATED / "AAA/0002.dsse.json").write_bytes(data)
    read_ring(STATED)


def picture(data: bytes) -> None:
    """What is no picture in a picture; every text of it lies in the file."""
    found = parts_of(io.BytesIO(data), len(data))
    assert all(text in data for _, text in found.texts)


def packed(data: bytes) -> None:
    with suppress(DataError):
        Search("fuzz").into(data)


def key(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    assert len(spki(read_spki(text, "fuzz"))) == 44


READERS: dict[str, Callable[[bytes], object]] = {
    "json": json_canonical, "envelope": envelope, "any-envelope": any_envelope,
    "manifest": manifest, "sums": sums, "seal": seal, "statement": statement,
    "signed": signed,
    "signed-statement": lambda data: lives_of([read_statement(data, "fuzz")]),
    "portion": lambda data: read_portion(Held(data)),
    "archive": archive, "names": names, "key": key, "path": path, "in-bundle": in_bundle,
    "in-portion": in_portion, "in-ring": in_ring, "picture": picture, "packed": packed,
}  # fmt: skip


def samples() -> dict[str, bytes]:
    """One sound document of each kind."""
    table = Table(FOLDER / "table")
    table.whole()
    table.rotate("AAA", day(6))
    store = open_store(table.bundle)
    make_portion(store, read_stages(store), ["frame/0001.tif"], table.root / "portion")
    pack(store, table.root / "bundle.tar")
    signed = next((table.bundle / "stage-02/signatures").iterdir()).read_bytes()
    stated = (table.ring / "AAA/0002.dsse.json").read_bytes()
    first = (table.bundle / "stage-01/manifest.json").read_bytes()
    return {
        "json": first, "envelope": signed, "any-envelope": signed, "manifest": first,
        "sums": (table.bundle / "stage-01/SHA256SUMS").read_bytes(),
        "seal": base64.b64decode(json.loads(signed)["payload"]),
        "statement": base64.b64decode(json.loads(stated)["payload"]),
        "signed": signed, "signed-statement": stated,
        "portion": (table.root / "portion/portion.json").read_bytes(),
        "archive": (table.root / "bundle.tar").read_bytes(),
        "names": b"frame/0001.tif\nreport/report.json",
        "key": base64.b64encode(spki(bytes(32))), "path": b"stage-01/files/frame/0001.tif",
        "in-bundle": bytes(1) + first, "in-ring": stated,
        "in-portion": (table.root / "portion/portion.json").read_bytes(),
        "picture": tiff(texts={270: b"SIMULATED frame"}, between=b"old" * 9, big=True),
        "packed": gzip.compress(b'{"kind": "flight-audit"}'),
    }  # fmt: skip


def seeds(folder: Path) -> None:
    """Write the samples there, each behind the byte that chooses its reader."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, name in enumerate(READERS):
        (folder / f"seed-{name}").write_bytes(bytes([number]) + SAMPLES[name])
    pictures = (tiff(), png((b"tEXt", b"a\0b")), jpeg((0xE1, b"Exif")))
    for number, data in enumerate(pictures):
        place = bytes([list(READERS).index("picture")])
        (folder / f"seed-picture-{number}").write_bytes(place + data)


SAMPLES = samples()
SOUND = read_manifest(SAMPLES["manifest"], "seed")
WHOLE, PART = open_store(FOLDER / "table/bundle"), open_store(FOLDER / "table/portion")
RING = read_ring(FOLDER / "table/ring")
STATED = Path(shutil.copytree(FOLDER / "table/ring", FOLDER / "stated"))
PLACES = tuple(sorted(WHOLE.files))
SOUND_FILES = {place: WHOLE.read(place, 1 << 20) for place in PLACES}
TYPES = {n: json.loads(SAMPLES[w])["payloadType"] for n, w in
         (("seal", "signed"), ("statement", "signed-statement"))}  # fmt: skip
ORDER = tuple(READERS.values())


def one(data: bytes) -> None:
    if data:
        with suppress(Refused):
            ORDER[data[0] % len(ORDER)](data[1:])


if __name__ == "__main__":
    corpus = [Path(a) for a in sys.argv[1:] if not a.startswith("-")]
    if corpus and not corpus[0].is_file():  # a file is one input, to be run again
        seeds(corpus[0])
    if not corpus:
        seeds(FOLDER / "seeds")
        sys.argv.append(str(FOLDER / "seeds"))
    atheris.Setup(sys.argv, one)
    atheris.Fuzz()
