"""The log of a training: its file, the console where it is asked for, and nothing that stays behind."""

import logging

import pytest

from symgnn.cli.models import _log_to
from symgnn.errors import InputError

LOGGER = logging.getLogger("symgnn.training.loop")


@pytest.fixture(autouse=True)
def _level():
    level = logging.getLogger("symgnn").level
    yield
    logging.getLogger("symgnn").setLevel(level)


@pytest.mark.parametrize("to_console", [True, False])
def test_lines_of_the_level_go_to_the_file_and_to_the_console_if_asked_for(tmp_path, capsys, to_console):
    path, before = tmp_path / "run" / "train.log", list(logging.getLogger("symgnn").handlers)
    with _log_to(path, "info", to_console):
        LOGGER.info("epoch 1")
        LOGGER.debug("a detail")
    LOGGER.error("after the training")
    (line,) = path.read_text(encoding="utf-8").splitlines()
    assert line.endswith(" INFO epoch 1")
    assert ("epoch 1" in capsys.readouterr().err) == to_console
    assert logging.getLogger("symgnn").handlers == before


def test_a_second_training_adds_to_the_log(tmp_path):
    for number in (1, 2):
        with _log_to(tmp_path / "train.log", "INFO", False):
            LOGGER.info("run %d", number)
    assert len((tmp_path / "train.log").read_text().splitlines()) == 2


def test_who_is_refused_leaves_a_folder_only_where_it_was(tmp_path):
    (tmp_path / "old").mkdir()
    before = list(logging.getLogger("symgnn").handlers)
    for name in ("old", "new"):
        with pytest.raises(InputError), _log_to(tmp_path / name / "train.log", "INFO", False):
            raise InputError("refused")
    with pytest.raises(InputError, match="log level 'LOUD' found"), _log_to(tmp_path / "a/b", "LOUD", False):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["old"]
    assert logging.getLogger("symgnn").handlers == before
