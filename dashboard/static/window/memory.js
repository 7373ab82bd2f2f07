// What a window remembers of its state when its page is left and opened again, or its glass is replaced.

import { same } from "./store.js";

const KEPT = ["selected", "pinned", "color", "range", "scaleName", "faded", "filter", "elements", "slab", "clip", "wrap", "images",
  "bonds", "edgeSet", "top", "threshold", "hops", "tab", "sort"];

/** What was chosen: it differs from what the window began with. A glass that is drawn before it is predicted begins with
 * its elements and goes on with its barriers. */
export function chosen(state, first) {
  const kept = KEPT.filter((key) => !same(state[key], first[key]) || (key === "color" && state.range !== null));
  return Object.fromEntries(kept.map((key) => [key, state[key]]));
}

/** What of that makes sense for a glass. */
export function fitting(kept, glass) {
  const { selected, pinned = [], color, ...rest } = kept;
  return {
    ...rest,
    pinned: pinned.filter((atom) => atom < glass.n),
    ...(color && glass.column(color) ? { color } : { range: null }),
  };
}
