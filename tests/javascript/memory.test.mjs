import assert from "node:assert/strict";
import { test } from "node:test";

import { chosen, fitting } from "../../dashboard/static/window/memory.js";
import { DEFAULTS } from "../../dashboard/static/window/store.js";

const glass = (...names) => ({ n: 10, column: (name) => (names.includes(name) ? { name } : null) });
const first = { ...DEFAULTS, color: "barrier", top: 10 };

test("what the window began with is not remembered, what was chosen is", () => {
  assert.deepEqual(chosen({ ...first }, first), {});
  const state = { ...first, color: "volume", filter: "volume > 14", slab: { axis: 0, from: 0, to: 0.5 }, camera: "1,2" };
  assert.deepEqual(chosen(state, first), { color: "volume", filter: "volume > 14", slab: { axis: 0, from: 0, to: 0.5 } });
});

test("a setting that was switched off is remembered", () => {
  assert.deepEqual(chosen({ ...first, clip: null }, { ...first, clip: 9 }), { clip: null });
});

test("a range of the colours keeps the column that it belongs to", () => {
  const kept = chosen({ ...first, range: [1, 2] }, first);
  assert.deepEqual(kept, { color: "barrier", range: [1, 2] });
  assert.deepEqual(fitting(kept, glass("barrier")), { color: "barrier", range: [1, 2], pinned: [] });
  assert.deepEqual(fitting(kept, glass("element")), { range: null, pinned: [] });
});

test("a glass drawn before it is predicted takes the colours of its barriers when they come", () => {
  const kept = chosen({ ...first, color: "element" }, { ...first, color: "element" });
  assert.equal(fitting(kept, glass("element", "barrier")).color, undefined);
});

test("atoms that another glass does not have are not pinned in it", () => {
  assert.deepEqual(fitting({ pinned: [9, 10, 12] }, glass()).pinned, [9]);
});
