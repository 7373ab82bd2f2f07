// Distances across the periodic boundary.

/** The inverse of a 3 x 3 matrix given as rows; null where it has none. */
export function inverse(m) {
  const [[a, b, c], [d, e, f], [g, h, i]] = m;
  const det = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
  if (!Number.isFinite(1 / det)) return null;
  const rows = [
    [e * i - f * h, c * h - b * i, b * f - c * e],
    [f * g - d * i, a * i - c * g, c * d - a * f],
    [d * h - e * g, b * g - a * h, a * e - b * d],
  ];
  return rows.map((row) => row.map((x) => x / det));
}

/** Fractional coordinates (N * 3) of all atoms, not wrapped; null where the glass has no cell. */
export function fractions(glass) {
  const back = glass.cell && inverse(glass.cell);
  if (!back) return null;
  const { positions } = glass.arrays;
  const out = new Float64Array(positions.length);
  for (let k = 0; k < positions.length; k += 3) {
    for (let j = 0; j < 3; j += 1) {
      out[k + j] = positions[k] * back[0][j] + positions[k + 1] * back[1][j] + positions[k + 2] * back[2][j];
    }
  }
  return out;
}

/** (N) Å: distance of every atom's nearest image to the given atom. */
export function distancesTo(glass, atom) {
  const { positions } = glass.arrays;
  const n = positions.length / 3;
  const out = new Float64Array(n);
  const periodic = Boolean(glass.cell) && glass.pbc.some(Boolean);
  const back = periodic ? inverse(glass.cell) : null;
  const shifts = periodic && !orthogonal(glass.cell) ? nearShifts(glass) : [[0, 0, 0]]; // else wrapping is enough
  const d = [0, 0, 0];
  for (let i = 0; i < n; i += 1) {
    for (let axis = 0; axis < 3; axis += 1) d[axis] = positions[3 * i + axis] - positions[3 * atom + axis];
    if (back) wrap(d, glass, back);
    let best = Infinity;
    for (const s of shifts) {
      best = Math.min(best, (d[0] + s[0]) ** 2 + (d[1] + s[1]) ** 2 + (d[2] + s[2]) ** 2);
    }
    out[i] = Math.sqrt(best);
  }
  return out;
}

function wrap(d, glass, back) { // in place: into the cell round the origin
  for (let axis = 0; axis < 3; axis += 1) {
    if (!glass.pbc[axis]) continue;
    const turns = Math.round(d[0] * back[0][axis] + d[1] * back[1][axis] + d[2] * back[2][axis]);
    if (turns) for (let j = 0; j < 3; j += 1) d[j] -= turns * glass.cell[axis][j];
  }
}

function nearShifts(glass) { // the neighbouring cells along the periodic axes: enough for a reduced cell
  const range = glass.pbc.map((p) => (p ? [-1, 0, 1] : [0]));
  const { cell } = glass;
  const shift = (i, j, k) => [0, 1, 2].map((x) => i * cell[0][x] + j * cell[1][x] + k * cell[2][x]);
  return range[0].flatMap((i) => range[1].flatMap((j) => range[2].map((k) => shift(i, j, k))));
}

function orthogonal(cell) {
  const dot = (a, b) => Math.abs(a[0] * b[0] + a[1] * b[1] + a[2] * b[2]);
  return dot(cell[0], cell[1]) + dot(cell[0], cell[2]) + dot(cell[1], cell[2]) < 1e-6;
}

/**
 * [[atom, distance Å], ...] of the atoms within a cutoff of one atom, nearest first.
 */
export function neighbours(glass, atom, cutoff) {
  const distance = distancesTo(glass, atom);
  const near = [];
  for (let i = 0; i < distance.length; i += 1) if (i !== atom && distance[i] <= cutoff) near.push([i, distance[i]]);
  return near.sort((a, b) => a[1] - b[1]);
}
