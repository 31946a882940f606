"""A signature by a key that was compromised later counts if witnesses of a log had seen it."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from bundles import day
from logkeeping import NOW, House
from overflight.record.judging import judge
from overflight.record.log.anchors import seen_by_witnesses
from overflight.record.log.comparing import view_of
from overflight.record.log.entries import Entry, write_entry
from overflight.record.log.keeping import Log
from overflight.record.log.proofs import read_inclusion
from overflight.record.log.proving import find, inclusion
from overflight.record.refused import Refused
from overflight.record.stages import read_stages
from overflight.record.statements import read_ring
from overflight.record.store import open_store


@pytest.fixture
def house(tmp_path: Path) -> House:
    """A bundle that both signed on day 2, BBB's signature logged on day 3, its key compromised from
    day 10 on."""
    made = House(tmp_path)
    made.table.seal()
    made.table.both_sign(day(2, 1))
    (file,) = made.table.bundle.glob("stage-01/signatures/observed-*")
    entry = Entry("bundle", hashlib.sha256(file.read_bytes()).hexdigest(), day(3))
    with Log(made.folder) as log:
        log.append([write_entry(entry)])
        log.checkpoint(made.key())
    return made


def worth(house: House, *, witnessed: bool) -> list[str]:
    """The codes against the bundle's signatures, with the log's proof or without."""
    signed = house.witness("CCC", at=day(3)) if witnessed else view_of(house.folder).signed
    with Log(house.folder) as log:
        log.take(signed.note.lines[1:])
    house.table.revoke("BBB", "compromised", day(12), effective=day(10))
    view = view_of(house.folder)
    (file,) = house.table.bundle.glob("stage-01/signatures/observed-*")
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    proof = read_inclusion(inclusion(view, find(view, digest)), "proof")
    seen = seen_by_witnesses([proof], house.trust(), NOW)
    store = open_store(house.table.bundle)
    _, problems = judge(store, read_stages(store), read_ring(house.table.ring), NOW, seen)
    return sorted({problem.code for problem in problems})


def test_a_witnessed_log_dates_the_signature(house: House) -> None:
    assert worth(house, witnessed=True) == []


def test_a_log_that_nobody_witnessed_dates_nothing(house: House) -> None:
    assert worth(house, witnessed=False) == ["key-compromised", "signature-missing"]


def test_a_proof_that_does_not_hold_is_refused(house: House) -> None:
    data = inclusion(view_of(house.folder), 0)
    house.grown(1)
    other = view_of(house.folder).signed
    proof = read_inclusion(data, "proof")
    with pytest.raises(Refused) as caught:
        seen_by_witnesses([type(proof)(0, (), other, proof.entry)], house.trust(), NOW)
    assert caught.value.code == "not-included"
