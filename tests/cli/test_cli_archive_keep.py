"""``overflight archive init | ingest | check | show`` as they are typed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from archivekeeping import Desk, first_files, full
from overflight.formats.schema import validate

Cli = Callable[..., Any]
AT = ("--at", "2026-05-20T00:00:00Z")


class Typist:
    """Types commands; every --json answer is held against its schema."""

    def __init__(self, cli: Cli, root: Path) -> None:
        self.cli, self.root, self.desk = cli, root, Desk(root)

    def __call__(self, *words: object, status: int = 0) -> dict[str, Any]:
        run = self.cli("archive", *words, "--json")
        assert run.status == status, run.err
        document: dict[str, Any] = json.loads(run.out)
        if document["kind"] != "error":
            validate(document, document["kind"])
        return document

    def words(self, *words: object, status: int = 0) -> str:
        run = self.cli("archive", *words)
        assert run.status == status, run.err
        assert "Traceback" not in run.err
        return str(run.out + run.err)

    def at(self, name: str) -> Path:
        return self.root / name


@pytest.fixture
def typist(cli: Cli, tmp_path: Path) -> Typist:
    made = Typist(cli, tmp_path)
    made("init", made.at("ar"), "--holder", "AAA", "--keys", made.at("ring"), *AT)
    return made


def test_init_says_what_was_begun(cli: Cli, tmp_path: Path) -> None:
    made = Typist(cli, tmp_path)
    words = ("--holder", "common", "--keys", made.at("ring"), *AT)
    found = made("init", made.at("My Archive"), *words, "--reading", "x=y", "--treaty", "cfe")
    assert (found["id"], found["holder"], found["treaty"]) == ("my-archive", "common", "cfe")
    assert (found["created"], found["readings"]) == ("2026-05-20T00:00:00Z", {"x": "y"})
    assert "begun" in made.words("init", made.at("other"), *words)
    again = made("init", made.at("other"), *words, status=2)
    assert (again["kind"], again["remedy"][:4]) == ("error", "Name")
    unknown = made("init", made.at("third"), *words, "--treaty", "nowhere", status=2)
    assert unknown["remedy"]
    database = made("init", made.at("third"), *words, "--database", "nosql://x", status=2)
    assert database["remedy"] and not made.at("third").exists()


def test_ingest_check_show(typist: Typist) -> None:
    bundle = full(typist.desk)
    found = typist("ingest", typist.at("ar"), bundle, *AT)
    (one,) = found["taken"]
    assert (one["bundle"], one["new"], one["new_stages"], one["items"]) == (
        "M-one/2026",
        True,
        2,
        2,
    )
    assert (one["received_as"], one["marks"], one["flown"]) == ("original", ["SIMULATED"],
                                                               "2026-05-02")  # fmt: skip
    again = typist("ingest", typist.at("ar"), bundle, *AT)["taken"][0]
    assert (again["new"], again["new_files"]) == (False, 0)
    shown = typist("show", typist.at("ar"))
    assert [m["bundle"] for m in shown["missions"]] == ["M-one/2026"]
    assert [s["stage"] for s in shown["missions"][0]["seals"]] == [1, 2]
    assert [s["log_entry"] for s in shown["missions"][0]["seals"]] == [0, 3]
    assert typist("show", typist.at("ar"), "M-one-2026")["missions"] == shown["missions"]
    checked = typist("check", typist.at("ar"), "--scrub", *AT)
    assert (checked["verdict"], checked["missions"], checked["scrubbed"]) == ("intact", 1, True)


def test_what_a_terminal_shows(typist: Typist, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    bundle = full(typist.desk)
    assert "no missions yet" in typist.words("show", typist.at("ar"))
    told = typist.words("ingest", typist.at("ar"), bundle, *AT)
    assert "SIMULATED: M-one/2026, AAA over BBB: taken in, 2 stages, 15 files" in told
    assert "nothing was written" in typist.words("ingest", typist.at("ar"), bundle, *AT)
    assert "M-one/2026  AAA over BBB" in typist.words("show", typist.at("ar"))
    one = typist.words("show", typist.at("ar"), "M-one/2026")
    assert "the holder's own original" in one and "stage 2" in one
    assert "INTACT" in typist.words("check", typist.at("ar"), *AT)
    assert "lists them" in typist.words("show", typist.at("ar"), "M-two", status=2)


def test_one_bad_bundle_among_good_ones(typist: Typist) -> None:
    bad = typist.desk.mission("bad", first_files(), signed=False)
    good = full(typist.desk)
    found = typist("ingest", typist.at("ar"), bad, good, typist.at("nowhere"), *AT, status=2)
    assert [m["bundle"] for m in found["taken"]] == ["M-one/2026"]
    assert [r["code"] for r in found["refused"]] == ["signature-missing", None]
    assert all(r["remedy"] for r in found["refused"])
    alone = typist("ingest", typist.at("ar"), bad, *AT, status=1)
    assert alone["kind"] == "error"
    assert f"--keys {typist.at('ar')}/keys" in alone["remedy"]
    told = typist.words("ingest", typist.at("ar"), bad, good, *AT, status=1)
    assert "1 taken in, 1 refused" in told


def test_rot_is_told_and_mended(typist: Typist) -> None:
    bundle = full(typist.desk)
    typist("ingest", typist.at("ar"), bundle, *AT)
    data = (bundle / "stage-02/files/frame/0001.tif").read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    place = typist.at("ar") / "objects" / digest[:2] / digest
    place.chmod(0o644)
    place.write_bytes(data[:-1] + b"!")
    told = typist.words("check", typist.at("ar"), "--scrub", *AT, status=1)
    assert "BROKEN" in told and "M-one/2026: stage-02/files/frame/0001.tif" in told
    assert "--mend-from" in told
    found = typist("check", typist.at("ar"), "--scrub", "--mend-from", bundle, *AT)
    assert (found["verdict"], found["mended"]) == ("intact", [digest])
    assert place.read_bytes() == data


def test_a_third_party(typist: Typist, cli: Cli) -> None:
    words = ("--holder", "CCC", "--keys", typist.at("ring"), *AT)
    typist("init", typist.at("third"), *words)
    bundle = full(typist.desk)
    assert "--request" in typist("ingest", typist.at("third"), bundle, *AT, status=2)["remedy"]
    unknown = typist("ingest", typist.at("third"), bundle, "--request", "ccc-1", *AT, status=2)
    assert "archive request" in unknown["remedy"]


def test_files_in_a_store(typist: Typist) -> None:
    pytest.importorskip("obstore")
    words = ("--holder", "AAA", "--keys", typist.at("ring"), *AT)
    typist("init", typist.at("far"), *words, "--store", f"file://{typist.at('bucket')}")
    typist("ingest", typist.at("far"), full(typist.desk), *AT)
    assert typist("check", typist.at("far"), "--scrub", *AT)["verdict"] == "intact"
