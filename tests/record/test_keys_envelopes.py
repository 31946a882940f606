"""Envelopes and keys against the vectors of DSSE and RFC 8032, and against openssl."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from overflight.errors import DataError
from overflight.record.envelope import (
    Envelope,
    Signature,
    pae,
    read_any_envelope,
    read_envelope,
    write_envelope,
)
from overflight.record.keys import (
    PrivateKey,
    holds,
    key_id,
    load_key,
    new_key,
    public_pem,
    read_spki,
    spki,
    write_key,
)
from overflight.record.refused import Refused

PASSPHRASE = "five words drawn by chance"
needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not here")


def test_what_is_signed_is_the_encoding_of_the_dsse_protocol() -> None:
    # secure-systems-lab/dsse, protocol.md, test vectors.
    said = b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    assert pae("http://example.com/HelloWorld", b"hello world") == said
    assert pae("", b"") == b"DSSEv1 0  0 "
    assert pae("é", b"\xff") == b"DSSEv1 2 \xc3\xa9 1 \xff"  # lengths are in bytes


def test_a_key_signs_as_rfc_8032_says() -> None:
    # RFC 8032 section 7.1, TEST 2.
    raw = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
    public = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
    signature = bytes.fromhex(
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )
    key = PrivateKey(Ed25519PrivateKey.from_private_bytes(raw))
    assert key.public == public
    assert key.sign(b"\x72") == signature
    assert holds(public, signature, b"\x72")
    assert not holds(public, signature, b"\x73")
    assert not holds(public, signature[:-1], b"\x72")
    assert not holds(public[:-1], signature, b"\x72")
    assert "4ccd" not in repr(key)


def test_an_envelope_is_read_as_it_was_written() -> None:
    envelope = Envelope("a/b", b"payload", (Signature("k", bytes(64)),))
    data = write_envelope(envelope)
    assert read_envelope(data, "x") == envelope
    assert set(json.loads(data)) == {"payload", "payloadType", "signatures"}


@pytest.mark.parametrize(
    "document",
    [
        {},
        [],
        {"payload": "YQ==", "payloadType": "t", "signatures": []},
        {"payload": "YQ==", "payloadType": "t", "signatures": {}},
        {"payload": "YQ", "payloadType": "t", "signatures": [{"keyid": "k", "sig": "YQ=="}]},
        {"payload": "Y Q==", "payloadType": "t", "signatures": [{"keyid": "k", "sig": "YQ=="}]},
        {"payload": "YQ==", "payloadType": 1, "signatures": [{"keyid": "k", "sig": "YQ=="}]},
        {"payload": "YQ==", "payloadType": "t", "signatures": [{"keyid": "k", "sig": "YQ=="}] * 5},
        {"payload": "YQ==", "payloadType": "t", "signatures": ["x"]},
    ],
    ids=str,
)
def test_what_is_no_envelope_is_refused(document: object) -> None:
    data = json.dumps(document, separators=(",", ":"), sort_keys=True).encode()
    for read in (read_envelope, read_any_envelope):
        with pytest.raises(Refused) as caught:
            read(data, "x")
        assert caught.value.code == "bad-envelope"


def test_other_bits_for_the_same_bytes_are_refused_in_a_bundle_and_taken_from_others() -> None:
    one = {"keyid": "k", "sig": "-_8="}
    foreign = {"payload": "YQ==", "payloadType": "t", "signatures": [one], "more": 1}
    data = json.dumps(foreign).encode()
    assert read_any_envelope(data, "x").signatures[0].value == b"\xfb\xff"
    bits = b'{"payload":"YR==","payloadType":"t","signatures":[{"keyid":"k","sig":"YQ=="}]}'
    assert base64.b64decode("YR==") == b"a"  # two ways to write one byte
    for wrong in (data, bits):
        with pytest.raises(Refused):
            read_envelope(wrong, "x")


def test_a_private_key_is_its_owners_and_opens_by_its_passphrase_only(tmp_path: Path) -> None:
    key, file = new_key(), tmp_path / "key.pem"
    write_key(key, file, PASSPHRASE)
    assert file.stat().st_mode & 0o777 == 0o600
    assert load_key(file, PASSPHRASE).id == key.id
    with pytest.raises(DataError, match="does not open"):
        load_key(file, "another passphrase")
    with pytest.raises(DataError, match="there is a file"):
        write_key(new_key(), file, PASSPHRASE)
    file.chmod(0o640)
    with pytest.raises(DataError, match="others may read"):
        load_key(file, PASSPHRASE)
    with pytest.raises(DataError, match="passphrase has 5"):
        write_key(key, tmp_path / "other.pem", "short")
    assert not (tmp_path / "other.pem").exists()


@needs_openssl
def test_openssl_reads_and_writes_the_same_keys(tmp_path: Path) -> None:
    key, file = new_key(), tmp_path / "key.pem"
    write_key(key, file, PASSPHRASE)
    said = subprocess.run(
        ["openssl", "pkey", "-in", file, "-passin", f"pass:{PASSPHRASE}", "-pubout"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert said.stdout == public_pem(key.public)
    shape = subprocess.run(["openssl", "asn1parse", "-in", file], capture_output=True, text=True)
    assert all(word in shape.stdout for word in ("PBES2", "scrypt", "aes-256-cbc"))
    theirs, clear = tmp_path / "theirs.pem", tmp_path / "clear.pem"
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", clear], check=True)
    subprocess.run(
        ["openssl", "pkcs8", "-topk8", "-scrypt", "-in", clear, "-out", theirs, "-passout",
         f"pass:{PASSPHRASE}"], check=True,
    )  # fmt: skip
    theirs.chmod(0o600)
    clear.chmod(0o600)
    assert len(load_key(theirs, PASSPHRASE).public) == 32
    with pytest.raises(DataError, match="no encrypted private key"):
        load_key(clear, PASSPHRASE)


def test_an_id_is_the_digest_of_the_public_half() -> None:
    public = bytes(range(32))
    text = base64.b64encode(spki(public)).decode()
    assert read_spki(text, "x") == public
    assert len(key_id(public)) == 64
    for wrong in ("", "x", text[:-4], 3, None):
        with pytest.raises(Refused):
            read_spki(wrong, "x")
