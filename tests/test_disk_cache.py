"""The cache on disk: within its limit, the least recently used goes first, nothing else is touched."""

import multiprocessing
import os
import time

import pytest

from symgnn import disk_cache
from symgnn.errors import InputError

OLD = 7200  # s since the last use: longer than what stays in any case


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("SYMGNN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(disk_cache, "_checked", {})
    return tmp_path / "cache"


def put(folder, number: int, *, age: float = OLD, size: int = 1000, name: str = "{:020x}.npz"):
    """A result of `size` bytes that was used `age` seconds ago."""
    path = folder / name.format(number)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x" * size)
    then = time.time() - age
    os.utime(path, (then, then))
    return path


def limit_to(monkeypatch, n_bytes: int) -> None:
    monkeypatch.setenv("SYMGNN_CACHE_GB", repr(n_bytes / 2**30))


def test_a_folder_of_the_user_s_cache_which_it_does_not_make(cache):
    assert disk_cache.folder("explanations") == cache / "explanations"
    assert not cache.exists()


def test_the_least_recently_used_goes_first(cache, monkeypatch):
    limit_to(monkeypatch, 3000)
    files = [put(cache / "explanations", n, age=OLD + 10 * n) for n in range(5)]
    files.append(put(cache / "other", 9, age=OLD + 5))
    disk_cache.touch(files[4])
    assert disk_cache.enforce_limit() == 3000
    assert [path.exists() for path in files] == [True, False, False, False, True, True]


def test_within_the_limit_all_stay(cache, monkeypatch):
    limit_to(monkeypatch, 3000)
    files = [put(cache / "explanations", n) for n in range(3)]
    assert disk_cache.enforce_limit() == 0
    assert all(path.exists() for path in files)


def test_what_was_used_within_the_hour_stays(cache, monkeypatch):
    limit_to(monkeypatch, 0)
    recent, old = put(cache / "explanations", 1, age=3000), put(cache / "explanations", 2)
    assert disk_cache.enforce_limit() == 1000
    assert recent.exists()
    assert not old.exists()


def test_only_results_are_removed(cache, monkeypatch):
    """The variable may name a folder that holds something else too."""
    limit_to(monkeypatch, 0)
    others = [put(cache, 1, name=name) for name in ("thesis.npz", "explanations/notes.txt", "a/{:019x}.npz")]
    link = cache / f"{7:020x}.npz"
    link.symlink_to(others[0])
    shard = put(cache / "explanations", 1, name="shard-{:020x}.npz")
    disk_cache.enforce_limit()
    assert not shard.exists()
    assert link.is_symlink()
    assert all(path.exists() for path in others)


def test_files_of_writers_stay_until_they_must_have_been_killed(cache, monkeypatch):
    limit_to(monkeypatch, 0)
    name = ".{:020x}.k3x_9abc.partial.npz"
    writing, killed = put(cache, 1, age=OLD, name=name), put(cache, 2, age=2 * 86400, name=name)
    disk_cache.enforce_limit()
    assert writing.exists()
    assert not killed.exists()


def test_the_names_of_temporary_files_are_those_of_their_writer(cache):
    from symgnn.io.writing import replacing

    with replacing(cache / f"shard-{1:020x}.npz") as temporary:
        assert disk_cache._TEMPORARY.fullmatch(temporary.name)


def test_asking_for_a_folder_enforces_the_limit_now_and_then(cache, monkeypatch):
    limit_to(monkeypatch, 0)
    first = put(cache / "explanations", 1)
    disk_cache.folder("explanations")
    assert not first.exists()
    second = put(cache / "explanations", 2)
    disk_cache.folder("explanations")
    assert second.exists(), "not again at once"
    monkeypatch.setattr(disk_cache, "_checked", {cache: time.monotonic() - 601})
    disk_cache.folder("explanations")
    assert not second.exists()


def test_the_limit(monkeypatch):
    monkeypatch.delenv("SYMGNN_CACHE_GB", raising=False)
    assert disk_cache.limit_bytes() == 2 * 2**30
    monkeypatch.setenv("SYMGNN_CACHE_GB", "0.5")
    assert disk_cache.limit_bytes() == 2**29
    monkeypatch.setenv("SYMGNN_CACHE_GB", "")
    assert disk_cache.limit_bytes() == 2 * 2**30
    for text in ("much", "-1", "nan", "inf"):
        monkeypatch.setenv("SYMGNN_CACHE_GB", text)
        with pytest.raises(InputError, match=f"SYMGNN_CACHE_GB: '{text}' found, expected a number of GB"):
            disk_cache.limit_bytes()


def test_a_result_that_is_gone_is_no_error(cache):
    disk_cache.touch(cache / "explanations" / f"{1:020x}.npz")


def test_several_processes_at_once(cache, monkeypatch):
    limit_to(monkeypatch, 10_000)
    for n in range(200):
        put(cache / "explanations", n, age=OLD + n)
    context = multiprocessing.get_context("fork")
    processes = [context.Process(target=disk_cache.enforce_limit) for _ in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
        assert process.exitcode == 0
    kept = sorted(path.name for path in (cache / "explanations").iterdir())
    assert kept == [f"{n:020x}.npz" for n in range(10)]
