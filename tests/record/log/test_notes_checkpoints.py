"""Notes, checkpoints and cosignatures against what others published."""

from __future__ import annotations

import tomllib
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from overflight.errors import DataError
from overflight.record.keys import PrivateKey
from overflight.record.log.checkpoints import (
    Checkpoint,
    check_origin,
    cosign,
    read_checkpoint,
    sign_checkpoint,
    with_lines,
)
from overflight.record.log.notes import (
    COSIGNATURE,
    ED25519,
    MAX_LINES,
    MAX_NOTE_BYTES,
    Verifier,
    cosign_text,
    fault_of_name,
    moment_of,
    open_note,
    read_lines,
    read_note,
    read_vkey,
    signed_by,
)
from overflight.record.merkle import EMPTY
from overflight.record.refused import Refused

CASES: dict[str, Any] = tomllib.loads(
    (Path(__file__).parent / "fixtures" / "notes.toml").read_text("utf-8")
)
MADE = CASES["made"]
KEY = PrivateKey(Ed25519PrivateKey.from_private_bytes(bytes.fromhex(MADE["seed"])))


@pytest.mark.parametrize("case", CASES["vkey"], ids=lambda c: c["vkey"][:12])
def test_a_key_of_others_has_the_id_they_gave_it(case: dict[str, Any]) -> None:
    found = read_vkey(case["vkey"])
    assert (found.type, found.vkey) == (case["type"], case["vkey"])


def test_a_key_whose_id_is_not_its_is_refused() -> None:
    with pytest.raises(Refused) as caught:
        read_vkey(CASES["vkey"][0]["vkey"].replace("da77ade7", "da77ade8"))
    assert caught.value.code == "bad-key"


@pytest.mark.parametrize("case", CASES["note"], ids=lambda c: c["note"][:12])
def test_a_note_of_others_opens_with_their_keys(case: dict[str, Any]) -> None:
    data = case["note"].encode("utf-8")
    note = read_note(data, "note")
    assert note.data == data
    keys = [read_vkey(text) for text in case["vkeys"]]
    assert [v.name for v, _ in open_note(note, keys)] == [v.name for v in keys]
    if "size" in case:
        assert read_checkpoint(data, "note").checkpoint.size == case["size"]


def test_a_note_opens_with_one_known_key_of_two_and_not_with_none() -> None:
    note = read_note(CASES["note"][0]["note"].encode("utf-8"), "note")
    keys = [read_vkey(text) for text in CASES["note"][0]["vkeys"]]
    assert len(open_note(note, keys[1:])) == 1
    with pytest.raises(Refused) as caught:
        open_note(note, [read_vkey(CASES["vkey"][1]["vkey"])])
    assert caught.value.code == "unsigned"


def test_a_line_of_a_known_key_that_does_not_hold_spoils_the_note() -> None:
    case = CASES["note"][0]
    data = case["note"].replace("answer", "anszer").encode("utf-8")
    with pytest.raises(Refused) as caught:
        open_note(read_note(data, "note"), [read_vkey(case["vkeys"][0])])
    assert caught.value.code == "signature-invalid"


def test_a_checkpoint_is_signed_as_others_sign_it() -> None:
    read = read_checkpoint(MADE["checkpoint"].encode("utf-8"), "made")
    assert sign_checkpoint(read.checkpoint, KEY).data == MADE["checkpoint"].encode("utf-8")


def test_a_cosignature_is_made_as_others_make_it() -> None:
    text = MADE["cosigned"].encode("utf-8")
    line = cosign_text(text, MADE["name"], KEY, MADE["moment"])
    assert line.text == MADE["line"] + "\n"
    assert read_lines(line.text.encode("utf-8"), "line") == (line,)
    verifier = Verifier(MADE["name"], COSIGNATURE, KEY.public)
    assert signed_by(text, line, verifier)
    assert not signed_by(text + b"extension\n", line, verifier)
    assert not signed_by(text, line, Verifier(MADE["name"], ED25519, KEY.public))


def test_the_example_of_the_specification_is_read() -> None:
    case = CASES["specification"]
    read = read_checkpoint(case["note"].encode("utf-8"), "example")
    assert read.checkpoint.size == case["size"]
    assert [moment_of(line) for line in read.note.lines] == [None, case["moment"]]


@pytest.mark.parametrize("case", CASES["bad"], ids=lambda c: c["why"].replace(" ", "-"))
def test_a_bad_note_is_refused(case: dict[str, Any]) -> None:
    with pytest.raises(Refused) as caught:
        read_note(case["note"].encode("utf-8"), "note")
    assert caught.value.code == "bad-note"
    assert caught.value.remedy


@pytest.mark.parametrize("case", CASES["bad_checkpoint"], ids=lambda c: c["why"].replace(" ", "-"))
def test_a_bad_checkpoint_is_refused(case: dict[str, Any]) -> None:
    line = cosign_text(case["text"].encode("utf-8"), "w", KEY, 1)
    with pytest.raises(Refused) as caught:
        read_checkpoint((case["text"] + "\n" + line.text).encode("utf-8"), "checkpoint")
    assert caught.value.code in ("bad-checkpoint", "bad-note")


def test_sixteen_signatures_are_read_and_too_many_are_not() -> None:
    line = cosign_text(b"t\n", "w", KEY, 1).text
    for count in (16, MAX_LINES):
        assert len(read_note(("t\n\n" + line * count).encode("utf-8"), "n").lines) == count
    for data in (("t\n\n" + line * (MAX_LINES + 1)).encode("utf-8"), b"x" * (MAX_NOTE_BYTES + 1)):
        with pytest.raises(Refused) as caught:
            read_note(data, "n")
        assert caught.value.code == "too-large"


def test_extension_lines_are_carried_and_signed() -> None:
    made = sign_checkpoint(Checkpoint("o.example", 0, EMPTY, ("one", "two words")), KEY)
    again = read_checkpoint(cosign(made, "w.example", KEY, 7).data, "made")
    assert again.checkpoint.extensions == ("one", "two words")
    assert len(open_note(again.note, [Verifier("w.example", COSIGNATURE, KEY.public)])) == 1


def test_a_newer_line_of_a_key_takes_the_place_of_the_older() -> None:
    made = sign_checkpoint(Checkpoint("o.example", 0, EMPTY), KEY)
    twice = cosign(cosign(made, "w", KEY, 7), "w", KEY, 9)
    assert [moment_of(line) for line in twice.note.lines] == [None, 9]
    assert with_lines(twice, twice.note.lines[1:]) == twice


@pytest.mark.parametrize(
    "name", ["", "../etc", "a//b", "/a", "a/../b", "a b", "a+b", "a\nb", "https://a", "a/.b",
             "ä.de", "a" * 101, "a/", "a\\b", "con:"],
)  # fmt: skip
def test_no_log_is_given_such_a_name(name: str) -> None:
    with pytest.raises(DataError):
        check_origin(name)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_note_or_refused(data: bytes) -> None:
    for read in (read_note, read_lines):
        with suppress(Refused):
            read(data, "bytes")
    with suppress(Refused):
        assert read_note(data, "bytes").data == data


@given(st.data())
def test_a_changed_checkpoint_is_refused_or_not_signed(data: st.DataObject) -> None:
    whole = bytearray(MADE["checkpoint"].encode("utf-8"))
    at = data.draw(st.integers(0, len(whole) - 1))
    whole[at] ^= 1 << data.draw(st.integers(0, 7))
    verifier = Verifier(MADE["checkpoint"].split("\n")[0], ED25519, KEY.public)
    with pytest.raises(Refused):
        open_note(read_checkpoint(bytes(whole), "changed").note, [verifier])


@given(st.text(max_size=60), st.binary(min_size=32, max_size=32), st.integers(1, 2**62))
def test_what_is_written_is_read_again(origin: str, root: bytes, size: int) -> None:
    made = sign_checkpoint(Checkpoint("o" + origin.replace("\n", ""), size, root), KEY)
    try:
        again = read_checkpoint(made.data, "made")
    except Refused:
        assert fault_of_name(made.checkpoint.origin)  # a key cannot bear such a name
    else:
        assert again == made
