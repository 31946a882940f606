"""``overflight archive serve | token``: who may come in, and where it listens."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from archiveasking import Meeting
from overflight.archive.keeping.layout import Archive
from overflight.cli.main import main
from overflight.errors import AccessError, DataError
from overflight.web.archive import tokenbook
from overflight.web.archive.identity import Identity
from overflight.web.archive.people import users_file

pytest.importorskip("starlette")
pytest.importorskip("uvicorn")


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Meeting(tmp_path).archive("DEU")


def allow(archive: Archive) -> None:
    users_file(archive).write_text('[[user]]\nname = "anna"\nparty = "DEU"\n')


def test_nobody_may_come_in_at_first(archive: Archive, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["archive", "serve", str(archive.root), "--port", "1"]) == 2
    assert "nobody may come in" in capsys.readouterr().err
    assert main(["archive", "token", str(archive.root), "anna"]) == 2
    assert "no user is called" in capsys.readouterr().err
    assert not (archive.access / "identity.key").exists()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org"])
def test_no_other_address_without_a_certificate(
    archive: Archive, capsys: pytest.CaptureFixture[str], host: str
) -> None:
    allow(archive)
    assert main(["archive", "serve", str(archive.root), "--host", host]) == 2
    assert "no certificate" in capsys.readouterr().err


def test_a_token_is_short_lived(archive: Archive, capsys: pytest.CaptureFixture[str]) -> None:
    allow(archive)
    assert main(["archive", "token", str(archive.root), "anna", "--minutes", "1441"]) == 2
    assert main(["archive", "token", str(archive.root), "anna", "--minutes", "1440"]) == 0
    key = archive.access / "identity.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    key.chmod(0o644)
    capsys.readouterr()
    assert main(["archive", "token", str(archive.root), "anna"]) == 2
    assert "others may read" in capsys.readouterr().err


@pytest.mark.parametrize(
    "text", ["x", "[[user]]\nname = 1\nparty = 'A'", "[[user]]\nname = 'a'", "user = 1",
             "[[user]]\nname = 'a b'\nparty = 'A'", "[[user]]\nname = 'a'\nparty = ''",
             "[[user]]\nname = 'a'\nparty = 'A'\n[[user]]\nname = 'a'\nparty = 'B'"],
)  # fmt: skip
def test_lists_of_users_that_are_none(
    archive: Archive, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    users_file(archive).write_text(text)
    assert main(["archive", "token", str(archive.root), "a"]) == 2
    assert "users.toml" in capsys.readouterr().err


@pytest.mark.slow
def test_it_serves(archive: Archive, capsys: pytest.CaptureFixture[str]) -> None:
    allow(archive)
    assert main(["archive", "token", str(archive.root), "anna"]) == 0
    token = capsys.readouterr().out.strip()
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]
    words = [sys.executable, "-m", "overflight", "archive", "serve", str(archive.root)]
    running = subprocess.Popen([*words, "--port", str(port)], stderr=subprocess.DEVNULL)
    try:
        status = 0
        for _ in range(600):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            try:
                connection.request("GET", "/search", headers={"Authorization": f"Bearer {token}"})
                status = connection.getresponse().status
                break
            except ConnectionRefusedError:
                assert running.poll() is None
                time.sleep(0.1)
            finally:
                connection.close()
        assert status == 200
    finally:
        os.kill(running.pid, signal.SIGINT)
        running.wait(30)


def test_the_verbs_stand_in_the_order_of_use(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["archive", "--help"])
    rows = capsys.readouterr().out.splitlines()
    verbs = [row.split()[0] for row in rows if re.match(r"    [a-z]+ ", row)]
    assert verbs == [
        "init", "ingest", "check", "show", "search", "access", "request", "deliver", "asked",
        "accesses", "serve", "token",
    ]  # fmt: skip


def test_tokens_are_listed_and_revoked(
    archive: Archive, capsys: pytest.CaptureFixture[str]
) -> None:
    allow(archive)
    place = str(archive.root)
    made = []
    for _ in range(3):
        assert main(["archive", "token", place, "anna"]) == 0
        said = capsys.readouterr()
        made.append((said.err.removeprefix("token ").strip(), said.out.strip()))
    identity, now = Identity(archive), time.time()
    assert {identity.person(text).name for _, text in made} == {"anna"}
    assert main(["archive", "token", place, "--revoke", made[0][0]]) == 0
    assert made[0][0] in capsys.readouterr().out
    with pytest.raises(AccessError, match="revoked"):
        identity.person(made[0][1])
    assert identity.person(made[1][1]).name == "anna"
    assert main(["archive", "token", place, "--list"]) == 0
    said_rows = [row.split() for row in capsys.readouterr().out.splitlines()[1:]]
    assert [(row[0], row[1], row[-1]) for row in said_rows] == [
        (made[0][0], "anna", "revoked"), (made[1][0], "anna", "good"), (made[2][0], "anna", "good"),
    ]  # fmt: skip
    assert main(["archive", "token", place, "--revoke", "anna"]) == 0
    for _, text in made:
        with pytest.raises(AccessError):
            identity.person(text)
    assert main(["archive", "token", place, "--revoke", "other"]) == 2
    assert main(["archive", "token", place, "anna", "--list"]) == 2
    # What is over is forgotten with the next one that is made.
    later = now + 7200
    tokenbook.add(archive, tokenbook.Given("x", "anna", int(later), int(later) + 60), later)
    assert [one.id for one in tokenbook.read_book(tokenbook.book_file(archive))] == ["x"]
    # A book that cannot be read lets nobody in.
    assert main(["archive", "token", place, "anna"]) == 0
    text = capsys.readouterr().out.splitlines()[-1]
    tokenbook.book_file(archive).write_text("{")
    with pytest.raises(DataError):
        identity.person(text)


def test_a_key_that_is_gone_takes_all_tokens_with_it(
    archive: Archive, capsys: pytest.CaptureFixture[str]
) -> None:
    allow(archive)
    identity = Identity(archive)
    assert main(["archive", "token", str(archive.root), "anna"]) == 0
    text = capsys.readouterr().out.strip()
    assert identity.person(text).name == "anna"
    (archive.access / "identity.key").unlink()
    with pytest.raises(AccessError):
        identity.person(text)
    assert main(["archive", "token", str(archive.root), "anna"]) == 0
    assert identity.person(capsys.readouterr().out.strip()).name == "anna"
    with pytest.raises(AccessError):
        identity.person(text)


@pytest.mark.parametrize("more", [["--per-second", "-1"], ["--answer-within", "0"]])
def test_limits_that_are_none(archive: Archive, more: list[str]) -> None:
    allow(archive)
    assert main(["archive", "serve", str(archive.root), *more]) == 2
