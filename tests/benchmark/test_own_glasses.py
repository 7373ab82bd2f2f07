"""Scores on own glasses: r, bias, r corrected for the labels' noise, and the file and table of them."""

import numpy as np
import pytest

from symgnn.benchmark.own_glasses import FILE, agreement, own_table, read_rows, row, write_rows
from symgnn.errors import InputError
from symgnn.glass import Glass
from tests.conftest import make_random_glass

N = 4000


def labelled(noise: float, name: str = "glass") -> tuple[Glass, np.ndarray]:
    """A glass whose labels are true barriers plus noise of that known standard deviation; the true barriers."""
    rng = np.random.default_rng(3)
    bare = make_random_glass(8, seed=1)
    true = rng.normal(1.5, 0.3, N)
    glass = Glass(
        np.tile(bare.species, N // 8),
        np.arange(3 * N).reshape(N, 3) * 2.0,
        np.eye(3) * 1e5,
        (False,) * 3,
        barriers=true + rng.normal(0, noise, N),
        properties={"barrier_standard_error": np.full(N, noise)} if noise else {},
        name=name,
    )
    return glass, true


def test_r_is_corrected_for_noise_of_the_labels():
    glass, true = labelled(0.2)
    expected = 0.3**2 / (0.3**2 + 0.2**2)
    prediction = true + np.random.default_rng(0).normal(0, 0.1, N) + 0.25
    result = agreement(prediction, glass)
    assert result.reliability == pytest.approx(expected, abs=0.02)
    assert result.bias == pytest.approx(0.25, abs=0.02)
    assert result.mae == pytest.approx(np.abs(prediction - glass.barriers).mean())
    assert result.r == pytest.approx(np.corrcoef(prediction, glass.barriers)[0, 1])
    without_noise = 0.3 / np.hypot(0.3, 0.1)
    assert result.r < without_noise - 0.1
    assert result.r_corrected == pytest.approx(without_noise, abs=0.02)


def test_without_standard_errors_nothing_is_corrected():
    glass, true = labelled(0)
    result = agreement(true, glass)
    assert result.r == pytest.approx(1)
    assert np.isnan([result.reliability, result.r_corrected]).all()


def test_labels_that_are_all_noise():
    glass, true = labelled(0.2)
    noisy = Glass(glass.species, glass.positions, glass.cell, glass.pbc, barriers=glass.barriers,
                  properties={"barrier_standard_error": np.full(N, 5.0)})  # fmt: skip
    assert agreement(true, noisy).reliability < 0
    assert np.isnan(agreement(true, noisy).r_corrected)


def test_a_glass_without_labels(random_glass):
    with pytest.raises(InputError, match="no energy barriers found"):
        agreement(np.zeros(len(random_glass)), random_glass)


def test_rows_and_their_table(tmp_path):
    (one, true), (two, _) = labelled(0.2, "one"), labelled(0, "two")
    rng = np.random.default_rng(0)
    seeds = [true + rng.normal(0, 0.1, N) for _ in range(3)]
    rows = [
        row("poor", one, [true + rng.normal(0, 1.0, N)], 2.0, "physics"),
        row("good", one, seeds, 0.5, "CPU, 1 thread"),
        row("good", two, seeds[:1], 0.7, "CPU, 1 thread"),
    ]
    assert rows[1]["seeds"] == 3
    assert rows[1]["r"] == pytest.approx(np.mean([agreement(each, one).r for each in seeds]))
    assert rows[1]["r_sd"] == pytest.approx(np.std([agreement(each, one).r for each in seeds], ddof=1))
    assert write_rows(rows, tmp_path) == tmp_path / FILE
    table = own_table(read_rows(tmp_path))
    assert table.header == ["checkpoint", "seeds", "r one", "corrected", "bias / eV", "r two", "corrected", "bias / eV",
                            "seconds per glass"]  # fmt: skip
    good, poor = table.lines
    assert good[0] == "`good`"
    assert good[2].startswith(f"{rows[1]['r']:.3f} ± ")
    assert good[3] == f"{rows[1]['r_corrected']:.2f}"
    assert good[6] == "–", "no standard errors"
    assert good[-1] == "0.6"
    assert poor[0] == "poor"
    assert poor[5:8] == ["–"] * 3


def test_no_file_and_another_file(tmp_path):
    assert read_rows(tmp_path) is None
    (tmp_path / FILE).write_text("a,b\n1,2\n")
    with pytest.raises(InputError, match=r"own_glasses\.csv: columns a, b found, expected name, seeds"):
        read_rows(tmp_path)
    (tmp_path / FILE).write_text("")
    with pytest.raises(InputError, match="not readable as CSV"):
        read_rows(tmp_path)
