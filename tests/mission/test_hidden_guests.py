"""Documents that stay at home, hidden in what goes to the other side: each case and its answer."""

from __future__ import annotations

import base64
import bz2
import gzip
import io
import json
import lzma
import tarfile
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overflight.errors import DataError
from overflight.formats.hidden import Search
from overflight.formats.picture_parts import parts_of
from overflight.mission.bundle_kinds import role_of
from tinytiff import jpeg, png, tiff

PLAN = json.dumps({"kind": "working-plan", "version": 1, "sites": ["A"]}).encode()
SITES = b"name,lat,lon,value\nA,50.1,8.2,3\n" * 12
"""What no word in it gives away."""
NEVER, VOUCH, FINE = "stays at home", "a person looks through it", "goes in"


def zipped(data: bytes, name: str = "a.bin") -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(name, data)
    return made.getvalue()


def locked(data: bytes) -> bytes:
    """A zip that says that it needs a password."""
    made = bytearray(zipped(data))
    made[6] |= 1
    made[made.rindex(b"PK\1\2") + 8] |= 1
    return bytes(made)


def tarred(data: bytes, name: str = "a.bin") -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        info = tarfile.TarInfo(name)
        info.size = len(data)
        archive.addfile(info, io.BytesIO(data))
    return made.getvalue()


def coded(data: bytes) -> bytes:
    return base64.b64encode(data)


def item(**properties: object) -> bytes:
    """An item of somebody else's, as STAC allows it."""
    return json.dumps(
        {
            "type": "Feature", "stac_version": "1.1.0", "stac_extensions": [], "id": "a",
            "geometry": None, "properties": {"datetime": None, **properties},
            "links": [], "assets": {},
        }
    ).encode()  # fmt: skip


def asset(**fields: object) -> bytes:
    return json.dumps(
        json.loads(item()) | {"assets": {"copy": {"href": "a.tif", **fields}}}
    ).encode()


def wide(data: bytes, coding: str = "utf-16-le") -> bytes:
    return data.decode().encode(coding)


PICTURES = {
    "a plain picture": (tiff(), FINE),
    "a BigTIFF of the other byte order": (tiff(big=True, order=">"), FINE),
    "a picture with a description": (tiff(texts={270: b"OFTD frame 12, as exposed"}), FINE),
    "a small PNG": (png((b"tEXt", b"Software\0any")), FINE),
    "a small JPEG": (jpeg((0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0")), FINE),
    "in a tag for texts": (tiff(texts={270: PLAN}), NEVER),
    "in a tag of a BigTIFF": (tiff(texts={270: PLAN}, big=True), NEVER),
    "in a tag of XML, with its quotes escaped": (
        tiff(texts={42112: PLAN.replace(b'"', b"&amp;quot;")}), NEVER),
    "in a tag, two bytes a letter": (tiff(texts={40092 - 55: wide(PLAN)}), NEVER),
    "in a tag, the other way round": (tiff(texts={270: wide(PLAN, "utf-16-be")}), NEVER),
    "in a tag, as base64": (tiff(texts={270: b"thumbnail " + coded(PLAN)}), NEVER),
    "in a tag, as base64 in lines": (tiff(texts={700: base64.encodebytes(PLAN)}), NEVER),
    "in a tag, packed and as base64": (tiff(texts={270: coded(gzip.compress(PLAN))}), NEVER),
    "in a tag, as zlib": (tiff(texts={37500: zlib.compress(PLAN)}), NEVER),
    "in a tag, as gzip": (tiff(texts={37500: gzip.compress(PLAN)}), NEVER),
    "in a tag, as bzip2": (tiff(texts={37500: bz2.compress(PLAN)}), NEVER),
    "in a tag, as xz": (tiff(texts={37500: lzma.compress(PLAN)}), NEVER),
    "in a tag, in a zip": (tiff(texts={37500: zipped(PLAN)}), NEVER),
    "in a tag, in a tar": (tiff(texts={37500: tarred(PLAN)}), NEVER),
    "in a tag, in a tar in a zip": (tiff(texts={37500: zipped(tarred(PLAN))}), NEVER),
    "in a tag, a zip of a name that says it": (
        tiff(texts={37500: zipped(SITES, "my-sites.csv")}), NEVER),
    "in a tag, a zip with a password": (
        tiff(texts={270: coded(locked(SITES))}), VOUCH),
    "in a tag, a zip of what nobody knows": (tiff(texts={37500: zipped(SITES)}), VOUCH),
    "in a tag that nobody knows": (tiff(texts={65000: SITES}), VOUCH),
    "a plan in a tag that nobody knows": (tiff(texts={65000: PLAN}), NEVER),
    "in a tag, more than a text has": (tiff(texts={270: b"x " * 40_000}), VOUCH),
    "between the pixels and the directory": (tiff(between=PLAN), NEVER),
    "sites between the pixels and the directory": (tiff(between=SITES), VOUCH),
    "a zip between the pixels and the directory": (tiff(between=bytes(40) + zipped(SITES)), VOUCH),
    "a packed plan between the pixels and the directory": (
        tiff(between=bytes(40) + gzip.compress(PLAN)), NEVER),
    "after the last directory": (tiff(after=PLAN), NEVER),
    "after the last directory, packed": (tiff(after=zipped(PLAN)), NEVER),
    "after the last directory, a tar": (tiff(after=tarred(PLAN, "a")), NEVER),
    "sites after the last directory": (tiff(after=SITES), VOUCH),
    "noise after the last directory": (tiff(after=bytes(range(1, 200))), VOUCH),
    "zeros after the last directory": (tiff(after=bytes(5000)), FINE),
    "in the pixels, as it is written": (tiff(PLAN), NEVER),
    "a key in a tag": (
        tiff(texts={270: b"-----BEGIN ENCRYPTED PRIVATE KEY-----\nMII"}), NEVER),
    "values of an overlay in a tag": (tiff(texts={270: b'{"private": true}'}), NEVER),
    "a directory that leads to itself": (tiff(follow=10), VOUCH),
    "a directory beyond the end": (tiff(follow=1 << 20), VOUCH),
    "a directory farther than any file goes": (tiff(follow=2**64 - 1, big=True), VOUCH),
    "a TIFF in name only": (b"II*\0 whatever", VOUCH),
    "a chunk of text in a PNG": (png((b"tEXt", b"Comment\0" + PLAN)), NEVER),
    "a chunk of packed text in a PNG": (
        png((b"zTXt", b"Comment\0\0" + zlib.compress(PLAN))), NEVER),
    "a chunk of packed international text in a PNG": (
        png((b"iTXt", b"Comment\0\1\0de\0x\0" + zlib.compress(PLAN))), NEVER),
    "a chunk that nobody knows in a PNG": (png((b"prVt", SITES)), VOUCH),
    "after the end of a PNG": (png(after=SITES), VOUCH),
    "a plan after the end of a PNG": (png(after=zipped(PLAN)), NEVER),
    "a comment in a JPEG": (jpeg((0xFE, PLAN)), NEVER),
    "a segment of a JPEG, as base64": (jpeg((0xE1, b"Exif\0\0" + coded(PLAN))), NEVER),
    "after the end of a JPEG": (jpeg(after=SITES), VOUCH),
    "after the end of a JPEG, with a second end": (jpeg(after=SITES + b"\xff\xd9"), VOUCH),
}  # fmt: skip

DOCUMENTS = {
    "an item of somebody else's": (item(gsd=0.3, **{"eo:cloud_cover": 3}), FINE),
    "a plan as a property": (item(title=json.loads(PLAN)), NEVER),
    "a plan as a text in a property": (item(description=PLAN.decode()), NEVER),
    "a plan as base64 in a property": (item(description=coded(PLAN).decode()), NEVER),
    "a packed plan in a property": (item(description=coded(gzip.compress(PLAN)).decode()), NEVER),
    "a plan in a name": (item(**{PLAN.decode(): 1}), NEVER),
    "a plan with letters escaped": (
        item(title="t").replace(b'"t"', PLAN.replace(b"kind", b"\\u006bind")), NEVER),
    "a plan with other letters escaped": (
        item(title="t").replace(b'"t"', PLAN.replace(b"working", b"w\\u006frking")), NEVER),
    "a plan far from its colon": (
        item(title="t").replace(b'"t"', PLAN.replace(b":", b" " * 9000 + b":", 1)), NEVER),
    "a property that nobody knows": (item(**{"my:targets": [[50.1, 8.2]]}), VOUCH),
    "an asset in place of a file": (asset(href="data:text/csv;base64," + coded(SITES).decode()),
                                    VOUCH),
    "a plan as an asset": (asset(href="data:application/json;base64," + coded(PLAN).decode()),
                           NEVER),
    "a field of an asset that nobody knows": (asset(notes="A, B"), VOUCH),
    "a field beside the properties": (
        json.dumps(json.loads(item()) | {"notes": ["A"]}).encode(), VOUCH),
    "an item that says that it is ours": (
        item().replace(b'"stac_extensions": []',
                       b'"stac_extensions": ["urn:overflight:schema:frame-item:1"]'), NEVER),
}  # fmt: skip

OTHERS = {
    "a tar": (tarred(SITES), VOUCH),
    "a tar with a plan": (tarred(PLAN), NEVER),
    "a tar with a name that says it": (tarred(SITES, "private/a.csv"), NEVER),
    "a zip": (zipped(SITES), VOUCH),
    "a zip with a plan": (zipped(PLAN), NEVER),
    "a plan packed": (gzip.compress(PLAN), NEVER),
    "a plan packed after something else": (gzip.compress(SITES) + gzip.compress(PLAN), NEVER),
    "a plan packed five times": (zipped(zipped(zipped(zipped(zipped(PLAN))))), VOUCH),
    "a table with a plan as base64": (b"time,lat,lon\n" + coded(PLAN), NEVER),
    "a plan as Python writes it": (repr(json.loads(PLAN)).encode(), NEVER),
    "a plan as TOML": (b'[a]\n"kind" = "working-plan"\n', NEVER),
    "a report on people and a campaign": (b"The people of this kind, a campaign", VOUCH),
}  # fmt: skip


def answer(path: Path, wanted: str) -> str:
    """What the door says: whether by itself, and whether to somebody who vouches for the file."""
    try:
        role_of(path, wanted, allowed=False)
    except DataError as error:
        assert error.remedy
    else:
        return FINE
    try:
        role_of(path, wanted, allowed=True)
    except DataError:
        return NEVER
    return VOUCH


def put(folder: Path, data: bytes, name: str) -> Path:
    (folder / name).write_bytes(data)
    return folder / name


@pytest.mark.parametrize("case", PICTURES)
def test_in_a_picture(tmp_path: Path, case: str) -> None:
    data, wanted = PICTURES[case]
    assert answer(put(tmp_path, data, "0001.tif"), "frame-original") == wanted


@pytest.mark.parametrize("case", DOCUMENTS)
def test_in_a_stac_document(tmp_path: Path, case: str) -> None:
    data, wanted = DOCUMENTS[case]
    assert answer(put(tmp_path, data, "item.json"), "stac") == wanted


@pytest.mark.parametrize("case", OTHERS)
def test_in_something_else(tmp_path: Path, case: str) -> None:
    data, wanted = OTHERS[case]
    assert answer(put(tmp_path, data, "file"), "event") == wanted


@pytest.mark.parametrize(
    ("data", "marks"),
    [
        (tiff(texts={270: b"SIMULATED frame"}), ("SIMULATED",)),
        (tiff(texts={42112: b'<Item name="OVERFLIGHT_MARKS">EXERCISE SIMULATED</Item>'}),
         ("EXERCISE", "SIMULATED")),
        (tiff(texts={270: b"EXERCISE frame 3"}), ("EXERCISE",)),
        (tiff(texts={270: b"no EXERCISE"}), ()),
        (png((b"tEXt", b"Description\0SIMULATED")), ("SIMULATED",)),
        (tiff(), ()),
    ],
)  # fmt: skip
def test_the_marks_of_a_picture_are_found(
    tmp_path: Path, data: bytes, marks: tuple[str, ...]
) -> None:
    assert role_of(put(tmp_path, data, "a.tif"), "frame", allowed=False)[1] == marks


def test_our_own_pictures_hold_nothing_odd(tmp_path: Path) -> None:
    from overflight.imagery.cog import write_cog
    from overflight.imagery.rectify.grid import MapGrid

    grid = MapGrid("EPSG:32637", 400_000.5, 6_200_000.25, 0.25, 700, 500)
    pixels = np.random.default_rng(1).integers(0, 255, (500, 700), dtype=np.uint8)
    write_cog(tmp_path / "a.tif", pixels, None, grid, marks=("SIMULATED",), tile=256)
    assert role_of(tmp_path / "a.tif", "frame", allowed=False) == ("frame", ("SIMULATED",))


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_pictures_of_gdal_and_pillow_hold_nothing_odd(tmp_path: Path) -> None:
    """Also one that was changed in place, which leaves an old directory between its parts."""
    import rasterio
    from PIL import Image

    pixels = np.random.default_rng(1).integers(0, 255, (300, 400), dtype=np.uint8)
    words = {"driver": "GTiff", "width": 400, "height": 300, "count": 1, "dtype": "uint8",
             "crs": "EPSG:32637"}  # fmt: skip
    for name, more in (("plain", {}), ("tiled", {"tiled": True, "compress": "deflate"}),
                       ("big", {"BIGTIFF": "YES"}), ("cog", {"driver": "COG"})):  # fmt: skip
        with rasterio.open(tmp_path / f"{name}.tif", "w", **(words | more)) as made:
            made.write(pixels, 1)
            made.update_tags(FLIGHT="OS-1")
    with rasterio.open(tmp_path / "tiled.tif", "r+") as made:
        made.build_overviews([2, 4])
        made.update_tags(LEG="3 of 7")
    picture = Image.fromarray(pixels)
    for name in ("a.png", "a.jpg", "a.tif"):
        picture.save(tmp_path / name)
    picture.save(tmp_path / "b.jpg", progressive=True)
    for path in sorted(tmp_path.glob("*.*")):
        if path.suffix in (".tif", ".png", ".jpg"):
            assert answer(path, "frame") == FINE, path.name


@given(st.binary(max_size=300), st.data())
@settings(max_examples=60)
def test_any_bytes_are_looked_at_in_bounds(raw: bytes, data: st.DataObject) -> None:
    good = data.draw(st.sampled_from([tiff(), tiff(big=True), png(), jpeg(), zipped(SITES)]))
    at = data.draw(st.integers(0, len(good)))
    for made in (raw, good[:at] + raw + good[at:], good[:at] + raw + good[at + len(raw) :]):
        parts_of(io.BytesIO(made), len(made))
        search = Search("x")
        try:
            search.into(made)
        except DataError:
            continue
