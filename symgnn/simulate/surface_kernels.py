"""Compiled energy and forces where only some atoms move, and the lists of pairs for it.

As in kernels.py every pair stands once, with the code of the lattice translation of its image. Here a pair has at
least one mobile atom, and the mobile atoms come first in all arrays: pairs between frozen atoms change nothing but
the constant part of the densities. Units: eV, Å.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from symgnn.simulate.kernels import OK, TOO_CLOSE, TOO_DENSE

NO_PARTNER = np.uint32(2**32 - 1)  # ends the pairs of an atom


@njit(cache=True)
def pairs_of_mobile(first, second, image, rank, n_mobile):
    """The pairs with a mobile atom, sorted by it, out of all pairs (first, second, image) of find_pairs.

    rank (N,) is the atom's place in the new order, mobile atoms first: 0..n_mobile - 1. Returns new first
    (n_mobile + 1,), second (places) and image.
    """
    n = len(rank)
    start = np.zeros(n_mobile + 1, np.int64)
    for i in range(n):
        for p in range(first[i], first[i + 1]):
            owner = min(rank[i], rank[second[p]])
            if owner < n_mobile:
                start[owner + 1] += 1
    for k in range(n_mobile):
        start[k + 1] += start[k]
    place = start[:-1].copy()
    partner = np.empty(start[-1], np.int32)
    code = np.empty(start[-1], np.int8)
    for i in range(n):
        for p in range(first[i], first[i + 1]):
            a, b = rank[i], rank[second[p]]
            owner = min(a, b)
            if owner < n_mobile:
                q = place[owner]
                place[owner] += 1
                partner[q] = max(a, b)
                code[q] = image[p] if a <= b else 26 - image[p]  # the opposite translation
    return start, partner, code


@njit(cache=True)
def nearer_pairs(positions, species, shifts, first, second, image, reach):
    """Those of the pairs that are nearer than reach[species, species] Å, in the same order and form."""
    n_mobile = len(first) - 1
    reach2 = reach**2
    start = np.zeros(n_mobile + 1, np.int64)
    partner = np.empty(len(second) + 1, np.int32)
    code = np.empty(len(second) + 1, np.int8)
    kept = 0
    for i in range(n_mobile):
        x, y, z = positions[i, 0], positions[i, 1], positions[i, 2]
        reach2_i = reach2[species[i]]
        for p in range(first[i], first[i + 1]):
            j, c = second[p], image[p]
            dx = positions[j, 0] - x + shifts[c, 0]
            dy = positions[j, 1] - y + shifts[c, 1]
            dz = positions[j, 2] - z + shifts[c, 2]
            partner[kept], code[kept] = j, c  # kept only if the number moves on: no branch to mispredict
            kept += dx * dx + dy * dy + dz * dz < reach2_i[species[j]]
        start[i + 1] = kept
    return start, partner[:kept].copy(), code[:kept].copy()


@njit(cache=True)
def near_pairs(positions, species, shifts, first, second, image, reach):
    """Those of the pairs that are nearer than reach[species, species] Å, in the form that energy_forces reads.

    Images outside the cell become atoms of their own, numbered from n on. Returns first (n_mobile + 1,), second,
    touched: all atoms whose density the pairs change, ascending; owner (G,): the atom of each image, and
    translation (G, 3) in Å. Numbers are unsigned, which spares the kernel a branch at each access.
    """
    n, n_mobile = len(positions), len(first) - 1
    nearer_start, nearer_partner, code = nearer_pairs(positions, species, shifts, first, second, image, reach)
    start, partner = nearer_start.astype(np.uint32), nearer_partner.astype(np.uint32)
    kept = len(partner)
    touch = np.zeros(n, np.bool_)
    touch[:n_mobile] = True
    number = np.zeros(27 * n, np.uint32)  # of the image; 0: none yet
    owner = np.empty(kept, np.uint32)
    translation = np.empty((kept, 3))
    n_images = 0
    for p in range(kept):
        j, c = partner[p], code[p]
        touch[j] = True
        if c != 13:  # not in the cell itself
            if number[27 * j + c] == 0:
                owner[n_images], translation[n_images] = j, shifts[c]
                number[27 * j + c] = n + n_images
                n_images += 1
            partner[p] = number[27 * j + c]
    touched = np.flatnonzero(touch).astype(np.uint32)
    return start, partner, touched, owner[:n_images].copy(), translation[:n_images].copy()


@njit(cache=True)
def two_largest_moves(positions, reference, n_mobile):
    """The two largest distances (Å) of mobile atoms from where they were; infinite where a number is not finite."""
    largest, second = 0.0, 0.0
    for i in range(n_mobile):
        move2 = 0.0
        for k in range(3):
            move2 += (positions[i, k] - reference[i, k]) ** 2
        if not move2 < np.inf:
            return np.inf, np.inf
        if move2 > largest:
            largest, second = move2, largest
        elif move2 > second:
            second = move2
    return np.sqrt(largest), np.sqrt(second)


@njit(cache=True, error_model="numpy", fastmath={"contract", "reassoc", "arcp", "nsz"})
def energy_forces(
    positions, species, first, second, touched, owner, translation, cutoff, r_min, spacing, table, root, drho,
    spline, start_embedding, frozen_density, density, slope, forces, vectors, lengths, partners,
):  # fmt: skip
    """(energy in eV of all pairs with a mobile atom and of embedding, less start_embedding (n,); status).

    The lists are those of near_pairs; table, root, drho and spline as in kernels.energy_forces_virials.
    positions (n + G, 3), species (n + G,), density, slope (n + G,) and forces (n + G, 3) have a row for each image;
    forces in eV/Å are right in the first n_mobile rows. frozen_density (n,) is what frozen atoms add to the density
    of frozen atoms. vectors (P, 5), lengths and partners (P,), P = number of pairs + n_mobile, are scratch space.
    """
    n, n_mobile = np.uint32(len(frozen_density)), len(first) - 1
    cutoff2 = cutoff**2
    per_spacing, per_drho = 1.0 / spacing, 1.0 / drho
    for i in touched:
        density[i] = frozen_density[i]
        forces[i, 0], forces[i, 1], forces[i, 2] = 0.0, 0.0, 0.0
    for g in range(len(owner)):
        for k in range(3):
            positions[n + g, k] = positions[owner[g], k] + translation[g, k]
            forces[n + g, k] = 0.0
        density[n + g] = 0.0

    energy = 0.0
    begin = np.uint32(0)
    for i in range(n_mobile):
        x, y, z = positions[i, 0], positions[i, 1], positions[i, 2]
        cutoff2_i, table_i = cutoff2[species[i]], table[species[i]]
        end = begin
        for p in range(first[i], first[i + 1]):
            j = second[p]
            dx = positions[j, 0] - x
            dy = positions[j, 1] - y
            dz = positions[j, 2] - z
            r2 = dx * dx + dy * dy + dz * dz
            vectors[end, 0], vectors[end, 1], vectors[end, 2] = dx, dy, dz
            lengths[end] = r2
            partners[end] = j  # kept only if the end moves on: no branch to mispredict
            end += np.uint32(r2 < cutoff2_i[species[j]])
        for p in range(begin, end):
            lengths[p] = np.sqrt(lengths[p])
        density_i = 0.0
        for p in range(begin, end):
            j, r = partners[p], lengths[p]
            if r < r_min:
                return 0.0, TOO_CLOSE
            k = np.int32((r - r_min) * per_spacing)
            u = r - r_min - k * spacing
            t = table_i[species[j], np.uint32(k)]
            rho = ((t[3] * u + t[2]) * u + t[1]) * u + t[0]
            energy += ((t[7] * u + t[6]) * u + t[5]) * u + t[4]
            density_i += rho
            density[j] += rho
            per_r = 1.0 / r
            vectors[p, 3] = ((3 * t[3] * u + 2 * t[2]) * u + t[1]) * per_r
            vectors[p, 4] = ((3 * t[7] * u + 2 * t[6]) * u + t[5]) * per_r
        density[i] += density_i
        partners[end] = NO_PARTNER
        begin = end + np.uint32(1)

    for g in range(len(owner)):
        density[owner[g]] += density[n + g]
    for i in touched:
        slope[i] = 0.0
        if density[i] <= 0.0:
            energy -= start_embedding[i]
            continue  # an isolated atom
        k = np.int32(density[i] * per_drho)
        if k >= spline.shape[1]:
            return 0.0, TOO_DENSE
        u = density[i] - k * drho
        c = spline[species[i], np.uint32(k)]
        square_root = np.sqrt(density[i])
        energy += (
            root[species[i]] * square_root + ((c[3] * u + c[2]) * u + c[1]) * u + c[0] - start_embedding[i]
        )
        slope[i] = 0.5 * root[species[i]] / square_root + (3 * c[3] * u + 2 * c[2]) * u + c[1]
    for g in range(len(owner)):
        slope[n + g] = slope[owner[g]]

    p = np.uint32(0)
    for i in range(n_mobile):
        fx, fy, fz = 0.0, 0.0, 0.0
        slope_i = slope[i]
        while partners[p] != NO_PARTNER:
            j = partners[p]
            pull = vectors[p, 4] + (slope_i + slope[j]) * vectors[p, 3]  # (dE/dr) / r
            gx, gy, gz = pull * vectors[p, 0], pull * vectors[p, 1], pull * vectors[p, 2]
            fx += gx
            fy += gy
            fz += gz
            forces[j, 0] -= gx
            forces[j, 1] -= gy
            forces[j, 2] -= gz
            p += np.uint32(1)
        p += np.uint32(1)
        forces[i, 0] += fx
        forces[i, 1] += fy
        forces[i, 2] += fz
    for g in range(len(owner)):
        for k in range(3):
            forces[owner[g], k] += forces[n + g, k]
    return energy, OK
