"""Whether a prediction and physics agree, by the uncertainty of both."""

import math

import pytest

from symgnn.analysis.agreement import agreement


@pytest.mark.parametrize(
    ("prediction", "answer"), [(1.7, "agree"), (1.3, "agree"), (2.2, "undecided"), (0.4, "differ")]
)
def test_it_agrees_within_one_uncertainty_and_differs_beyond_two(prediction, answer):
    result = agreement(prediction, 0.3, 1.5, 0.4)
    assert result.uncertainty == pytest.approx(0.5)
    assert result.difference == pytest.approx(prediction - 1.5)
    assert result.answer == answer


def test_without_uncertainty_of_the_prediction_the_standard_error_counts_alone():
    assert agreement(1.7, None, 1.5, 0.1).ratio == pytest.approx(2)


def test_one_event_says_nothing():
    assert agreement(1.7, 0.3, 1.5, math.nan) is None
    assert agreement(1.7, 0.3, math.nan, math.nan) is None
    assert agreement(1.7, None, 1.5, 0.0) is None
