"""A signature by a key that was compromised later counts if witnesses of a log had seen it."""

from __future__ import annotations

import datetime as dt
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from bundles import day
from logkeeping import NOW, ORIGIN, House
from overflight.record.checking import check
from overflight.record.log.anchors import Sightings, not_here, seen_by_witnesses
from overflight.record.log.comparing import view_of
from overflight.record.log.entries import Entry, write_entry
from overflight.record.log.keeping import Log
from overflight.record.log.proofs import read_inclusion
from overflight.record.log.proving import find_all, inclusion
from overflight.record.log.things import things_of
from overflight.record.log.trust import Trust
from overflight.record.portion import check_portion, make_portion
from overflight.record.refused import Refused
from overflight.record.stages import read_stages
from overflight.record.statements import read_ring
from overflight.record.store import open_store
from overflight.record.verdict import Verdict


@dataclass
class Scene:
    """A bundle between AAA and BBB, and the log of EEE, which DDD and CCC may witness. BBB's key is
    compromised from day 10 on."""

    house: House

    def __post_init__(self) -> None:
        for party in ("DDD", "EEE"):
            self.house.table.introduce(party, day(1))
        about = self.house.folder / "log.json"
        about.write_text(about.read_text().replace('"AAA"', '"EEE"'))

    def log(self, *, only: str = "") -> None:
        """Log what there is of the bundle's last stage; ``only``: such paths."""
        table = self.house.table
        store = open_store(table.bundle)
        stages = read_stages(store)
        found = things_of(store, stages, (len(stages.manifests),))
        with Log(self.house.folder) as log:
            log.append(
                [write_entry(Entry("bundle", t.sha256, day(3))) for t in found if only in t.path]
            )
            log.checkpoint(self.house.key("EEE"))

    def seen(self, *parties: str, at: int, wanted: int = 1) -> Sightings:
        """What the proofs of all that was logged show, once these Parties have co-signed."""
        table = self.house.table
        trust = Trust(ORIGIN, "EEE", read_ring(table.ring), wanted)
        self.house.trust = lambda *_: trust  # type: ignore[method-assign]
        for party in parties:
            signed = self.house.witness(party, at=day(at))
            with Log(self.house.folder) as log:
                log.take(signed.note.lines[1:])
        view = view_of(self.house.folder)
        store = open_store(table.bundle)
        digests = [t.sha256 for t in things_of(store, read_stages(store))]
        proofs = [
            read_inclusion(inclusion(view, index), "proof")
            for index in find_all(view, digests).values()
        ]
        return seen_by_witnesses(proofs, trust, NOW)

    def check(self, seen: Sightings | None, path: Path | None = None) -> Verdict:
        table = self.house.table
        look = check if path is None else check_portion
        return look(
            open_store(path or table.bundle), read_ring(table.ring), NOW, workers=1, seen=seen
        )


def worth(found: Verdict) -> dict[tuple[int, str], dt.datetime | bool]:
    """(stage, Party) -> when it was seen, True where it counts without, False where it does not."""
    return {(s.stage, s.by): (s.seen_at or True) if s.counts else False for s in found.signatures}


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    made = Scene(House(tmp_path))
    made.house.table.seal()
    made.house.table.both_sign(day(2, 1))
    return made


def compromised(scene: Scene) -> None:
    scene.house.table.revoke("BBB", "compromised", day(12), effective=day(10))


def test_a_witnessed_log_dates_the_signature(scene: Scene) -> None:
    scene.log()
    seen = scene.seen("CCC", at=3)
    compromised(scene)
    assert scene.check(None).verdict == "broken"
    found = scene.check(seen)
    assert (found.verdict, worth(found)[1, "BBB"]) == ("intact", day(3))


def test_a_witness_that_saw_it_after_the_end_of_the_key_dates_nothing(scene: Scene) -> None:
    scene.log()
    seen = scene.seen("CCC", at=11)
    compromised(scene)
    found = scene.check(seen)
    assert [p.code for p in found.problems] == ["key-compromised", "signature-missing"]


def test_a_log_that_nobody_witnessed_dates_nothing(scene: Scene) -> None:
    scene.log()
    with pytest.raises(Refused, match="0 Parties have co-signed"):
        scene.seen(at=3)
    seen = scene.seen(at=3, wanted=0)
    compromised(scene)
    assert scene.check(seen).verdict == "broken"


def test_the_other_party_of_the_bundle_dates_nothing(scene: Scene) -> None:
    """AAA could have BBB's key, sign for BBB, and co-sign with any date it likes."""
    scene.log()
    seen = scene.seen("AAA", at=3)
    compromised(scene)
    assert scene.check(seen).verdict == "broken"
    assert scene.check(scene.seen("CCC", at=4)).verdict == "intact"


def test_as_many_witnesses_as_are_wanted_must_have_seen_it_by_then(scene: Scene) -> None:
    scene.log()
    scene.seen("CCC", at=3)
    seen = scene.seen("DDD", at=13, wanted=2)
    compromised(scene)
    assert scene.check(seen).verdict == "broken"
    assert scene.check(scene.seen(at=13)).verdict == "intact"


def test_the_seal_alone_does_not_date_who_signed_it(scene: Scene) -> None:
    scene.log(only="manifest.json")
    seen = scene.seen("CCC", at=3)
    compromised(scene)
    assert scene.check(seen).verdict == "broken"


def test_the_seal_of_a_later_stage_dates_the_signatures_that_it_names(scene: Scene) -> None:
    table = scene.house.table
    table.seal()
    table.sign("AAA", "observing", day(11))
    scene.log(only="manifest.json")
    seen = scene.seen("CCC", at=7)
    spare = table.introduce("BBB", day(8))
    table.sign("BBB", "observed", day(9), key=spare)
    compromised(scene)
    assert worth(scene.check(None)) == {
        (1, "AAA"): True, (1, "BBB"): False, (2, "AAA"): True, (2, "BBB"): True,
    }  # fmt: skip
    found = scene.check(seen)
    assert worth(found) == {
        (1, "AAA"): day(7), (1, "BBB"): day(7), (2, "AAA"): True, (2, "BBB"): True,
    }  # fmt: skip
    assert found.verdict == "intact"


def test_a_portion_is_dated_in_the_same_way(scene: Scene) -> None:
    store = open_store(scene.house.table.bundle)
    target = scene.house.root / "portion"
    make_portion(store, read_stages(store), ["frame-original/0001.tif"], target)
    scene.log()
    seen = scene.seen("CCC", at=3)
    compromised(scene)
    assert scene.check(None, target).verdict == "broken"
    assert scene.check(seen, target).verdict == "intact"


def test_a_proof_that_does_not_hold_is_refused(scene: Scene) -> None:
    scene.log()
    trust = Trust(ORIGIN, "EEE", read_ring(scene.house.table.ring))
    proof = read_inclusion(inclusion(view_of(scene.house.folder), 0), "proof")
    other = read_inclusion(inclusion(view_of(scene.house.folder), 1), "proof")
    with pytest.raises(Refused) as caught:
        seen_by_witnesses([type(proof)(0, proof.path, proof.signed, other.entry)], trust, NOW)
    assert caught.value.code == "not-included"


def test_what_was_logged_and_taken_away_is_missed(scene: Scene) -> None:
    """A stage cut off whole leaves an earlier bundle that is intact; the log has the later one."""
    table = scene.house.table
    scene.log()
    table.sign("CCC", "witness", day(2, 2))
    table.seal()
    table.both_sign(day(5, 1))
    scene.log()
    seen = scene.seen("CCC", at=6)
    store = open_store(table.bundle)
    assert not_here(store, seen) == []
    shutil.rmtree(table.bundle / "stage-02")
    assert scene.check(seen).verdict == "intact"
    found = not_here(open_store(table.bundle), seen)
    assert [p.code for p in found] == ["logged-not-here"] * 3
    shutil.rmtree(table.bundle / "stage-01")
    assert not_here(open_store(table.bundle), seen) == []
