"""Files that are written completely or not at all, and nowhere else than they were asked for."""

import os
import stat
import sys

import pytest

from absclust import WriteError
from absclust.atomic import replacing, write_beside

pytestmark = pytest.mark.attack
posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")


def whole(path):
    path.write_text("whole", "utf-8")


def test_what_was_there_stays_until_all_is_written(tmp_path):
    (tmp_path / "a").write_text("old")

    def cut(path):
        path.write_text("ha")
        assert (tmp_path / "a").read_text() == "old"
        raise OSError(28, "No space left on device")

    with pytest.raises(WriteError, match="No space left"):
        write_beside(tmp_path / "a", cut)
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("a", "old")]


def test_the_name_that_is_written_to_can_not_be_foreseen(tmp_path):
    names = set()
    for _ in range(3):
        write_beside(tmp_path / "page.html", lambda path: (names.add(path.name), whole(path)))
    assert len(names) == 3
    assert not any(str(os.getpid()) in name.split(".") for name in names)


def test_a_file_of_that_name_is_not_written_to(tmp_path, monkeypatch):
    monkeypatch.setattr("absclust.atomic.token_hex", lambda _: "known")
    (tmp_path / "mine").write_text("mine")
    (tmp_path / "page.html.known.part").symlink_to(tmp_path / "mine")
    with pytest.raises(WriteError, match="exists"):
        write_beside(tmp_path / "page.html", whole)
    assert (tmp_path / "mine").read_text() == "mine"


@posix
def test_a_link_stays_and_its_file_is_written(tmp_path):
    (tmp_path / "folder").mkdir()
    for name in ("there", "absent"):
        (tmp_path / name).symlink_to(tmp_path / "folder" / name)
    (tmp_path / "folder" / "there").write_text("old")
    for name in ("there", "absent"):
        write_beside(tmp_path / name, whole)
        assert (tmp_path / name).is_symlink()
        assert (tmp_path / "folder" / name).read_text() == "whole"
    with replacing(tmp_path / "there") as beside:
        whole(beside)
    assert not (tmp_path / "there").is_symlink()


@posix
def test_a_device_is_written_to_and_stays(tmp_path):
    for device in ("/dev/full", "/dev/null"):
        if not os.path.exists(device):
            pytest.skip(f"there is no {device}")
        (tmp_path / "link").unlink(missing_ok=True)
        (tmp_path / "link").symlink_to(device)
        if device == "/dev/full":
            with pytest.raises(WriteError, match="No space left"):
                write_beside(tmp_path / "link", whole)
        else:
            write_beside(tmp_path / "link", whole)
        assert stat.S_ISCHR(os.stat(device).st_mode)


@posix
def test_an_existing_file_keeps_its_mode(tmp_path):
    (tmp_path / "a").touch(0o600)
    (tmp_path / "a").chmod(0o600)
    write_beside(tmp_path / "a", whole)
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o600


def test_what_can_not_be_written(tmp_path, monkeypatch):
    with pytest.raises(WriteError, match="null byte"):
        write_beside(tmp_path / "a\0b", whole)
    with pytest.raises(WriteError, match="can't be a path"):
        write_beside(5, whole)
    with pytest.raises(WriteError, match="name too long"):
        write_beside(tmp_path / ("x" * 300), whole)
    with pytest.raises(WriteError, match="no folder"):
        write_beside(tmp_path / "nowhere" / "a", whole)
    with pytest.raises(WriteError, match="is a folder"):
        write_beside(tmp_path, whole)

    def refuse(*_, **__):
        raise OSError(30, "Read-only file system")

    # As on a disk that is read-only: what removes the file fails as well, and says nothing of it.
    monkeypatch.setattr("absclust.atomic.Path.open", refuse)
    monkeypatch.setattr("absclust.atomic.Path.unlink", refuse)
    with pytest.raises(WriteError, match="Read-only"):
        write_beside(tmp_path / "a", whole)


def test_bytes_do_not_go_into_a_file_that_is_open_for_text(tmp_path):
    with (tmp_path / "a.zip").open("w") as file, pytest.raises(WriteError, match="'wb'"):
        write_beside(file, lambda beside: beside.write_bytes(b"\xff\x00"))
