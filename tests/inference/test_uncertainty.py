"""The calibrated spread: against its closed form, and against noise of known size."""

import numpy as np
import pytest
import torch
from scipy.spatial.distance import mahalanobis

from symgnn.errors import InputError
from symgnn.graph.atom_graph import batch_graphs, build_graph
from symgnn.inference.card import CARD, Card
from symgnn.inference.checkpoint import load_checkpoint, save_checkpoint
from symgnn.inference.uncertainty import Uncertainty, coverage, fit_uncertainty, predict_with_features
from symgnn.models import build_model
from symgnn.training.run import calibrate_checkpoint
from tests.conftest import make_random_glass
from tests.training.test_loop import labelled


@pytest.fixture(scope="module")
def model():
    torch.manual_seed(0)
    model = build_model("symgnn", {"width": 8, "heads": [2, 1]})
    model.set_target_scale(torch.tensor([1.0, 1.5, 2.0]))
    return model.eval()


@pytest.fixture(scope="module")
def graphs(model):
    return [build_graph(make_random_glass(250, seed), model.cutoff) for seed in range(3)]


def test_features_and_last_layer_are_the_prediction(model, graphs):
    barriers, features, standardised = predict_with_features(model, graphs[0])
    with torch.no_grad():
        assert torch.allclose(barriers.float(), model(graphs[0]), atol=1e-5)
    assert features.shape == (250, 8)
    assert torch.allclose(barriers, 1.5 + 0.5 * standardised)


def test_leverage_is_the_mahalanobis_distance(model, graphs):
    labels = np.random.default_rng(0).normal(size=250)
    fitted = fit_uncertainty(model, graphs[:2], graphs[2], labels)
    training = torch.cat([predict_with_features(model, graph)[1] for graph in graphs[:2]]).numpy()
    probe = predict_with_features(model, graphs[2])[1]
    inverse = np.linalg.inv(np.cov(training.T))
    expected = [mahalanobis(row, training.mean(0), inverse) ** 2 / 8 for row in probe.numpy()]
    np.testing.assert_allclose(fitted.leverage(probe), expected, rtol=1e-3)


def test_noise_of_known_size_is_found_and_covered(model, graphs):
    rng = np.random.default_rng(1)
    barriers, features, z = predict_with_features(model, graphs[2])
    true = 0.2 * np.exp(0.6 * z.numpy())  # eV, larger where the barrier is
    labels = barriers.numpy() + rng.normal(size=250) * true
    fitted = fit_uncertainty(model, graphs[:2], graphs[2], labels)
    sigma = fitted.sigma(features, z).numpy()
    covered = coverage(barriers.numpy(), sigma, labels, fitted.factor95)
    assert covered["68%"] == pytest.approx(0.6827, abs=0.01)
    assert covered["95%"] == pytest.approx(0.95, abs=0.01)
    assert np.median(sigma / true) == pytest.approx(1, abs=0.2)
    fresh = barriers.numpy() + rng.normal(size=250) * true
    assert coverage(barriers.numpy(), sigma, fresh, fitted.factor95)["68%"] == pytest.approx(0.68, abs=0.1)


def test_spread_that_grows_with_leverage_is_found(model, graphs):
    """Noise of .1 eV * sqrt(1 + leverage): the exponent comes out, and atoms unlike the training's are less sure."""
    rng = np.random.default_rng(2)
    plain = fit_uncertainty(model, graphs[:2], graphs[2], rng.normal(size=250))
    validation = batch_graphs(
        [build_graph(make_random_glass(250, seed), model.cutoff) for seed in range(3, 9)]
    )
    barriers, features, z = predict_with_features(model, validation)
    leverage = plain.leverage(features).numpy()
    assert np.quantile(leverage, 0.95) > 2 * np.quantile(leverage, 0.05)
    labels = barriers.numpy() + 0.1 * np.sqrt(1 + leverage) * rng.normal(size=len(leverage))
    fitted = fit_uncertainty(model, graphs[:2], validation, labels)
    assert fitted.unusual == pytest.approx(0.5, abs=0.15)
    assert fitted.high == pytest.approx(0, abs=0.1)
    near = fitted.sigma(features, z)
    far = fitted.sigma(features + 50 * features.std(0), z)
    far_leverage = plain.leverage(features + 50 * features.std(0)).numpy()
    expected = ((1 + far_leverage) / (1 + leverage)) ** fitted.unusual
    np.testing.assert_allclose(far / near, expected, rtol=1e-6)
    assert (far / near).min() > 3


def test_saved_with_the_weights(model, tmp_path):
    glasses = [labelled(80, seed) for seed in (1, 2, 3)]
    save_checkpoint(tmp_path, model, Card(model="symgnn", settings={"width": 8, "heads": [2, 1]}))
    plain = load_checkpoint(tmp_path)
    assert plain.uncertainty is None
    calibrate_checkpoint(plain, glasses[:2], glasses[2])
    loaded = load_checkpoint(tmp_path)
    assert isinstance(loaded.uncertainty, Uncertainty)
    assert loaded.card.uncertainty.coverage["made3"]["95%"] == pytest.approx(0.95, abs=0.02)
    for name, value in plain.model.state_dict().items():
        assert torch.equal(value, loaded.model.state_dict()[name]), name
    (tmp_path / CARD).write_text((tmp_path / CARD).read_text().replace('"factor95"', '"factor99"'))
    with pytest.raises(InputError, match=r"field 'uncertainty\.parameters\.factor95' is missing"):
        load_checkpoint(tmp_path)
