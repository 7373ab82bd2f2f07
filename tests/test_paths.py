"""Where things lie on disk: variables are read at every call, everywhere."""

import shutil

import pytest

from symgnn import paths
from symgnn.benchmark.leaderboard import card_files, leaderboard
from symgnn.benchmark.report import write_readme
from symgnn.benchmark.runs import evaluate_all
from symgnn.datasets import GlassDataset, SplitDataset
from symgnn.errors import InputError
from symgnn.inference.checkpoint import list_checkpoints, load_checkpoint
from symgnn.paths import checkpoint_folder
from tests.conftest import REPOSITORY, make_random_glass


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """Another folder of checkpoints, with one that is called mine and one further seed of it."""
    folder = tmp_path / "models"
    shutil.copytree(REPOSITORY / "checkpoints" / "mlp", folder / "mine")
    shutil.copytree(REPOSITORY / "checkpoints" / "mlp", folder / "mine" / "seed1")
    monkeypatch.setenv("SYMGNN_CHECKPOINTS", str(folder))
    return folder


def test_without_the_variable_it_is_that_of_the_checkout(monkeypatch):
    for value in (None, ""):
        monkeypatch.delenv("SYMGNN_CHECKPOINTS", raising=False)
        if value is not None:
            monkeypatch.setenv("SYMGNN_CHECKPOINTS", value)
        assert checkpoint_folder() == REPOSITORY / "checkpoints"
        assert "symgnn" in list_checkpoints()


def test_the_variable_holds_for_all_that_look_for_checkpoints(elsewhere):
    assert list_checkpoints() == ["mine"]
    found = load_checkpoint("mine/seed1")
    assert found.folder == elsewhere / "mine" / "seed1"
    assert (found.argument, found.full_name, found.label) == ("mine/seed1", "mine/seed1", "mine-seed1")
    assert list(card_files("mine")) == ["mine", "mine/seed1"]
    assert [row.name for row in leaderboard()] == ["mine"]
    assert write_readme() == elsewhere / "README.md"
    assert "| `mine` |" in (elsewhere / "README.md").read_text()
    with pytest.raises(InputError, match=r"checkpoint 'symgnn' not found.*one of: mine"):
        load_checkpoint("symgnn")


def test_all_checkpoints_of_the_folder_are_evaluated(elsewhere, monkeypatch):
    scored = []
    glasses = GlassDataset([make_random_glass(20, 1)], labelled=False)
    monkeypatch.setattr(
        "symgnn.benchmark.runs.load_dataset", lambda: SplitDataset("paper", glasses, glasses, glasses, "here")
    )
    monkeypatch.setattr("symgnn.benchmark.runs.score", lambda checkpoint, glasses: {})
    monkeypatch.setattr(
        "symgnn.benchmark.runs.write_scores", lambda checkpoint, scores: scored.append(checkpoint.folder)
    )
    evaluate_all(split="validation")
    assert scored == [elsewhere / "mine", elsewhere / "mine" / "seed1"]


def test_a_relative_folder_is_taken_from_where_we_are(elsewhere, monkeypatch):
    monkeypatch.chdir(elsewhere.parent)
    monkeypatch.setenv("SYMGNN_CHECKPOINTS", "models")
    assert load_checkpoint("mine").full_name == "mine"


def test_a_folder_of_checkpoints_may_begin_with_the_home(elsewhere, monkeypatch):
    monkeypatch.setenv("HOME", str(elsewhere.parent))
    monkeypatch.setenv("SYMGNN_CHECKPOINTS", "~/models")
    assert checkpoint_folder() == elsewhere.resolve()


def test_a_file_is_no_folder_of_checkpoints(monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("SYMGNN_CHECKPOINTS", str(tmp_path / "file"))
    with pytest.raises(InputError, match=r"SYMGNN_CHECKPOINTS: .*file found, expected a folder"):
        checkpoint_folder()


def test_relative_folders_of_data_and_cache_stay_where_they_are(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SYMGNN_DATA", "mine")
    monkeypatch.setenv("SYMGNN_CACHE", "kept")
    folders = paths.data_folder(), paths.cache_folder()
    assert folders == (tmp_path / "mine", tmp_path / "kept")
    assert all(folder.is_absolute() for folder in folders)


def test_a_folder_that_does_not_exist_is_told_by_the_name_of_the_variable(monkeypatch, tmp_path):
    monkeypatch.setenv("SYMGNN_CHECKPOINTS", str(tmp_path / "nowhere"))
    for ask in (list_checkpoints, leaderboard, write_readme, lambda: load_checkpoint("symgnn")):
        with pytest.raises(InputError, match=r"SYMGNN_CHECKPOINTS: .*nowhere found, expected a folder"):
            ask()


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """The package as a wheel installs it, in a home of its own, with no variable set."""
    shipped = tmp_path / "site-packages" / "symgnn" / "shipped"
    shipped.mkdir(parents=True)
    monkeypatch.setattr(paths, "SHIPPED", shipped)
    for name in ("SYMGNN_CHECKPOINTS", "SYMGNN_DATA", "SYMGNN_CACHE", "XDG_CACHE_HOME", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setattr("sys.platform", "linux")
    return shipped


def test_a_checkout_uses_its_own_folders(monkeypatch):
    monkeypatch.delenv("SYMGNN_DATA", raising=False)
    assert paths.data_folder() == REPOSITORY / "data"
    assert paths.samples_folder() == REPOSITORY / "data" / "samples"
    assert paths.dashboard_folder() == REPOSITORY / "dashboard"


def test_an_installed_package_uses_what_ships_and_the_user_s_folders(installed, tmp_path):
    assert checkpoint_folder() == installed / "checkpoints"
    assert paths.samples_folder() == installed / "samples"
    assert paths.dashboard_folder() == installed / "dashboard"
    assert paths.data_folder() == tmp_path / "home" / ".local" / "share" / "symgnn"
    assert paths.cache_folder() == tmp_path / "home" / ".cache" / "symgnn"


def test_data_and_cache_can_be_elsewhere(installed, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert paths.cache_folder() == tmp_path / "xdg" / "symgnn"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert paths.cache_folder() == tmp_path / "home" / ".cache" / "symgnn"
    assert paths.data_folder() == tmp_path / "home" / ".local" / "share" / "symgnn"
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "xdg-data"))
    assert paths.data_folder() == tmp_path / "xdg-data" / "symgnn"
    monkeypatch.setenv("SYMGNN_CACHE", "~/mine")
    assert paths.cache_folder() == tmp_path / "home" / "mine"
    monkeypatch.setenv("SYMGNN_DATA", str(tmp_path))
    assert paths.data_folder() == tmp_path
    assert paths.samples_folder() == installed / "samples"
    (tmp_path / "samples").mkdir()
    assert paths.samples_folder() == tmp_path / "samples"


def test_folders_of_other_systems(installed, tmp_path, monkeypatch):
    monkeypatch.setattr("sys.platform", "darwin")
    assert paths.cache_folder() == tmp_path / "home" / "Library" / "Caches" / "symgnn"
    assert paths.data_folder() == tmp_path / "home" / "Library" / "Application Support" / "symgnn"
    monkeypatch.setattr("sys.platform", "win32")
    monkeypatch.delenv("LOCALAPPDATA", raising=False)
    assert paths.cache_folder() == tmp_path / "home" / "AppData" / "Local" / "symgnn" / "cache"
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "local"))
    assert paths.cache_folder() == tmp_path / "local" / "symgnn" / "cache"
    assert paths.data_folder() == tmp_path / "local" / "symgnn" / "data"


def test_without_a_home_the_variable_is_named(installed, monkeypatch):
    def none():
        raise RuntimeError

    monkeypatch.setattr(paths.Path, "home", none)
    with pytest.raises(InputError, match=r"^SYMGNN_CACHE: no home folder found, expected this variable"):
        paths.cache_folder()
