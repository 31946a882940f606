"""A sound bundle, made anew for each test: two Parties, two stages, keys of the test's own."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path

from overflight.record.checking import check
from overflight.record.keeping import put_statement
from overflight.record.keys import PrivateKey, new_key
from overflight.record.manifest import Identity
from overflight.record.sealing import Addition, seal_first, seal_next
from overflight.record.signing import put_signature, sign
from overflight.record.stages import Stages, read_stages
from overflight.record.statements import make_statement, read_history, read_ring
from overflight.record.store import open_store
from overflight.record.verdict import Verdict

IDENTITY = Identity("M-7/2026", "AAA", "BBB", ("SIMULATED",))
FILES = {
    "frame-original/0001.tif": b"II*\0 the first frame, as it was taken",
    "frame-original/0002.tif": b"MM\0* the other frame, as it was taken",
    "mission-report/report.json": b'{"kind":"mission-report"}\n',
}
LATER = {"frame/0001.tif": b"II*\0 the first frame, rectified"}


def day(number: int, hour: int = 0) -> dt.datetime:
    """A moment of May 2026, UTC."""
    return dt.datetime(2026, 5, number, hour, tzinfo=dt.UTC)


@dataclass
class Table:
    """Both Parties and a witness at one table, with a ring of keys and a bundle."""

    root: Path
    keys: dict[str, PrivateKey] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for party in ("AAA", "BBB", "CCC"):
            self.introduce(party, day(1))

    @property
    def ring(self) -> Path:
        return self.root / "ring"

    @property
    def bundle(self) -> Path:
        return self.root / "bundle"

    @property
    def stages(self) -> Stages:
        return read_stages(open_store(self.bundle))

    def introduce(self, party: str, at: dt.datetime) -> PrivateKey:
        """A first key of a Party, or a further one."""
        key, history = new_key(), read_history(self.ring, party)
        signers = [key, *([self.keys[party]] if history else [])]
        data = make_statement(
            history, party, "introduce", signers=signers, at=at, public=key.public
        )
        put_statement(self.ring, data, confirmed=True)
        return self.keys.setdefault(party, key) if not history else key

    def rotate(self, party: str, at: dt.datetime) -> PrivateKey:
        """Replace the Party's key; the new one."""
        old, key = self.keys[party], new_key()
        data = make_statement(
            read_history(self.ring, party), party, "rotate", signers=[key, old], at=at,
            public=key.public, replaces=old.id,
        )  # fmt: skip
        put_statement(self.ring, data)
        self.keys[party] = key
        return key

    def revoke(
        self, party: str, reason: str, at: dt.datetime, effective: dt.datetime | None = None,
        key: PrivateKey | None = None,
    ) -> None:  # fmt: skip
        """Revoke the Party's key, signed by itself."""
        data = make_statement(
            read_history(self.ring, party), party, "revoke", signers=[self.keys[party]], at=at,
            effective=effective, revoked=(key or self.keys[party]).id, reason=reason,
        )  # fmt: skip
        put_statement(self.ring, data)

    def seal(self, files: dict[str, bytes] | None = None, at: dt.datetime | None = None) -> None:
        """The first stage, or the next one."""
        first = not self.bundle.exists()
        given = files if files is not None else FILES if first else LATER
        added = [Addition(name, name.split("/")[0], content) for name, content in given.items()]
        if first:
            seal_first(self.bundle, IDENTITY, added, title="Point of exit", at=at or day(2))
        else:
            seal_next(self.bundle, added, title="Developed", at=at or day(5))

    def sign(
        self, party: str, role: str, at: dt.datetime, *, key: PrivateKey | None = None,
        stage: int | None = None,
    ) -> str:  # fmt: skip
        """Sign the last stage, or an earlier one; the file of the signature."""
        manifest = self.stages.manifests[(stage or 0) - 1]
        data = sign(manifest, key or self.keys[party], party, role, at)
        return put_signature(self.bundle, manifest, data).file

    def both_sign(self, at: dt.datetime) -> None:
        self.sign("AAA", "observing", at)
        self.sign("BBB", "observed", at)

    def whole(self) -> Path:
        """Two stages, both signed by both."""
        self.seal()
        self.both_sign(day(2, 1))
        self.seal()
        self.both_sign(day(5, 1))
        return self.bundle

    def check(self, at: dt.datetime | None = None, bundle: Path | None = None) -> Verdict:
        return check(open_store(bundle or self.bundle), read_ring(self.ring), at or day(20))


def codes(found: Verdict) -> list[str]:
    """The codes of the problems, each once, in alphabetical order."""
    return sorted({problem.code for problem in found.problems})
