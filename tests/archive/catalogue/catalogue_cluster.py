"""A PostgreSQL of one's own with pgSTAC in it, for as long as a test module runs.

Needs Debian's postgresql and postgis packages and pypgstac's SQL files; a cluster in a folder of
the tests, on loopback, of collation C, as a user that is not root.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

VERSION = "0.10.0"
_USERS = ("postgres", "nobody")


def missing() -> str:
    """Why there can be no cluster here; "" where there can be one."""
    if _programs() is None:
        return "PostgreSQL is not installed"
    if not list(Path("/usr/share/postgresql").glob("*/extension/postgis.control")):
        return "PostGIS is not installed"
    if importlib.util.find_spec("psycopg") is None:
        return "psycopg is not installed"
    return "" if _sql() is not None else f"pypgstac {VERSION} is not installed"


@contextmanager
def cluster() -> Iterator[str]:
    """The URL of an empty database with pgSTAC in it.

    Not in a folder of pytest's: runs beside this one clear those away.
    """
    import psycopg

    programs, sql = _programs(), _sql()
    assert programs is not None and sql is not None
    folder = Path(tempfile.mkdtemp(prefix="overflight-cluster-"))
    user = _user()
    if user:
        shutil.chown(folder, user)
    port = _free_port()
    run = ["-D", str(folder / "data")]
    _call(user, [programs / "initdb", *run, "--locale=C", "--encoding=UTF8", "-U", "postgres",
                 "-A", "trust"])  # fmt: skip
    settings = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={folder}"
    settings += " -c fsync=off -c jit=off"
    _call(user, [programs / "pg_ctl", *run, "-l", str(folder / "log"), "-w", "-o", settings,
                 "start"])  # fmt: skip
    try:
        url = f"postgresql://postgres@127.0.0.1:{port}/postgres"
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(sql.read_text().encode())
        yield url
    finally:
        _call(user, [programs / "pg_ctl", *run, "-m", "immediate", "stop"])
        shutil.rmtree(folder)


def _programs() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


def _sql() -> Path | None:
    spec = importlib.util.find_spec("pypgstac")
    if spec is None or spec.origin is None:
        return None
    path = Path(spec.origin).parent / "migrations" / f"pgstac.{VERSION}.sql"
    return path if path.is_file() else None


def _user() -> str:
    """Whom the cluster runs as: PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return ""
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in _USERS if name in known)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _call(user: str, command: Sequence[object]) -> None:
    words = [str(word) for word in command]
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                   user=user or None, cwd="/", timeout=60)  # fmt: skip
