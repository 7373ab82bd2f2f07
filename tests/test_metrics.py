"""Metrics against SciPy, scikit-learn-style definitions and closed forms."""

import numpy as np
import pytest
from scipy import stats

from symgnn import metrics


@pytest.fixture
def noisy():
    rng = np.random.default_rng(0)
    label = rng.normal(1.7, 0.3, 500)
    return label + rng.normal(0, 0.2, 500), label


def test_against_scipy(noisy):
    assert metrics.pearson(*noisy) == pytest.approx(stats.pearsonr(*noisy).statistic)
    assert metrics.spearman(*noisy) == pytest.approx(stats.spearmanr(*noisy).statistic)


def test_closed_forms():
    label = np.array([1.0, 2.0, 3.0])
    assert metrics.mae(label + 0.5, label) == pytest.approx(0.5)
    assert metrics.rmse(label + np.array([0.3, -0.4, 0.0]), label) == pytest.approx(np.sqrt(0.25 / 3))
    assert metrics.pearson(2 * label + 1, label) == pytest.approx(1)
    assert metrics.pearson(-label, label) == pytest.approx(-1)
    assert metrics.spearman(np.exp(label), label) == pytest.approx(1)


@pytest.mark.parametrize("top", [True, False])
def test_auc_counts_ordered_pairs(noisy, top):
    prediction, label = noisy
    prediction = np.round(prediction, 1)  # with ties
    sign = 1 if top else -1
    positive = sign * label > np.quantile(sign * label, 0.95)
    above = np.sign(sign * (prediction[positive][:, None] - prediction[~positive]))
    expected = ((above + 1) / 2).mean()
    assert metrics.auc_extreme(prediction, label, top=top) == pytest.approx(expected)


def test_auc_is_half_without_information_and_one_when_perfect(noisy):
    _, label = noisy
    assert metrics.auc_extreme(np.ones_like(label), label) == pytest.approx(0.5)
    assert metrics.auc_extreme(label, label) == pytest.approx(1)
    assert metrics.auc_extreme(label, label, top=False) == pytest.approx(1)


def test_constant_sides_have_no_correlation():
    assert np.isnan(metrics.pearson(np.ones(4), np.arange(4)))
    assert np.isnan(metrics.spearman(np.arange(4), np.ones(4)))


def test_shapes_must_agree():
    with pytest.raises(ValueError, match="expected one equal"):
        metrics.mae(np.ones((3, 1)), np.ones(3))
