"""Whatever bytes come in, the answer is a value or a refusal: never another exception."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bundles import Table, day
from overflight.record import canonical
from overflight.record.envelope import read_any_envelope, read_envelope
from overflight.record.log.entries import read_entry, write_entry
from overflight.record.manifest import read_manifest
from overflight.record.packing import pack
from overflight.record.portion import make_portion, read_portion
from overflight.record.refused import Refused
from overflight.record.signing import read_signed
from overflight.record.stages import Stages, read_stages
from overflight.record.statements import lives_of, read_statement
from overflight.record.store import Store, open_store
from overflight.record.ustar import read_archive

ODD: list[Any] = [
    None, True, 0, -1, 2**53 - 1, "", "x", "A", "B", "0" * 64, "2026-05-01T00:00:00Z", [], {}, [[]],
    ["x"], {"x": 1}, "../x", "stage-01/files/x", "\u202e", "AAA", 1, [None], "é",
]  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a document, the whole of it first."""
    found = [path]
    if isinstance(value, dict):
        for key, item in value.items():
            found += places(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            found += places(item, (*path, index))
    return found


def bent(document: Any, path: tuple[Any, ...], odd: Any, how: int) -> Any:
    """A copy with one place replaced, taken out, or doubled."""
    made = json.loads(json.dumps(document))
    if not path:
        return odd
    here = made
    for step in path[:-1]:
        here = here[step]
    if how == 1:
        del here[path[-1]]
    elif how == 2 and isinstance(here, list):
        here.append(here[path[-1]])
    elif how == 2:
        here["more"] = odd
    else:
        here[path[-1]] = odd
    return made


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """One good document of each kind, and a good archive."""
    table = Table(tmp_path_factory.mktemp("foreign"))
    table.whole()
    table.rotate("AAA", day(6))
    store = open_store(table.bundle)
    make_portion(store, read_stages(store), ["frame/0001.tif"], table.root / "portion")
    pack(store, table.root / "bundle.tar")
    envelope = next((table.bundle / "stage-02/signatures").iterdir()).read_bytes()
    statement = (table.ring / "AAA" / "0002.dsse.json").read_bytes()
    return {
        "manifest": (table.bundle / "stage-02/manifest.json").read_bytes(),
        "envelope": envelope,
        "seal": base64.b64decode(json.loads(envelope)["payload"]),
        "statement": base64.b64decode(json.loads(statement)["payload"]),
        "signed statement": statement,
        "portion": (table.root / "portion/portion.json").read_bytes(),
        "archive": (table.root / "bundle.tar").read_bytes(),
    }


def wrapped(samples: dict[str, bytes], whole: str, payload: bytes) -> bytes:
    """The payload in the envelope of another."""
    document = json.loads(samples[whole])
    document["payload"] = base64.b64encode(payload).decode()
    return canonical.dumps(document)


def look_at_manifest(data: bytes) -> None:
    manifest = read_manifest(data, "x")
    Stages((manifest,)).problems()
    _ = Stages((manifest,)).seals


class Held(Store):
    """A store of one file, in memory."""

    def __init__(self, data: bytes) -> None:
        super().__init__(Path("x"), {})
        object.__setattr__(self, "data", data)

    def read(self, path: str, most: int) -> bytes:  # noqa: ARG002
        held: bytes = self.data  # type: ignore[attr-defined]
        return held


READERS: dict[str, Callable[[bytes, dict[str, bytes]], object]] = {
    "manifest": lambda data, _: look_at_manifest(data),
    "envelope": lambda data, _: (read_any_envelope(data, "x"), read_envelope(data, "x")),
    "seal": lambda data, s: read_signed(wrapped(s, "envelope", data), "x"),
    "statement": lambda data, s: lives_of(
        [read_statement(wrapped(s, "signed statement", data), "x")]
    ),
    "portion": lambda data, _: read_portion(Held(data)),
}


@pytest.mark.parametrize("name", READERS)
def test_a_document_bent_at_any_place_is_read_or_refused(
    name: str, samples: dict[str, bytes]
) -> None:
    document = json.loads(samples[name])
    refused = 0
    for path in places(document):
        for number, odd in enumerate(ODD):
            for how in (0, 1, 2):
                if how == 1 and number:
                    continue
                data = json.dumps(
                    bent(document, path, odd, how), ensure_ascii=False, sort_keys=True,
                    separators=(",", ":"),
                ).encode()  # fmt: skip
                try:
                    READERS[name](data, samples)
                except Refused:
                    refused += 1
    assert refused > 100


@pytest.mark.parametrize("name", READERS)
@given(st.binary(max_size=40), st.data())
@settings(max_examples=40)
def test_any_bytes_are_read_or_refused(
    name: str, samples: dict[str, bytes], raw: bytes, data: st.DataObject
) -> None:
    good = samples[name]
    at = data.draw(st.integers(0, len(good)))
    for made in (
        raw,
        good[:at] + raw + good[at:],
        good[:at] + raw,
        good[:at] + raw + good[at + 3 :],
    ):
        try:
            READERS[name](made, samples)
        except Refused:
            continue


@given(st.binary(max_size=600), st.data())
@settings(max_examples=60)
def test_any_archive_is_read_or_refused(
    samples: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory, raw: bytes,
    data: st.DataObject,
) -> None:  # fmt: skip
    good = samples["archive"]
    path = tmp_path_factory.getbasetemp() / "any.tar"
    at = data.draw(st.integers(0, len(good) // 512)) * 512 + data.draw(st.integers(0, 511))
    for made in (raw, good[:at] + raw + good[at + len(raw) :], good[:at], good[:at] + raw):
        path.write_bytes(made)
        try:
            found = read_archive(path)
        except Refused:
            continue
        assert all(x.offset + x.size <= len(made) for x in found.values())


FOUND = [
    b'{"at":"0314-05-20T00:00:00Z","kind":"log-entry","of":"bundle","sha256":"' + b"5f" * 32
    + b'","version":1}',
    b'{"at":"0001-01-01T00:00:00Z","kind":"log-entry","of":"request","sha256":"' + b"00" * 32
    + b'","version":1}',
]  # fmt: skip


@pytest.mark.parametrize("data", FOUND, ids=["year 314", "year 1"])
def test_what_the_fuzzer_found_in_entries_is_written_as_it_was_read(data: bytes) -> None:
    """A year before 1000 was written with fewer digits than it was read with."""
    assert write_entry(read_entry(data, "x")) == data
