"""A card is checked once, when it is read; what is read and not changed is written as it was."""

import json

import pytest

from symgnn.errors import InputError
from symgnn.inference.card import CARD, Card, Recipe, read_card, write_card
from tests.conftest import REPOSITORY

COMMITTED = sorted((REPOSITORY / "checkpoints").rglob(CARD))
NAMES = [path.parent.relative_to(REPOSITORY / "checkpoints").as_posix() for path in COMMITTED]


@pytest.mark.parametrize("path", COMMITTED, ids=NAMES)
def test_a_committed_card_is_written_as_it_was_read(path, tmp_path):
    card = read_card(path)
    write_card(tmp_path, card)
    assert (tmp_path / CARD).read_bytes() == path.read_bytes()
    assert card.split.train == [f"train{k}" for k in range(6)]
    assert card.evaluation.data_hashes.keys() == {"train6", "test0"}


def test_what_is_changed_or_added_stands_where_a_reader_expects_it(tmp_path):
    card = read_card(COMMITTED[0]).model_copy(update={"seconds": 1, "label_hashes": {"train0": "ab"}})
    before, after = json.loads(COMMITTED[0].read_text()), json.loads(card.to_json())
    assert list(after) == [*before, "label_hashes"]
    assert after == before | {"seconds": 1, "label_hashes": {"train0": "ab"}}


def test_a_new_card_states_what_it_was_given_in_that_order():
    card = Card(settings={"width": 8}, model="symgnn", training=Recipe(seed=3, jitter=0.1), seconds=2)
    expected = {
        "settings": {"width": 8},
        "model": "symgnn",
        "training": {"seed": 3, "jitter": 0.1},
        "seconds": 2,
    }
    assert list(json.loads(card.to_json()).items()) == list(expected.items())
    assert "2.0" not in card.to_json(), "a whole number stays one"


@pytest.mark.parametrize(
    ("entries", "problem"),
    [
        ({"model": None}, "field 'model' is 'None', expected a text"),
        ({"settings": [1]}, "field 'settings' is '[1]', expected names and values"),
        (
            {"scores": {"test0": {"pearson": "high"}}},
            "field 'scores.test0.pearson' is 'high', expected a number",
        ),
        ({"curve": {"epoch": 1}}, "field 'curve' is \"{'epoch': 1}\", expected a list"),
        ({"curve": [{"pearson": True}]}, "field 'curve.0.pearson' is 'True', expected a number"),
        ({"n_parameters": 1.5}, "field 'n_parameters' is '1.5', expected a whole number"),
        ({"training": {"seed": "x"}}, "field 'training.seed' is 'x', expected a whole number"),
        ({"composition": {"Cu": [0.5]}}, "field 'composition.Cu.1' is missing"),
        ({"target": {"quantity": "barrier"}}, "field 'target.unit' is missing"),
        ({"split": {"tests": []}}, "field 'split.tests' is unknown"),
        ({"mood": "good"}, "field 'mood' is unknown, as if a later version of symgnn had written the card"),
        ({"weights_sha256": ""}, "field 'weights_sha256' is missing"),
    ],
)
def test_what_does_not_fit_is_named_in_one_line(tmp_path, entries, problem):
    path = tmp_path / CARD
    path.write_text(json.dumps({"model": "symgnn", "settings": {}, "weights_sha256": "0" * 64} | entries))
    with pytest.raises(InputError) as error:
        read_card(path)
    assert str(error.value).startswith(f"{path}: {problem}")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("text", ["", "{", "[1]", "3"])
def test_what_is_no_card_at_all(tmp_path, text):
    (tmp_path / CARD).write_text(text)
    with pytest.raises(InputError, match=CARD):
        read_card(tmp_path / CARD)


def test_cards_are_equal_whatever_the_order_of_their_fields():
    one, other = Card(model="symgnn", settings={}, seconds=1), Card(seconds=1, settings={}, model="symgnn")
    assert one == other
    assert one != other.model_copy(update={"seconds": 2})


def test_a_card_cannot_be_changed_in_place():
    card = Card(model="symgnn", settings={})
    with pytest.raises(ValueError, match="frozen"):
        card.model = "egat"
