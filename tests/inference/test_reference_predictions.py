"""Every committed checkpoint predicts what it predicted when it was stored: reference.safetensors.

Rounding differs between processors, so the test allows 2e-5 eV; `python -m benchmarks.reference_predictions` prints
the differences, which on one machine are below 1e-6 eV.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from symgnn.inference.predict import load_checkpoint, predict_with_uncertainty
from symgnn.io.structures import read_glass
from symgnn.physical_inputs import VIBRATIONS

REFERENCE = Path(__file__).with_name("reference.safetensors")
CHECKPOINTS = Path(__file__).resolve().parents[2] / "checkpoints"
SAMPLE = CHECKPOINTS.parent / "data" / "samples" / "Cu64Zr36_500_1e12.xyz"


def names() -> list[str]:
    """All committed checkpoints: symgnn, symgnn/seed1, ..."""
    return sorted(card.parent.relative_to(CHECKPOINTS).as_posix() for card in CHECKPOINTS.rglob("card.json"))


def predictions(name: str) -> np.ndarray:
    """(N,) or, with their standard deviations, (2, N) float64 eV.

    Mean-square displacements are made up: dynamics part where another processor rounds otherwise.
    """
    sample = read_glass(SAMPLE)
    sample = sample.with_properties(**{VIBRATIONS: np.linspace(-5, -3, len(sample))})
    found = predict_with_uncertainty(load_checkpoint(CHECKPOINTS / name), sample)
    columns = [found.barriers] if found.sigma is None else [found.barriers, found.sigma]
    return np.stack(columns).astype(np.float64)


def stored() -> dict[str, np.ndarray]:
    return load_file(REFERENCE)


@pytest.mark.parametrize("name", names())
def test_predictions_are_those_stored(name):
    known = stored()[name]
    found = predictions(name)
    assert found.shape == known.shape
    assert known[0].std() > 1e-4, "a checkpoint that predicts one number for all atoms notices nothing"
    np.testing.assert_allclose(found, known, rtol=0, atol=2e-5)


def test_every_checkpoint_has_stored_predictions():
    assert sorted(stored()) == names()
