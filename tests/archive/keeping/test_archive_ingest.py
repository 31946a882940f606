"""Taking in bundles: what is there afterwards, what is added later, what is refused and why."""

from __future__ import annotations

import dataclasses
import datetime as dt
import gzip
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from archivekeeping import (
    IDENTITY,
    NOW,
    TREATY,
    Desk,
    first_files,
    full,
    item,
    later_files,
    picture,
    report,
    square,
    tree,
)
from bundles import day
from overflight.archive.catalogue.protocol import Query
from overflight.archive.keeping import missions as tables
from overflight.archive.keeping.begin import make_archive
from overflight.archive.keeping.checking import check
from overflight.archive.keeping.desk import at_desk
from overflight.archive.keeping.ingest import ingest
from overflight.archive.keeping.layout import Archive, Settings, open_archive, settings_text
from overflight.archive.keeping.logged import entries_read
from overflight.archive.keeping.stores import objects_of
from overflight.archive.keeping.view import store_of
from overflight.errors import DataError
from overflight.record.checking import check as verify_bundle
from overflight.record.manifest import Identity
from overflight.record.redacting import agree_to_redact, carry_out
from overflight.record.refused import Refused
from overflight.record.statements import read_ring
from overflight.record.store import open_store


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def items_in(archive: Archive) -> list[dict[str, Any]]:
    with at_desk(archive) as desk, desk.catalogue() as catalogue:
        return [json.loads(body) for body in catalogue.search(Query(limit=1000)).items]


def unchanged(archive: Archive) -> bytes:
    """All that says what is in the archive."""
    with at_desk(archive) as desk:
        dump = "\n".join(desk.connection.iterdump())
    log = tree(archive.log)
    return dump.encode() + json.dumps({k: v.hex() for k, v in log.items()}).encode()


def test_a_bundle_comes_in_with_files_items_and_an_entry(desk: Desk) -> None:
    bundle, archive = full(desk), desk.archive()
    taken = ingest(archive, bundle, NOW)
    assert (taken.new, taken.stages, taken.mission.items) == (True, 2, 2)
    objects = objects_of(archive)
    for path in bundle.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            assert b"".join(objects.parts(hashlib.sha256(data).hexdigest())) == data
    found = items_in(archive)
    assert sorted(i["id"] for i in found) == ["F_00001", "F_00002"]
    assert {i["collection"] for i in found} == {"M-one-2026"}
    logged = [
        hashlib.sha256(path.read_bytes()).hexdigest()
        for stage in ("stage-01", "stage-02")
        for path in [bundle / stage / "manifest.json", *sorted(bundle.glob(f"{stage}/sig*/*"))]
    ]
    assert [e.sha256 for _, e in entries_read(archive.log)] == logged
    assert taken.logged == len(logged) - 1 == 5


def test_assets_lead_to_objects(desk: Desk) -> None:
    archive = desk.archive()
    ingest(archive, full(desk), NOW)
    for one in items_in(archive):
        assert one["links"] == []
        for asset in one["assets"].values():
            _, objects, sha256, name = asset["href"].split("/")
            assert (objects, asset["file:checksum"]) == ("objects", f"1220{sha256}")
            assert name.endswith(".tif")
            data = b"".join(objects_of(archive).parts(sha256))
            assert hashlib.sha256(data).hexdigest() == sha256
            assert len(data) == asset["file:size"]


def test_what_access_is_decided_on_comes_from_the_signed_documents(desk: Desk) -> None:
    events = {
        "kind": "bundle-events", "version": 1, "mission": "M-one/2026", "observing": "AAA",
        "observed": "BBB", "marks": ["SIMULATED"],
        "events": [{"at": "2026-05-01T00:00:00Z", "move": "notify", "by": "AAA",
                    "facts": {"quota_flight": "inside"}, "documents": []}],
    }  # fmt: skip
    flight = {"kind": "flight-record", "version": 1, "treaty": TREATY, "observing": "AAA",
              "observed": "BBB", "commenced": "2026-05-01T07:00:00Z", "counted": True,
              "marks": ["SIMULATED"]}  # fmt: skip
    files = {
        "event/events-001.json": json.dumps(events).encode(),
        "flight-record/flight.json": json.dumps(flight).encode(),
    }
    bundle = desk.mission("one", first_files() | files, later_files())
    found = ingest(desk.archive(), bundle, NOW).mission
    assert found.treaty == TREATY
    assert found.flown == dt.date(2026, 5, 2)
    assert found.sensors == ("CAM",)
    assert found.counted is True
    assert found.kind == "quota"
    assert found.marks == ("SIMULATED",)
    assert (found.observing, found.observed, found.received_as) == ("AAA", "BBB", "original")


def test_a_bundle_without_items_gets_one(desk: Desk) -> None:
    archive = desk.archive()
    assert ingest(archive, desk.mission("one", first_files()), NOW).mission.items == 1
    (one,) = items_in(archive)
    assert one["id"] == "M-one-2026"
    assert one["properties"]["title"].startswith("SIMULATED: ")
    assert one["properties"]["overflight:marks"] == ["SIMULATED"]
    assert one["properties"]["datetime"] == "2026-05-02T00:00:00Z"
    assert list(one["assets"]) == ["mission-report/report.json"]


def test_a_later_stage_adds_what_is_new_and_rewrites_nothing(desk: Desk) -> None:
    archive = desk.archive()
    early = desk.mission("one", first_files())
    ingest(archive, early, NOW)
    before = tree(archive.objects)
    places = {p: p.stat().st_ino for p in archive.objects.rglob("*") if p.is_file()}
    later = desk.mission("one", later_files())
    taken = ingest(archive, later, NOW)
    assert (taken.new, taken.stages, taken.mission.stage, taken.mission.items) == (False, 1, 2, 2)
    after = tree(archive.objects)
    assert {k: after[k] for k in before} == before
    assert {p: p.stat().st_ino for p in places} == places
    assert sorted(i["id"] for i in items_in(archive)) == ["F_00001", "F_00002"]


def test_the_same_again_writes_nothing(desk: Desk) -> None:
    archive, bundle = desk.archive(), full(desk)
    ingest(archive, bundle, NOW)
    before, objects = unchanged(archive), tree(archive.objects)
    assert ingest(archive, bundle, day(21)).nothing
    assert (unchanged(archive), tree(archive.objects)) == (before, objects)


def test_an_earlier_copy_takes_nothing_away(desk: Desk, tmp_path: Path) -> None:
    import shutil

    archive = desk.archive()
    shutil.copytree(desk.mission("one", first_files()), tmp_path / "early")
    ingest(archive, desk.mission("one", later_files()), NOW)
    before = unchanged(archive)
    assert ingest(archive, tmp_path / "early", NOW).nothing
    assert unchanged(archive) == before


def test_a_signature_that_came_later_is_added(desk: Desk) -> None:
    archive, bundle = desk.archive(), full(desk)
    ingest(archive, bundle, NOW)
    desk.place = bundle
    desk.sign("CCC", "witness", day(10))
    taken = ingest(archive, bundle, NOW)
    assert (taken.stages, taken.files) == (0, 1)
    assert check(archive, NOW, scrub=True).problems == ()


def test_a_single_file_is_taken_like_the_folder(desk: Desk, tmp_path: Path) -> None:
    from overflight.record.packing import pack

    bundle = full(desk)
    pack(open_store(bundle), tmp_path / "one.tar")
    one, other = desk.archive(name="a"), desk.archive(name="b")
    assert ingest(one, bundle, NOW).mission == ingest(other, tmp_path / "one.tar", NOW).mission
    assert tree(one.objects) == tree(other.objects)


def test_a_mission_can_be_read_back_as_the_bundle_it_was(desk: Desk, tmp_path: Path) -> None:
    archive, bundle = desk.archive(), full(desk)
    number = ingest(archive, bundle, NOW).mission.id
    with at_desk(archive) as one:
        store = store_of(archive, one.connection, objects_of(archive), number, folder=tmp_path)
    assert set(store.files) == set(open_store(bundle).files)
    verdict = verify_bundle(store, read_ring(desk.ring), NOW)
    assert verdict == dataclasses.replace(verify_bundle(open_store(bundle), read_ring(desk.ring),
                                                        NOW))  # fmt: skip


def test_the_holder_is_the_observed_party(desk: Desk) -> None:
    assert ingest(desk.archive("BBB"), full(desk), NOW).mission.received_as == "copy"


def test_a_common_archive(desk: Desk) -> None:
    assert ingest(desk.archive("common"), full(desk), NOW).mission.received_as == "shared"


def test_a_third_party_says_under_which_request(desk: Desk) -> None:
    archive, bundle = desk.archive("CCC"), full(desk)
    with pytest.raises(DataError) as caught:
        ingest(archive, bundle, NOW)
    assert "--request" in caught.value.remedy
    found = ingest(archive, bundle, NOW, request="R-1").mission
    assert (found.received_as, found.request) == ("delivery", "R-1")


def test_portions_come_in_and_add_up(desk: Desk) -> None:
    archive, bundle = desk.archive("CCC"), full(desk)
    one = desk.portion(bundle, ["frame/0001.tif", "stac/0001.json"], "p1")
    other = desk.portion(bundle, ["frame-original/0001.tif", "stac/0001.json"], "p2")
    first = ingest(archive, one, NOW, request="R-1")
    assert first.mission.items == 1
    assert list(items_in(archive)[0]["assets"]) == ["frame"]
    ingest(archive, other, NOW, request="R-1")
    assert sorted(items_in(archive)[0]["assets"]) == ["frame", "frame-original"]
    assert ingest(archive, one, NOW, request="R-1").nothing
    assert check(archive, NOW, scrub=True).problems == ()
    ingest(archive, bundle, NOW, request="R-1")
    assert len(items_in(archive)) == 2
    assert check(archive, NOW, scrub=True).problems == ()


@pytest.mark.parametrize("carried_out", [False, True])
@pytest.mark.parametrize("before", [False, True])
def test_what_both_agreed_to_take_out(desk: Desk, before: bool, carried_out: bool) -> None:
    """Taken in or not before the agreement, and whether or not it was taken out of the bundle."""
    archive, bundle = desk.archive(), full(desk)
    if before:
        ingest(archive, bundle, NOW)
    note = desk.root / "note.txt"
    note.write_text("Both agree.")
    agree_to_redact(bundle, ["frame/0001.tif"], note, at=day(6))
    desk.sign_at(bundle, day(6, 1))
    if carried_out:
        carry_out(bundle, read_ring(desk.ring), NOW)
    assert ingest(archive, bundle, NOW).mission.stage == 3
    with at_desk(archive) as one:
        paths = [row.path for row in tables.files(one.connection, 1)]
    assert "stage-02/files/frame/0001.tif" not in paths
    shown = {i["id"]: sorted(i["assets"]) for i in items_in(archive)}
    assert shown == {"F_00001": ["frame-original"], "F_00002": ["frame", "frame-original"]}
    digest = hashlib.sha256(picture(101)).hexdigest()
    assert check(archive, NOW, scrub=True, tidy=True).problems == ()
    assert objects_of(archive).size(digest) is None


def test_what_both_agreed_to_take_out_of_a_portion(desk: Desk) -> None:
    archive, bundle = desk.archive("CCC"), full(desk)
    part = desk.portion(bundle, ["frame/0001.tif", "stac/0001.json"], "part")
    ingest(archive, part, NOW, request="R-1")
    note = desk.root / "note.txt"
    note.write_text("Both agree.")
    agree_to_redact(bundle, ["frame/0001.tif"], note, at=day(6))
    desk.sign_at(bundle, day(6, 1))
    ingest(archive, bundle, NOW, request="R-1")
    assert [sorted(i["assets"]) for i in items_in(archive) if i["id"] == "F_00001"] == [
        ["frame-original"]
    ]  # fmt: skip
    assert check(archive, NOW, scrub=True, tidy=True).problems == ()


# --- what is refused ----------------------------------------------------------------------------


def spoiled(change: Callable[[dict[str, Any]], object]) -> dict[str, bytes]:
    """Files of a second stage whose first item was changed before it was sealed."""
    files = later_files()
    document = json.loads(files["stac/0001.json"])
    change(document)
    return files | {"stac/0001.json": json.dumps(document).encode()}


def put(*path: str, value: Any) -> Callable[[dict[str, Any]], object]:
    def change(document: dict[str, Any]) -> None:
        for key in path[:-1]:
            document = document[key]
        document[path[-1]] = value

    return change


BOW = {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}
FAR = {"type": "Polygon", "coordinates": [[[0, 0], [190, 0], [1, 1], [0, 0]]]}
OPEN_RING = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1]]]}
LIES = {
    "a digest that is not there": (put("assets", "frame", "file:checksum",
                                       value="1220" + "0" * 64), "item-files"),
    "no digest at all": (put("assets", "frame", "file:checksum", value="md5"), "item-files"),
    "another file's digest": (put("assets", "frame", "file:checksum", value="1220" +
                              hashlib.sha256(picture(2)).hexdigest()), "item-files"),
    "another size": (put("assets", "frame", "file:size", value=1), "item-files"),
    "a file that is not there": (put("assets", "more", value={"href": "../frame/9.tif"}),
                                 "item-files"),
    "a file elsewhere": (put("assets", "more", value={"href": "https://example.org/x.tif"}),
                         "item-files"),
    "a mark less": (put("properties", "overflight:marks", value=[]), "marks-differ"),
    "no marks": (lambda d: d["properties"].pop("overflight:marks"), "marks-differ"),
    "a mark more": (put("properties", "overflight:marks", value=["EXERCISE", "SIMULATED"]),
                    "marks-differ"),
    "marks that are none": (put("properties", "overflight:marks", value="SIMULATED"),
                            "marks-differ"),
    "another observing Party": (put("properties", "overflight:observing", value="CCC"),
                                "parties-differ"),
    "another observed Party": (put("properties", "overflight:observed", value="AAA"),
                               "parties-differ"),
    "another treaty": (put("properties", "overflight:treaty", value="other"), "treaty-differs"),
    "an outline that crosses itself": (lambda d: d.update(geometry=BOW, bbox=[0, 0, 1, 1]),
                                       "bad-geometry"),
    "a place off the Earth": (lambda d: d.update(geometry=FAR, bbox=[0, 0, 190, 1]),
                              "bad-geometry"),
    "a ring that is open": (lambda d: d.update(geometry=OPEN_RING, bbox=[0, 0, 1, 1]),
                            "bad-geometry"),
    "a box elsewhere": (put("bbox", value=square(60, 10)["bbox"]), "bad-geometry"),
    "no box": (put("bbox", value=None), "bad-geometry"),
    "a geometry that is text": (put("geometry", value="here"), "bad-geometry"),
    "coordinates without end": (put("geometry", "coordinates", value=[[[]]]), "bad-geometry"),
    "no id": (put("id", value=None), "bad-item"),
    "an id that is a path": (put("id", value="../../etc"), "bad-item"),
    "no time": (put("properties", "datetime", value=None), "bad-item"),
    "a time that is none": (put("properties", "datetime", value="2026-13-01T00:00:00Z"),
                            "bad-item"),
    "no assets": (put("assets", value=None), "bad-item"),
    "an id twice": (put("id", value="F_00002"), "item-doubled"),
}  # fmt: skip


@pytest.mark.parametrize("lie", LIES)
def test_an_item_that_lies_is_refused(desk: Desk, lie: str) -> None:
    change, code = LIES[lie]
    archive = desk.archive()
    before = unchanged(archive)
    with pytest.raises(Refused) as caught:
        ingest(archive, desk.mission("one", first_files(), spoiled(change)), NOW)
    assert caught.value.code == code
    assert caught.value.remedy
    assert unchanged(archive) == before
    assert tree(archive.objects) == tree(archive.incoming) == {}


DOCUMENTS = {
    "a report of other Parties": ({"mission-report/r.json": report(observing="CCC")},
                                  "parties-differ"),
    "a report with another mark": ({"mission-report/r.json": report(marks=["EXERCISE"])},
                                   "marks-differ"),
    "a report of two treaties": ({"mission-report/r.json": report(treaty="other")},
                                 "treaty-differs"),
    "a report with more in it": ({"mission-report/r.json": report(secret=1)}, "bad-document"),
    "a working plan": ({"event/x.json": b'{"kind": "working-plan"}'}, "stays-at-home"),
    "a working plan within": ({"event/x.csv": b'a,"{\\"kind\\": \\"working-plan\\"}"'},
                              "stays-at-home"),
    "a working plan behind a picture": ({"frame/x.tif": picture(1) + b'{"kind":"working-plan"}'},
                                        "stays-at-home"),
    "a working plan that is packed": ({"event/x.gz": gzip.compress(b'{"kind":"working-plan"}')},
                                      "stays-at-home"),
    "a private key": ({"event/x.txt": b"-----BEGIN PRIVATE KEY-----"}, "stays-at-home"),
    "private values": ({"event/x.json": b'{"h": 1, "private": true}'}, "stays-at-home"),
    "a private name": ({"event/my-sites.txt": b"x"}, "stays-at-home"),
    "an item that is none": ({"stac/x.json": b'{"type": "Feature"'}, "bad-item"),
    "an item that is no text": ({"stac/x.json": b"\x00\x01"}, "bad-item"),
}  # fmt: skip


@pytest.mark.parametrize("lie", DOCUMENTS)
def test_a_document_that_lies_or_stays_at_home_is_refused(desk: Desk, lie: str) -> None:
    files, code = DOCUMENTS[lie]
    archive = desk.archive()
    before = unchanged(archive)
    with pytest.raises(Refused) as caught:
        ingest(archive, desk.mission("one", first_files() | files), NOW)
    assert caught.value.code == code
    assert unchanged(archive) == before
    assert tree(archive.objects) == {}


def test_an_item_may_name_the_treaty_as_people_do_and_no_party(desk: Desk) -> None:
    """As the items of processed frames do."""

    def change(document: dict[str, Any]) -> None:
        document["properties"]["overflight:treaty"] = "Open Skies Treaty"
        document["properties"]["overflight:observed"] = ""
        del document["properties"]["overflight:observing"]

    one = json.loads(spoiled(change)["stac/0001.json"])
    files = {k: v for k, v in later_files((1,)).items() if not k.startswith("stac/")}
    files |= {"stac/0001.json": json.dumps(one).encode()}
    first = first_files() | {"mission-report/report.json": report(treaty="open-skies")}
    archive = desk.archive(treaty="open-skies")
    assert ingest(archive, desk.mission("one", first, files), NOW).mission.treaty == "open-skies"
    (found,) = items_in(archive)
    said = [found["properties"][f"overflight:{w}"] for w in ("observing", "observed")]
    assert said == ["AAA", "BBB"]


def test_a_mission_of_another_treaty_is_refused(desk: Desk) -> None:
    with pytest.raises(Refused) as caught:
        ingest(desk.archive(treaty="other"), full(desk), NOW)
    assert caught.value.code == "treaty-differs"


def test_a_bundle_that_is_not_signed_is_refused(desk: Desk) -> None:
    bundle = desk.mission("one", first_files(), signed=False)
    with pytest.raises(Refused) as caught:
        ingest(desk.archive(), bundle, NOW)
    assert caught.value.code == "signature-missing"
    assert "bundle verify" in caught.value.remedy


def test_a_file_that_was_changed_is_refused(desk: Desk) -> None:
    bundle, archive = full(desk), desk.archive()
    file = bundle / "stage-02/files/frame/0001.tif"
    file.write_bytes(file.read_bytes()[:-1] + b"!")
    with pytest.raises(Refused) as caught:
        ingest(archive, bundle, NOW)
    assert caught.value.code == "changed"
    assert tree(archive.objects) == {}


def test_a_file_that_changes_after_it_was_verified_is_refused(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from overflight.archive.keeping import ingest as module

    bundle, archive = full(desk), desk.archive()
    before = unchanged(archive)
    real = module.verify

    def verify(path: Path, *rest: Any) -> Any:
        found = real(path, *rest)
        file = path / "stage-02/files/frame/0001.tif"
        file.write_bytes(file.read_bytes()[:-1] + b"!")
        return found

    monkeypatch.setattr(module, "verify", verify)
    with pytest.raises(Refused) as caught:
        ingest(archive, bundle, NOW)
    assert caught.value.code == "changed"
    assert unchanged(archive) == before
    assert tree(archive.incoming) == {}


def test_another_bundle_under_the_same_name_is_refused(desk: Desk) -> None:
    archive = desk.archive()
    ingest(archive, desk.mission("one", first_files()), NOW)
    before = unchanged(archive)
    who = dataclasses.replace(IDENTITY, id="M-one/2026")
    other = desk.mission("two", first_files() | {"event/x.txt": b"(FPL-"}, identity=who)
    with pytest.raises(Refused) as caught:
        ingest(archive, other, NOW)
    assert caught.value.code == "other-history"
    assert unchanged(archive) == before


def test_a_portion_of_another_bundle_of_that_name_is_refused(desk: Desk) -> None:
    archive = desk.archive("CCC")
    bundle = desk.mission("one", first_files())
    part = desk.portion(bundle, ["frame-original/0001.tif"], "part")
    ingest(archive, part, NOW, request="R-1")
    before = unchanged(archive)
    who = dataclasses.replace(IDENTITY, id="M-one/2026")
    for number, name in enumerate(("two", "three")):
        files = first_files() | {"frame-original/0001.tif": picture(50 + number)}
        other = desk.mission(name, files, later_files((2,)), identity=who)
        for given in (other, desk.portion(other, ["frame-original/0001.tif"], f"{name}-part")):
            with pytest.raises(Refused) as caught:
                ingest(archive, given, NOW, request="R-1")
            assert caught.value.code == "other-history"
    assert unchanged(archive) == before


def test_another_second_stage_is_refused(desk: Desk, tmp_path: Path) -> None:
    import shutil

    archive = desk.archive()
    shutil.copytree(desk.mission("one", first_files()), tmp_path / "fork")
    ingest(archive, desk.mission("one", later_files()), NOW)
    before = unchanged(archive)
    desk.mission("fork", later_files((1,)))
    with pytest.raises(Refused) as caught:
        ingest(archive, tmp_path / "fork", NOW)
    assert caught.value.code == "other-history"
    assert unchanged(archive) == before


@pytest.mark.parametrize(
    ("who", "code"),
    [
        (Identity("M-one/2026", "AAA", "BBB", ()), "other-history"),
        (Identity("M-one/2026", "BBB", "AAA", ("SIMULATED",)), "id-taken"),
        (Identity("M-one-2026", "AAA", "BBB", ("SIMULATED",)), "id-taken"),
    ],
)
def test_a_name_that_is_taken(desk: Desk, who: Identity, code: str) -> None:
    archive = desk.archive()
    ingest(archive, desk.mission("one", first_files()), NOW)
    files = {"frame-original/1.tif": picture(9)}
    with pytest.raises(Refused) as caught:
        ingest(archive, desk.mission("two", files, identity=who), NOW)
    assert caught.value.code == code


# --- the archive itself -------------------------------------------------------------------------


def test_an_archive_is_begun_once(desk: Desk) -> None:
    archive = desk.archive()
    with pytest.raises(DataError):
        make_archive(archive.root, archive.settings, desk.ring)
    assert open_archive(archive.root).settings == archive.settings


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": "Bad Id"}, {"id": ""}, {"holder": "aaa"}, {"store": "nowhere"},
        {"database": "postgresql://me:secret@host/db"}, {"store": 's3://a"b'},
    ],
)  # fmt: skip
def test_settings_that_no_archive_has(desk: Desk, tmp_path: Path, wrong: dict[str, str]) -> None:
    settings = Settings(**({"id": "a", "holder": "AAA", "created": NOW} | wrong))  # type: ignore[arg-type]
    with pytest.raises(DataError) as caught:
        make_archive(tmp_path / "new", settings, desk.ring)
    assert caught.value.remedy
    assert not (tmp_path / "new").exists()


def test_settings_come_back_as_they_were(tmp_path: Path) -> None:
    made = Settings("a", "AAA", NOW, "t", "s3://b/c", "", {"x": 'quo"te\\d'})
    (tmp_path / "archive.toml").write_text(settings_text(made))
    assert open_archive(tmp_path).settings == made


def test_a_folder_that_is_no_archive(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        open_archive(tmp_path)
    assert "archive init" in caught.value.remedy


def test_the_table_of_missions_reads_back(desk: Desk) -> None:
    archive = desk.archive()
    taken = ingest(archive, full(desk), NOW).mission
    with at_desk(archive) as one:
        assert tables.missions(one.connection) == (taken,)
        assert tables.find(one.connection, "M-one/2026", "AAA", "BBB") == taken
        assert item(1, {})["id"] == "F_00001"
