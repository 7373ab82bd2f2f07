"""The named data set: fetching from a server on this machine, verification, split, the paper's statistics."""

from __future__ import annotations

import hashlib
import shutil
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from symgnn.datasets import paper as datasets
from symgnn.datasets.paper import DatasetFile, fetch, find_paper, load_paper, split_names
from symgnn.errors import InputError

CONTENT = {"first.pickle": b"a" * 200_000, "second.pickle": b"b" * 70_000, "large.pickle": b"c" * 3_000_000}
FILES = tuple(
    DatasetFile(name.removesuffix(".pickle"), hashlib.sha256(content).hexdigest(), "train")
    for name, content in CONTENT.items()
)
FIRST, SECOND, LARGE = FILES


class Handler(BaseHTTPRequestHandler):
    """/good: the right bytes; /wrong: others; /short: fewer than announced; /plain: no length; else 404."""

    def do_GET(self):
        self.server.requests.append(self.path)
        _, way, name = self.path.split("/")
        content = CONTENT.get(name)
        if content is None or way not in ("good", "wrong", "short", "plain"):
            self.send_error(404)
            return
        self.send_response(200)
        if way != "plain":
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if way == "wrong":
            content = b"x" + content[1:]
        self.wfile.write(content[: len(content) // 2] if way == "short" else content)

    def log_message(self, *_):
        """Quiet."""


@pytest.fixture
def server(monkeypatch) -> Iterator[ThreadingHTTPServer]:
    monkeypatch.setattr(datasets, "PAPER", FILES)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setattr(datasets, "TIMEOUT_SECONDS", 5.0)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.requests = []
    server.base = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def assert_one_line(error: InputError, *words: str) -> None:
    assert str(error).isprintable()
    for word in words:
        assert word in str(error)


@pytest.mark.parametrize("way", ["good", "good/", "plain"])
def test_download(server, tmp_path, way):
    calls = []
    progress = lambda file, done, total: calls.append((file.name, done, total))  # noqa: E731
    assert fetch(tmp_path / "new" / "folder", url=f"{server.base}/{way}", progress=progress) == []
    for name, content in CONTENT.items():
        assert (tmp_path / "new" / "folder" / name).read_bytes() == content
    assert len(list((tmp_path / "new" / "folder").iterdir())) == 3
    done = [done for name, done, _ in calls if name == "first"]
    assert done == sorted(done)
    assert done[-1] == 200_000
    assert len(done) > 1
    assert {total for name, _, total in calls if name == "first"} == {None if way == "plain" else 200_000}


def test_download_of_chosen_names(server, tmp_path):
    fetch(tmp_path, names=["second"], url=f"{server.base}/good")
    assert [path.name for path in tmp_path.iterdir()] == ["second.pickle"]
    assert server.requests == ["/good/second.pickle"]
    with pytest.raises(InputError, match=r"'third' is not .* first, second, large"):
        fetch(tmp_path, names=["third"], url=f"{server.base}/good")


def test_what_is_there_and_right_is_not_fetched_again(server, tmp_path):
    (tmp_path / "first.pickle").write_bytes(CONTENT["first.pickle"])
    (tmp_path / "second.pickle").write_bytes(b"an old or broken download")
    calls = []
    fetch(tmp_path, url=f"{server.base}/good", progress=lambda *call: calls.append(call))
    assert server.requests == ["/good/second.pickle", "/good/large.pickle"]
    assert (tmp_path / "second.pickle").read_bytes() == CONTENT["second.pickle"]
    assert calls[0] == (FIRST, 200_000, 200_000)


@pytest.mark.parametrize(
    ("way", "words"),
    [
        ("absent", ["404", "symgnn data fetch --from FOLDER"]),
        ("wrong", ["sha256", FIRST.sha256[:12], "not the published file"]),
        ("short", ["ended after 100000 of 200000 bytes"]),
    ],
)
def test_a_failed_download_leaves_nothing(server, tmp_path, way, words):
    with pytest.raises(InputError) as caught:
        fetch(tmp_path, url=f"{server.base}/{way}")
    assert_one_line(caught.value, "first.pickle", *words)
    assert list(tmp_path.iterdir()) == []


def test_a_failed_download_leaves_the_old_file(server, tmp_path):
    (tmp_path / "first.pickle").write_bytes(b"old")
    with pytest.raises(InputError, match="sha256"):
        fetch(tmp_path, url=f"{server.base}/wrong")
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"old"]


def test_a_download_beyond_the_limit_is_stopped(server, tmp_path, monkeypatch):
    monkeypatch.setattr(datasets, "MAX_BYTES", 150_000)
    with pytest.raises(InputError, match="more than 150000 bytes"):
        fetch(tmp_path, url=f"{server.base}/plain")
    assert list(tmp_path.iterdir()) == []


def test_no_server(server, tmp_path):
    server.shutdown()
    server.server_close()
    with pytest.raises(InputError) as caught:
        fetch(tmp_path, url=f"{server.base}/good")
    assert_one_line(caught.value, "download failed", "symgnn data fetch --from FOLDER")


def test_copy_reports_what_is_missing(server, tmp_path):
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "first.pickle").write_bytes(CONTENT["first.pickle"])
    assert fetch(tmp_path / "target", source=tmp_path / "source") == ["second", "large"]
    assert (tmp_path / "target" / "first.pickle").read_bytes() == CONTENT["first.pickle"]
    assert fetch(tmp_path / "target", source=tmp_path / "source", names=["first"]) == []
    assert server.requests == []


def test_copy_refuses_wrong_content_and_empty_folders(server, tmp_path):
    source = tmp_path / "source"
    for folder in (source, tmp_path / "nowhere"):
        with pytest.raises(InputError, match=r"holds none of first\.pickle"):
            fetch(tmp_path / "target", source=folder)
    source.mkdir()
    (source / "second.pickle").write_bytes(b"wrong")
    with pytest.raises(InputError, match=r"second\.pickle: sha256"):
        fetch(tmp_path / "target", source=source)
    assert list((tmp_path / "target").iterdir()) == []


def test_folders(tmp_path, monkeypatch):
    monkeypatch.delenv("SYMGNN_DATA", raising=False)
    monkeypatch.delenv("SYMGNN_RAW_DATA", raising=False)
    assert datasets.data_folder().name == "data"
    assert (datasets.data_folder().parent / "pyproject.toml").is_file()
    monkeypatch.setenv("SYMGNN_DATA", str(tmp_path))
    assert datasets.paper_folder() == tmp_path / "raw" / "paper"
    with pytest.raises(InputError, match="symgnn data fetch"):
        find_paper()
    for folder in (tmp_path / "raw" / "paper", tmp_path / "environment", tmp_path / "option"):
        folder.mkdir(parents=True)
        (folder / "train3.pickle").touch()
    assert find_paper() == tmp_path / "raw" / "paper"
    monkeypatch.setenv("SYMGNN_RAW_DATA", str(tmp_path / "environment"))
    assert find_paper() == tmp_path / "environment"
    assert find_paper(tmp_path / "option") == tmp_path / "option"


def test_split_is_that_of_the_paper():
    split = {name: [file.name for file in datasets.PAPER if file.split == name] for name in datasets.SPLITS}
    assert split == {
        "train": [f"train{i}" for i in range(6)],
        "validation": ["train6"],
        "test": ["test0", "test1"],
    }
    assert datasets.URL.startswith("https://raw.githubusercontent.com/haoyuli02/SymGNN/")
    with pytest.raises(InputError, match="'dev' is not known, expected one of train, validation, test"):
        split_names("dev")


def test_loading_checks_the_content_once(raw_data, tmp_path):
    path = tmp_path / "test0.pickle"
    shutil.copy(raw_data / "test0.pickle", path)
    assert load_paper("test0", tmp_path)[0].name == "test0"
    path.write_bytes(path.read_bytes().replace(b"MATLAB", b"matlab"))  # the same size, another content
    with pytest.raises(InputError, match=r"test0\.pickle: sha256"):
        load_paper(["test0"], tmp_path)
    with pytest.raises(InputError, match=r"train1\.pickle: no such file; get it with `symgnn data fetch`"):
        load_paper(["train1"], tmp_path)
    with pytest.raises(InputError, match="'test9' is not in the paper's data set"):
        load_paper(["test9"], tmp_path)


def test_paper_statistics(raw_data):
    """Sizes, composition, and the barriers' mean (1.29-1.85 eV) and spread (about 0.3 eV) of every glass."""
    present = [file.name for file in datasets.PAPER if (raw_data / file.file_name).is_file()]
    glasses = {glass.name: glass for glass in load_paper(present, raw_data)}
    assert list(glasses) == present
    for name, glass in glasses.items():
        assert len(glass) == (3000 if name.startswith("test") else 8000)
        assert glass.composition == "Cu64Zr36"
        assert glass.number_density == pytest.approx(0.0631, abs=2e-4)
        assert 1.28 < glass.barriers.mean() < 1.86
        assert 0.26 < glass.barriers.std() < 0.36
        assert -4.49 < glass.properties["potential_energy"].mean() < -4.45
    if {"train0", "train1"} <= set(present):  # one glass, labelled twice
        first, second = (glasses[name] for name in ("train0", "train1"))
        assert np.corrcoef(first.barriers, second.barriers)[0, 1] == pytest.approx(0.775, abs=0.005)
