import os
import pickle
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import warnings
from functools import partial
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import absclust.embedding.cache
from absclust.embedding.cache import (
    DEFAULT_MAX_BYTES,
    CacheWarning,
    VectorCache,
    cache_info,
    clear_cache,
    default_folder,
)
from absclust.errors import InputError

TEXTS = [f"abstract {i}" for i in range(40)]
FILE = "vectors.sqlite"


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


class Unsynced(sqlite3.Connection):
    def execute(self, statement, *values):
        return super().execute(
            statement.replace("synchronous = NORMAL", "synchronous = OFF"), *values
        )


@pytest.fixture(autouse=True, scope="module")
def _no_waiting_for_the_disk():
    """It would take half of the time, and no test cuts the power."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sqlite3, "connect", partial(sqlite3.connect, factory=Unsynced))
        yield


def encode(folder, texts=TEXTS, embed=None, **options):
    """Encode through the cache, check the vectors, and return the texts it had to encode."""
    embed = embed or Embedder()
    before = len(embed.asked)
    vectors = VectorCache(folder, **options).encode(embed.name, texts, embed)
    assert vectors.dtype == np.float32
    assert vectors.tobytes() == np.stack([embed.vector(text) for text in texts]).tobytes()
    return [text for chunk in embed.asked[before:] for text in chunk]


def change(folder, statement):
    """Change the file behind the cache's back."""
    db = sqlite3.connect(folder / FILE)
    with db:
        db.execute(statement)
    db.close()


def chunks_of(monkeypatch, size):
    monkeypatch.setattr(absclust.embedding.cache, "_CHUNK", size)


def at_time(monkeypatch, seconds):
    monkeypatch.setattr(time, "time", lambda: seconds)


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
    assert cache_info(tmp_path).n_vectors == 0


def test_an_embedder_that_changes_its_dimension_is_an_error(tmp_path, monkeypatch):
    chunks_of(monkeypatch, 1)
    with pytest.raises(InputError, match=r"dimension \(1\)"):
        VectorCache(tmp_path).encode("m", ["a", "bb"], lambda texts: np.zeros((1, len(texts[0]))))


def test_if_the_embedder_has_a_new_dimension_everything_is_encoded_again(tmp_path):
    encode(tmp_path)
    embed = Embedder(dimension=9)
    assert encode(tmp_path, [*TEXTS, "new"], embed) == ["new", *TEXTS]
    assert encode(tmp_path, [*TEXTS, "new"], embed) == []


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
    assert cache_info(tmp_path).models == (("\udcff", 6, 6 * 32),)


# Interrupted and simultaneous runs


def test_the_embedders_error_is_passed_on_and_earlier_chunks_stay(tmp_path, monkeypatch):
    chunks_of(monkeypatch, 15)
    embed = Embedder()
    error = sqlite3.DatabaseError("the embedder's own")

    def fail_second(texts):
        if embed.asked:
            raise error
        return embed(texts)

    with pytest.raises(sqlite3.DatabaseError) as caught:
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
absclust.embedding.cache._CHUNK = 5
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


def test_a_locked_file_is_waited_for_then_left_alone(tmp_path, monkeypatch):
    encode(tmp_path, TEXTS[:30])
    monkeypatch.setattr(absclust.embedding.cache, "_BUSY_SECONDS", 0.05)
    change(tmp_path, "UPDATE vectors SET used = 0")
    lock = sqlite3.connect(tmp_path / FILE, isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    with pytest.warns(CacheWarning, match="locked") as caught:
        assert encode(tmp_path) == TEXTS[30:]  # reading is allowed
    assert len(caught) == 1
    with pytest.warns(CacheWarning, match=r"can't be cleared.*locked"):
        assert clear_cache(tmp_path) == 0
    lock.close()
    assert encode(tmp_path) == TEXTS[30:]


# Damage


@pytest.mark.parametrize(
    "damage",
    [
        "vector = zeroblob(length(vector))",
        "vector = CAST('x' AS BLOB) || substr(vector, 2)",
        "vector = substr(vector, 5)",
        "vector = substr(vector, 5), dimension = dimension - 1",
        "vector = 'text'",
        "vector = 3",
        "checksum = checksum + 1",
        "checksum = 'text'",
        "dimension = 'text'",
        "vector = (SELECT vector FROM vectors WHERE id = 5)",
        "vector = (SELECT vector FROM vectors WHERE id = 5),"
        " checksum = (SELECT checksum FROM vectors WHERE id = 5)",
    ],
)
def test_a_damaged_row_is_encoded_again(tmp_path, damage):
    encode(tmp_path)
    change(tmp_path, f"UPDATE vectors SET {damage} WHERE id = 3")
    assert encode(tmp_path) == [TEXTS[2]]
    assert encode(tmp_path) == []


def test_another_models_row_is_not_taken(tmp_path):
    encode(tmp_path, embed=Embedder("n"))
    change(tmp_path, "UPDATE vectors SET model = CAST('m' AS BLOB)")
    assert encode(tmp_path) == TEXTS


def test_a_row_of_another_dimension_is_encoded_again(tmp_path):
    encode(tmp_path, TEXTS[:3], Embedder(dimension=2))
    encode(tmp_path / "other", TEXTS[3:])
    db = sqlite3.connect(tmp_path / FILE)
    db.execute("ATTACH ? AS other", (str(tmp_path / "other" / FILE),))
    columns = "model, text, dimension, checksum, used, vector"
    with db:
        db.execute(f"INSERT INTO vectors ({columns}) SELECT {columns} FROM other.vectors")
    db.close()
    assert encode(tmp_path) == TEXTS[:3]
    assert encode(tmp_path) == []


def garbage(path):
    path.write_bytes(b"garbage" * 1000)


def truncated(path):
    os.truncate(path, path.stat().st_size * 2 // 3)


def overwritten(path):
    size = path.stat().st_size
    path.write_bytes(path.read_bytes()[:4096] + os.urandom(size - 4096))


def foreign(path):
    path.unlink()
    change(path.parent, "CREATE TABLE vectors (somebody, elses)")
    change(path.parent, "PRAGMA user_version = 1")


def newer(path):
    change(path.parent, "PRAGMA user_version = 2")


def without_table(path):
    change(path.parent, "ALTER TABLE vectors RENAME TO others")


def malformed(path):  # SQLite's message is then not UTF-8, so Python raises another error
    path.write_bytes(path.read_bytes().replace(b"INDEX by_use", b"\xffNDEX by_use"))


@pytest.mark.parametrize(
    "damage", [garbage, truncated, overwritten, foreign, newer, without_table, malformed]
)
def test_a_broken_file_is_renamed_and_a_new_one_started(tmp_path, damage):
    encode(tmp_path)
    for suffix in ("-wal", "-journal"):  # left by a process that was killed
        (tmp_path / (FILE + suffix)).touch()
    damage(tmp_path / FILE)
    broken = (tmp_path / FILE).read_bytes()
    with pytest.warns(CacheWarning, match="can't be read"):
        assert cache_info(tmp_path).n_vectors == 0
    assert (tmp_path / FILE).read_bytes() == broken  # looking changes nothing
    with pytest.warns(CacheWarning, match="a new one was started") as caught:
        assert encode(tmp_path) == TEXTS
    assert len(caught) == 1
    assert encode(tmp_path) == []
    (aside,) = (path for path in tmp_path.glob("*.corrupt-*") if path.suffix[-1].isdigit())
    assert aside.read_bytes() == broken
    assert aside.name in str(caught[0].message)


def test_an_empty_file_is_a_new_one(tmp_path):
    (tmp_path / FILE).touch()
    assert encode(tmp_path) == TEXTS
    assert encode(tmp_path) == []


def test_at_most_one_broken_file_is_kept(tmp_path, monkeypatch):
    (tmp_path / "vectors.sqlite.corrupt-mine").touch()
    for second in range(3):
        at_time(monkeypatch, second)
        encode(tmp_path)
        garbage(tmp_path / FILE)
        with pytest.warns(CacheWarning):
            encode(tmp_path)
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == [FILE, "vectors.sqlite.corrupt-2", "vectors.sqlite.corrupt-mine"]


def test_if_the_file_breaks_while_the_embedder_works_later_vectors_are_kept(tmp_path, monkeypatch):
    chunks_of(monkeypatch, 10)
    embed = Embedder()

    def break_at_third(texts):
        if len(embed.asked) == 2:
            garbage(tmp_path / FILE)
        return embed(texts)

    with pytest.warns(CacheWarning, match="a new one was started"):
        VectorCache(tmp_path).encode("m", TEXTS, break_at_third)
    assert encode(tmp_path) == TEXTS[:20]


def test_a_file_that_another_process_has_just_started_is_left_alone(tmp_path, monkeypatch):
    encode(tmp_path)
    sound = (tmp_path / FILE).read_bytes()
    garbage(tmp_path / FILE)
    connect = absclust.embedding.cache._connect

    def connect_and_be_overtaken(path):
        try:
            return connect(path)
        except sqlite3.DatabaseError:
            path.rename(tmp_path / "renamed")
            path.write_bytes(sound)
            raise

    monkeypatch.setattr(absclust.embedding.cache, "_connect", connect_and_be_overtaken)
    assert encode(tmp_path) == []


def test_random_damage_never_gives_a_wrong_vector(tmp_path):
    encode(tmp_path)
    sound = (tmp_path / FILE).read_bytes()
    rng = np.random.default_rng(0)
    for _ in range(40):
        bytes_ = np.frombuffer(sound, dtype=np.uint8).copy()
        where = rng.integers(len(bytes_), size=rng.choice([1, 30, 1000]))
        bytes_[where] = rng.integers(256, size=len(where))
        (tmp_path / FILE).write_bytes(bytes_.tobytes())
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", CacheWarning)
            encode(tmp_path)  # checks the vectors


# Places where nothing can be stored


@pytest.fixture
def full_disk(monkeypatch):
    """Let no file grow beyond 8 pages."""
    connect = sqlite3.connect

    def connect_full(*args, **kwargs):
        db = connect(*args, **kwargs)
        db.execute("PRAGMA max_page_count = 8")
        return db

    monkeypatch.setattr(sqlite3, "connect", connect_full)


@pytest.mark.usefixtures("full_disk")
def test_a_full_disk_gives_one_warning_and_the_run_continues(tmp_path, monkeypatch):
    chunks_of(monkeypatch, 2)
    embed = Embedder(dimension=5000)
    with pytest.warns(CacheWarning, match=r"full.*continues") as caught:
        assert encode(tmp_path, TEXTS[:10], embed) == TEXTS[:10]
    assert len(caught) == 1
    assert str(tmp_path) in str(caught[0].message)
    with pytest.warns(CacheWarning, match="full"):
        asked = encode(tmp_path, TEXTS[:10], embed)
    assert asked == TEXTS[2:10]  # what did fit is still read


def test_a_folder_that_cannot_be_created_gives_one_warning(tmp_path, monkeypatch):
    chunks_of(monkeypatch, 10)
    (tmp_path / "file").touch()
    folder = tmp_path / "file" / "below"
    with pytest.warns(CacheWarning, match="Not a directory") as caught:
        assert encode(folder) == TEXTS
    assert len(caught) == 1
    assert f"The vector cache {folder} can't be used" in str(caught[0].message)
    assert cache_info(folder).n_vectors == clear_cache(folder) == 0


def test_a_folder_in_place_of_the_file(tmp_path):
    (tmp_path / FILE).mkdir()
    with pytest.warns(CacheWarning, match="unable to open"):
        assert encode(tmp_path) == TEXTS


def test_a_file_that_cannot_be_written_is_still_read(tmp_path, monkeypatch):
    encode(tmp_path, TEXTS[:30])
    change(tmp_path, "UPDATE vectors SET used = 0")
    connect = sqlite3.connect

    def connect_read_only(path, **kwargs):
        return connect(f"file:{path}?mode=ro", uri=True, **kwargs)

    monkeypatch.setattr(sqlite3, "connect", connect_read_only)
    with pytest.warns(CacheWarning, match="readonly") as caught:
        assert encode(tmp_path) == TEXTS[30:]
    assert len(caught) == 1


# Size, information and clearing


def test_beyond_the_bound_the_least_recently_used_are_dropped(tmp_path, monkeypatch):
    bound = 20 * 8 * 4
    for second, texts in enumerate([TEXTS[:10], TEXTS[10:20], TEXTS[:5]]):
        at_time(monkeypatch, second)
        encode(tmp_path, texts, max_bytes=bound)
    at_time(monkeypatch, 9)
    assert encode(tmp_path, ["new"], max_bytes=bound) == ["new"]
    assert cache_info(tmp_path).n_vectors == 18  # 90 %
    # 5, 6 and 7 are the least recently used; 0 to 4 were used again later.
    assert encode(tmp_path, ["new", *TEXTS[:20]]) == TEXTS[5:8]


def test_a_call_larger_than_the_bound_still_gets_its_vectors(tmp_path, monkeypatch):
    chunks_of(monkeypatch, 7)
    assert encode(tmp_path, max_bytes=10 * 32) == TEXTS
    assert cache_info(tmp_path).n_vectors == 9
    assert encode(tmp_path) == TEXTS[:31]


def test_a_bound_of_zero_keeps_nothing(tmp_path):
    folder = tmp_path / "cache"
    assert encode(folder, max_bytes=0) == encode(folder, max_bytes=0) == TEXTS
    assert not folder.exists()


def test_the_space_of_dropped_vectors_is_freed(tmp_path):
    embed = Embedder(dimension=3000)
    encode(tmp_path, TEXTS, embed)
    before = cache_info(tmp_path)
    assert before.bytes >= before.models[0][2] == 40 * 12_000
    encode(tmp_path, ["new"], embed, max_bytes=100_000)
    assert cache_info(tmp_path).bytes < 250_000


def test_info_lists_models_and_their_sizes(tmp_path):
    encode(tmp_path)
    encode(tmp_path, TEXTS[:3], Embedder("a model", 5))
    info = cache_info(tmp_path)
    assert info.models == (("a model", 3, 60), ("m", 40, 1280))
    assert (info.folder, info.n_vectors) == (tmp_path, 43)
    assert info.bytes == sum(path.stat().st_size for path in tmp_path.iterdir())


def test_clearing_one_model_leaves_the_others(tmp_path):
    encode(tmp_path)
    encode(tmp_path, TEXTS[:3], Embedder("n"))
    assert clear_cache(tmp_path, "m") == 40
    assert clear_cache(tmp_path, "m") == 0
    assert cache_info(tmp_path).models == (("n", 3, 96),)


def test_clearing_all_frees_the_space_and_leaves_other_files(tmp_path):
    encode(tmp_path, embed=Embedder(dimension=3000))
    before = cache_info(tmp_path).bytes
    (tmp_path / "vectors.sqlite.corrupt-7").write_bytes(bytes(before))
    other_files = ["notes.txt", "vectors.sqlite.bak", "vectors.sqlite.corrupt-7.txt"]
    for name in other_files:
        (tmp_path / name).touch()
    assert cache_info(tmp_path).bytes == 2 * before
    assert clear_cache(tmp_path) == 40
    assert cache_info(tmp_path).bytes < before / 4
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([FILE, *other_files])
    assert encode(tmp_path) == TEXTS


def test_clearing_a_foreign_file_keeps_it(tmp_path):
    change(tmp_path, "CREATE TABLE theirs (a)")
    with pytest.warns(CacheWarning, match="renamed"):
        assert clear_cache(tmp_path) == 0
    assert len(list(tmp_path.glob("*.corrupt-*"))) == 1


def test_an_absent_cache_stays_absent(tmp_path):
    folder = tmp_path / "absent"
    info = cache_info(folder)
    assert (info.folder, info.bytes, info.n_vectors, info.models) == (folder, 0, 0, ())
    assert clear_cache(folder) == clear_cache(folder, "m") == 0
    assert not folder.exists()


# The default folder


def environment(monkeypatch, platform="linux", **variables):
    monkeypatch.setattr(sys, "platform", platform)
    for name in ("ABSCLUST_CACHE", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {"HOME": "/home/me", "USERPROFILE": "/home/me", **variables}.items():
        monkeypatch.setenv(name, str(value))


@pytest.mark.parametrize(
    ("platform", "variables", "folder"),
    [
        ("linux", {}, "/home/me/.cache/absclust"),
        ("linux", {"XDG_CACHE_HOME": "/c"}, "/c/absclust"),
        ("linux", {"XDG_CACHE_HOME": "relative"}, "/home/me/.cache/absclust"),
        ("linux", {"XDG_CACHE_HOME": "/c", "ABSCLUST_CACHE": "/mine"}, "/mine"),
        ("linux", {"ABSCLUST_CACHE": "~/mine"}, "/home/me/mine"),
        ("linux", {"ABSCLUST_CACHE": ""}, "/home/me/.cache/absclust"),
        ("darwin", {"XDG_CACHE_HOME": "/c"}, "/home/me/Library/Caches/absclust"),
        ("win32", {"LOCALAPPDATA": "/local"}, "/local/absclust"),
        ("win32", {}, "/home/me/AppData/Local/absclust"),
    ],
)
def test_the_default_folder(monkeypatch, platform, variables, folder):
    environment(monkeypatch, platform, **variables)
    assert default_folder() == Path(folder)


def test_the_default_folder_is_used(tmp_path, monkeypatch):
    environment(monkeypatch, ABSCLUST_CACHE=tmp_path / "a" / "b")
    assert encode(None) == TEXTS
    assert cache_info() == cache_info(tmp_path / "a" / "b")
    assert clear_cache() == 40


def test_without_a_home_folder_nothing_is_kept(monkeypatch):
    environment(monkeypatch)

    def no_home():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", no_home)
    with pytest.warns(CacheWarning, match="can't be used"):
        assert encode(None) == TEXTS
