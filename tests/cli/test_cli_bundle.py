"""``overflight bundle`` and ``overflight key`` as they are typed, both sides and a witness."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from overflight.formats.schema import validate
from overflight.record.canonical import dumps
from tinytiff import tiff

Cli = Callable[..., Any]
WORDS = "correct horse battery"
LATER = "2026-06-01T00:00:00Z"


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

    def seal(self, *words: object, day: int = 2, status: int = 0) -> dict[str, Any]:
        return self(
            "bundle", "seal", self.at("B"), *words, "--at", f"2026-05-{day:02d}T10:00:00Z",
            status=status,
        )  # fmt: skip

    def sign(self, day: int = 2) -> None:
        for party, role in (("AAA", "observing"), ("BBB", "observed")):
            self(
                "bundle", "sign", self.at("B"), "--key", self.at(f"{party}.pem"), "--by", party,
                "--role", role, "--at", f"2026-05-{day:02d}T11:00:00Z",
            )  # fmt: skip

    def verify(self, name: str = "B", status: int = 0) -> dict[str, Any]:
        return self(
            "bundle", "verify", self.at(name), "--keys", self.at("ring"), "--at", LATER,
            status=status,
        )  # fmt: skip


@pytest.fixture
def desk(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Keys of three Parties and two frames."""
    monkeypatch.setenv("OVERFLIGHT_PASSPHRASE", WORDS)
    monkeypatch.setattr("overflight.record.keys._SCRYPT_N", 16)  # stretching is slow on purpose
    made = Desk(cli, tmp_path)
    for party in ("AAA", "BBB", "CCC"):
        made(
            "key", "new", made.at("ring"), "--party", party, "--key", made.at(f"{party}.pem"),
            "--at", "2026-05-01T00:00:00Z",
        )  # fmt: skip
    made.at("frames").mkdir()
    for number in (1, 2):
        made.at(f"frames/{number}.tif").write_bytes(tiff(b"frame %d" % number))
    return made


FIRST = ("--id", "M1", "--observing", "AAA", "--observed", "BBB")


@pytest.fixture
def sealed(desk: Desk) -> Desk:
    desk.seal(*FIRST, "--add", f"frame-original={desk.at('frames')}", "--title", "Exit")
    desk.sign()
    return desk


def test_a_bundle_from_the_first_seal_to_the_last_portion(desk: Desk) -> None:
    frames = f"frame-original={desk.at('frames')}"
    said = desk.seal(*FIRST, "--simulated", "--add", frames, "--title", "Point of exit")
    assert (said["files"], said["marks"], said["stage"]) == (2, ["SIMULATED"], 1)
    assert desk.verify(status=1)["verdict"] == "broken"
    desk.sign()
    found = desk.verify()
    assert (found["verdict"], found["problems"], found["marks"]) == ("intact", [], ["SIMULATED"])
    assert [s["by"] for s in found["signatures"] if s["counts"]] == ["AAA", "BBB"]
    desk.at("copies").mkdir()
    shutil.copy(desk.at("frames/1.tif"), desk.at("copies"))
    desk.seal("--extend", "--add", f"duplicate={desk.at('copies')}", day=9)
    desk.sign(9)
    shown = desk("bundle", "show", desk.at("B"))
    assert shown["stages"][1]["entries"][0]["made_from"] == "frame-original/1.tif"
    desk("bundle", "portion", desk.at("B"), "frame-original/", "--out", desk.at("P"))
    part = desk.verify("P")
    assert (part["scope"], part["files"], part["marks"]) == ("portion", 2, ["SIMULATED"])
    desk("bundle", "pack", desk.at("B"), desk.at("B.tar"))
    desk("bundle", "unpack", desk.at("B.tar"), desk.at("B2"))
    for name in ("B.tar", "B2"):
        assert desk.verify(name)["root"] == desk.verify()["root"]


def test_what_lies_in_a_bundle_keeps_its_schema(sealed: Desk) -> None:
    from overflight.record.envelope import read_envelope

    validate(
        json.loads((sealed.at("B") / "stage-01/manifest.json").read_bytes()), "bundle-manifest"
    )
    for path in (sealed.at("B") / "stage-01/signatures").iterdir():
        payload = read_envelope(path.read_bytes(), "x").payload
        validate(json.loads(payload), "bundle-seal")
    for path in sealed.at("ring").rglob("*.json"):
        payload = read_envelope(path.read_bytes(), "x").payload
        validate(json.loads(payload), "bundle-key-statement")
    sealed("bundle", "portion", sealed.at("B"), "frame-original/1.tif", "--out", sealed.at("P"))
    validate(json.loads((sealed.at("P") / "portion.json").read_bytes()), "bundle-portion")


def test_in_words_too(sealed: Desk, cli: Cli) -> None:
    run = cli("bundle", "verify", sealed.at("B"), "--keys", sealed.at("ring"), "--at", LATER)
    assert run.status == 0
    assert "INTACT: bundle M1" in run.out
    assert "AAA (observing), dated 2026-05-02T11:00:00Z" in run.out
    assert "Not covered" in run.out
    (sealed.at("B") / "stage-01/files/frame-original/1.tif").write_bytes(tiff(b"frame 9"))
    run = cli("bundle", "verify", sealed.at("B"), "--keys", sealed.at("ring"), "--at", LATER)
    assert run.status == 1
    assert "changed: stage-01/files/frame-original/1.tif" in run.out
    assert "Stage 1" in cli("bundle", "show", sealed.at("B")).out
    assert "in standing" in cli("key", "show", sealed.at("ring")).out


def test_a_signature_is_made_elsewhere_and_taken(desk: Desk) -> None:
    desk.seal(*FIRST, "--add", f"frame-original={desk.at('frames')}")
    desk("bundle", "pack", desk.at("B"), desk.at("B.tar"))
    out, at = desk.at("sig.json"), ("--at", "2026-05-02T11:00:00Z")
    sign = ("bundle", "sign", desk.at("B.tar"), "--key", desk.at("BBB.pem"), "--by", "BBB",
            "--role", "observed", *at)  # fmt: skip
    assert "not written to" in desk(*sign, status=2)["message"]
    desk(*sign, "--out", out)
    take = ("bundle", "take", desk.at("B"), out, "--at", LATER, "--keys")
    desk("key", "new", desk.at("strangers"), "--party", "DDD", "--key", desk.at("d.pem"), *at)
    assert "does not count" in desk(*take, desk.at("strangers"), status=1)["message"]
    assert not (desk.at("B") / "stage-01/signatures").exists()
    said = desk(*take, desk.at("ring"))
    assert said["signatures"][0]["by"] == "BBB"
    assert desk(*take, desk.at("ring"), status=1)["error"] == "Refused"


def test_nobody_signs_what_does_not_hold(sealed: Desk) -> None:
    (sealed.at("B") / "stage-01/files/frame-original/1.tif").write_bytes(tiff(b"frame 9"))
    said = sealed(
        "bundle", "sign", sealed.at("B"), "--key", sealed.at("CCC.pem"), "--by", "CCC", "--role",
        "witness", "--at", "2026-05-03T00:00:00Z", status=1,
    )  # fmt: skip
    assert "nothing was signed" in said["message"]


def test_nobody_builds_on_what_does_not_count(sealed: Desk) -> None:
    """With the ring at hand: not by a key that was replaced, nor over a signature of nobody."""
    ring = ("--keys", sealed.at("ring"))
    more = ("--extend", "--add", f"frame={sealed.at('frames')}", *ring)
    file = next((sealed.at("B") / "stage-01/signatures").glob("observed-*"))
    kept = file.read_bytes()
    file.write_bytes(kept.replace(b'"sig":"', b'"sig":"AAAA', 1))
    assert "does not count" in sealed.seal(*more, day=9, status=1)["message"]
    file.write_bytes(kept)
    assert sealed.seal(*more, day=9)["stage"] == 2
    sealed("key", "rotate", ring[1], "--party", "AAA", "--key", sealed.at("AAA.pem"), "--new",
           sealed.at("new.pem"), "--at", "2026-05-08T00:00:00Z")  # fmt: skip
    sign = ("bundle", "sign", sealed.at("B"), "--by", "AAA", "--role", "observing", *ring, "--at",
            "2026-05-09T11:00:00Z", "--key")  # fmt: skip
    assert "replaced" in sealed(*sign, sealed.at("AAA.pem"), status=1)["message"]
    assert sealed(*sign, sealed.at("new.pem"))["signatures"][0]["stage"] == 2


def test_a_working_plan_is_not_sealed(desk: Desk) -> None:
    path = desk.at("plan.json")
    path.write_bytes(dumps({"kind": "working-plan", "version": 1}))
    for more in ((), ("--allow", "plan.json")):
        said = desk.seal(*FIRST, "--add", f"mission-plan={path}", *more, status=2)
        assert "stays on the side" in said["message"]
    assert not desk.at("B").exists()
    assert [p.name for p in desk.root.iterdir() if p.name.startswith(".")] == []


def test_two_sets_and_a_choice(desk: Desk) -> None:
    frames = desk.at("frames")
    desk.seal(*FIRST, "--two-sets", "BBB", "--add", f"frame-original:A={frames}", "--add",
              f"frame-original:B={frames}")  # fmt: skip
    desk.sign()
    choose = ("bundle", "choose", desk.at("B"), "--set", "B", "--at", "2026-05-03T10:00:00Z")
    desk(*choose, "--by", "AAA", status=2)
    desk(*choose, "--by", "BBB")
    desk.sign(3)
    desk("bundle", "portion", desk.at("B"), "--set", "B", "--out", desk.at("P"))
    assert desk.verify("P")["files"] == 2


def test_a_redaction_by_agreement(sealed: Desk) -> None:
    sealed.at("note.txt").write_text("agreed")
    redact = ("bundle", "redact", sealed.at("B"))
    sealed(*redact, "--carry-out", "--keys", sealed.at("ring"), status=2)
    sealed(*redact, "frame-original/1.tif", status=2)
    sealed(*redact, "frame-original/1.tif", "--agreement", sealed.at("note.txt"), "--at",
           "2026-05-03T10:00:00Z")  # fmt: skip
    sealed.sign(3)
    sealed(*redact, "--carry-out", "--keys", sealed.at("ring"), "--at", LATER)
    assert sealed.verify()["absent"] == ["stage-01/files/frame-original/1.tif"]


def test_keys_are_rotated_revoked_and_exchanged(sealed: Desk) -> None:
    ring, theirs = sealed.at("ring"), sealed.at("theirs")
    old = sealed("key", "show", ring)["keys"][0]["id"]
    sealed("key", "rotate", ring, "--party", "AAA", "--key", sealed.at("AAA.pem"), "--new",
           sealed.at("new.pem"), "--at", "2026-05-10T00:00:00Z")  # fmt: skip
    assert sealed.verify()["verdict"] == "intact"
    revoke = ("key", "revoke", ring, "--party", "AAA", "--reason", "compromised", "--key",
              sealed.at("new.pem"), "--at", "2026-05-12T00:00:00Z")  # fmt: skip
    sealed(*revoke, "--id", "zz", status=2)
    sealed(*revoke, "--id", old[:12], "--effective", "2026-05-09T00:00:00Z")
    codes = [p["code"] for p in sealed.verify(status=1)["problems"]]
    assert codes == ["key-compromised", "signature-missing"]
    rows = {row["id"]: row for row in sealed("key", "show", ring, "--at", LATER)["keys"]}
    assert (rows[old]["until"], rows[old]["ended"]) == ("2026-05-09T00:00:00Z", "compromised")
    files = sorted((ring / "AAA").iterdir())
    sealed("key", "take", theirs, files[0], status=2)
    sealed("key", "take", theirs, files[0], "--confirmed")
    said = sealed("key", "take", theirs, *files[1:])
    assert [s["act"] for s in said["statements"]] == ["rotate", "revoke"]
    sealed("key", "show", ring, "--pem", sealed.at("pem"))
    assert len(list(sealed.at("pem").glob("[A-C]*/*.pem"))) == 4


@pytest.mark.parametrize(
    ("words", "match"),
    [
        (("--add", "frame=frames"), "--id, --observing, --observed"),
        ((*FIRST,), "nothing to seal"),
        ((*FIRST, "--add", "map=frames"), "no role"),
        (("--extend", "--add", "frame=frames"), "no such bundle"),
        (("--id", "M1", "--observing", "AAA", "--observed", "AAA", "--add", "frame=frames"),
         "two Parties"),
        (("--id", "M1", "--observing", "aaa", "--observed", "BBB", "--add", "frame=frames"),
         "capitals"),
    ],
)  # fmt: skip
def test_what_cannot_be_sealed_is_told(
    desk: Desk, words: tuple[str, ...], match: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(desk.root)
    assert match in desk.seal(*words, status=2)["message"]


def test_what_is_settled_stays_so(sealed: Desk) -> None:
    more = ("--extend", "--add", f"frame={sealed.at('frames')}")
    assert "settled" in sealed.seal(*more, "--exercise", day=3, status=2)["message"]
    item = {"type": "Feature", "stac_version": "1.0.0", "properties": {"marks": ["EXERCISE"]}}
    sealed.at("item.json").write_text(json.dumps(item))
    said = sealed.seal("--extend", "--add", str(sealed.at("item.json")), day=3, status=2)
    assert "is marked EXERCISE" in said["message"]
    assert sealed.seal(*FIRST, "--add", f"frame={sealed.at('frames')}", status=1)


def test_no_bundle_and_no_ring_are_usage_errors(desk: Desk) -> None:
    verify = ("bundle", "verify", desk.at("nothing"), "--keys")
    assert "no such bundle" in desk(*verify, desk.at("ring"), status=2)["message"]
    assert "no ring" in desk(*verify, desk.at("nothing"), status=2)["message"]
    assert desk.verify("frames", status=1)["problems"][0]["code"] == "no-bundle"


def test_a_passphrase_must_be_known(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OVERFLIGHT_PASSPHRASE")
    new = ("key", "new", desk.at("ring"), "--party", "DDD", "--key", desk.at("d.pem"))
    assert "is not known" in desk(*new, status=2)["message"]
    desk.at("words").write_text("too short\n")
    given = ("--passphrase-file", desk.at("words"))
    assert "passphrase has" in desk(*new, *given, status=2)["message"]
    assert not (desk.at("ring") / "DDD").exists()
    desk.at("words").write_text(WORDS + "\n")
    desk(*new, *given)
    assert desk.at("d.pem").stat().st_mode & 0o777 == 0o600


def test_a_mission_is_gathered_from_a_seat(desk: Desk, cli: Cli) -> None:
    notice = json.loads(
        (Path(__file__).parents[2] / "examples" / "mission" / "notice.json").read_text()
    )
    desk.at("notice.json").write_text(json.dumps(notice))
    seat = desk.at("seat")
    made = cli("mission", "new", seat, "--id", "M9", "--seat", "observing", "--observing", "DEU",
               "--observed", "RUS", "--exercise")  # fmt: skip
    assert made.status == 0, made.err
    told = cli("mission", "notify", seat, "--at", "2021-05-14T08:00:00Z", "--content",
               desk.at("notice.json"))  # fmt: skip
    assert told.status == 0, told.err
    (seat / "private" / "working-plan.json").write_text('{"kind": "working-plan"}')
    said = desk.seal("--mission", seat)
    assert (said["bundle"], said["marks"]) == ("M9", ["EXERCISE"])
    assert any("papers" in line for line in said["left_out"])  # the notice lists passports
    names = [e["name"] for e in desk("bundle", "show", desk.at("B"))["stages"][0]["entries"]]
    assert names == ["event/events-001.json"]
    content = (desk.at("B") / "stage-01/files/event/events-001.json").read_text()
    validate(json.loads(content), "bundle-events")
    assert "working" not in content
