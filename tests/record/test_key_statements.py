"""Dated statements about keys, and what a signature is worth by them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bundles import Table, codes, day
from overflight.errors import DataError
from overflight.record.envelope import Envelope, Signature, pae, write_envelope
from overflight.record.keeping import put_statement
from overflight.record.keys import new_key
from overflight.record.refused import Refused
from overflight.record.ring import objection
from overflight.record.statements import TYPE, make_statement, read_history, read_ring


@pytest.fixture
def table(tmp_path: Path) -> Table:
    return Table(tmp_path)


def test_a_key_counts_from_its_introduction_until_its_end(table: Table) -> None:
    old = table.keys["AAA"]
    new = table.rotate("AAA", day(4))
    ring = read_ring(table.ring)
    first, second = ring.keys[old.id], ring.keys[new.id]
    assert (first.since, first.until, first.ended) == (day(1), day(4), "rotated")
    assert (second.since, second.until) == (day(4), None)
    assert [key.id for key in ring.of("AAA")] == [old.id, new.id]
    for at, standing in ((day(1), True), (day(3, 23), True), (day(4), False)):
        assert first.in_standing(at) is standing
        assert second.in_standing(at) is (not standing)


@pytest.mark.parametrize(
    ("at", "party", "code"),
    [
        (1, "AAA", ""),
        (2, "BBB", "key-of-another"),
        (9, "AAA", "key-retired"),
        (5, "AAA", "key-retired"),
        (4, "AAA", ""),
    ],
)
def test_what_speaks_against_a_signature(table: Table, at: int, party: str, code: str) -> None:
    table.revoke("AAA", "retired", day(5))
    key = read_ring(table.ring).keys[table.keys["AAA"].id]
    assert objection(key, party, day(at))[0] == code
    assert objection(None, party, day(at))[0] == "key-unknown"


def test_a_second_key_needs_the_word_of_the_first(table: Table) -> None:
    history, key = read_history(table.ring, "AAA"), new_key()
    with pytest.raises(Refused, match="no key in standing"):
        make_statement(history, "AAA", "introduce", signers=[key], at=day(3), public=key.public)
    table.introduce("AAA", day(3))
    assert len(read_ring(table.ring).of("AAA")) == 2


def test_after_the_last_key_a_new_one_is_taken_when_somebody_has_compared_it(table: Table) -> None:
    table.revoke("AAA", "lost", day(3))
    key = new_key()
    data = make_statement(
        read_history(table.ring, "AAA"), "AAA", "introduce", signers=[key], at=day(4),
        public=key.public,
    )  # fmt: skip
    with pytest.raises(DataError, match="vouches"):
        put_statement(table.ring, data)
    put_statement(table.ring, data, confirmed=True)
    assert read_ring(table.ring).keys[key.id].in_standing(day(5))


@pytest.mark.parametrize(
    ("words", "match"),
    [
        ({"effective": day(1)}, "for the past"),
        ({"at": day(0 + 1), "act": "introduce"}, ""),
    ],
)
def test_no_key_reaches_into_the_past(table: Table, words: dict[str, object], match: str) -> None:
    key = new_key()
    given = {"at": day(3), "act": "introduce"} | words
    make = lambda: make_statement(  # noqa: E731
        read_history(table.ring, "AAA"), "AAA", str(given.pop("act")),
        signers=[key, table.keys["AAA"]], public=key.public, **given,  # type: ignore[arg-type]
    )  # fmt: skip
    if match:
        with pytest.raises(Refused, match=match):
            make()
    else:
        assert make()


def test_only_a_compromise_lies_in_the_past(table: Table) -> None:
    with pytest.raises(Refused, match="only a compromise"):
        table.revoke("AAA", "retired", day(5), day(3))
    table.revoke("AAA", "compromised", day(5), day(3))
    assert read_ring(table.ring).keys[table.keys["AAA"].id].until == day(3)


def test_a_stranger_cannot_speak_for_a_party(table: Table) -> None:
    with pytest.raises(Refused):
        make_statement(
            read_history(table.ring, "AAA"), "AAA", "revoke", signers=[new_key()], at=day(3),
            revoked=table.keys["AAA"].id, reason="lost",
        )  # fmt: skip
    with pytest.raises(Refused):
        make_statement(
            read_history(table.ring, "AAA"), "AAA", "revoke", signers=[table.keys["BBB"]],
            at=day(3), revoked=table.keys["AAA"].id, reason="lost",
        )  # fmt: skip


def test_two_statements_of_one_number_are_told(table: Table) -> None:
    history = read_history(table.ring, "AAA")
    one, other = new_key(), new_key()
    for key in (one, other):
        data = make_statement(
            history, "AAA", "rotate", signers=[key, table.keys["AAA"]], at=day(3),
            public=key.public, replaces=table.keys["AAA"].id,
        )  # fmt: skip
        if key is one:
            put_statement(table.ring, data)
            put_statement(table.ring, data)  # again changes nothing
        else:
            with pytest.raises(Refused) as caught:
                put_statement(table.ring, data)
            assert caught.value.code == "forked-statement"


def test_a_statement_taken_out_or_changed_breaks_the_ring(table: Table) -> None:
    table.rotate("AAA", day(3))
    first = table.ring / "AAA" / "0001.dsse.json"
    kept = first.read_bytes()
    for at in range(0, len(kept), 7):
        first.write_bytes(kept[:at] + bytes([kept[at] ^ 1]) + kept[at + 1 :])
        with pytest.raises(Refused):
            read_ring(table.ring)
    first.unlink()
    with pytest.raises(Refused):
        read_ring(table.ring)
    first.write_bytes(kept)
    (table.ring / "AAA" / "notes.txt").write_text("x")
    with pytest.raises(Refused):
        read_ring(table.ring)


def test_two_parties_with_one_key_are_refused(table: Table) -> None:
    key = table.keys["AAA"]
    data = make_statement((), "DDD", "introduce", signers=[key], at=day(2), public=key.public)
    put_statement(table.ring, data, confirmed=True)
    with pytest.raises(Refused, match="same key"):
        read_ring(table.ring)


@pytest.mark.parametrize(
    "change",
    [
        {"party": "aaa"}, {"number": 0}, {"number": True}, {"version": 2}, {"act": "praise"},
        {"more": 1}, {"stated": "2026-13-01T00:00:00Z"}, {"stated": "2026-05-01"},
        {"reason": "x" * 201}, {"key": {"id": "0" * 64, "spki": None}}, {"previous": "x"},
        {"replaces": "0" * 64}, {"kind": "x"},
    ],
    ids=str,
)  # fmt: skip
def test_a_statement_of_another_form_is_refused(table: Table, change: dict[str, object]) -> None:
    history = read_history(table.ring, "AAA")
    document = json.loads(history[0].envelope.payload) | change
    payload = json.dumps(document, separators=(",", ":"), sort_keys=True).encode()
    key = table.keys["AAA"]
    signature = Signature(key.id, key.sign(pae(TYPE, payload)))
    data = write_envelope(Envelope(TYPE, payload, (signature,)))
    with pytest.raises(Refused):
        put_statement(table.root / "other", data, confirmed=True)


# --- what it means for a bundle


def test_a_signature_before_the_rotation_counts_after_it(table: Table) -> None:
    table.seal()
    table.both_sign(day(2, 1))
    table.rotate("AAA", day(10))
    assert table.check().verdict == "intact"


def test_a_key_used_after_its_revocation_does_not_count(table: Table) -> None:
    table.seal()
    table.revoke("AAA", "retired", day(3))
    table.sign("AAA", "observing", day(4))
    table.sign("BBB", "observed", day(4))
    assert codes(table.check()) == ["key-retired", "signature-missing"]


def test_a_compromise_takes_what_only_the_key_itself_dates(table: Table) -> None:
    table.seal()
    table.both_sign(day(2, 1))
    table.revoke("AAA", "compromised", day(10), day(8))
    assert codes(table.check()) == ["key-compromised", "signature-missing"]


def test_a_later_stage_signed_by_another_dates_a_signature(table: Table) -> None:
    """Stage 2 names the signatures of stage 1, and the other Party signed it in time."""
    table.whole()
    spare = table.introduce("AAA", day(6))
    table.sign("AAA", "observing", day(6, 1), key=spare)
    table.revoke("AAA", "compromised", day(10), day(8))
    found = table.check()
    assert found.verdict == "intact"
    worth = {(s.stage, s.key == spare.id): s.counts for s in found.signatures if s.by == "AAA"}
    assert worth == {(1, False): True, (2, False): False, (2, True): True}


def test_that_other_signature_must_be_older_than_the_end_of_the_key(table: Table) -> None:
    table.whole()
    table.revoke("AAA", "compromised", day(10), day(3))  # before stage 2 was sealed
    found = table.check()
    assert {s.stage: s.counts for s in found.signatures if s.by == "AAA"} == {1: False, 2: False}


def test_a_party_does_not_date_its_own_signature(table: Table) -> None:
    """Its spare key signed the next stage in time, the other Party only after the end."""
    table.seal()
    table.both_sign(day(2, 1))
    spare = table.introduce("AAA", day(3))
    table.seal()
    table.sign("AAA", "observing", day(5, 1), key=spare)
    table.sign("BBB", "observed", day(9))
    table.revoke("AAA", "compromised", day(10), day(8))
    worth = {s.stage: s.counts for s in table.check().signatures if s.by == "AAA"}
    assert worth == {1: False, 2: True}


def test_something_outside_may_date_a_signature(table: Table) -> None:
    """As an entry in a log will."""
    from overflight.record.checking import check
    from overflight.record.store import open_store

    table.seal()
    table.both_sign(day(2, 1))
    table.revoke("AAA", "compromised", day(10), day(8))
    ring, store = read_ring(table.ring), open_store(table.bundle)
    assert check(store, ring, day(20), seen=lambda *_: day(3)).verdict == "intact"
    assert check(store, ring, day(20), seen=lambda *_: day(9)).verdict == "broken"
