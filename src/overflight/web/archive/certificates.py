"""The certificate that a client showed: whose it is, by what the keeper wrote down for a user.

    [[user]]
    name = "relay.north"
    party = "..."
    certificates = ["sha256:0f3a...", "dns:relay.north.example.org", "subject:CN=relay,O=..."]

``sha256`` is of the whole certificate; ``dns``, ``email`` and ``uri`` are names in it, whole and
not by pattern (RFC 5280, 4.2.1.6); ``subject`` is its subject as RFC 4514 writes it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping

from overflight.web.archive.people import Person
from overflight.web.archive.tokens import unknown

_REMEDY = "Ask the archive's keeper to write it down: certificates = [...] in users.toml."


def bearer(der: bytes, people: Mapping[str, Person], now: float) -> Person:
    """The user whose certificate it is; the handshake has verified it. AccessError for one that is
    nobody's, or that is over since."""
    from cryptography import x509

    try:
        certificate = x509.load_der_x509_certificate(der)
        begins = certificate.not_valid_before_utc.timestamp()
        ends = certificate.not_valid_after_utc.timestamp()
        marks = frozenset(_marks(der, certificate))
    except ValueError:
        raise unknown("it cannot be read", _REMEDY, "the certificate") from None
    if not begins <= now <= ends:
        raise unknown("it is good no more, or not yet", _REMEDY, "the certificate")
    found = [one for one in people.values() if marks.intersection(one.certificates)]
    if len(found) != 1:
        why = "it is nobody's here" if not found else "it is of several users"
        raise unknown(why, _REMEDY, "the certificate")
    return found[0]


def _marks(der: bytes, certificate: object) -> Iterator[str]:
    from cryptography import x509

    assert isinstance(certificate, x509.Certificate)
    yield f"sha256:{hashlib.sha256(der).hexdigest()}"
    subject = certificate.subject.rfc4514_string()
    if subject:
        yield f"subject:{subject}"
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return
    kinds = (("dns", x509.DNSName), ("email", x509.RFC822Name),
             ("uri", x509.UniformResourceIdentifier))  # fmt: skip
    for word, kind in kinds:
        for name in names.get_values_for_type(kind):
            yield f"{word}:{name.lower() if word == 'dns' else name}"
