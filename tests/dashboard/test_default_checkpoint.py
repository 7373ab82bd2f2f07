"""Which checkpoint pages start with."""

from dashboard.default_checkpoint import PREFERRED, default_checkpoint
from symgnn.inference.checkpoint import list_checkpoints


def test_the_first_preferred_one_that_is_there():
    assert default_checkpoint(["ridge", *reversed(PREFERRED)]) == PREFERRED[0]
    assert default_checkpoint(["ridge", PREFERRED[1]]) == PREFERRED[1]
    assert default_checkpoint(["ridge"]) is None


def test_it_ships_with_the_project():
    assert default_checkpoint(list_checkpoints()) == PREFERRED[0]
