"""A provider on this machine that describes itself (OpenID Connect Discovery 1.0) and changes keys.

What may not pass is RFC 8725, 3.1 and 3.2: algorithms are the key's, never the token's alone.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.server
import json
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from overflight.archive.access import journal
from overflight.archive.keeping.layout import Archive
from overflight.errors import AccessError, DataError, OverflightError
from overflight.web.archive import fetching
from overflight.web.archive.fetching import fetched, place_of
from overflight.web.archive.oidc import ABOUT, AGAIN_S, FRESH_S, GOOD_S, read_provider
from webcertificates import Authority
from webserver import Server, serving
from webserving import archive_of

AUDIENCE = "archive"
FIRST, SECOND = (rsa.generate_private_key(65537, 2048) for _ in range(2))


def text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def row(key: rsa.RSAPrivateKey, kid: str) -> dict[str, str]:
    ours = key.public_key().public_numbers()
    n, e = (text(v.to_bytes((v.bit_length() + 7) // 8, "big")) for v in (ours.n, ours.e))
    return {"kty": "RSA", "kid": kid, "use": "sig", "alg": "RS256", "n": n, "e": e}


@dataclass
class Login:
    """The provider: what it says at which path, and what it was asked."""

    issuer: str
    said: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def keys(self, *rows: dict[str, str]) -> None:
        self.said["/jwks"] = {"keys": list(rows)}

    def token(self, key: rsa.RSAPrivateKey = FIRST, kid: str = "one", **other: Any) -> str:
        head = {"alg": "RS256", "kid": kid, "typ": "JWT"} | other.pop("head", {})
        now = time.time()
        claims = {"iss": self.issuer, "aud": AUDIENCE, "sub": "anna", "exp": now + 60}
        signed = ".".join(text(json.dumps(p).encode()) for p in (head, claims | other)).encode()
        if head["alg"] == "none":
            return f"{signed.decode()}."
        if head["alg"] == "HS256":
            public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
            return f"{signed.decode()}.{text(hmac.digest(public, signed, hashlib.sha256))}"
        signature = key.sign(signed, padding.PKCS1v15(), SHA256())
        return f"{signed.decode()}.{text(signature)}"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"), "ca")


@pytest.fixture
def login(authority: Authority) -> Iterator[Login]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.asked.append(self.path)
            said = found.said.get(self.path)
            if isinstance(said, str):
                self.send_response(302)
                self.send_header("Location", said)
                self.end_headers()
                return
            data = said if isinstance(said, bytes) else json.dumps(said).encode()
            self.send_response(200 if said is not None else 404)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: Any) -> None: ...

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    signed = authority.sign("login", server=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(signed.certificate, signed.key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    found = Login(f"https://127.0.0.1:{server.server_port}")
    found.said["/.well-known/openid-configuration"] = {
        "issuer": found.issuer, "jwks_uri": f"{found.issuer}/jwks",
    }  # fmt: skip
    found.keys(row(FIRST, "one"))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield found
    server.shutdown()
    thread.join()
    server.server_close()


def trust(folder: Path, login: Login, authority: Authority, more: str = "") -> None:
    (folder / ABOUT).write_text(
        f'[oidc]\nissuer = "{login.issuer}"\naudience = "{AUDIENCE}"\n'
        f'authority = "{authority.file}"\n{more}'
    )


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    return archive_of(tmp_path_factory.mktemp("fetched"))


@pytest.fixture
def server(archive: Archive, login: Login, authority: Authority) -> Iterator[Server]:
    trust(archive.access, login, authority)
    with serving(archive) as running:
        yield running


def status(server: Server, token: str) -> int:
    return server.get("/collections", {"Authorization": f"Bearer {token}"}).status


def test_through_the_server(server: Server, archive: Archive, login: Login) -> None:
    good = login.token()
    assert [status(server, good), status(server, good)] == [200, 200]
    assert login.asked == ["/.well-known/openid-configuration", "/jwks"]
    assert list(journal.read(archive.access))[-1].by == "anna"
    now = time.time()
    wrong = [
        login.token(head={"alg": "none"}), login.token(head={"alg": "HS256"}),
        login.token(head={"alg": "ES256"}), login.token(SECOND), login.token(SECOND, "two"),
        login.token(aud="other"), login.token(iss="https://example.org"),
        login.token(exp=now - 1), login.token(nbf=now + 600), login.token(sub="nobody"),
        login.token(head={"crit": ["x"]}),
        login.token(SECOND, "two", head={"jku": f"{login.issuer}/evil"}),
        login.token(SECOND, "two", head={"jwk": row(SECOND, "two")}),
    ]  # fmt: skip
    assert {status(server, token) for token in wrong} == {401}
    # A stranger's names of keys make it fetch no oftener than AGAIN_S, and nowhere else.
    assert login.asked == ["/.well-known/openid-configuration", "/jwks"]
    assert list(journal.read(archive.access))[-1].what == "GET /collections: 401"


def test_keys_that_change(tmp_path: Path, login: Login, authority: Authority) -> None:
    trust(tmp_path, login, authority)
    provider = read_provider(tmp_path)
    assert provider is not None
    now = time.time()
    assert provider.wants(login.token(), now)
    provider.fetch(now)
    assert provider.judge(login.token(), now).subject == "anna"
    login.keys(row(SECOND, "two"))
    new = login.token(SECOND, "two", exp=now + 2 * GOOD_S)
    assert not provider.wants(new, now + AGAIN_S / 2)
    later = now + AGAIN_S
    assert provider.wants(new, later)
    provider.fetch(later)
    assert provider.judge(new, later).subject == "anna"
    with pytest.raises(AccessError):  # the old key is good no more
        provider.judge(login.token(), later)
    # It cannot be reached: what is known is good for a day, and no longer.
    login.said.clear()
    assert not provider.wants(new, later + FRESH_S)
    assert provider.wants(new, later + FRESH_S + 1)
    provider.fetch(later + FRESH_S + 1)
    assert provider.judge(new, later + GOOD_S).subject == "anna"
    with pytest.raises(AccessError):
        provider.judge(new, later + GOOD_S + 1)


@pytest.mark.parametrize(
    "said",
    [
        {"issuer": "https://example.org"}, {"jwks_uri": "file:///etc/passwd"}, {"jwks_uri": None},
        {"jwks_uri": "http://192.0.2.1/jwks"}, {"jwks_uri": "ftp://127.0.0.1/"},
    ],
)  # fmt: skip
def test_descriptions_that_do_not_hold(
    tmp_path: Path, login: Login, authority: Authority, said: dict[str, Any]
) -> None:
    trust(tmp_path, login, authority)
    login.said["/.well-known/openid-configuration"] |= said
    provider = read_provider(tmp_path)
    assert provider is not None
    provider.fetch(0.0)
    with pytest.raises(AccessError):
        provider.judge(login.token(), 0.0)
    assert "/jwks" not in login.asked


def test_an_address_of_keys_in_the_file(tmp_path: Path, login: Login, authority: Authority) -> None:
    trust(tmp_path, login, authority, f'keys = "{login.issuer}/jwks"\n')
    provider = read_provider(tmp_path)
    assert provider is not None
    provider.fetch(0.0)
    assert login.asked == ["/jwks"]
    trust(tmp_path, login, authority, 'keys = "http://192.0.2.1/jwks"\n')
    with pytest.raises(DataError):
        read_provider(tmp_path)


def test_what_is_not_fetched(login: Login, authority: Authority, tmp_path: Path) -> None:
    place = place_of(f"{login.issuer}/jwks", authority.file)
    assert json.loads(fetched(place)) == login.said["/jwks"]
    with pytest.raises(OverflightError, match="larger"):
        fetched(place, most_bytes=100)
    login.said["/jwks"] = f"{login.issuer}/elsewhere"  # a redirect is not followed
    with pytest.raises(OverflightError, match="302"):
        fetched(place)
    assert "/elsewhere" not in login.asked
    other = Authority(tmp_path, "ca")
    with pytest.raises(OverflightError, match="certificate"):
        fetched(place_of(f"{login.issuer}/jwks", other.file))


@pytest.mark.parametrize(
    "url",
    ["http://example.org/", "file:///etc/passwd", "https://", "https://u:p@example.org/", "x",
     "https://example.org:99999/", "https://example.org/a b", "https://example.org/\n"],
)  # fmt: skip
def test_addresses_that_are_none(url: str) -> None:
    with pytest.raises(DataError):
        place_of(url)
    assert fetching.is_loopback("::1")
