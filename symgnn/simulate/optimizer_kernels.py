"""Compiled linear algebra of the optimisers and of the search for the softest mode; all vectors are flat (n,).

Sums are loops and no calls of BLAS: those add up in another order with another number of threads, and a search follows
the last bit.
"""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True, fastmath={"contract", "reassoc", "nsz"})
def dot(a, b):
    """Scalar product of two vectors."""
    total = 0.0
    for k in range(len(a)):
        total += a[k] * b[k]
    return total


@njit(cache=True, fastmath={"contract", "reassoc", "nsz"})
def combination(coefficients, rows):
    """(n,) sum over the first len(coefficients) rows, each times its coefficient."""
    result = np.zeros(rows.shape[1])
    for m in range(len(coefficients)):
        for k in range(rows.shape[1]):
            result[k] += coefficients[m] * rows[m, k]
    return result


@njit(cache=True)
def lbfgs_step(gradient, steps, changes, n_kept, newest, first_scale):
    """(n,) minus the inverse Hessian times the gradient, by limited-memory BFGS (D. C. Liu, J. Nocedal, Math. Program.
    45, 503 (1989)).

    steps and changes (K, n): ring buffers of the last differences of position and gradient, n_kept of them in use, the
    last one in row `newest`. first_scale (Å²/eV) stands in for the inverse Hessian as long as there is none.
    """
    p = gradient.copy()
    k_max = len(steps)
    weights = np.empty(n_kept)
    for m in range(n_kept):
        k = (newest - m) % k_max
        weights[m] = dot(steps[k], p) / dot(changes[k], steps[k])
        p -= weights[m] * changes[k]
    if n_kept:
        p *= dot(steps[newest], changes[newest]) / dot(changes[newest], changes[newest])
    else:
        p *= first_scale
    for m in range(n_kept - 1, -1, -1):
        k = (newest - m) % k_max
        p += steps[k] * (weights[m] - dot(changes[k], p) / dot(changes[k], steps[k]))
    return -p


@njit(cache=True)
def lanczos_step(basis, k, product, diagonal, beside):
    """Take the Hessian's product with basis[k] into a Lanczos tridiagonalisation, and name the lowest eigenpair so far.

    basis (K, n): rows 0..k orthonormal; row k + 1, if there is one, becomes the next vector. diagonal, beside (K,) are
    filled at k. Returns (eigenvalue, (k + 1,) coefficients of its vector in the basis, norm of its residual).
    """
    diagonal[k] = dot(basis[k], product)
    for _ in range(2):  # full orthogonalisation, twice for rounding
        for m in range(k + 1):
            product -= dot(basis[m], product) * basis[m]
    beside[k] = np.sqrt(dot(product, product))
    if k + 1 < len(basis) and beside[k] > 0:
        basis[k + 1] = product / beside[k]
    matrix = np.diag(diagonal[: k + 1])
    for m in range(k):
        matrix[m, m + 1] = matrix[m + 1, m] = beside[m]
    values, vectors = np.linalg.eigh(matrix)
    return values[0], vectors[:, 0].copy(), beside[k] * abs(vectors[k, 0])
