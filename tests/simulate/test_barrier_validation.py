"""The comparison with labels, on made-up means whose noise is known."""

import numpy as np
import pytest

pytest.importorskip("plotly", reason="the figure needs plotly: pip install symgnn[figures]")

from benchmarks.barrier_validation import agreement


def test_the_correction_takes_out_the_noise_of_the_means():
    rng = np.random.default_rng(0)
    label = rng.normal(1.7, 0.3, 20_000)
    mean = 0.2 + 0.8 * label + rng.normal(scale=0.1, size=20_000)
    noisy = mean + rng.normal(scale=0.2, size=20_000)
    exact = agreement(mean, np.zeros(20_000), np.full(20_000, 10), label)
    result = agreement(noisy, np.full(20_000, 0.2), np.full(20_000, 10), label)
    assert exact.corrected == exact.r == pytest.approx(0.24 / np.hypot(0.24, 0.1), abs=0.01)
    assert result.corrected == pytest.approx(exact.r, abs=0.02)
    assert result.r == pytest.approx(exact.r * np.sqrt(result.reliability), abs=0.01)
    assert result.interval[0] < result.r < result.interval[1]
    assert result.slope == pytest.approx(0.8, abs=0.02)
    assert result.difference == pytest.approx(0.2 - 0.2 * 1.7, abs=0.02)
    assert (result.atoms, result.events) == (20_000, 10)
