"""Tokens of a provider: the example of RFC 7515 (A.2, A.3), and who may come in by whose key."""

from __future__ import annotations

import base64
import json
import time
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from overflight.errors import AccessError, DataError
from overflight.web.archive.oidc import ABOUT, Provider, _holds, _key, read_provider
from overflight.web.archive.tokens import opened

ISSUER, AUDIENCE = "https://login.example.org/", "archive"
NOW = time.time()
RSA = rsa.generate_private_key(65537, 2048)
CURVE = ec.generate_private_key(ec.SECP256R1())
EDWARDS = Ed25519PrivateKey.generate()


def text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def number(value: int) -> str:
    return text(value.to_bytes((value.bit_length() + 7) // 8, "big"))


def keys() -> list[dict[str, str]]:
    ours, point = RSA.public_key().public_numbers(), CURVE.public_key().public_numbers()
    return [
        {"kty": "RSA", "kid": "r", "n": number(ours.n), "e": number(ours.e)},
        {"kty": "EC", "kid": "c", "crv": "P-256", "x": number(point.x), "y": number(point.y)},
        {"kty": "OKP", "kid": "e", "crv": "Ed25519",
         "x": text(EDWARDS.public_key().public_bytes_raw())},
    ]  # fmt: skip


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Provider:
    folder = tmp_path_factory.mktemp("oidc")
    write(folder, keys())
    found = read_provider(folder)
    assert found is not None
    return found


def write(folder: Path, rows: Any) -> None:
    (folder / ABOUT).write_text(
        f'[oidc]\nissuer = "{ISSUER}"\naudience = "{AUDIENCE}"\nkeys = "keys.json"\n'
    )
    (folder / "keys.json").write_text(json.dumps({"keys": rows}))


def token(algorithm: str, kid: str, **other: Any) -> str:
    claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": "anna", "exp": NOW + 60} | other
    head = {"alg": algorithm, "kid": kid}
    signed = ".".join(text(json.dumps(part).encode()) for part in (head, claims))
    data = signed.encode()
    if kid == "r":
        signature = RSA.sign(data, padding.PKCS1v15(), SHA256())
    elif kid == "c":
        r, s = decode_dss_signature(CURVE.sign(data, ec.ECDSA(SHA256())))
        signature = r.to_bytes(32, "big") + s.to_bytes(32, "big")
    else:
        signature = EDWARDS.sign(data)
    return f"{signed}.{text(signature)}"


def test_the_example_of_rfc_7515() -> None:
    """Appendix A.3: ES256."""
    row = {"kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
           "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}  # fmt: skip
    found = _key(row)
    assert found is not None
    said = ("eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFt"
            "cGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5"
            "djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q")  # fmt: skip
    _, signed, signature, claims = opened(said)
    assert claims["iss"] == "joe"
    assert _holds("ES256", found[1], signature, signed)
    assert not _holds("ES256", found[1], signature, signed + b".")


@pytest.mark.parametrize(("algorithm", "kid"), [("RS256", "r"), ("ES256", "c"), ("EdDSA", "e")])
def test_good_tokens(provider: Provider, algorithm: str, kid: str) -> None:
    good = token(algorithm, kid)
    assert provider.made(good)
    assert provider.judge(good, NOW).subject == "anna"
    with pytest.raises(AccessError):
        provider.judge(good[:-8] + "AAAAAAAA", NOW)


@pytest.mark.parametrize(
    "bad",
    [{"iss": "other"}, {"aud": "other"}, {"aud": ["other"]}, {"exp": NOW - 1}, {"exp": "late"},
     {"exp": True}, {"exp": float("nan")}, {"nbf": NOW + 600}, {"sub": ""}, {"sub": 1},
     {"aud": None}],
)  # fmt: skip
def test_claims_that_do_not_hold(provider: Provider, bad: dict[str, Any]) -> None:
    with pytest.raises(AccessError):
        provider.judge(token("RS256", "r", **bad), NOW)


@pytest.mark.parametrize(
    ("algorithm", "kid"),
    [("none", "r"), ("HS256", "r"), ("ES256", "r"), ("RS256", "c"), ("EdDSA", "r"), ("RS256", "x")],
)
def test_a_key_is_used_for_its_own_algorithm_only(
    provider: Provider, algorithm: str, kid: str
) -> None:
    with pytest.raises(AccessError):
        provider.judge(token(algorithm, kid), NOW)


@pytest.mark.parametrize(
    "rows",
    [[], [{}], 1, [{"kty": "oct", "k": "AA"}], [{"kty": "RSA"}],
     [{"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}]],
)  # fmt: skip
def test_sets_of_keys_that_are_none(tmp_path: Path, rows: Any) -> None:
    write(tmp_path, rows)
    with pytest.raises(DataError):
        read_provider(tmp_path)
