"""Certificates of clients (RFC 5280, RFC 8446) over real TLS: who comes in by them."""

from __future__ import annotations

import datetime as dt
import hashlib
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from overflight.archive.access import journal
from overflight.archive.keeping.layout import Archive
from overflight.errors import AccessError, DataError
from overflight.web.archive.certificates import bearer
from overflight.web.archive.connections import secured
from overflight.web.archive.people import read_people, users_file
from overflight.web.archive.serving import Address, check_address
from webcertificates import NOW, Authority, Signed
from webserver import Server, serving
from webserving import archive_of, bearing


@dataclass(frozen=True)
class Place:
    archive: Archive
    port: int
    ours: Authority
    clients: Authority
    known: dict[str, Signed]

    def by(self, shown: Signed | None) -> Server:
        return Server(self.port, self.ours.client(shown))


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    root = tmp_path_factory.mktemp("tls")
    ours, clients = Authority(root, "servers"), Authority(root, "clients")
    archive = archive_of(root / "archive")
    known = {name: clients.sign(name) for name in ("relay", "depot", "post", "nobody", "anna")}
    sha256 = hashlib.sha256(known["relay"].x509.public_bytes(Encoding.DER)).hexdigest()
    colons = ":".join(sha256[i : i + 2] for i in range(0, 64, 2)).upper()
    with users_file(archive).open("a") as users:
        for name, party, mark in (
            ("relay", "DEU", f"sha256:{colons}"), ("depot", "FRA", "dns:Depot.example.org"),
            ("post", "UKR", "subject:CN=post"),
        ):  # fmt: skip
            users.write(
                f'[[user]]\nname = "{name}"\nparty = "{party}"\ncertificates = ["{mark}"]\n'
            )
    signed = ours.sign("server", server=True)
    address = Address("127.0.0.1", 0, signed.certificate, signed.key, clients.file)
    with serving(archive, None, address) as server:
        yield Place(archive, server.port, ours, clients, known)


@pytest.mark.parametrize(("name", "party"), [("relay", "DEU"), ("depot", "FRA"), ("post", "UKR")])
def test_a_machine_comes_in_by_its_certificate(place: Place, name: str, party: str) -> None:
    assert place.by(place.known[name]).get("/collections").status == 200
    last = list(journal.read(place.archive.access))[-1]
    assert (last.by, last.asker, last.answer) == (name, party, "allowed")


def test_one_that_is_nobodys_is_refused_and_recorded(place: Place) -> None:
    reply = place.by(place.known["nobody"]).get("/collections")
    assert reply.status == 401
    last = list(journal.read(place.archive.access))[-1]
    assert (last.by, last.asker, last.answer) == ("", "", "denied")
    assert last.what == "GET /collections: 401"


def test_without_one_a_token_is_needed(place: Place) -> None:
    alone = place.by(None)
    assert alone.get("/collections").status == 401
    assert alone.get("/api").status == 200
    assert alone.get("/collections", bearing(place.archive, "anna")).status == 200


def test_a_token_beside_it_is_the_same_users(place: Place) -> None:
    relay = place.by(place.known["relay"])
    assert relay.get("/collections", bearing(place.archive, "relay")).status == 200
    assert relay.get("/collections", bearing(place.archive, "anna")).status == 401
    nobody = place.by(place.known["nobody"])
    assert nobody.get("/collections", bearing(place.archive, "anna")).status == 401


def refused(place: Place, shown: Signed) -> None:
    """In TLS 1.3 the client hears of it with its first read, as an alert or as an end."""
    with pytest.raises((ssl.SSLError, ConnectionError)):
        place.by(shown).get("/collections")


def test_other_authorities_and_other_times_are_refused(place: Place, tmp_path: Path) -> None:
    refused(place, Authority(tmp_path, "clients").sign("relay"))
    refused(place, place.clients.sign("depot", ends=NOW - dt.timedelta(hours=1)))
    refused(place, place.clients.sign("depot", ends=NOW + dt.timedelta(days=9)))  # not yet
    refused(place, place.clients.sign("depot", server=True))  # for servers only
    assert place.by(place.clients.sign("depot")).get("/collections").status == 200


def test_tls_1_1_is_not_spoken(place: Place) -> None:
    context = place.ours.client()
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    with pytest.warns(DeprecationWarning):
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.raises(ssl.SSLError):
        Server(place.port, context).get("/api")
    context = place.ours.client()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    assert Server(place.port, context).get("/api").status == 200


def test_who_is_taken_out_is_out_at_once(place: Place) -> None:
    path, post = users_file(place.archive), place.by(place.known["post"])
    before = path.read_text()
    assert post.get("/collections").status == 200
    path.write_text(before.replace("CN=post", "CN=other"))
    assert post.get("/collections").status == 401
    path.write_text(before)
    assert post.get("/collections").status == 200


def test_one_that_ends_while_a_connection_is_open(place: Place) -> None:
    der = place.known["post"].x509.public_bytes(Encoding.DER)
    people = read_people(users_file(place.archive))
    assert bearer(der, people, NOW.timestamp()).name == "post"
    with pytest.raises(AccessError):
        bearer(der, people, (NOW + dt.timedelta(days=2)).timestamp())


@pytest.mark.parametrize(
    "rows", ["1", '["x"]', "[1]", '["sha256:00"]', '["dns:"]', '["dns:a", "dns:A"]']
)
def test_certificates_that_are_none(tmp_path: Path, rows: str) -> None:
    path = tmp_path / "users.toml"
    path.write_text(f'[[user]]\nname = "a"\nparty = "DEU"\ncertificates = {rows}\n')
    with pytest.raises(DataError):
        read_people(path)


def test_what_the_server_cannot_use(place: Place, tmp_path: Path) -> None:
    signed = place.ours.sign("server", server=True)
    other = place.ours.sign("other", server=True)
    junk = tmp_path / "junk.pem"
    junk.write_text("junk")
    wrong = [
        (junk, signed.key), (signed.certificate, other.key), (tmp_path / "none", signed.key),
        (signed.certificate, signed.key, junk),
    ]  # fmt: skip
    for files in wrong:
        with pytest.raises(DataError):
            secured(*files)
    with pytest.raises(DataError):
        check_address(place.archive, Address(client_ca=place.clients.file))
