"""Files are written whole or not at all."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from derive.files import WritingError, write_files


def test_folders_are_made_and_old_files_replaced(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    write_files(folder, {"a.txt": "old\n", "b.txt": "σ\n"}.items())
    write_files(folder, {"a.txt": "new\n"}.items())
    assert {p.name: p.read_text("utf-8") for p in folder.iterdir()} == {"a.txt": "new\n", "b.txt": "σ\n"}


def test_files_can_be_read_by_others(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        write_files(tmp_path, {"a.txt": ""}.items())
    finally:
        os.umask(before)
    assert (tmp_path / "a.txt").stat().st_mode & 0o777 == 0o644


def test_nothing_half_written_stays(tmp_path: Path) -> None:
    with pytest.raises(WritingError, match="nothing was written"):
        write_files(tmp_path / "out", {"a.txt": "1", "good.txt": "1", "good.txt/folder.txt": "2"}.items())
    assert list(tmp_path.iterdir()) == []


def test_folders_inside_are_made(tmp_path: Path) -> None:
    write_files(tmp_path / "out", {"a.txt": "1", "inside/b.txt": "2"}.items())
    assert (tmp_path / "out" / "inside" / "b.txt").read_text("utf-8") == "2"


def test_text_that_cannot_be_encoded_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(UnicodeEncodeError):
        write_files(tmp_path, {"good.txt": "1", "bad.txt": "\ud800"}.items())
    assert list(tmp_path.iterdir()) == []


def test_a_folder_where_a_file_should_be(tmp_path: Path) -> None:
    (tmp_path / "b.txt").mkdir()
    with pytest.raises(WritingError, match=r"b\.txt"):
        write_files(tmp_path, {"a.txt": "1", "b.txt": "2"}.items())
    assert [path.name for path in tmp_path.iterdir()] == ["b.txt"]


def test_a_file_that_does_not_come_leaves_nothing(tmp_path: Path) -> None:
    def coming() -> Iterator[tuple[str, str]]:
        yield "inside/a.txt", "1"
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_files(tmp_path / "out", coming())
    assert list(tmp_path.iterdir()) == []


def test_files_are_put_in_place_together(tmp_path: Path) -> None:
    def coming() -> Iterator[tuple[str, str]]:
        yield "a.txt", "1"
        assert not (tmp_path / "a.txt").exists()
        yield "b.txt", "2"

    assert write_files(tmp_path, coming()) == ["a.txt", "b.txt"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.txt", "b.txt"]


def test_the_place_is_named_where_it_was_meant(tmp_path: Path) -> None:
    name = "a" * 300 + ".txt"
    with pytest.raises(WritingError, match=rf"cannot write {re.escape(str(tmp_path / name))}: "):
        write_files(tmp_path, [(name, "1")])
    assert list(tmp_path.iterdir()) == []


def test_a_file_where_the_folder_should_be(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(WritingError, match="cannot write"):
        write_files(tmp_path / "out", {"a.txt": "1"}.items())
    with pytest.raises(WritingError, match="cannot write"):
        write_files(tmp_path / "out" / "deeper", {"a.txt": "1"}.items())
    assert (tmp_path / "out").read_text() == "a file"
