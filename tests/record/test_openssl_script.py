"""The check with nothing but openssl and sha256sum, as the page in docs/ has it."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from bundles import Table, day
from overflight.record.keys import public_pem, spki
from overflight.record.redacting import agree_to_redact, carry_out
from overflight.record.statements import read_ring

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "verify-with-openssl.md"
BLOCKS = re.findall(r"^```sh\n(.*?)^```", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
FRAME = "stage-01/files/frame-original/0001.tif"

pytestmark = pytest.mark.skipif(
    not all(map(shutil.which, ("sh", "openssl", "sha256sum"))), reason="no openssl or sha256sum"
)


@pytest.fixture
def table(tmp_path: Path) -> Table:
    made = Table(tmp_path)
    made.whole()
    return made


def run(table: Table) -> tuple[int, str]:
    """Exit status and output of the script of the page."""
    pem = table.root / "pem"
    pem.mkdir(exist_ok=True)
    for key in read_ring(table.ring).keys.values():
        (pem / key.party).mkdir(exist_ok=True)
        (pem / key.party / f"{key.id}.pem").write_text(public_pem(key.public))
    script = table.root / "check-bundle.sh"
    script.write_text(BLOCKS[-1])
    said = subprocess.run(
        ["sh", script, table.bundle, pem], capture_output=True, text=True, check=False
    )
    assert "not found" not in said.stderr
    return said.returncode, said.stdout


def test_a_sound_bundle_is_intact(table: Table) -> None:
    table.sign("CCC", "witness", day(6))
    status, said = run(table)
    assert (status, said.splitlines()[-1]) == (0, "INTACT")
    assert "stage-02: BBB (observed) signed, dated 2026-05-05T01:00:00Z" in said
    assert "CCC (witness) signed" in said


def test_what_is_absent_by_agreement_may_be(table: Table) -> None:
    agreement = table.root / "agreement.txt"
    agreement.write_text("agreed")
    agree_to_redact(table.bundle, ["frame-original/0001.tif"], agreement, at=day(6))
    table.both_sign(day(6, 1))
    assert run(table)[0] == 0
    carry_out(table.bundle, read_ring(table.ring), day(7))
    status, said = run(table)
    assert status == 0
    assert f"absent by agreement: {FRAME}" in said
    (table.bundle / FRAME).with_name("0002.tif").unlink()
    assert run(table)[0] == 1


def write(path: Path, old: bytes, new: bytes) -> None:
    data = path.read_bytes()
    assert old in data
    path.write_bytes(data.replace(old, new, 1))


def first(table: Table, pattern: str) -> Path:
    return sorted(table.bundle.glob(pattern))[0]


BREAKS: dict[str, Callable[[Table], object]] = {
    "a changed file": lambda t: write(t.bundle / FRAME, b"first", b"fisrt"),
    "a missing file": lambda t: (t.bundle / FRAME).unlink(),
    "an added file": lambda t: (t.bundle / "stage-01/files/new").write_bytes(b"x"),
    "a file beside the stages": lambda t: (t.bundle / "new").write_bytes(b"x"),
    "a link": lambda t: (t.bundle / "new").symlink_to("stage-01"),
    "a changed manifest": lambda t: write(
        t.bundle / "stage-02/manifest.json", b"Developed", b"developed"
    ),
    "changed sums": lambda t: write(t.bundle / "stage-01/SHA256SUMS", b"0001", b"0003"),
    "REDACTED made up": lambda t: (
        shutil.copy(t.bundle / "stage-01/SHA256SUMS", t.bundle / "stage-01/REDACTED"),
        (t.bundle / FRAME).unlink(),
    ),
    "a missing signature": lambda t: first(t, "stage-02/signatures/observed-*").unlink(),
    "a signature in the place of another": lambda t: shutil.copy(
        first(t, "stage-02/signatures/observing-*"), first(t, "stage-02/signatures/observed-*")
    ),
    "a changed signature": lambda t: write(
        first(t, "stage-02/signatures/observed-*"), b'"sig":"', b'"sig":"A'
    ),
    "another type": lambda t: write(
        first(t, "stage-02/signatures/observed-*"), b"bundle-seal+json", b"bundle-seel+json"
    ),
    "a signature replayed under the next stage": lambda t: shutil.copy(
        first(t, "stage-01/signatures/observed-*"), first(t, "stage-02/signatures/observed-*")
    ),
    "no first stage": lambda t: shutil.rmtree(t.bundle / "stage-01"),
    "no stage at all": lambda t: [shutil.rmtree(p) for p in list(t.bundle.iterdir())],
    "a witness's signature in a Party's name": lambda t: (
        first(t, "stage-02/signatures/observed-*").unlink(),
        t.sign("BBB", "observed", day(5, 2), key=t.keys["CCC"]),
    ),
    "a key that nobody has": lambda t: shutil.rmtree(t.ring / "BBB"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", BREAKS)
def test_what_is_broken_is_told(table: Table, name: str) -> None:
    BREAKS[name](table)
    status, said = run(table)
    assert status == 1, said
    assert "INTACT" not in said


def test_a_key_can_be_taken_from_its_statement(table: Table) -> None:
    place = table.root / "key.pem"
    commands = BLOCKS[0].replace("RING", str(table.ring)).replace("key.pem", str(place))
    said = subprocess.run(["sh", "-c", commands], capture_output=True, text=True, check=True)
    assert place.read_text() + "\n" == public_pem(table.keys["AAA"].public)
    assert said.stdout.split()[0] == table.keys["AAA"].id
    assert len(spki(table.keys["AAA"].public)) == 44
