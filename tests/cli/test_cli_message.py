"""``overflight message`` as it is typed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from formats.message_samples import NOTICE, book
from overflight.cli.main import main
from overflight.formats.schema import validate


@pytest.fixture
def notice(tmp_path: Path) -> Path:
    file = tmp_path / "notice.json"
    file.write_text(json.dumps(NOTICE), encoding="utf-8")
    return file


def run(capsys: pytest.CaptureFixture[str], *words: str | Path) -> tuple[int, str, str]:
    status = main([str(word) for word in words])
    out, err = capsys.readouterr()
    return status, out, err


def test_json_becomes_text_becomes_json(
    notice: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = tmp_path / "notice.txt"
    assert run(capsys, "message", "write", "flight-notification", notice, "--out", text)[0] == 0
    status, out, _ = run(capsys, "message", "read", text)
    assert status == 0
    assert json.loads(out) == NOTICE
    (tmp_path / "again.json").write_text(out, encoding="utf-8")
    again = run(capsys, "message", "write", "flight-notification", tmp_path / "again.json")
    assert again[1] == text.read_text(encoding="utf-8")
    plain = run(capsys, "message", "write", "flight-notification", notice, "--ascii")[1]
    assert plain.isascii() and "K\\u{f6}ln" in plain


def test_list_and_schema_name_the_same_types(capsys: pytest.CaptureFixture[str]) -> None:
    listed = json.loads(run(capsys, "message", "list", "--json")[1])
    assert [row["id"] for row in listed["types"]] == list(book().types)
    validate(listed, "message-types")
    shown = json.loads(run(capsys, "message", "show", "mission-report", "--json")[1])
    validate(shown, "message-types")
    schemas = run(capsys, "schema")[1].split()
    assert {f"message/{name}" for name in book().types} <= set(schemas)
    schema = json.loads(run(capsys, "schema", "message/flight-notification")[1])
    assert schema["properties"]["content"]["required"][0] == "point_of_entry"
    here = json.loads(
        run(capsys, "schema", "message/plan-answer", "--treaty", "examples/two-neighbours")[1]
    )
    assert here["properties"]["treaty"] == {"const": "two-neighbours"}


@pytest.mark.parametrize("name", sorted(book().types))
def test_a_blank_of_every_type_is_a_message(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    blank = run(capsys, "message", "show", name, "--blank")[1]
    (tmp_path / "blank.json").write_text(blank, encoding="utf-8")
    status, text, said = run(capsys, "message", "write", name, tmp_path / "blank.json")
    assert status == 0
    assert f"open-skies/{name}, layout" in text
    assert "does not know AAA" in said
    shown = run(capsys, "message", "show", name)[1]
    assert book().types[name].items[0].title in shown


def test_the_notice_to_others_is_made_from_the_notice(
    notice: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("message", "write", "flight-intention", notice, "--number", "DEU 2021/015")
    status, text, _ = run(capsys, *words, "--set", "observed=RUS")
    assert status == 0
    assert "4. TO: ALL" in text and "*** EXERCISE ***" in text
    assert "Anna Example" not in text
    plain = notice.with_suffix(".txt")
    run(capsys, "message", "write", "flight-notification", notice, "--out", plain)
    from_text = ("message", "write", "flight-intention", plain, *words[4:], "--set", "observed=RUS")
    assert run(capsys, *from_text)[1] == text
    status, _, said = run(capsys, *words)
    assert status == 2 and "/content/observed" in said


def test_messages_fill_the_document_that_rules_read(
    notice: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, _ = run(capsys, "message", "fill", "notification", notice)
    filled = json.loads(out)
    assert status == 0
    assert (filled["kind"], filled["sent"]) == ("notification", NOTICE["sent"])
    (tmp_path / "notification.json").write_text(out, encoding="utf-8")
    words = ("message", "write", "flight-notification", tmp_path / "notification.json")
    text = run(capsys, *words, "--number", "DEU 2021/014")[1]
    assert text == run(capsys, "message", "write", "flight-notification", notice)[1]


def test_a_pdf_is_written(notice: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "message", "pdf", notice, "--out", tmp_path / "n.pdf")[0] == 0
    assert (tmp_path / "n.pdf").read_bytes().startswith(b"%PDF")
    _, out, _ = run(capsys, "message", "pdf", notice, "--out", tmp_path / "n.pdf", "--json")
    assert json.loads(out) == NOTICE


def _wrong(notice: Path) -> dict[str, tuple[tuple[Any, ...], str]]:
    write = ("message", "write", "flight-notification")
    return {
        "no such type": (("message", "show", "flight-notice"), "flight-notification"),
        "no such file": ((*write, "nothing.json"), "no such file"),
        "no number": (("message", "write", "flight-intention", notice), "--number"),
        "an idle option": ((*write, notice, "--to", "POL"), "Leave --to out"),
        "a bad setting": (
            ("message", "write", "flight-intention", notice, "--number", "1", "--set", "x"),
            "FIELD=VALUE",
        ),
        "no such document": (("message", "fill", "letter", notice), "notification"),
        "no such schema": (("schema", "message/letter"), "no type of message"),
        "no messages": (("message", "list", "--treaty", "nowhere"), "no regime"),
    }


@pytest.mark.parametrize("case", list(_wrong(Path())))
def test_what_is_wrong_is_said_with_a_remedy(
    case: str, notice: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words, says = _wrong(notice)[case]
    status, out, err = run(capsys, *words)
    assert status == 2
    assert says in err and "\n  -> " in err and not out
