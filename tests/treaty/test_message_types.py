"""messages.toml: what it may say, and each mistake with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from overflight.errors import DataError
from overflight.treaty.loader import available_treaties, load_treaty
from overflight.treaty.messages import message_book
from overflight.treaty.scaffold import new_regime
from overflight.treaty.validate import validate

GOOD = """\
[[addressee]]
code = "ALL"
name = "all"

[[message]]
id = "notice"
title = "Notice"
cite = ["text 1"]
by = "observing"
to = ["observed", "ALL"]
document = "notification"
stands = { sent = "sent" }

[[message.item]]
letter = "A"
title = "Flight"
cite = ["text 1(a)"]
field = [
  { name = "inspection.place", words = "Place", kind = "text", required = true },
  { name = "answer", words = "Answer", kind = "choice", choices = ["yes", "no"] },
]

[[message.item]]
letter = "B"
title = "People"
cite = ["text 1(b)"]
records = "personnel"
field = [ { name = "name", words = "Name", kind = "text", personal = true } ]
"""

# what is replaced, by what, the line, a word of what is told
BAD = {
    "an unknown source": ('cite = ["text 1(a)"]', 'cite = ["txt 1(a)"]', 17, "no source"),
    "an unknown addressee": ('"observed", "ALL"', '"observed", "EVERYBODY"', 10, "no addressee"),
    "an unknown kind of field": ('kind = "text", req', 'kind = "word", req', None, "kind"),
    "an unknown key": ('words = "Place", ', 'words = "Place", width = 3, ', None, "width"),
    "no paragraph for an item": ('cite = ["text 1(a)"]\n', "", 14, "cite"),
    "a document that is none": ('"notification"', '"letter"', 11, "no document"),
    "part of an envelope that is none": ('"sent" }', '"weather" }', 12, "stands"),
    "a type that is not one": ('id = "notice"', 'id = "Notice"', 6, "type"),
    "an earlier type that is none": (
        'by = "observing"', 'by = "observing"\nfollows = ["letter"]', 10, "no message",
    ),
    "letters out of order": ('letter = "B"', 'letter = "A"', None, "A"),
    "a letter that is none": ('letter = "B"', 'letter = "1"', 24, "letter"),
    "a title that breaks the text": ('title = "People"', 'title = "People: all"', 25, "head"),
    "words that break the text": ('words = "Name"', 'words = "Name:"', None, "colon"),
    "words that are too long": ('words = "Name"', f'words = "{"n" * 41}"', None, "40"),
    "a field name that is none": ('name = "name"', 'name = "Name"', None, "name"),
    "a field twice": ('name = "answer"', 'name = "inspection.place"', None, "one field"),
    "a field inside another": ('name = "answer"', 'name = "inspection"', None, "one field"),
    "records of that name": ('records = "personnel"', 'records = "answer"', None, "one field"),
    "a choice without choices": (', choices = ["yes", "no"]', "", None, "choice"),
    "choices of a text": ('kind = "choice"', 'kind = "text"', None, "choice"),
    "a choice that is no word": ('["yes", "no"]', '["Yes!", "no"]', None, "choice"),
    "a unit of a text": ('words = "Name", ', 'words = "Name", unit = "m", ', None, "unit"),
    "an item required without records": (
        'title = "Flight"', 'title = "Flight"\nrequired = true', 17, "no list of records",
    ),
    "an item without fields": (
        'field = [ { name = "name", words = "Name", kind = "text", personal = true } ]', "", 23,
        "no fields",
    ),
    "a message twice": ('[[message.item]]\nletter = "A"', """[[message]]
id = "notice"
title = "Again"
cite = ["text 1"]
by = "observing"
to = ["observed"]

[[message.item]]
letter = "A\"""", None, "second time"),
    "a list of the document that is none": (
        'stands = {', 'entry = "sent"\nstands = {', 12, "no list",
    ),
}  # fmt: skip


@pytest.fixture
def regime(tmp_path: Path) -> Path:
    new_regime(tmp_path / "regime")
    (tmp_path / "regime" / "messages.toml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "regime" / "procedure.toml").unlink()  # it names messages of the file replaced
    return tmp_path / "regime"


def test_the_good_file_is_read(regime: Path) -> None:
    assert validate(regime) == ()
    book = message_book(load_treaty(regime))
    notice = book.types["notice"]
    assert (notice.paragraphs, notice.by, notice.to) == ("1", "observing", ("observed", "ALL"))
    assert [item.letter for item in notice.items] == ["A", "B"]
    assert [item.personal for item in notice.items] == [False, True]
    assert notice.items[0].citations[0].paragraph == "1(a)"
    assert dict(book.addressees) == {"ALL": "all"}


@pytest.mark.parametrize("case", BAD)
def test_a_mistake_is_told_with_its_line(regime: Path, case: str) -> None:
    old, new, line, says = BAD[case]
    assert GOOD.count(old) == 1
    (regime / "messages.toml").write_text(GOOD.replace(old, new), encoding="utf-8")
    problems = validate(regime)
    assert problems
    told = problems[0]
    assert told.file.endswith("messages.toml") and told.line is not None
    assert any(says in f"{p.message} {p.remedy}" for p in problems), problems
    if line is not None:
        assert told.line == line
    with pytest.raises(DataError):
        load_treaty(regime)


def test_a_regime_without_messages_says_so(regime: Path) -> None:
    (regime / "messages.toml").unlink()
    with pytest.raises(DataError, match="declares no messages") as caught:
        message_book(load_treaty(regime))
    assert "treaty new" in caught.value.remedy


@pytest.mark.parametrize("name", available_treaties())
def test_messages_follow_types_that_there_are_and_say_who_writes(name: str) -> None:
    treaty = load_treaty(name)
    for kind in treaty.messages:
        assert kind.by and kind.to and kind.items and kind.paragraphs
        assert set(kind.follows) <= {other.id for other in treaty.messages}
