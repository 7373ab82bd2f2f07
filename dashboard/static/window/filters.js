// Which atoms are shown: what the expression, the elements, the slab, the clip and the hops all leave.

import { column, columnNames } from "./columns.js";
import { distancesTo, fractions } from "./distances.js";
import { evaluate, ExpressionError } from "./expression.js";

/** Keys of the state on which the visible atoms depend. */
export const FILTER_KEYS = ["filter", "elements", "slab", "clip", "hops", "selected"];

/** What an expression may speak of in this glass (see expression.js). */
export function tableOf(glass) {
  return {
    n: glass.n,
    names: columnNames(glass),
    labels: glass.columns.flatMap((c) => c.labels ?? []).concat(glass.symbols),
    column: (name) => column(glass, name),
    distances: (atom) => distancesTo(glass, atom),
  };
}

/**
 * {visible: Uint8Array (N), count, problem: {message, position} | null}. An expression with an error filters nothing.
 * Selected and pinned atoms are filtered like all others.
 */
export function visibleAtoms(state, glass, edges = null) {
  const { mask, problem } = expressionMask(state.filter ?? "", glass);
  const visible = mask.slice();
  if (state.elements) keep(visible, elementMask(state.elements, glass));
  if (state.slab) keep(visible, slabMask(state.slab, glass));
  const near = nearMask(state, glass, edges);
  if (near) keep(visible, near);
  return { visible, count: visible.reduce((sum, v) => sum + v, 0), problem };
}

/**
 * Keep `visible` (Uint8Array; null while all are), `shownCount` and `problem` of the store up to date.
 * Returns a function that ends it.
 */
export function follow({ store, glass, edges }) {
  const refresh = () => {
    const { visible, count, problem } = visibleAtoms(store.get(), glass, edges);
    const { visible: before } = store.get();
    const now = count === glass.n ? null : visible;
    const equal = before && now ? before.every((v, i) => v === now[i]) : before === now;
    store.set({ shownCount: count, problem, ...(equal ? {} : { visible: now }) });
  };
  refresh();
  return store.on(FILTER_KEYS, (changed, state) => {
    if (changed.size === 1 && changed.has("selected") && state.clip === null) return; // selecting filters nothing
    refresh();
  });
}

/** Indices of the atoms for which an expression holds. Throws ExpressionError. */
export function atomsWhere(text, glass) {
  const mask = evaluate(text, tableOf(glass));
  return Array.from(mask.keys()).filter((i) => mask[i]);
}

const lastMask = new WeakMap(); // glass -> {text, result}: sliders move more often than expressions

function expressionMask(text, glass) {
  const last = lastMask.get(glass);
  if (last?.text === text) return last.result;
  let result;
  try {
    result = { mask: evaluate(text, tableOf(glass)), problem: null };
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    result = { mask: new Uint8Array(glass.n).fill(1), problem: { message: error.message, position: error.position } };
  }
  lastMask.set(glass, { text, result });
  return result;
}

function keep(visible, mask) {
  for (let i = 0; i < visible.length; i += 1) visible[i] &= mask[i];
}

export function elementMask(elements, glass) {
  const shown = glass.symbols.map((s) => (elements.includes(s) ? 1 : 0));
  return Uint8Array.from(glass.arrays.species, (code) => shown[code]);
}

/** Atoms whose wrapped fractional coordinate along the axis lies in [from, to]; without a cell: of the extent. */
export function slabMask({ axis, from, to }, glass) {
  const inCell = fractions(glass);
  const source = inCell ?? glass.arrays.positions;
  const out = new Uint8Array(glass.n);
  let [low, high] = [Infinity, -Infinity];
  if (!inCell) {
    for (let i = axis; i < source.length; i += 3) {
      low = Math.min(low, source[i]);
      high = Math.max(high, source[i]);
    }
  }
  for (let i = 0; i < out.length; i += 1) {
    let value = source[3 * i + axis];
    if (!inCell) value = high > low ? (value - low) / (high - low) : 0;
    else if (glass.pbc[axis]) value -= Math.floor(value);
    out[i] = value >= from && value <= to ? 1 : 0;
  }
  return out;
}

/** Atoms that the clip and the hops leave, the surroundings of something: Uint8Array (N); null where both are off. */
export function nearMask({ clip = null, hops = null, selected = [] }, glass, edges = null) {
  const byDistance = clip !== null && selected.length ? clipMask(clip, selected, glass) : null;
  const byHops = hops !== null && edges ? hopMask(hops, edges, glass.n) : null;
  if (byDistance && byHops) keep(byDistance, byHops);
  return byDistance ?? byHops;
}

/** Atoms within so many Å of any selected atom. */
export function clipMask(radius, selected, glass) {
  const out = new Uint8Array(glass.n);
  for (const atom of selected.slice(0, 50)) {
    const distance = distancesTo(glass, atom);
    for (let i = 0; i < out.length; i += 1) if (distance[i] <= radius) out[i] = 1;
  }
  return out;
}

/** Atoms that an edge of at most so many hops touches. */
export function hopMask(hops, edges, n) {
  const out = new Uint8Array(n);
  const { pairs, hops: hopsOf } = edges.arrays;
  for (let e = 0; e < hopsOf.length; e += 1) if (hopsOf[e] <= hops) out[pairs[2 * e]] = out[pairs[2 * e + 1]] = 1;
  return out;
}
