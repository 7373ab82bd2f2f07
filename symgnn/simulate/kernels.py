"""Compiled neighbour list and embedded-atom energy, forces and virial.

    E = sum_i F(rho_i) + sum_{i<j} phi(r_ij),   rho_i = sum_j rho(r_ij)

(M. S. Daw, M. I. Baskes, Phys. Rev. B 29, 6443 (1984)). Every pair is kept once, with the code of the
lattice translation that leads to its image, so that no minimum-image rule enters and any cell shape is right.
Units: eV, Å.
"""

from __future__ import annotations

import numpy as np
from numba import njit

OK, TOO_CLOSE, TOO_DENSE = 0, 1, 2


@njit(cache=True)
def face_distances(cell):
    """(3,) distances in Å between opposite faces of the cell; 0 for a flat one."""
    distances = np.empty(3)
    for k in range(3):
        normal = np.cross(cell[(k + 1) % 3], cell[(k + 2) % 3])
        area = np.sqrt((normal**2).sum())
        distances[k] = abs((cell[k] * normal).sum()) / area if area != 0 else 0.0
    return distances


@njit(cache=True)
def wrap(positions, cell, inverse):
    """(N, 3) positions moved into the cell, and the (N, 3) whole numbers of cell vectors that it takes."""
    whole = -np.floor(positions @ inverse)
    return positions + whole @ cell, whole


@njit(cache=True, error_model="numpy")
def find_pairs(positions, cell, inverse, widths, species, reach, wanted):
    """All pairs within reach[species, species] Å, each once, by binning in fractional coordinates.

    positions (N, 3) inside the cell, widths (3,) distances between opposite faces, each at least the largest
    reach; wanted (N,) bool: pairs of two other atoms are left out. Returns first (N + 1,): the partners of atom i are
    second[first[i]:first[i + 1]], and image, the code 9 (a + 1) + 3 (b + 1) + (c + 1) of the translation
    (a, b, c) @ cell to add to the partner.
    """
    n = len(positions)
    bins = np.empty(3, np.int64)
    most = 3 + int(2 * n ** (1 / 3))  # a nearly empty box needs no more
    for k in range(3):  # a bin is at least half the largest reach wide: look two bins far
        bins[k] = min(int(2 * widths[k] / reach.max()), most)
    home = np.empty((n, 3), np.int64)
    fractional = positions @ inverse
    for i in range(n):
        for k in range(3):
            home[i, k] = min(max(int(fractional[i, k] * bins[k]), 0), bins[k] - 1)
    number = (home[:, 0] * bins[1] + home[:, 1]) * bins[2] + home[:, 2]
    order = np.argsort(number, kind="mergesort")  # the atoms of a bin stand side by side
    start = np.searchsorted(number[order], np.arange(bins.prod() + 1))
    sorted_positions, sorted_species, sorted_wanted = positions[order], species[order], wanted[order]
    n_wanted = np.concatenate((np.zeros(1, np.int64), np.cumsum(sorted_wanted)))

    shifts = image_shifts(cell)
    reach2 = reach**2
    first = np.zeros(n + 1, np.int64)
    second = np.empty(50 * n, np.int32)
    image = np.empty(50 * n, np.int8)
    n_pairs = 0
    rank = np.empty(n, np.int64)
    rank[order] = np.arange(n)
    for i in range(n):
        reach2_i, wanted_i = reach2[species[i]], wanted[i]
        for da in range(3):
            a = home[i, 0] + da
            A = a // bins[0]
            for db in range(-2 if da else 0, 3):
                b = home[i, 1] + db
                B = b // bins[1]
                for dc in range(-2 if da or db else 0, 3):  # half of all neighbouring bins: each pair once
                    c = home[i, 2] + dc
                    C = c // bins[2]
                    code = 9 * (A + 1) + 3 * (B + 1) + C + 1
                    x = positions[i, 0] - shifts[code, 0]
                    y = positions[i, 1] - shifts[code, 1]
                    z = positions[i, 2] - shifts[code, 2]
                    there = ((a - A * bins[0]) * bins[1] + b - B * bins[1]) * bins[2] + c - C * bins[2]
                    at_home = da == 0 and db == 0 and dc == 0
                    begin, end = rank[i] + 1 if at_home else start[there], start[there + 1]
                    if not wanted_i and n_wanted[begin] == n_wanted[end]:
                        continue
                    if n_pairs + end - begin > len(second):
                        second = np.concatenate((second, np.empty_like(second)))
                        image = np.concatenate((image, np.empty_like(image)))
                    for q in range(begin, end):
                        dx = sorted_positions[q, 0] - x
                        dy = sorted_positions[q, 1] - y
                        dz = sorted_positions[q, 2] - z
                        second[n_pairs] = order[q]  # kept only if n_pairs moves on: no branch to mispredict
                        image[n_pairs] = code
                        near = dx * dx + dy * dy + dz * dz < reach2_i[sorted_species[q]]
                        n_pairs += near & (wanted_i | sorted_wanted[q])
        first[i + 1] = n_pairs
    return first, second[:n_pairs].copy(), image[:n_pairs].copy()


@njit(cache=True)
def image_shifts(cell):
    """(27, 3) lattice translations in Å by image code."""
    shifts = np.empty((27, 3))
    for code in range(27):
        a, b, c = code // 9 - 1, code // 3 % 3 - 1, code % 3 - 1
        shifts[code] = a * cell[0] + b * cell[1] + c * cell[2]
    return shifts


@njit(cache=True)
def largest_move2(positions, reference, deformation):
    """Largest squared distance of an atom from where the deformation took it; NaN where not finite."""
    largest = 0.0
    for i in range(len(positions)):
        move2 = 0.0
        for k in range(3):
            there = 0.0
            for m in range(3):
                there += reference[i, m] * deformation[m, k]
            move2 += (positions[i, k] - there) ** 2
        if not move2 <= largest:
            largest = move2
            if np.isnan(move2):
                return largest
    return largest


@njit(cache=True, fastmath={"contract", "reassoc", "arcp", "nsz"})
def energy_forces_virials(
    positions, cell, species, first, second, image, cutoff, r_min, spacing, table, root, drho, spline, work
):
    """Energies (N,) eV, forces (N, 3) eV/Å, virials (N, 6) eV of the atoms, and (status, atom, other atom).

    Virials are sums over neighbours of half r ⊗ f in Voigt order xx yy zz yz xz xy, f being the force on the
    neighbour; their sum is -volume × stress. table (2, 2, K, 8) holds the cubic coefficients, lowest power
    first, of rho and phi from r_min in steps of `spacing`; embedding is root √rho + a spline with steps of
    drho. work (number of pairs, 6) is scratch space. Stops with TOO_CLOSE or TOO_DENSE outside the tables.
    """
    n = len(positions)
    energies, density = np.zeros(n), np.zeros(n)
    forces, virials = np.zeros((n, 3)), np.zeros((n, 6))
    shifts = image_shifts(cell)
    cutoff2 = cutoff**2
    r_min2 = r_min * r_min

    for i in range(n):
        x, y, z = positions[i, 0], positions[i, 1], positions[i, 2]
        density_i, energy_i = 0.0, 0.0
        for p in range(first[i], first[i + 1]):
            j, code = second[p], image[p]
            dx = positions[j, 0] - x + shifts[code, 0]
            dy = positions[j, 1] - y + shifts[code, 1]
            dz = positions[j, 2] - z + shifts[code, 2]
            r2 = dx * dx + dy * dy + dz * dz
            work[p, 5] = 0.0
            if r2 < cutoff2[species[i], species[j]]:
                if r2 < r_min2:
                    return energies, forces, virials, (TOO_CLOSE, i, j)
                r = np.sqrt(r2)
                k = int((r - r_min) / spacing)
                u = r - r_min - k * spacing
                t = table[species[i], species[j], k]
                rho = ((t[3] * u + t[2]) * u + t[1]) * u + t[0]
                half_phi = 0.5 * (((t[7] * u + t[6]) * u + t[5]) * u + t[4])
                density_i += rho
                density[j] += rho
                energy_i += half_phi
                energies[j] += half_phi
                work[p, 0], work[p, 1], work[p, 2] = dx, dy, dz
                work[p, 3] = ((3 * t[3] * u + 2 * t[2]) * u + t[1]) / r
                work[p, 4] = ((3 * t[7] * u + 2 * t[6]) * u + t[5]) / r
                work[p, 5] = 1.0
        density[i] += density_i
        energies[i] += energy_i

    slope = np.zeros(n)  # dF/drho
    for i in range(n):
        if density[i] <= 0.0:
            continue  # an isolated atom
        k = int(density[i] / drho)
        if k >= spline.shape[1]:
            return energies, forces, virials, (TOO_DENSE, i, i)
        u = density[i] - k * drho
        g = spline[species[i], k]
        square_root = np.sqrt(density[i])
        energies[i] += root[species[i]] * square_root + ((g[3] * u + g[2]) * u + g[1]) * u + g[0]
        slope[i] = 0.5 * root[species[i]] / square_root + (3 * g[3] * u + 2 * g[2]) * u + g[1]

    for i in range(n):
        fx, fy, fz = 0.0, 0.0, 0.0
        vxx, vyy, vzz, vyz, vxz, vxy = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
        for p in range(first[i], first[i + 1]):
            if work[p, 5] == 0.0:
                continue
            j = second[p]
            dx, dy, dz = work[p, 0], work[p, 1], work[p, 2]
            pull = work[p, 4] + (slope[i] + slope[j]) * work[p, 3]  # (dE/dr) / r: positive pulls i towards j
            gx, gy, gz = pull * dx, pull * dy, pull * dz
            fx += gx
            fy += gy
            fz += gz
            forces[j, 0] -= gx
            forces[j, 1] -= gy
            forces[j, 2] -= gz
            hx, hy, hz = -0.5 * gx, -0.5 * gy, -0.5 * gz
            vxx += hx * dx
            vyy += hy * dy
            vzz += hz * dz
            vyz += hy * dz
            vxz += hx * dz
            vxy += hx * dy
            virials[j, 0] += hx * dx
            virials[j, 1] += hy * dy
            virials[j, 2] += hz * dz
            virials[j, 3] += hy * dz
            virials[j, 4] += hx * dz
            virials[j, 5] += hx * dy
        forces[i, 0] += fx
        forces[i, 1] += fy
        forces[i, 2] += fz
        virials[i, 0] += vxx
        virials[i, 1] += vyy
        virials[i, 2] += vzz
        virials[i, 3] += vyz
        virials[i, 4] += vxz
        virials[i, 5] += vxy
    return energies, forces, virials, (OK, 0, 0)
