// What the linked window shows, in one object: every module reads it and is told what has changed.

/** The state of a window in which nothing has been chosen yet. `visible` is derived by filters.js. */
export const DEFAULTS = Object.freeze({
  selected: [], // atoms, the first is "the atom"
  pinned: [],
  hover: -1,
  color: "element", // name of a column
  range: null, // [low, high] of the colours, null: that of the column
  scaleName: null, // null: that of the column
  faded: false, // whether all but the selected atoms and their neighbours are pale
  filter: "", // expression
  elements: null, // symbols that are shown, null: all
  slab: null, // { axis, from, to }, as fractions of the cell
  clip: null, // Å round the selection
  wrap: "cell", // "cell", "atom" (round the atom) or "file" (positions as in the file)
  images: false, // periodic copies
  bonds: 0, // cutoff in Å, 0: none
  edgeRange: null, // [low, high] of the edges' colours, null: that of the set
  edgeSet: null, // name of a set of the edges dataset
  top: 40, // so many edges are drawn
  threshold: 0, // and only those of at least this magnitude
  hops: null, // and only those within so many hops
  tab: "atom",
  presentation: false,
  camera: null, // eight numbers as a text (view_text.js), null: from the front
  visible: null, // Uint8Array(N), null: all
  sort: null, // { column, descending } of the table
});

/** A store: get() is the present state, set(patch) changes it, on(keys, fn) hears of changes of these keys (null: any).
 *
 * fn(changed: Set, state) is called once for each set that changes anything. What listeners set meanwhile is told
 * afterwards, in one more round, so that every listener sees the rounds in the same order.
 */
export function createStore(initial = {}) {
  let state = Object.freeze({ ...DEFAULTS, ...initial });
  const listeners = new Set();
  let waiting = null; // keys changed while listeners run

  function tell(changed) {
    for (const listener of [...listeners]) {
      if (!listeners.has(listener)) continue; // taken off by an earlier one
      if (listener.keys && !listener.keys.some((key) => changed.has(key))) continue;
      try { listener.fn(changed, state); } catch (error) { console.error(error); }
    }
  }

  return {
    get: () => state,
    set(patch) {
      const changed = Object.keys(patch).filter((key) => !same(state[key], patch[key]));
      if (!changed.length) return;
      state = Object.freeze({ ...state, ...patch });
      if (waiting) {
        changed.forEach((key) => waiting.add(key));
        return;
      }
      waiting = new Set(changed);
      try {
        for (let rounds = 0; waiting.size; rounds++) {
          if (rounds > 50) throw new Error(`the window's state does not settle: ${[...waiting].join(", ")}`);
          const now = waiting;
          waiting = new Set();
          tell(now);
        }
      } finally {
        waiting = null;
      }
    },
    on(keys, fn) {
      const listener = { keys: typeof keys === "string" ? [keys] : keys, fn };
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Whether two values of the state are equal: plain ones by content, typed arrays by identity (they are large). */
export function same(a, b) {
  if (Object.is(a, b)) return true;
  if (!a || !b || typeof a !== "object" || typeof b !== "object") return false;
  if (ArrayBuffer.isView(a) || ArrayBuffer.isView(b) || Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => key in b && same(a[key], b[key]));
}
