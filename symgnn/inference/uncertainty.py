"""How far off a predicted barrier may be: one standard deviation per atom, calibrated on the validation glass.

Every model is linear in its last hidden layer phi. How unusual an atom is among the training atoms, its leverage
    h_i = |W (phi_i - mean)|^2 / K,        W to the K leading principal components over training atoms, in units
                                           of their standard deviations
is what a Bayesian last layer adds to the noise (Snoek et al., ICML 2015; Daxberger et al., NeurIPS 2021), about 1
inside the training data and large outside. The standard deviation is a function of it and of the prediction z itself,
in standard deviations of the training labels (high barriers are noisier):
    log sigma_i = a + b log(1 + h_i) + c z_i
a, b >= 0 and c maximise the Gaussian likelihood of the residuals on the validation glass. Then sigma is scaled so that
68.3% of the validation atoms lie within one sigma, and the factor for 95% is their quantile (split
conformal prediction: Lei et al., J. Am. Stat. Assoc. 2018). On glasses like the validation glass the intervals
hold what they say; card.json states what they cover elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from scipy.optimize import minimize
from torch import Tensor

from symgnn.graph.atom_graph import AtomGraph
from symgnn.metrics import spearman
from symgnn.models import BarrierModel

LEVELS = {"68%": 0.6827, "95%": 0.95}
COMPONENTS = 64
CENTER, WHITENING = "uncertainty.center", "uncertainty.whitening"  # their names beside the weights


@dataclass(frozen=True, eq=False)
class Uncertainty:
    """A fitted standard deviation of the error.

    center (F,), whitening (F, K)  of the training atoms' last hidden layer
    base, unusual, high            a, b and c above, the scaling to 68% in a; sigma in eV
    factor95                       an interval of +- factor95 * sigma covers 95% of the validation atoms
    """

    center: Tensor
    whitening: Tensor
    base: float
    unusual: float
    high: float
    factor95: float

    def to(self, device: str | torch.device) -> Uncertainty:
        """The same on another device."""
        return replace(self, center=self.center.to(device), whitening=self.whitening.to(device))

    def leverage(self, features: Tensor) -> Tensor:
        """(N, F) -> (N,)."""
        return ((features.double() - self.center) @ self.whitening).square().mean(1)

    def sigma(self, features: Tensor, standardised: Tensor) -> Tensor:
        """(N, F) features and (N,) predictions in standard deviations of the training labels -> (N,) eV."""
        log = self.base + self.unusual * torch.log1p(self.leverage(features)) + self.high * standardised
        return log.exp()

    @property
    def tensors(self) -> dict[str, Tensor]:
        return {CENTER: self.center, WHITENING: self.whitening}

    @property
    def numbers(self) -> dict[str, float]:
        return {
            "base": self.base,
            "unusual": self.unusual,
            "high": self.high,
            "factor95": self.factor95,
        }


def predict_with_features(model: BarrierModel, graph: AtomGraph) -> tuple[Tensor, Tensor, Tensor]:
    """Barriers (N,) in eV, features (N, F), and barriers in standard deviations of the training labels (N,)."""
    with torch.no_grad():
        features = model.features(graph).double()
        last = model.decoder[-1]
        standardised = (features @ last.weight.double().T + last.bias.double())[:, 0]
    return model.target_mean.double() + model.target_scale.double() * standardised, features, standardised


def fit_uncertainty(
    model: BarrierModel, training: Sequence[AtomGraph], validation: AtomGraph, labels: np.ndarray
) -> Uncertainty:
    """Leverage from the training graphs, calibration on the validation graph with its labels (N,) in eV."""
    features = torch.cat([predict_with_features(model, graph)[1] for graph in training])
    center = features.mean(0)
    variance, direction = torch.linalg.eigh(torch.cov(features.T).reshape(features.shape[1], -1))
    leading = torch.nonzero(variance > 1e-10 * variance[-1])[-COMPONENTS:, 0]
    whitening = direction[:, leading] / variance[leading].sqrt()

    barriers, held_out, z = predict_with_features(model, validation)
    residual = np.abs(barriers.cpu().numpy() - labels)
    plain = Uncertainty(center, whitening, 0.0, 0.0, 0.0, 1.0)
    unusual, z = np.log1p(plain.leverage(held_out).cpu().numpy()), z.cpu().numpy()

    def log_sigma(parameters: np.ndarray) -> np.ndarray:
        return parameters[0] + parameters[1] * unusual + parameters[2] * z

    def loss(parameters: np.ndarray) -> float:
        log = log_sigma(parameters)
        return float(np.mean(log + 0.5 * (residual / np.exp(log)) ** 2))

    start = np.array([np.log(residual.std() + 1e-6), 0.0, 0.0])
    best = minimize(loss, start, method="L-BFGS-B", bounds=[(None, None), (0.0, None), (None, None)]).x
    ratio = residual / np.exp(log_sigma(best))
    one = float(np.quantile(ratio, LEVELS["68%"]))
    factor95 = float(np.quantile(ratio, LEVELS["95%"])) / one
    return Uncertainty(
        center, whitening, float(best[0] + np.log(one)), float(best[1]), float(best[2]), factor95
    )


def coverage(
    barriers: np.ndarray, sigma: np.ndarray, labels: np.ndarray, factor95: float
) -> dict[str, float]:
    """Fractions of atoms whose label lies in the interval, and how large sigma is: for the card."""
    ratio = np.abs(barriers - labels) / sigma
    return {
        "68%": float((ratio <= 1).mean()),
        "95%": float((ratio <= factor95).mean()),
        "mean_sigma_eV": float(sigma.mean()),
        "rank_correlation": spearman(sigma, np.abs(barriers - labels)),
    }
