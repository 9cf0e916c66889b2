import pickle
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import warnings
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import absclust.embedding.cache
from absclust.embedding.cache import (
    DEFAULT_MAX_BYTES,
    FILE,
    CacheWarning,
    VectorCache,
    default_folder,
)
from absclust.errors import InputError
from tests.test_fuzz import TIMES

TEXTS = [f"abstract {i}" for i in range(40)]


class Embedder:
    """An embedder whose vectors are hashes of texts; `asked` records the texts it was given."""

    def __init__(self, name="m", dimension=8):
        self.name = name
        self.dimension = dimension
        self.asked = []

    def __call__(self, texts):
        self.asked += [list(texts)]
        return np.stack([self.vector(text) for text in texts])

    def vector(self, text):
        seed = sha256((self.name + text).encode(errors="surrogatepass")).digest()
        values = np.random.default_rng(list(seed)).normal(size=self.dimension)
        return values.astype(np.float32)


def encode(folder, texts=TEXTS, embed=None, **options):
    """Encode through the cache, check the vectors, and return the texts it had to encode."""
    embed = embed or Embedder()
    before = len(embed.asked)
    vectors = VectorCache(folder, **options).encode(embed.name, texts, embed)
    assert vectors.dtype == np.float32
    assert vectors.tobytes() == np.stack([embed.vector(text) for text in texts]).tobytes()
    return [text for chunk in embed.asked[before:] for text in chunk]


def chunks_of(monkeypatch, size):
    monkeypatch.setattr(absclust.embedding.cache, "_STEP", size)


def change(folder, statement, *values):
    with closing(sqlite3.connect(folder / FILE)) as database, database:
        return database.execute(statement, values).fetchall()


# What is cached


def test_a_second_run_encodes_nothing(tmp_path):
    assert encode(tmp_path) == TEXTS
    assert encode(tmp_path) == []
    assert encode(tmp_path, TEXTS[::-1]) == []


def test_one_more_paper_encodes_one(tmp_path):
    encode(tmp_path)
    assert encode(tmp_path, ["new", *TEXTS]) == ["new"]


def test_duplicates_are_encoded_once_in_the_order_of_first_occurrence(tmp_path):
    assert encode(tmp_path, ["b", "a", "b", "c", "a"]) == ["b", "a", "c"]


def test_another_model_has_other_vectors(tmp_path):
    encode(tmp_path)
    assert encode(tmp_path, embed=Embedder("other", 5)) == TEXTS
    assert encode(tmp_path) == encode(tmp_path, embed=Embedder("other", 5)) == []


def test_any_bits_come_back(tmp_path):
    bits = [0, 0x80000000, 1, 0x7FC00123, 0xFF800000, 0x3F800000]  # zeros, subnormal, NaN, -inf
    odd = np.array([bits], dtype=np.uint32).view(np.float32)
    for _ in range(2):
        vectors = VectorCache(tmp_path).encode("m", ["a"], lambda _: odd)
        assert vectors.view(np.uint32).tolist() == [bits]


def test_the_embedder_may_use_its_array_again(tmp_path, monkeypatch):
    chunks_of(monkeypatch, 1)
    buffer = np.zeros((1, 1), dtype=np.float32)

    def embed(texts):
        buffer[:] = len(texts[0])
        return buffer

    vectors = VectorCache(tmp_path).encode("m", ["a", "bb"], embed)
    assert vectors.tolist() == [[1], [2]]


def test_without_texts_no_folder_is_created(tmp_path):
    assert VectorCache(tmp_path / "cache").encode("m", [], Embedder()).shape == (0, 0)
    assert not (tmp_path / "cache").exists()


@pytest.mark.parametrize("shape", [(3, 2), (2,), (2, 2, 2), ()])
def test_an_embedder_that_does_not_give_one_vector_per_text_is_an_error(tmp_path, shape):
    with pytest.raises(InputError, match="expected one vector per text"):
        VectorCache(tmp_path).encode("m", ["a", "b"], lambda _: np.zeros(shape))
    assert encode(tmp_path, ["a", "b"]) == ["a", "b"]


def test_an_embedder_that_changes_its_dimension_is_an_error(tmp_path, monkeypatch):
    chunks_of(monkeypatch, 1)
    with pytest.raises(InputError, match=r"dimension \(1\)"):
        VectorCache(tmp_path).encode("m", ["a", "bb"], lambda texts: np.zeros((1, len(texts[0]))))


def test_if_the_embedder_has_a_new_dimension_everything_is_encoded_again(tmp_path):
    encode(tmp_path)
    embed = Embedder(dimension=9)
    assert encode(tmp_path, [*TEXTS, "new"], embed) == ["new", *TEXTS]
    assert encode(tmp_path, [*TEXTS, "new"], embed) == []
    encode(tmp_path, ["newer"], Embedder(dimension=8))  # now there are both
    assert encode(tmp_path, [*TEXTS, "newer"], embed) == [*TEXTS, "newer"]


def test_a_cache_can_be_pickled(tmp_path):
    assert pickle.loads(pickle.dumps(VectorCache(tmp_path))) == VectorCache(tmp_path)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from("mn"),
            st.lists(st.text(st.characters(), max_size=3), min_size=1, max_size=6),
            st.sampled_from([0, 64, DEFAULT_MAX_BYTES]),
        ),
        max_size=5,
    )
)
def test_whatever_is_asked_the_result_is_the_embedders(calls):
    with tempfile.TemporaryDirectory() as folder:
        for name, texts, max_bytes in calls:
            encode(folder, texts, Embedder(name), max_bytes=max_bytes)


def test_texts_may_contain_lone_surrogates(tmp_path):
    texts = ["\ud800", "\udfff", "\ud83d\ude00", "😀", "\0", ""]
    assert encode(tmp_path, texts, Embedder("\udcff")) == texts
    assert encode(tmp_path, texts, Embedder("\udcff")) == []


# Interrupted and simultaneous runs


def test_the_embedders_error_is_passed_on_and_earlier_chunks_stay(tmp_path, monkeypatch):
    chunks_of(monkeypatch, 15)
    embed = Embedder()
    error = OSError("the embedder's own")

    def fail_second(texts):
        if embed.asked:
            raise error
        return embed(texts)

    with pytest.raises(OSError, match="own") as caught:
        VectorCache(tmp_path).encode("m", TEXTS, fail_second)
    assert caught.value is error
    assert encode(tmp_path) == TEXTS[15:]


# The same embedder in another process. Arguments: folder, what to do, first and last text.
OTHER = f"""
import os, signal, sys, time
sys.path.insert(0, {str(Path(__file__).parents[2])!r})
import absclust.embedding.cache
from tests.embedding.test_cache import Embedder, encode
folder, what, start, stop = sys.argv[1:]
absclust.embedding.cache._STEP = 5
class Other(Embedder):
    def __call__(self, texts):
        if what == "die" and self.asked:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().__call__(texts)
open(folder + "." + start, "w").close()
while what == "wait" and not os.path.exists(folder + ".go"):
    time.sleep(0.002)
texts = [f"text {{i}}" for i in range(int(start), int(stop))]
for n in range(1, len(texts) + 1, 20):
    encode(folder, texts[:n], Other())
encode(folder, texts, Other())
"""


def other_process(folder, what, start, stop):
    arguments = [str(folder), what, str(start), str(stop)]
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", OTHER, *arguments], stderr=subprocess.PIPE, text=True
    )


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows has no SIGKILL")
@pytest.mark.attack
def test_a_killed_process_leaves_what_it_had_encoded(tmp_path):
    folder = tmp_path / "cache"
    process = other_process(folder, "die", 0, 21)
    process.communicate(timeout=30)
    assert process.returncode == -signal.SIGKILL
    texts = [f"text {i}" for i in range(21)]
    assert encode(folder, texts) == texts[6:]  # it had encoded one, then five
    assert encode(folder, texts) == []


def test_two_processes_at_once(tmp_path):
    folder = tmp_path / "cache"
    spans = [(0, 60), (30, 90)]
    processes = [other_process(folder, "wait", *span) for span in spans]
    while not all(Path(f"{folder}.{start}").exists() for start, _ in spans):
        assert all(process.poll() is None for process in processes)
        time.sleep(0.005)
    Path(f"{folder}.go").touch()
    for process in processes:
        _, errors = process.communicate(timeout=30)
        assert process.returncode == 0, errors
    assert encode(folder, [f"text {i}" for i in range(90)]) == []


# Damage


@pytest.mark.parametrize("damage", ["cut", "text", "other table"])
def test_a_damaged_file_is_removed_and_its_texts_are_encoded_again(tmp_path, damage):
    encode(tmp_path)
    path = tmp_path / FILE
    if damage == "cut":
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    elif damage == "text":
        path.write_text("no database " * 100, "utf-8")
    else:
        change(tmp_path, "ALTER TABLE vectors RENAME COLUMN vector TO other")
    with pytest.warns(CacheWarning, match="can't be read and is removed"):
        assert encode(tmp_path) == TEXTS
    assert encode(tmp_path) == []
    assert [file.name for file in tmp_path.iterdir()] == [FILE]


@pytest.mark.parametrize("instead", ["'é'", "NULL", "5", "(SELECT max(vector) FROM vectors)"])
def test_a_changed_vector_is_encoded_again(tmp_path, instead):
    encode(tmp_path)
    change(tmp_path, f"UPDATE vectors SET vector = {instead} WHERE rowid IN (3, 4)")
    assert set(encode(tmp_path)) >= {TEXTS[2]}
    data = (tmp_path / FILE).read_bytes()
    vector = Embedder().vector(TEXTS[7]).tobytes()
    (tmp_path / FILE).write_bytes(data.replace(vector, bytes(32)))
    assert encode(tmp_path) == [TEXTS[7]]
    assert encode(tmp_path) == []


@pytest.mark.attack
def test_random_damage_never_gives_a_wrong_vector(tmp_path):
    encode(tmp_path)
    path = tmp_path / FILE
    whole, random = path.read_bytes(), np.random.default_rng(0)
    for _ in range(60 * TIMES):
        data = bytearray(whole)
        for place in random.integers(0, len(data), random.integers(1, 9)):
            data[place] = random.integers(256)
        path.write_bytes(data)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", CacheWarning)
            encode(tmp_path)  # checks every vector
            encode(tmp_path, TEXTS[::-1])


# A disk that can't be used


def disk(monkeypatch, *statements):
    """Run statements whenever a database is opened."""
    connect = sqlite3.connect

    def opened(*args, **options):
        database = connect(*args, **options)
        for statement in statements:
            database.execute(statement)
        return database

    monkeypatch.setattr(sqlite3, "connect", opened)


def test_a_full_disk_gives_one_warning_and_the_run_continues(tmp_path, monkeypatch):
    chunks_of(monkeypatch, 10)
    encode(tmp_path, TEXTS[:10])
    disk(monkeypatch, "PRAGMA max_page_count = 5")
    with pytest.warns(CacheWarning, match="database or disk is full") as caught:
        assert encode(tmp_path, embed=Embedder(dimension=512)) == [*TEXTS[10:], *TEXTS[:10]]
    assert len(caught) == 1
    monkeypatch.undo()
    assert encode(tmp_path) == TEXTS[10:]


def test_a_folder_that_cannot_be_created_gives_one_warning(tmp_path, monkeypatch):
    chunks_of(monkeypatch, 10)
    (tmp_path / "file").touch()
    with pytest.warns(CacheWarning, match="can't be used") as caught:
        assert encode(tmp_path / "file" / "cache") == TEXTS
    assert len(caught) == 1


def test_a_file_that_cannot_be_written_is_still_read(tmp_path, monkeypatch):
    encode(tmp_path)
    disk(monkeypatch, "PRAGMA query_only = 1")
    assert encode(tmp_path) == []
    with pytest.warns(CacheWarning, match="attempt to write a readonly database"):
        assert encode(tmp_path, [*TEXTS, "new"]) == ["new"]


# Size


def test_beyond_the_bound_the_oldest_are_dropped(tmp_path):
    embed = Embedder(dimension=1000)
    bound = 100_000  # bytes, of which each vector takes 4,000
    for text in TEXTS:
        encode(tmp_path, [text], embed, max_bytes=bound)
    (kept,) = change(tmp_path, "SELECT count(*) FROM vectors")[0]
    assert 15 < kept < 25
    assert (tmp_path / FILE).stat().st_size <= bound + 5000
    assert encode(tmp_path, TEXTS[-kept:], embed) == []
    assert encode(tmp_path, TEXTS[:-kept], embed) == TEXTS[:-kept]


def test_a_call_larger_than_the_bound_still_gets_its_vectors(tmp_path, monkeypatch):
    chunks_of(monkeypatch, 5)
    assert encode(tmp_path, max_bytes=1000) == TEXTS
    assert encode(tmp_path) == TEXTS


def test_a_bound_of_zero_keeps_nothing(tmp_path):
    encode(tmp_path)
    assert encode(tmp_path, max_bytes=0) == TEXTS
    assert encode(tmp_path / "none", max_bytes=0) == TEXTS
    assert not (tmp_path / "none").exists()


def environment(monkeypatch, **variables):
    for name in ("ABSCLUST_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {"HOME": "/home/me", "USERPROFILE": "/home/me", **variables}.items():
        monkeypatch.setenv(name, str(value))


@pytest.mark.parametrize(
    ("variables", "folder"),
    [
        ({}, "/home/me/.cache/absclust"),
        ({"XDG_CACHE_HOME": "/c"}, "/c/absclust"),
        ({"XDG_CACHE_HOME": "/c", "ABSCLUST_CACHE": "/mine"}, "/mine"),
        ({"ABSCLUST_CACHE": "~/mine"}, "/home/me/mine"),
        ({"ABSCLUST_CACHE": ""}, "/home/me/.cache/absclust"),
    ],
)
def test_the_default_folder(monkeypatch, variables, folder):
    environment(monkeypatch, **variables)
    assert default_folder() == Path(folder)


def test_the_default_folder_is_used(tmp_path, monkeypatch):
    environment(monkeypatch, ABSCLUST_CACHE=tmp_path / "a" / "b")
    assert encode(None) == TEXTS
    assert (tmp_path / "a" / "b" / FILE).exists()


def test_without_a_home_folder_nothing_is_kept(monkeypatch):
    environment(monkeypatch)

    def no_home(_):
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "expanduser", no_home)
    with pytest.warns(CacheWarning, match="can't be used"):
        assert encode(None) == TEXTS
