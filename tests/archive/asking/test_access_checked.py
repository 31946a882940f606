"""``archive check`` looks at access/ too: whatever is changed, planted or taken away is found."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from archiveasking import NOW, TREATY, Meeting
from overflight.archive.access.flights import Flights
from overflight.archive.access.heads import log_head
from overflight.archive.access.journal import Access, Journal
from overflight.archive.asking import register
from overflight.archive.asking.delivering import answer
from overflight.archive.asking.documents import Particulars, make_request
from overflight.archive.asking.receiving import know_delivery
from overflight.archive.keeping import logged
from overflight.archive.keeping.checking import check
from overflight.archive.keeping.layout import Archive
from overflight.errors import DataError
from overflight.record.refused import Refused
from overflight.treaty.loader import load_treaty


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """Germany's: one mission, one delivery from it to France, accesses, a head in the log."""
    place = Meeting(tmp_path)
    archive = place.archive("DEU")
    place.mission(archive, place.bundle_of("M-1", counted=True))
    what = Particulars("DEU", "UKR", dt.date(2026, 5, 2), "CAM", (), "magnetic tape", "TIFF")
    request = make_request(load_treaty(TREATY), "FRA", what, NOW, "M-1")
    answer(archive, request, NOW, tmp_path / "given", Flights(archive))
    with Journal(archive.access) as journal:
        journal.add([Access(NOW, "FRA", "find", f"search {n}", "allowed") for n in range(3)])
    log_head(archive, NOW)
    return archive


def codes(archive: Archive) -> set[str]:
    return {problem.code for problem in check(archive, NOW).problems}


def asked(archive: Archive) -> Path:
    (found,) = (archive.access / "asked").iterdir()
    return found


def accesses(archive: Archive) -> Path:
    return archive.access / "accesses-000001.jsonl"


def test_whole(archive: Archive) -> None:
    found = check(archive, NOW)
    assert (found.verdict, found.problems, found.repaired) == ("intact", (), ())


def _line_changed(archive: Archive) -> None:
    path = accesses(archive)
    path.write_bytes(path.read_bytes().replace(b"search 1", b"search 9"))


def _end_cut(archive: Archive) -> None:
    lines = accesses(archive).read_bytes().splitlines(keepends=True)
    accesses(archive).write_bytes(b"".join(lines[:-1]))


def _all_gone(archive: Archive) -> None:
    accesses(archive).unlink()


def _written_anew(archive: Archive) -> None:
    accesses(archive).unlink()
    with Journal(archive.access) as journal:
        journal.add([Access(NOW, "FRA", "find", f"other {n}", "allowed") for n in range(9)])


def _other_receiver(archive: Archive) -> None:
    path = asked(archive) / "copy-delivery.json"
    path.write_bytes(path.read_bytes().replace(b'"to":"FRA"', b'"to":"POL"'))


def _no_json(archive: Archive) -> None:
    (asked(archive) / "access-decision.json").write_bytes(b"{")


def _delivery_gone(archive: Archive) -> None:
    (asked(archive) / "copy-delivery.json").unlink()


def _all_requests_gone(archive: Archive) -> None:
    for path in asked(archive).iterdir():
        path.unlink()


def _head_gone(archive: Archive) -> None:
    for path in (archive.access / "heads").iterdir():
        path.unlink()


@pytest.mark.parametrize(
    ("harm", "code"),
    [
        (_line_changed, "access-changed"), (_end_cut, "access-lost"), (_all_gone, "access-lost"),
        (_written_anew, "access-lost"), (_other_receiver, "log-differs"),
        (_no_json, "asked-damaged"), (_delivery_gone, "asked-lost"),
        (_all_requests_gone, "asked-lost"), (_head_gone, "asked-lost"),
    ],
)  # fmt: skip
def test_harm_is_found(archive: Archive, harm: Callable[[Archive], None], code: str) -> None:
    harm(archive)
    assert code in codes(archive)


def test_what_a_crash_left_unlogged_is_logged(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> int:
        raise OSError(28, "no space")

    what = Particulars("DEU", "UKR", dt.date(2026, 5, 2), "CAM", (), "magnetic tape", "TIFF 6")
    request = make_request(load_treaty(TREATY), "FRA", what, NOW, "M-1")
    with monkeypatch.context() as patch:
        patch.setattr(logged, "append", fails)
        with pytest.raises(OSError, match="no space"):
            register.put(archive, [request], NOW)
    found = check(archive, NOW)
    assert found.problems == () and len(found.repaired) == 1
    assert check(archive, NOW).repaired == ()


def test_what_is_taken_in_under_a_request_has_to_be_its_delivery(
    archive: Archive, tmp_path: Path
) -> None:
    with pytest.raises(DataError, match="knows no request"):
        know_delivery(archive, "fra-0", tmp_path / "given/portion")
    know_delivery(archive, asked(archive).name, tmp_path / "given/portion")
    portion = tmp_path / "given/portion/portion.json"
    portion.write_bytes(portion.read_bytes() + b" ")
    with pytest.raises(Refused, match="another portion"):
        know_delivery(archive, asked(archive).name, tmp_path / "given/portion")
