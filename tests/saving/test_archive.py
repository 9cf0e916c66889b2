"""The folder of a saved map: written completely or not at all, and read only if intact."""

import hashlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from absclust import StoreError
from absclust.saving.archive import dump, parse, read_folder, write_folder
from tests.conftest import ROOT

NAMES = frozenset({"map.json", "arrays.safetensors"})
OLD = {"map.json": b"old", "arrays.safetensors": b"o" * 3_000_000}
NEW = {"map.json": b"new", "arrays.safetensors": b"n" * 3_000_000}


@pytest.fixture
def folder(tmp_path):
    write_folder(tmp_path / "saved", OLD, {})
    return tmp_path / "saved"


def forge(folder, **changes):
    """Change the manifest and update its checksum, as anyone can."""
    path = folder / "manifest.json"
    manifest = json.loads(path.read_bytes())
    del manifest["sha256"]
    manifest |= changes
    manifest["sha256"] = hashlib.sha256(dump(manifest)).hexdigest()
    path.write_bytes(dump(manifest))


def test_what_was_written_is_read(folder):
    manifest, files = read_folder(folder, NAMES)
    assert files == OLD
    assert manifest["format"] == 1
    write_folder(folder, NEW, {"more": [1]})
    manifest, files = read_folder(folder, NAMES)
    assert files == NEW
    assert manifest["more"] == [1]
    assert len(list(folder.iterdir())) == 3  # nothing of the old map is left


# Code that stops for good before the n-th change to the disk.
KILLED = """
import os, sys, time
from pathlib import Path
from absclust.saving.archive import write_folder

left = int(sys.argv[2])
def watched(act):
    def wait(*args, **options):
        global left
        left -= 1
        if left < 0:
            print("now", flush=True)
            time.sleep(60)
        return act(*args, **options)
    return wait

for name in ("fsync",):
    setattr(os, name, watched(getattr(os, name)))
for name in ("replace", "unlink", "open"):
    setattr(Path, name, watched(getattr(Path, name)))
new = {"map.json": b"new", "arrays.safetensors": b"n" * 3_000_000}
write_folder(Path(sys.argv[1]), new, {})
print("done", flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
@pytest.mark.parametrize("step", range(16))
def test_a_kill_leaves_the_old_folder_whole_or_the_new_one(folder, step):
    environment = {"PYTHONPATH": str(ROOT / "src"), "PATH": ""}
    command = [sys.executable, "-c", KILLED, str(folder), str(step)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        output = process.stdout.readline().strip()
        if output == "now":
            os.kill(process.pid, signal.SIGKILL)
    assert output == ("now" if step < 15 else "done")
    _, files = read_folder(folder, NAMES)
    assert files in (OLD, NEW)
    assert (files == OLD) == (step < 12)  # once the manifest is renamed, everything is new
    write_folder(folder, NEW, {})  # removes what the killed process left
    assert len(list(folder.iterdir())) == 3


def test_other_files_are_never_touched(tmp_path, folder):
    (folder / "notes.txt").write_text("mine")
    (folder / "map-mine.json").write_text("mine")
    write_folder(folder, NEW, {})
    assert (folder / "notes.txt").read_text() == "mine"
    assert (folder / "map-mine.json").read_text() == "mine"
    other = tmp_path / "thesis"
    other.mkdir()
    (other / "chapter.tex").write_text("mine")
    with pytest.raises(StoreError, match=r"holds other files \(chapter.tex\) but no saved map"):
        write_folder(other, NEW, {})
    assert [path.name for path in other.iterdir()] == ["chapter.tex"]


@pytest.mark.parametrize("content", ["{}", "[]", "no JSON", '{"name": "a web app"}'])
def test_the_manifest_of_another_program_is_not_overwritten(tmp_path, content):
    (tmp_path / "manifest.json").write_text(content)
    with pytest.raises(StoreError, match="holds other files"):
        write_folder(tmp_path, NEW, {})
    with pytest.raises(StoreError, match="not the manifest of a saved map"):
        read_folder(tmp_path, NAMES)
    assert (tmp_path / "manifest.json").read_text() == content


def test_a_save_that_was_cut_off_is_reported_and_can_be_repeated(tmp_path, folder):
    (folder / "manifest.json").unlink()
    with pytest.raises(StoreError, match="cut off"):
        read_folder(folder, NAMES)
    write_folder(folder, NEW, {})
    assert read_folder(folder, NAMES)[1] == NEW
    with pytest.raises(StoreError, match="there is no folder"):
        read_folder(tmp_path / "nowhere", NAMES)


def test_where_nothing_can_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="can't write"):
        write_folder(tmp_path / "file" / "saved", NEW, {})
    with pytest.raises(StoreError, match="can't write"):
        write_folder(tmp_path / "file", NEW, {})


@pytest.mark.parametrize("name", ["manifest.json", "map", "arrays"])
@pytest.mark.parametrize("damage", ["cut", "grown", "flipped", "gone", "link", "folder", "pipe"])
def test_damaged_files(folder, tmp_path, name, damage):
    path = next(folder.glob(f"{name}*"))
    data = path.read_bytes()
    if damage in ("cut", "grown", "flipped"):
        changed = {"cut": data[:-1], "grown": data + b" ", "flipped": b"\x00" + data[1:]}[damage]
        path.write_bytes(changed)
    else:
        path.rename(tmp_path / "moved")
        if damage == "link":
            path.symlink_to(tmp_path / "moved")
        elif damage == "folder":
            path.mkdir()
        elif damage == "pipe":
            os.mkfifo(path)  # reading it would wait for ever
    with pytest.raises(StoreError):
        read_folder(folder, NAMES)


def test_every_byte_of_the_manifest_counts(folder):
    path = folder / "manifest.json"
    data = path.read_bytes()
    for position in range(len(data)):
        path.write_bytes(data[:position] + bytes([data[position] ^ 1]) + data[position + 1 :])
        with pytest.raises(StoreError):
            read_folder(folder, NAMES)


def test_a_newer_format_says_so(folder):
    forge(folder, format=2)
    message = "has format 2, but this version of absclust reads format 1"
    with pytest.raises(StoreError, match=message):
        read_folder(folder, NAMES)


@pytest.mark.parametrize(
    "changes",
    [
        {"files": {"../../secret.json": {"bytes": 1, "sha256": "0"}}},
        {"files": {"/etc/passwd": {"bytes": 1, "sha256": "0"}}},
        {"files": []},
        {"files": {"map.json": 3, "arrays.safetensors": 3}},
        {"files": {n: {"bytes": 10**18, "sha256": "0"} for n in NAMES}},
        {"files": {n: {"bytes": -1, "sha256": "0"} for n in NAMES}},
        {"files": {n: {"bytes": "1", "sha256": None} for n in NAMES}},
        {"token": "../../../tmp"},
        {"token": None},
        {"token": ["0" * 12]},
        {"format": None},
        {"format": [[[]]]},
        {"absclust": None},
    ],
)
def test_forged_manifests(folder, changes):
    forge(folder, **changes)
    with pytest.raises(StoreError):
        read_folder(folder, NAMES)


def test_a_manifest_without_end(folder):
    (folder / "manifest.json").write_bytes(b"[" * 900_000)
    with pytest.raises(StoreError, match="damaged"):
        read_folder(folder, NAMES)
    (folder / "manifest.json").write_bytes(b" " * 1_000_001)
    with pytest.raises(StoreError, match="expected fewer"):
        read_folder(folder, NAMES)


@pytest.mark.parametrize("text", [b"NaN", b"[Infinity]", b"[" * 100_000, b'{"a": -Infinity}', b""])
def test_invalid_json(text):
    with pytest.raises(ValueError, match=r"JSON|Expecting"):
        parse(text)


def test_a_symlinked_folder_is_the_users_business(folder, tmp_path):
    link: Path = tmp_path / "link"
    link.symlink_to(folder)
    assert read_folder(link, NAMES)[1] == OLD
