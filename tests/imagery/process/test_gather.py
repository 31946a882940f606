"""Frames out of files and folders."""

from __future__ import annotations

from pathlib import Path

import pytest

from overflight.errors import DataError
from overflight.imagery.process.gather import gathered


def make(folder: Path, *names: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).write_bytes(name.encode())


def test_pictures_of_a_folder_in_natural_order(tmp_path: Path) -> None:
    make(tmp_path, "f10.tif", "f9.tif", "F1.JPG", "notes.txt", ".f2.tif")
    assert list(gathered([tmp_path])) == ["F1", "f9", "f10"]


def test_names_that_differ_in_their_ending_only_keep_it(tmp_path: Path) -> None:
    make(tmp_path, "a.tif", "a.jpg", "b.jpg")
    assert list(gathered([tmp_path])) == ["a_jpg", "a_tif", "b"]


def test_a_file_given_twice_is_one_frame(tmp_path: Path) -> None:
    make(tmp_path, "a.tif")
    assert list(gathered([tmp_path, tmp_path / "a.tif"])) == ["a"]


def test_what_cannot_be_is_refused(tmp_path: Path) -> None:
    make(tmp_path / "one", "a.tif")
    make(tmp_path / "two", "a.tif")
    make(tmp_path / "none", "a.txt")
    with pytest.raises(DataError, match="two frames are called"):
        gathered([tmp_path / "one", tmp_path / "two"])
    with pytest.raises(DataError, match="no picture"):
        gathered([tmp_path / "none"])
    with pytest.raises(DataError, match="no such file"):
        gathered([tmp_path / "missing.tif"])
