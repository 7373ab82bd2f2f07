"""How well predicted barriers agree with labels: pure functions of two arrays of equal length."""

from __future__ import annotations

import numpy as np
from scipy import stats


def _pair(prediction: np.ndarray, label: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    prediction, label = np.asarray(prediction, float), np.asarray(label, float)
    if prediction.shape != label.shape or prediction.ndim != 1:
        raise ValueError(
            f"prediction {prediction.shape} and label {label.shape}: expected one equal (N,) shape"
        )
    return prediction, label


def pearson(prediction: np.ndarray, label: np.ndarray) -> float:
    """Pearson's correlation coefficient r; nan where either side is constant."""
    prediction, label = _pair(prediction, label)
    if len(label) < 2 or np.ptp(prediction) == 0 or np.ptp(label) == 0:
        return float("nan")
    return float(np.corrcoef(prediction, label)[0, 1])


def spearman(prediction: np.ndarray, label: np.ndarray) -> float:
    """Spearman's rank correlation; nan where either side is constant."""
    prediction, label = _pair(prediction, label)
    return pearson(stats.rankdata(prediction), stats.rankdata(label))


def mae(prediction: np.ndarray, label: np.ndarray) -> float:
    """Mean absolute error, in the unit of the label (eV)."""
    prediction, label = _pair(prediction, label)
    return float(np.abs(prediction - label).mean())


def rmse(prediction: np.ndarray, label: np.ndarray) -> float:
    """Root mean squared error, in the unit of the label (eV)."""
    prediction, label = _pair(prediction, label)
    return float(np.sqrt(((prediction - label) ** 2).mean()))


def reliability(mean: np.ndarray, standard_error: np.ndarray) -> float:
    """Fraction of the variance of means (N,) that is not their own error: 1 - mean squared standard error / variance.

    r of something with these means, divided by the root of this, is what it would be without their error (C. Spearman,
    Am. J. Psychol. 15, 72 (1904)). Below 0 where the errors explain more than there is.
    """
    mean, standard_error = _pair(mean, standard_error)
    return float(1 - (standard_error**2).mean() / mean.var(ddof=1))


def auc_extreme(
    prediction: np.ndarray, label: np.ndarray, *, fraction: float = 0.05, top: bool = True
) -> float:
    """Area under the ROC curve for finding the atoms with the most extreme labels.

    top: the `fraction` of atoms with the highest barriers; else those with the lowest. The measure of Wang,
    Ding and Ma, npj Comput. Mater. 2020. It is the Mann-Whitney statistic; ties count half.
    """
    prediction, label = _pair(prediction, label)
    if not top:
        prediction, label = -prediction, -label
    positive = label > np.quantile(label, 1 - fraction)
    n_positive, n_negative = int(positive.sum()), int((~positive).sum())
    if not n_positive or not n_negative:
        return float("nan")
    rank_sum = stats.rankdata(prediction)[positive].sum()
    return float((rank_sum - n_positive * (n_positive + 1) / 2) / (n_positive * n_negative))


def regression_scores(prediction: np.ndarray, label: np.ndarray) -> dict[str, float]:
    """All of the above under the names used in cards and tables."""
    return {
        "pearson": pearson(prediction, label),
        "spearman": spearman(prediction, label),
        "mae_eV": mae(prediction, label),
        "rmse_eV": rmse(prediction, label),
        "auc_top5": auc_extreme(prediction, label, top=True),
        "auc_bottom5": auc_extreme(prediction, label, top=False),
    }
