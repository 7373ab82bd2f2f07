"""Where a checkpoint computes: predictions come back to the CPU, whatever the device."""

import numpy as np
import pytest
import torch

from symgnn.errors import InputError
from symgnn.inference import predict as prediction_module
from symgnn.inference.checkpoint import list_checkpoints, load_checkpoint
from symgnn.inference.device import device_name
from symgnn.inference.predict import predict_tiled
from symgnn.io.structures import read_glass
from tests.conftest import REPOSITORY

SAMPLE = REPOSITORY / "data" / "samples" / "Cu64Zr36_500_1e12.xyz"
ON_GPU = 1e-3  # eV; sums run in another order there, and in float32


@pytest.fixture(scope="module")
def sample():
    return read_glass(SAMPLE)


def test_a_device_that_is_not_there_is_refused():
    with pytest.raises(InputError, match="device 'abacus' found, expected cpu or a CUDA device"):
        load_checkpoint("mlp", device="abacus")
    with pytest.raises(InputError, match="device 'abacus' found"):
        load_checkpoint("mlp").to("abacus")


def test_the_cpu_is_the_default_and_staying_there_copies_nothing():
    checkpoint = load_checkpoint("mlp")
    assert checkpoint.device == torch.device("cpu")
    assert checkpoint.to("cpu") is checkpoint
    assert device_name(checkpoint.device) == f"CPU, {torch.get_num_threads()} thread(s)"


def test_graphs_go_where_the_checkpoint_is(sample, monkeypatch):
    """A stand-in for a GPU: the device to which graphs are asked to move is that of the model."""
    asked = []
    to = prediction_module.AtomGraph.to
    monkeypatch.setattr(
        prediction_module.AtomGraph, "to", lambda graph, device: asked.append(device) or to(graph, device)
    )
    checkpoint = load_checkpoint("mlp")
    checkpoint.predict(sample)
    predict_tiled(checkpoint, sample, tile=12.0)
    assert asked
    assert set(asked) == {checkpoint.device}


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
@pytest.mark.parametrize("name", list_checkpoints())
def test_a_gpu_predicts_what_the_cpu_does(name, sample):
    checkpoint = load_checkpoint(name)
    on_cpu = checkpoint.predict_with_uncertainty(sample)
    on_gpu = checkpoint.to("cuda").predict_with_uncertainty(sample)
    assert on_gpu.barriers.dtype == on_gpu.sigma.dtype == np.float64
    np.testing.assert_allclose(on_gpu.barriers, on_cpu.barriers, atol=ON_GPU, rtol=0)
    np.testing.assert_allclose(on_gpu.sigma, on_cpu.sigma, atol=ON_GPU, rtol=0)
    assert checkpoint.device.type == "cpu", "moving a checkpoint leaves the other where it was"
