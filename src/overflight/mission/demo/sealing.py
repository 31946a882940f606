"""The bundle: sealed in two stages, signed by both, checked by us and with openssl alone."""

from __future__ import annotations

import datetime as dt
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from overflight.files import write_atomic
from overflight.mission.bundle import Asked, gather
from overflight.mission.demo.conversation import Table
from overflight.mission.demo.flight import RECORD, TRACK, Flown
from overflight.mission.demo.pictures import Pictures
from overflight.mission.demo.scenario import Stage
from overflight.record.checking import check
from overflight.record.keeping import put_statement
from overflight.record.keys import PrivateKey, new_key, public_pem
from overflight.record.manifest import Identity
from overflight.record.sealing import seal_first, seal_next
from overflight.record.signing import put_signature, sign
from overflight.record.stages import read_stages
from overflight.record.statements import make_statement, read_ring
from overflight.record.store import open_store
from overflight.record.verdict import Verdict

BUNDLE, RING, PEM, SCRIPT = "bundle", "keys", "keys-pem", "check-bundle.sh"
_TOOLS = ("sh", "openssl", "sha256sum")
_DATA = Path(__file__).parents[2] / "data" / "scripts" / SCRIPT


@dataclass(frozen=True, slots=True)
class Sealed:
    """The bundle, the ring of keys, when it was sealed last, and what the checks said."""

    bundle: Path
    ring: Path
    at: dt.datetime
    verdict: Verdict
    openssl: bool | None


def seal(stage: Stage, table: Table, flown: Flown, pictures: Pictures) -> Sealed:
    """Seal at the point of exit, then what was developed later; both sign both stages."""
    story, told = stage.story, stage.mission
    story.progress("sealing")
    ring, bundle = stage.out / RING, stage.out / BUNDLE
    sides = {"observing": told["observing"], "observed": told["observed"]}
    since = stage.scenario["archive"]["keys_from"]
    keys = {role: _introduce(ring, party, since) for role, party in sides.items()}
    seat = table.seats["observing"]
    first = gather(
        [
            Asked("track", None, flown.folder / TRACK),
            Asked("flight-record", None, flown.folder / RECORD),
            Asked("frame-original", None, pictures.originals),
        ],
        seat=seat,
    )
    marks = tuple(sorted({*first.marks, *stage.marks}))
    identity = Identity(told["id"], sides["observing"], sides["observed"], marks)
    at = flown.moments["completed"] + dt.timedelta(hours=3)
    seal_first(bundle, identity, first.additions, title="Point of exit", at=at)
    _sign(bundle, keys, sides, at)
    later = at + dt.timedelta(days=3)
    known = read_stages(open_store(bundle)).entries
    made = pictures.folder / "frames"
    shown = [*made.glob("*.tif"), *(pictures.folder / "thumbnails").glob("*.jpg")]
    developed = gather(
        [Asked("stac", None, path) for path in sorted(made.glob("*.json"))]
        + [Asked("frame", None, path) for path in sorted(shown)],
        seat=seat, sealed=known,
    )  # fmt: skip
    seal_next(bundle, developed.additions, title="Developed", at=later)
    _sign(bundle, keys, sides, later)
    checked = later + dt.timedelta(hours=1)
    verdict = check(open_store(bundle), read_ring(ring), checked)
    alone = _openssl(stage, bundle, ring)
    _tell(stage, verdict, alone, first.left_out, bundle)
    return Sealed(bundle, ring, checked, verdict, alone)


def _introduce(ring: Path, party: str, at: dt.datetime) -> PrivateKey:
    """A key that lives as long as this run, and the Party's statement that it is its own."""
    key = new_key()
    data = make_statement((), party, "introduce", signers=[key], at=at, public=key.public)
    put_statement(ring, data, confirmed=True)
    return key


def _sign(
    bundle: Path, keys: dict[str, PrivateKey], sides: dict[str, str], at: dt.datetime
) -> None:
    manifest = read_stages(open_store(bundle)).manifests[-1]
    for minutes, (role, key) in enumerate(keys.items(), start=1):
        when = at + dt.timedelta(minutes=minutes)
        put_signature(bundle, manifest, sign(manifest, key, sides[role], role, when))


def _openssl(stage: Stage, bundle: Path, ring: Path) -> bool | None:
    """Whether the script of the documentation finds it intact; None where it cannot be run."""
    pem = stage.out / PEM
    for key in read_ring(ring).keys.values():
        write_atomic(pem / key.party / f"{key.id}.pem", public_pem(key.public))
    script = stage.out / SCRIPT
    write_atomic(script, _DATA.read_text(encoding="utf-8"))
    if not all(map(shutil.which, _TOOLS)):
        return None
    stage.story.progress("checking with openssl alone")
    try:
        said = subprocess.run(
            ["sh", script, bundle, pem], capture_output=True, check=False, timeout=60
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return said.returncode == 0


def _tell(
    stage: Stage, verdict: Verdict, alone: bool | None, left_out: tuple[str, ...], bundle: Path
) -> None:
    story = stage.story
    story.chapter("The bundle", verdict.verdict, simulated=True)
    name = stage.view.status
    sides = " and ".join(name(stage.mission[s]).name for s in ("observing", "observed"))
    files = sum(len(m.entries) for m in read_stages(open_store(bundle)).manifests)
    apart = f" Left out, their digests kept: {len(left_out)} with passports." if left_out else ""
    story.tell(
        f"{files} files sealed in {len(verdict.stages)} stages, each signed by {sides}.{apart}"
    )
    words = {
        True: "INTACT by openssl and sha256sum alone, without a line of ours.",
        False: "openssl and sha256sum do NOT find it whole, or this openssl knows no Ed25519.",
        None: f"Not checked without us here: {', '.join(_TOOLS)} are not all on this machine.",
    }
    story.tell(words[alone])
    story.tell(f"Check it yourself: sh {SCRIPT} {BUNDLE} {PEM}")
    story.file(bundle, "the bundle")
    story.file(bundle.parent / SCRIPT, "the check with openssl alone")
