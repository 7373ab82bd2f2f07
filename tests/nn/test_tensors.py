"""Couplings against Wigner's 3j symbols from SymPy, harmonics against SciPy, products against plain loops."""

import numpy as np
import pytest
import torch
from scipy.special import sph_harm_y
from sympy.physics.wigner import wigner_3j

from symgnn.graph.atom_graph import build_graph
from symgnn.nn.orthogonal import random_orthogonal
from symgnn.nn.tensors import (
    LimitedTensorNorm,
    NeighborProducts,
    component_harmonics,
    coupling,
)
from tests.conftest import make_random_glass

TRIPLES = [
    (a, b, c)
    for a in range(3)
    for b in range(3)
    for c in range(3)
    if (a + b + c) % 2 == 0 and abs(a - b) <= c <= a + b
]
# Row m = -l..l of the usual real harmonics, in the order of this project: vectors are (x, y, z) = m (1, -1, 0).
ORDER = {0: [0], 1: [2, 0, 1], 2: [0, 1, 2, 3, 4]}


def real_basis(degree):
    """(2l + 1, 2l + 1) unitary: real harmonics of this project's order from complex ones (Condon-Shortley)."""
    matrix = np.zeros((2 * degree + 1, 2 * degree + 1), dtype=complex)
    for m in range(-degree, degree + 1):
        if m == 0:
            matrix[degree, degree] = 1
        elif m > 0:
            matrix[degree + m, degree + m] = (-1) ** m / np.sqrt(2)
            matrix[degree + m, degree - m] = 1 / np.sqrt(2)
        else:
            matrix[degree + m, degree + m] = 1j / np.sqrt(2)
            matrix[degree + m, degree - m] = -1j * (-1) ** m / np.sqrt(2)
    return matrix[ORDER[degree]]


@pytest.mark.parametrize("triple", TRIPLES)
def test_couplings_are_the_wigner_symbols(triple):
    symbols = np.zeros([2 * degree + 1 for degree in triple])
    for index in np.ndindex(*symbols.shape):
        numbers = [m - degree for m, degree in zip(index, triple, strict=True)]
        symbols[index] = float(wigner_3j(*triple, *numbers))
    # The 3j symbol is the invariant of three representations: it takes conjugate coordinates.
    real = np.einsum("abc,ia,jb,kc->ijk", symbols, *(real_basis(degree).conj() for degree in triple))
    assert np.abs(real.imag).max() < 1e-12
    expected = real.real * np.sqrt(2 * triple[2] + 1)
    found = coupling(*triple).numpy()
    assert found == pytest.approx(expected * np.sign((found * expected).sum()), abs=1e-6)


@pytest.mark.parametrize("triple", [(1, 1, 1), (0, 1, 2), (3, 1, 2), (0, 0, 2)])
def test_impossible_couplings_are_refused(triple):
    with pytest.raises(ValueError, match="expected 0 to 2, an even sum, and the triangle inequality"):
        coupling(*triple)


def test_harmonics_are_those_of_scipy():
    direction = torch.nn.functional.normalize(torch.randn(50, 3, dtype=torch.float64), dim=1)
    x, y, z = direction.numpy().T
    polar, azimuth = np.arccos(z), np.arctan2(y, x)
    for degree, found in enumerate(component_harmonics(direction)):
        complex_ones = [sph_harm_y(degree, m, polar, azimuth) for m in range(-degree, degree + 1)]
        expected = np.sqrt(4 * np.pi) * np.array(complex_ones).T @ real_basis(degree).T
        assert found.numpy() == pytest.approx(expected, abs=1e-6)  # the imaginary parts vanish
        assert torch.allclose(found.square().sum(1), torch.full((50,), 2.0 * degree + 1).double(), atol=1e-6)


def test_products_are_sums_over_neighbors():
    """Against loops over edges, channels and components."""
    torch.manual_seed(0)
    graph = build_graph(make_random_glass(25, seed=3), 4.0)
    channels = (4, 3, 2)
    paths = {(0, 1): (1,), (1, 1): (0, 2), (2, 1): (1,), (1, 2): (1,), (2, 2): (0, 2)}
    products = NeighborProducts(channels=channels, paths=paths)
    features = tuple(torch.randn(graph.n_atoms, c, 2 * degree + 1) for degree, c in enumerate(channels))
    weights = torch.randn(graph.n_edges, sum(products.path_channels))
    harmonics = component_harmonics(graph.vector / graph.length[:, None])
    found = products(graph, features, weights, harmonics)

    parts, results = {0: [], 1: [], 2: []}, weights.split(products.path_channels, 1)
    for number, ((first, second), thirds) in enumerate(paths.items()):
        mixed = np.einsum("ncm,dc->ndm", features[first], products.values[number].weight.detach())
        for third in thirds:
            tensor = coupling(first, second, third).numpy()
            out = np.zeros((graph.n_atoms, mixed.shape[1], 2 * third + 1))
            for edge in range(graph.n_edges):
                j, i = int(graph.source[edge]), int(graph.target[edge])
                for channel in range(mixed.shape[1]):
                    product = np.einsum("abc,a,b->c", tensor, mixed[j, channel], harmonics[second][edge])
                    out[i, channel] += results[number][edge, channel].item() * product
            parts[third].append(out)
    for degree in range(3):
        expected = np.concatenate(parts[degree], 1)
        assert found[degree].shape[1] == products.out_channels(degree)
        assert found[degree].detach().numpy() == pytest.approx(expected, abs=1e-4)


def test_limited_norm_turns_with_its_input_and_is_bounded():
    torch.manual_seed(0)
    values = 30 * torch.randn(400, 2, 3) * torch.tensor([1.0, 0.1])[:, None]
    q = random_orthogonal(1, torch.Generator().manual_seed(0))[0]
    norm = LimitedTensorNorm(2)
    out = norm(values)
    assert torch.allclose(norm(values @ q.T), out @ q.T, atol=1e-5)
    assert out.square().mean((0, 2)).tolist() == pytest.approx([0.93, 0.93], abs=0.05)  # 1 but for the limit
    for _ in range(100):
        norm(values)
    norm.eval()
    assert torch.allclose(norm(values), out, atol=1e-3)
    assert norm(1e6 * values).square().mean(-1).max() < 25.001
