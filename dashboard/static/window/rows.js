// Which atoms stand in the table, and in which order.

import { column, columns, symbol } from "./columns.js";
import { valueText } from "./numbers.js";

/** What a click on a column's title makes of the sorting: largest first, then smallest first, then as in the file. */
export function nextSort(sort, name) {
  if (sort?.column !== name) return { column: name, descending: true };
  return sort.descending ? { column: name, descending: false } : null;
}

/** Int32Array of atoms: those with mask 1, sorted; missing values last, equal ones in the order of the file. */
export function sortedAtoms(glass, sort, mask = null) {
  const atoms = Int32Array.from({ length: glass.n }, (_, i) => i).filter((i) => !mask || mask[i]);
  const by = sort && column(glass, sort.column);
  if (!by) return atoms;
  const sign = sort.descending ? -1 : 1;
  const keys = by.kind === "category" ? labelRanks(by) : by.values;
  return atoms.sort((a, b) => {
    const [x, y] = [keys[a], keys[b]];
    if (Number.isNaN(x) || Number.isNaN(y)) return Number.isNaN(x) - Number.isNaN(y) || a - b;
    return sign * (x - y) || a - b;
  });
}

function labelRanks({ labels, values }) {
  const order = labels.map((label, code) => [label, code]).sort((a, b) => (a[0] < b[0] ? -1 : 1));
  const rankOf = [];
  order.forEach(([, code], position) => { rankOf[code] = position; });
  return Float64Array.from(values, (code) => rankOf[code] ?? NaN);
}

/**
 * Atoms that a search leaves, in their order: a whole number finds that atom, other words find labels of categories
 * (element, Voronoi index); several words must all be met.
 */
export function searched(glass, atoms, text) {
  const wordsOf = text.trim().toLowerCase().split(/\s+/).filter(Boolean);
  if (!wordsOf.length) return atoms;
  const categories = columns(glass).filter((c) => c.kind === "category");
  const hits = wordsOf.map((word) => {
    const codes = categories.map((c) => new Set(c.labels.flatMap((l, i) => (l.toLowerCase().includes(word) ? [i] : []))));
    return (atom) => String(atom) === word || symbol(glass, atom).toLowerCase() === word
      || categories.some((c, k) => codes[k].has(c.values[atom]));
  });
  return atoms.filter((atom) => hits.every((hit) => hit(atom)));
}

/** [first, last) rows to draw of a list scrolled to `top` pixels, a few more on both sides. */
export function rowWindow(top, height, rowHeight, total, margin = 8) {
  const first = Math.max(0, Math.floor(top / rowHeight) - margin);
  return [first, Math.min(total, Math.ceil((top + height) / rowHeight) + margin)];
}

/** Texts of a row: index, then every column. */
export function rowTexts(list, atom) {
  return [String(atom), ...list.map((c) => valueText(c, atom))];
}
