"""``overflight log`` as it is typed: its keeper, a witness, and somebody who was shown another."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from overflight.formats.schema import validate
from tinytiff import tiff

Cli = Callable[..., Any]
ORIGIN = ("--origin", "log.example.org/flights", "--operator", "AAA")
NOW = ("--at", "2026-06-01T00:00:00Z")


class Desk:
    """Types commands; every --json answer is held against its schema."""

    def __init__(self, cli: Cli, root: Path) -> None:
        self.cli, self.root = cli, root

    def __call__(self, *words: object, status: int = 0) -> dict[str, Any]:
        run = self.cli(*words, "--json")
        assert run.status == status, run.err
        document: dict[str, Any] = json.loads(run.out)
        if document["kind"] != "error":
            validate(document, document["kind"])
        return document

    def at(self, name: str) -> Path:
        return self.root / name

    def log(self, verb: str, *words: object, status: int = 0) -> dict[str, Any]:
        return self("log", verb, *words, status=status)

    def append(self, name: str, count: int, log: str = "log") -> dict[str, Any]:
        """Log ``count`` requests of that name."""
        words = []
        for number in range(count):
            digest = hashlib.sha256(f"{name}{number}".encode()).hexdigest()
            words += ["--sha256", f"request={digest}"]
        return self.log("append", self.at(log), *words, *NOW)

    def sign(self, log: str = "log") -> dict[str, Any]:
        return self.log("checkpoint", self.at(log), "--key", self.at("AAA.pem"), *NOW)

    def trust(self) -> tuple[object, ...]:
        return ("--keys", self.at("ring"), *ORIGIN, *NOW)

    def check(self, target: str, *words: object, status: int = 0) -> dict[str, Any]:
        return self.log("check", self.at(target), *self.trust(), *words, status=status)

    def witness(self, target: str, *words: object, status: int = 0) -> dict[str, Any]:
        return self.log(
            "witness", self.at("state"), self.at(target), "--name", "witness.example.org/bbb",
            "--key", self.at("BBB.pem"), *self.trust(), *words, status=status,
        )  # fmt: skip


@pytest.fixture
def desk(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Keys of two Parties and a log without entries."""
    monkeypatch.setenv("OVERFLIGHT_PASSPHRASE", "correct horse battery")
    monkeypatch.setattr("overflight.record.keys._SCRYPT_N", 16)  # stretching is slow on purpose
    made = Desk(cli, tmp_path)
    for party in ("AAA", "BBB"):
        made(
            "key", "new", made.at("ring"), "--party", party, "--key", made.at(f"{party}.pem"),
            "--at", "2026-05-01T00:00:00Z",
        )  # fmt: skip
    made.log("init", made.at("log"), *ORIGIN)
    return made


def test_a_thing_is_logged_witnessed_proven_and_checked(desk: Desk) -> None:
    thing = desk.at("decision.txt")
    thing.write_bytes(b"Chapter I, Section 1: agreed")
    said = desk.log("append", desk.at("log"), f"decision={thing}", *NOW)
    digest = hashlib.sha256(thing.read_bytes()).hexdigest()
    assert (said["first"], said["size"], said["sha256"]) == (0, 1, [digest])
    desk.append("request", 4)
    assert desk.sign()["size"] == 5
    desk.witness("log", "--first", "--out", desk.at("co-signed"))
    signed = desk.log(
        "checkpoint", desk.at("log"), "--take", desk.at("co-signed"), "--keys", desk.at("ring"),
        *NOW,
    )  # fmt: skip
    assert [line["name"] for line in signed["lines"]] == [ORIGIN[1], "witness.example.org/bbb"]
    alone = desk.at("co-signed").read_text("utf-8").split("\n")[-2]
    desk.at("lines").write_text(alone + "\n", encoding="utf-8")
    again = desk.log(
        "checkpoint", desk.at("log"), "--take", desk.at("lines"), "--keys", desk.at("ring"), *NOW
    )
    assert again["note"] == signed["note"]
    found = desk.check("log", "--witnesses", 1)
    assert (found["verdict"], found["entries"]) == ("intact", {"decision": 1, "request": 4})
    desk.log("prove", desk.at("log"), "--thing", f"decision={thing}", "--out", desk.at("p"))
    assert desk.at("p").read_text("utf-8").startswith("c2sp.org/tlog-proof@v1\nextra ")
    shown = desk.check("p", "--thing", f"decision={thing}", "--witnesses", 1)
    assert (shown["of"], shown["verdict"], shown["entry"]["sha256"]) == (
        "inclusion", "intact", digest,
    )  # fmt: skip
    thing.write_bytes(b"Chapter I, Section 1: not agreed")
    wrong = desk.check("p", "--thing", f"decision={thing}", status=1)
    assert [p["code"] for p in wrong["problems"]] == ["other-thing"]


def test_a_witness_follows_the_log_by_proofs_alone(desk: Desk) -> None:
    desk.append("a", 3)
    desk.sign()
    shutil.copy(desk.at("log/checkpoint"), desk.at("first"))
    assert "--first" in desk.witness("first", status=2)["remedy"]
    desk.witness("first", "--first")
    desk.append("b", 300)
    desk.sign()
    assert desk.witness("log/checkpoint", status=1)["kind"] == "error"  # no proof came with it
    said = desk.log(
        "prove", desk.at("log"), "--since", desk.at("first"), "--out", desk.at("grown.json")
    )
    document = json.loads(desk.at("grown.json").read_text("utf-8"))
    validate(document, "log-consistency")
    assert document == json.loads(said["proof"])
    assert desk.check("grown.json")["verdict"] == "intact"
    assert desk.witness("grown.json")["size"] == 303
    assert desk.witness("first", status=1)["kind"] == "error"
    assert desk.check("log", "--seen", desk.at("first"))["verdict"] == "intact"
    desk.check("log/checkpoint", "--seen", desk.at("first"), status=3)
    back = desk.check("first", "--seen", desk.at("log"), status=1)
    assert [p["code"] for p in back["problems"]] == ["rolled-back"]


def test_two_histories_are_proven_to_the_others(desk: Desk) -> None:
    desk.append("a", 3)
    desk.sign()
    desk.log("init", desk.at("other"), *ORIGIN)
    desk.append("z", 9, "other")
    desk.sign("other")
    words = ("compare", desk.at("log"), desk.at("other"), *desk.trust())
    found = desk.log(*words, "--out", desk.at("fork.json"), status=1)
    assert (found["verdict"], found["sizes"]) == ("forked", [3, 9])
    validate(json.loads(desk.at("fork.json").read_text("utf-8")), "log-fork")
    told = desk.check("fork.json", status=1)
    assert (told["of"], told["verdict"]) == ("fork", "forked")
    run = desk.cli("log", "check", desk.at("fork.json"), *desk.trust())
    assert run.out.startswith("Proof of two histories: FORKED")
    same = desk.log("compare", desk.at("log"), desk.at("log/checkpoint"), *desk.trust())
    assert same["verdict"] == "same"
    apart = desk.log("compare", desk.at("log/checkpoint"), desk.at("other/checkpoint"),
                     *desk.trust(), status=3)  # fmt: skip
    assert apart["verdict"] == "undetermined"


def test_a_bundle_is_logged_by_its_last_seal(desk: Desk) -> None:
    desk.at("frames").mkdir()
    desk.at("frames/1.tif").write_bytes(tiff(b"frame"))
    desk("bundle", "seal", desk.at("B"), "--id", "M1", "--observing", "AAA", "--observed", "BBB",
         "--add", f"frame-original={desk.at('frames')}", *NOW)  # fmt: skip
    said = desk.log("append", desk.at("log"), f"bundle={desk.at('B')}", *NOW)
    manifest = desk.at("B/stage-01/manifest.json").read_bytes()
    assert said["sha256"] == [hashlib.sha256(manifest).hexdigest()]
    desk("bundle", "pack", desk.at("B"), desk.at("B.tar"))
    again = desk.log("append", desk.at("log"), f"bundle={desk.at('B.tar')}", *NOW)
    assert again["sha256"] == said["sha256"]


def test_a_witnessed_log_dates_the_signatures_of_a_bundle(desk: Desk) -> None:
    """AAA over CCC; CCC's key is compromised later. BBB, who is neither, has co-signed the log."""
    desk("key", "new", desk.at("ring"), "--party", "CCC", "--key", desk.at("CCC.pem"),
         "--at", "2026-05-01T00:00:00Z")  # fmt: skip
    desk.at("frames").mkdir()
    desk.at("frames/1.tif").write_bytes(tiff(b"frame"))
    desk("bundle", "seal", desk.at("B"), "--id", "M1", "--observing", "AAA", "--observed", "CCC",
         "--add", f"frame-original={desk.at('frames')}", *NOW)  # fmt: skip
    for party, role in (("AAA", "observing"), ("CCC", "observed")):
        desk("bundle", "sign", desk.at("B"), "--key", desk.at(f"{party}.pem"), "--by", party,
             "--role", role, *NOW)  # fmt: skip
    assert desk.log("append", desk.at("log"), f"bundle={desk.at('B')}", *NOW)["entries"] == 3
    desk.sign()
    assert desk.log("prove", desk.at("log"), "--bundle", desk.at("B"), status=2)["remedy"]
    desk.witness("log", "--first", "--out", desk.at("co"))
    desk.log("checkpoint", desk.at("log"), "--take", desk.at("co"), "--keys", desk.at("ring"), *NOW)
    made = desk.log("prove", desk.at("log"), "--bundle", desk.at("B"), "--out", desk.at("proofs"))
    assert [row["index"] for row in made["proofs"]] == [0, 1, 2]
    desk("key", "new", desk.at("ring"), "--party", "CCC", "--key", desk.at("spare.pem"),
         "--vouched-by", desk.at("CCC.pem"), "--at", "2026-06-02T00:00:00Z")  # fmt: skip
    key = next(s for s in desk("bundle", "verify", desk.at("B"), "--keys", desk.at("ring"), *NOW)
               ["signatures"] if s["by"] == "CCC")["key"]  # fmt: skip
    desk("key", "revoke", desk.at("ring"), "--party", "CCC", "--id", key, "--reason", "compromised",
         "--key", desk.at("spare.pem"), "--at", "2026-06-09T00:00:00Z")  # fmt: skip
    later = ("--keys", desk.at("ring"), "--at", "2026-06-10T00:00:00Z")
    verify = ("bundle", "verify", desk.at("B"), *later)
    assert desk(*verify, status=1)["verdict"] == "broken"
    shown = ("--logged", desk.at("proofs"), *ORIGIN)
    found = desk(*verify, *shown)
    assert (found["verdict"], [s["seen_at"] for s in found["signatures"]]) == (
        "intact", ["2026-06-01T00:00:00Z"] * 2,
    )  # fmt: skip
    assert "in a log by 2026-06-01T00:00:00Z: counts" in desk.cli(*verify, *shown).out
    seal = ("--logged", made["proofs"][0]["file"], *ORIGIN)
    alone = desk(*verify, *seal, status=1)  # the seal does not show who had signed it
    assert any("proofs from a log" in line for line in alone["not_covered"])
    assert desk(*verify, *shown, "--witnesses", "2", status=1)["kind"] == "error"
    next(desk.at("B/stage-01/signatures").glob("observed-*")).unlink()
    codes = {p["code"] for p in desk(*verify, *shown, status=1)["problems"]}
    assert codes == {"signature-missing", "logged-not-here"}
    assert desk(*verify, "--logged", desk.at("frames"), *ORIGIN, status=2)["remedy"]
    for few in (shown[:2], shown[2:], (*shown, "--witnesses", "0")):
        assert desk(*verify, *few, status=2)["remedy"]


def test_entries_are_logged_from_lines(desk: Desk) -> None:
    digest = "ab" * 32
    line = f'{{"at":"2026-05-19T14:30:00Z","kind":"log-entry","of":"delivery","sha256":"{digest}",'
    validate(json.loads(line + '"version":1}'), "log-entry")
    desk.at("lines").write_text((line + '"version":1}\n') * 2, encoding="utf-8")
    assert desk.log("append", desk.at("log"), "--lines", desk.at("lines"))["entries"] == 2
    desk.at("lines").write_text(line + '"version":1}\nmore\n', encoding="utf-8")
    error = desk.log("append", desk.at("log"), "--lines", desk.at("lines"), status=1)
    assert "line 2" in error["message"]
    desk.sign()
    assert desk.check("log")["entries"] == {"delivery": 2}


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("append", "log"), 2),
        (("append", "log", "gift=x"), 2),
        (("append", "log", "request=nowhere"), 2),
        (("append", "nowhere", "--sha256", "request=" + "ab" * 32), 2),
        (("append", "log", "--sha256", "request=xyz"), 2),
        (("checkpoint", "log"), 2),
        (("prove", "log", "--index", "0"), 2),
        (("init", "log2", "--origin", "../x", "--operator", "AAA"), 2),
        (("init", "log2", "--origin", "a.example", "--operator", "../x"), 2),
    ],
)
def test_what_cannot_be_done_is_said_with_a_remedy(
    desk: Desk, words: tuple[str, ...], status: int
) -> None:
    typed = [desk.at(w) if w in ("log", "log2", "nowhere") else w for w in words]
    error = desk.log(str(typed[0]), *typed[1:], status=status)
    assert error["kind"] == "error"
    assert error["remedy"]


def test_proofs_of_what_is_not_there_are_refused(desk: Desk) -> None:
    desk.append("a", 3)
    desk.sign()
    for words in (("--index", 3), ("--index", -1), ("--sha256", "cd" * 32)):
        assert desk.log("prove", desk.at("log"), *words, status=2)["kind"] == "error"


def test_without_json_the_note_itself_is_printed(desk: Desk) -> None:
    desk.append("a", 1)
    desk.sign()
    run = desk.cli(
        "log", "witness", desk.at("state"), desk.at("log"), "--name", "w.example", "--key",
        desk.at("BBB.pem"), "--first", *desk.trust(),
    )  # fmt: skip
    assert run.out.startswith("log.example.org/flights\n1\n")
    assert run.out.count("\n— ") == 2
    told = desk.cli("log", "check", desk.at("log"), *desk.trust())
    assert told.out.startswith("Log: INTACT\n")
    assert "Not covered" in told.out
