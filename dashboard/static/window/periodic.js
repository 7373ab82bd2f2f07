// Where atoms, their periodic copies and edges are drawn. Pure arithmetic on typed arrays, no DOM.

/** Inverse of a 3x3 matrix given as rows. */
export function inverse([[a, b, c], [d, e, f], [g, h, i]]) {
  const det = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
  return [
    [(e * i - f * h) / det, (c * h - b * i) / det, (b * f - c * e) / det],
    [(f * g - d * i) / det, (a * i - c * g) / det, (c * d - a * f) / det],
    [(d * h - e * g) / det, (b * g - a * h) / det, (a * e - b * d) / det],
  ];
}

/** Positions drawn of all atoms, Float32Array(3N) in Å, and by how many cells each was moved, Int8Array(3N).
 *
 * wrap: "file" leaves positions as in the file, "cell" moves them into the cell, "atom" into the cell round atom `centre`.
 */
export function placed(glass, wrap, centre = 0) {
  const from = glass.arrays.positions;
  const shift = new Int8Array(from.length);
  if (!glass.cell || wrap === "file") return { positions: from, shift };
  const positions = Float32Array.from(from);
  const { cell, pbc } = glass, back = inverse(cell);
  const fraction = (i, axis) => from[3 * i] * back[0][axis] + from[3 * i + 1] * back[1][axis] + from[3 * i + 2] * back[2][axis];
  const middle = [0, 1, 2].map((axis) => wrap === "atom" ? fraction(centre, axis) : 0.5);
  for (let i = 0; i < from.length / 3; i++) {
    for (let axis = 0; axis < 3; axis++) {
      if (!pbc[axis]) continue;
      const cells = -Math.floor(fraction(i, axis) - middle[axis] + 0.5 + 1e-7);
      if (!cells) continue;
      shift[3 * i + axis] = cells;
      for (let k = 0; k < 3; k++) positions[3 * i + k] += cells * cell[axis][k];
    }
  }
  return { positions, shift };
}

/** Spheres to draw: every atom, and with `margin` > 0 Å the periodic copies that lie so near to the cell's faces.
 *
 * Returns { atom: Int32Array(S), positions: Float32Array(3S) }; the first N are the atoms in their order.
 */
export function sitesOf(glass, { positions }, wrap, centre, margin = 0) {
  const n = positions.length / 3;
  const atom = Array.from({ length: n }, (_, i) => i);
  if (!glass.cell || !margin) return { atom: Int32Array.from(atom), positions };
  const { cell, pbc } = glass, back = inverse(cell);
  const copies = [];
  // the fraction of the cell that `margin` is along each axis: margin over the distance of opposite faces
  const wide = [0, 1, 2].map((axis) => pbc[axis]
    ? Math.min(0.5, margin * Math.hypot(back[0][axis], back[1][axis], back[2][axis])) : 0);
  const fractionOf = (i, axis) => positions[3 * i] * back[0][axis] + positions[3 * i + 1] * back[1][axis] + positions[3 * i + 2] * back[2][axis];
  const low = [0, 1, 2].map((axis) => wrap === "atom" ? fractionOf(centre, axis) - 0.5 : 0);
  for (let i = 0; i < n; i++) {
    const options = [0, 1, 2].map((axis) => {
      const at = fractionOf(i, axis) - low[axis];
      return [0, ...(at < wide[axis] ? [1] : []), ...(at > 1 - wide[axis] ? [-1] : [])];
    });
    for (const a of options[0]) for (const b of options[1]) for (const c of options[2]) {
      if (!a && !b && !c) continue;
      atom.push(i);
      for (let k = 0; k < 3; k++) copies.push(positions[3 * i + k] + a * cell[0][k] + b * cell[1][k] + c * cell[2][k]);
    }
  }
  const all = new Float32Array(3 * atom.length);
  all.set(positions);
  all.set(copies, 3 * n);
  return { atom: Int32Array.from(atom), positions: all };
}

/** Both ends of edges, as drawn: rows of pairs (2 atoms each) and images (3 cells each).
 *
 * Returns { ends: Float32Array(6B), ghost: Uint8Array(B) }: ghost says that the second end is a periodic copy, which
 * lies where the first atom's neighbour is, not where that atom is drawn.
 */
export function edgeEnds(glass, { positions, shift }, pairs, images, rows) {
  const ends = new Float32Array(6 * rows.length), ghost = new Uint8Array(rows.length);
  const cell = glass.cell ?? [[0, 0, 0], [0, 0, 0], [0, 0, 0]];
  rows.forEach((row, b) => {
    const i = pairs[2 * row], j = pairs[2 * row + 1];
    for (let k = 0; k < 3; k++) {
      ends[6 * b + k] = positions[3 * i + k];
      ends[6 * b + 3 + k] = positions[3 * j + k];
    }
    for (let axis = 0; axis < 3; axis++) {
      const cells = images[3 * row + axis] + shift[3 * i + axis] - shift[3 * j + axis];
      if (!cells) continue;
      ghost[b] = 1;
      for (let k = 0; k < 3; k++) ends[6 * b + 3 + k] += cells * cell[axis][k];
    }
  });
  return { ends, ghost };
}

/** Rows of an edges dataset to draw: the `top` of largest magnitude in a set, of those within hops and over threshold. */
export function topEdges(edges, set, { top = Infinity, threshold = 0, hops = null } = {}) {
  const rows = [];
  for (let row = 0; row < edges.count; row++) {
    const value = Math.abs(set.values[row]);
    if (!(value >= threshold)) continue; // NaN is none
    if (hops !== null && edges.arrays.hops && edges.arrays.hops[row] > hops) continue;
    rows.push(row);
  }
  rows.sort((a, b) => Math.abs(set.values[b]) - Math.abs(set.values[a]) || a - b);
  return rows.length > top ? rows.slice(0, top) : rows;
}

/** Atoms within `cutoff` Å of given ones by the bonds of the dataset. */
export function neighboursOf(glass, atoms, cutoff) {
  const wanted = new Set(atoms), result = new Set();
  if (!glass.bonds || !wanted.size) return result;
  const { pairs, length } = glass.bonds;
  for (let b = 0; b < length.length; b++) {
    if (length[b] > cutoff) continue;
    if (wanted.has(pairs[2 * b])) result.add(pairs[2 * b + 1]);
    if (wanted.has(pairs[2 * b + 1])) result.add(pairs[2 * b]);
  }
  return result;
}

/** Uint8Array(N), 1 for the given atoms and those within `cutoff` Å of one by the bonds; null, all, without bonds. */
export function shellOf(glass, atoms, cutoff) {
  if (!glass.bonds) return null;
  const shell = new Uint8Array(glass.n);
  for (const atom of [...atoms, ...neighboursOf(glass, atoms, cutoff)]) shell[atom] = 1;
  return shell;
}
