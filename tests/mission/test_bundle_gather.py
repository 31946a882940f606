"""What may go into a bundle and what stays at home, whatever is asked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from overflight.errors import DataError
from overflight.formats.sealable import NEVER
from overflight.mission.bundle import Asked, gather, read_asked
from overflight.report.outgoing import plan_bytes
from plan_by_hand import plan
from tinytiff import tiff

TIFF = tiff(b"a picture")


def put(folder: Path, name: str, content: object) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    path.write_bytes(data)
    return path


def roles(*asked: Asked, **words: object) -> dict[str, str]:
    found = gather(asked, **words)  # type: ignore[arg-type]
    return {a.name: a.role for a in found.additions}


def test_known_kinds_find_their_role(tmp_path: Path) -> None:
    files = [
        put(tmp_path, "plan.json", plan_bytes(plan())),
        put(tmp_path, "report.json", {"kind": "mission-report", "version": 1, "weather": "clear"}),
        put(tmp_path, "track.csv", b"time,lat,lon,alt_m\n2026-05-01T00:00:00Z,50,8,1000\n"),
        put(tmp_path, "fpl.txt", b"(FPL-X-IS\n)"),
        put(tmp_path, "item.json", {"type": "Feature", "stac_version": "1.0.0", "properties": {}}),
    ]
    assert roles(*(Asked(None, None, file) for file in files)) == {
        "mission-plan/plan.json": "mission-plan",
        "mission-report/report.json": "mission-report",
        "track/track.csv": "track",
        "flight-plan/fpl.txt": "flight-plan",
        "stac/item.json": "stac",
    }


@pytest.mark.parametrize("kind", NEVER)
@pytest.mark.parametrize("allow", [(), ("x.json",)], ids=["", "allowed"])
def test_what_stays_at_home_is_refused_by_kind(
    tmp_path: Path, kind: str, allow: tuple[str, ...]
) -> None:
    path = put(tmp_path, "x.json", {"kind": kind, "version": 1})
    with pytest.raises(DataError, match="stays on the side"):
        gather([Asked("event", None, path)], allow=allow)


@pytest.mark.parametrize(
    "content",
    [
        b'{"more": {"kind" : "working-plan"}}',
        json.dumps({"text": json.dumps({"kind": "working-plan"})}).encode(),
        b"<xml><!-- {\"kind\":\"working-plan\"} --></xml>",
        b" " * (1 << 22) + b'{"kind": "working-plan"}',
        b" " * ((1 << 22) - 10) + b'{"kind": "working-plan"}',
        b'{"kind": "flight-audit", "findings": [{"private": true}]}',
        b'{"private": ["h_min_m"]}',
        b"-----BEGIN ENCRYPTED PRIVATE KEY-----\nMII\n",
    ],
    ids=["nested", "quoted", "xml", "far", "across", "private", "fields", "key"],
)  # fmt: skip
def test_what_stays_at_home_is_found_inside_other_files(tmp_path: Path, content: bytes) -> None:
    for name in ("x.json", "x.txt"):
        path = put(tmp_path, name, content)
        with pytest.raises(DataError, match="does not go into a bundle"):
            gather([Asked("event", None, path)], allow=(name,))


@pytest.mark.parametrize(
    "name",
    ["working-plan.json", "Working_Plan.pdf", "private/track.csv", "a/overlay/x.json",
     "my-sites.csv", "secret.txt"],
)  # fmt: skip
def test_what_stays_at_home_is_refused_by_name(tmp_path: Path, name: str) -> None:
    put(tmp_path / "given", name, TIFF)
    with pytest.raises(DataError, match="its name says"):
        gather([Asked("frame", None, tmp_path / "given")], allow=(Path(name).name,))


@pytest.mark.parametrize(
    ("name", "content", "match"),
    [
        ("notes.pdf", b"%PDF-1.7", "not known"),
        ("notes.txt", b"hello", "not known"),
        ("sites.geojson", b'{"type": "FeatureCollection", "features": []}', "not known"),
        ("sites.csv", b"name,lat,lon,value\nA,50,8,3\n", "not known"),
        ("all.zip", b"PK\x03\x04...", "packed"),
        ("new.json", b'{"kind": "something-new"}', "not known"),
        ("empty", b"", "not known"),
    ],
)
def test_what_is_not_known_needs_somebody_to_vouch(
    tmp_path: Path, name: str, content: bytes, match: str
) -> None:
    path = put(tmp_path, name, content)
    with pytest.raises(DataError, match=match):
        gather([Asked("event", None, path)])
    assert roles(Asked("event", None, path), allow=(name,)) == {f"event/{name}": "event"}
    with pytest.raises(DataError, match="role is not known"):
        gather([Asked(None, None, path)], allow=(name,))


def test_a_document_of_a_known_kind_holds_no_more_than_its_schema(tmp_path: Path) -> None:
    document = json.loads(plan_bytes(plan())) | {"sites": ["A"]}
    path = put(tmp_path, "plan.json", document)
    with pytest.raises(DataError, match="does not belong"):
        gather([Asked("mission-plan", None, path)])
    with pytest.raises(DataError, match="does not belong"):
        gather([Asked("mission-plan", None, path)], allow=("plan.json",))


def test_a_document_does_not_go_by_another_role(tmp_path: Path) -> None:
    path = put(tmp_path, "plan.json", plan_bytes(plan()))
    with pytest.raises(DataError, match="has the role mission-plan"):
        gather([Asked("frame", None, path)])
    with pytest.raises(DataError, match="not known"):
        gather([Asked("track", None, put(tmp_path, "1.tif", TIFF))])


def test_marks_are_found_on_what_goes_in(tmp_path: Path) -> None:
    item = {"type": "Feature", "stac_version": "1.0.0", "properties": {"marks": ["SIMULATED"]}}
    found = gather([Asked(None, None, put(tmp_path, "item.json", item))])
    assert found.marks == ("SIMULATED",)


def test_duplicates_find_their_originals(tmp_path: Path) -> None:
    for folder in ("a", "b", "copies"):
        put(tmp_path, f"{folder}/1.tif", TIFF)
    asked = [
        Asked("frame-original", "A", tmp_path / "a"),
        Asked("frame-original", "B", tmp_path / "b"),
    ]
    found = gather([*asked, Asked("duplicate", "A", tmp_path / "copies")])
    last = found.additions[-1]
    assert (last.name, last.generation, last.made_from, last.set) == (
        "duplicate/A/1.tif", 1, "frame-original/A/1.tif", "A",
    )  # fmt: skip
    assert found.additions[0].generation == 0
    for sealed in ([], ["frame-original/A/1.tif", "frame-original/B/1.tif"]):
        with pytest.raises(DataError, match="original"):
            gather([Asked("duplicate", None, tmp_path / "copies")], sealed=sealed)
    one = gather([Asked("duplicate", None, tmp_path / "copies")], sealed=["frame-original/1.tif"])
    assert one.additions[0].made_from == "frame-original/1.tif"


def test_links_pipes_and_empty_folders_are_refused(tmp_path: Path) -> None:
    import os

    (tmp_path / "empty").mkdir()
    put(tmp_path, "given/1.tif", TIFF)
    (tmp_path / "given" / "2.tif").symlink_to("1.tif")
    put(tmp_path, "pipes/1.tif", TIFF)
    os.mkfifo(tmp_path / "pipes" / "p")
    (tmp_path / "link").symlink_to("given")
    for name in ("empty", "given", "pipes", "link", "nothing"):
        with pytest.raises(DataError):
            gather([Asked("frame", None, tmp_path / name)])


def test_what_is_vouched_for_must_be_there(tmp_path: Path) -> None:
    path = put(tmp_path, "1.tif", TIFF)
    with pytest.raises(DataError, match="names no file"):
        gather([Asked("frame", None, path)], allow=("2.tif",))


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("a/b.json", Asked(None, None, Path("a/b.json"))),
        ("track=a.csv", Asked("track", None, Path("a.csv"))),
        ("frame-original:B=x", Asked("frame-original", "B", Path("x"))),
    ],
)
def test_what_is_typed_is_read(text: str, asked: Asked) -> None:
    assert read_asked(text) == asked
    for wrong in ("map=x", "frame:C=x"):
        with pytest.raises(DataError):
            read_asked(wrong)
