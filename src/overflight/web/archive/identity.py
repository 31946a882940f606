"""Who asks: by a token, by a certificate, or by both if they are one user's.

What the keeper wrote down is looked at again whenever it changes: users, the key of the archive's
own tokens, those that are revoked, and the provider.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Generic, TypeVar

from overflight.archive.keeping.layout import Archive
from overflight.errors import DataError
from overflight.web.archive.certificates import bearer
from overflight.web.archive.oidc import ABOUT, Provider, read_provider
from overflight.web.archive.people import Person, read_people, users_file
from overflight.web.archive.tokenbook import book_file, read_book
from overflight.web.archive.tokens import KEY, Claims, Issuer, unknown

_Stamp = tuple[int, int, int] | None
T = TypeVar("T")


class Kept(Generic[T]):
    """What a file says, read again when the file is another."""

    def __init__(self, path: Path, read: Callable[[], T]) -> None:
        self._path, self._read = path, read
        self._lock = threading.Lock()
        self._stamp: Any = ()
        self._value: T | None = None

    def now(self) -> T:
        stamp = _stamp(self._path)
        with self._lock:
            if stamp != self._stamp or self._value is None:
                self._value = self._read()
                self._stamp = stamp
            return self._value


class Identity:
    """Of one archive's users. Use from any number of threads."""

    def __init__(self, archive: Archive) -> None:
        Issuer(archive, new=True)  # makes the key
        users, book = users_file(archive), book_file(archive)
        self._people = Kept(users, lambda: read_people(users))
        self._issuer = Kept(archive.access / KEY, lambda: Issuer(archive))
        self._revoked = Kept(book, lambda: {one.id for one in read_book(book) if one.revoked})
        self._provider = Kept(archive.access / ABOUT, lambda: (read_provider(archive.access),))
        self._provider.now()

    def person(self, token: str | None, certificate: bytes | None = None) -> Person:
        """Who bears them. AccessError for whoever is not known: what is shown must hold."""
        now = time.time()
        if token is None and certificate is None:
            raise unknown("none was sent", "Send Authorization: Bearer ...")
        people = self._people.now()
        shown = None if certificate is None else bearer(certificate, people, now)
        if token is None:
            assert shown is not None
            return shown
        found = people.get(self._claims(token, now).subject)
        if found is None:
            raise unknown("its bearer is not among the users")
        if shown is not None and shown != found:
            raise unknown("it is another user's than the certificate")
        return found

    def waits_for(self, token: str | None) -> Provider | None:
        """The provider whose keys have to be fetched before this token is judged."""
        (provider,) = self._provider.now()
        if token is None or provider is None or not provider.made(token):
            return None
        return provider if provider.wants(token, time.time()) else None

    def _claims(self, token: str, now: float) -> Claims:
        (provider,) = self._provider.now()
        if provider is not None and provider.made(token):
            return provider.judge(token, now)
        try:
            issuer = self._issuer.now()
        except DataError:
            raise unknown("there is no key by which it could be good") from None
        claims = issuer.judge(token, now)
        if claims.id in self._revoked.now():
            raise unknown("it was revoked")
        return claims


def _stamp(path: Path) -> _Stamp:
    try:
        said = path.stat()
    except OSError:
        return None
    return said.st_ino, said.st_size, said.st_mtime_ns
