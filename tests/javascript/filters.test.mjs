import assert from "node:assert/strict";
import test from "node:test";

import { distancesTo } from "../../dashboard/static/window/distances.js";
import { atomsWhere, follow, nearMask, slabMask, visibleAtoms } from "../../dashboard/static/window/filters.js";
import { createStore } from "../../dashboard/static/window/store.js";
import { smallGlass } from "./glass.mjs";

const glass = smallGlass();
const shown = (state, edges) => {
  const { visible, count } = visibleAtoms(state, glass, edges);
  const atoms = Array.from(visible.keys()).filter((i) => visible[i]);
  assert.equal(atoms.length, count);
  return atoms;
};

test("without filters every atom is visible", () => {
  assert.deepEqual(shown({}), [0, 1, 2, 3, 4, 5]);
  assert.deepEqual(shown({ filter: " ", elements: null, slab: null, clip: null, hops: null, selected: [1] }), [0, 1, 2, 3, 4, 5]);
});

test("each filter leaves its atoms, several leave those of all", () => {
  assert.deepEqual(shown({ elements: ["Zr"] }), [1, 4]);
  assert.deepEqual(shown({ elements: [] }), []);
  assert.deepEqual(shown({ slab: { axis: 0, from: 0.35, to: 0.95 } }), [1, 2, 5]);
  assert.deepEqual(shown({ clip: 2.1, selected: [0] }), [0, 1, 4]);
  assert.deepEqual(shown({ clip: 2.1, selected: [] }), [0, 1, 2, 3, 4, 5]);
  assert.deepEqual(shown({ clip: 2.1, selected: [0, 2] }), [0, 1, 2, 4]);
  assert.deepEqual(shown({ filter: "barrier > 1", elements: ["Zr"], clip: 2.1, selected: [0] }), [1, 4]);
});

test("hops keep the atoms of edges that are so many hops away", () => {
  const edges = { arrays: { pairs: Int32Array.from([0, 1, 1, 4]), hops: Int32Array.from([1, 2]) } };
  assert.deepEqual(shown({ hops: 1 }, edges), [0, 1]);
  assert.deepEqual(shown({ hops: 2 }, edges), [0, 1, 4]);
  assert.deepEqual(shown({ hops: 1 }, null), [0, 1, 2, 3, 4, 5]);
});

test("an expression with an error filters nothing and says where it is", () => {
  const { count, problem } = visibleAtoms({ filter: "barrier > " }, glass);
  assert.equal(count, 6);
  assert.deepEqual(problem, { message: "expected a column, a number or a text and not the end", position: 10 });
});

test("a slab wraps atoms into the cell, and takes the extent where there is none", () => {
  const outside = smallGlass();
  outside.arrays.positions[0] = -1; // wrapped to 9
  assert.equal(slabMask({ axis: 0, from: 0.85, to: 1 }, outside)[0], 1);
  const cluster = { ...smallGlass(), cell: null, pbc: [false, false, false] };
  assert.deepEqual(Array.from(slabMask({ axis: 0, from: 0, to: 0.5 }, cluster)), [1, 0, 0, 1, 1, 1]);
});

test("distances take the nearest image, in skewed cells too", () => {
  const skewed = { ...smallGlass(), cell: [[10, 0, 0], [6, 8, 0], [-4, 3, 9]] };
  const { positions } = skewed.arrays;
  const distance = distancesTo(skewed, 2);
  for (let atom = 0; atom < 6; atom += 1) {
    let best = Infinity;
    for (let i = -3; i <= 3; i += 1) for (let j = -3; j <= 3; j += 1) for (let k = -3; k <= 3; k += 1) {
      const d = [0, 1, 2].map((x) => positions[3 * atom + x] - positions[6 + x] + i * skewed.cell[0][x] + j * skewed.cell[1][x] + k * skewed.cell[2][x]);
      best = Math.min(best, Math.hypot(...d));
    }
    assert.ok(Math.abs(distance[atom] - best) < 1e-6);
  }
  const open = { ...smallGlass(), pbc: [false, true, true] };
  assert.equal(distancesTo(open, 0)[1], 9);
});

test("atomsWhere lists atoms", () => assert.deepEqual(atomsWhere("barrier > 1.8", glass), [1, 5]));

test("the store's visible atoms follow its filters, and change only when they are others", () => {
  const store = createStore({ filter: "barrier > 1.8" });
  const end = follow({ store, glass, edges: null });
  const first = store.get().visible;
  assert.deepEqual([Array.from(first), store.get().shownCount], [[0, 1, 0, 0, 0, 1], 2]);
  store.set({ filter: "barrier > 1.85" });
  assert.equal(store.get().visible, first);
  store.set({ filter: "barrier > x >" });
  assert.equal(store.get().visible, null); // all
  assert.match(store.get().problem.message, /join two/);
  store.set({ filter: "" });
  assert.equal(store.get().problem, null);
  store.set({ clip: 2.1, selected: [0] });
  assert.equal(store.get().shownCount, 3);
  store.set({ selected: [2] });
  assert.equal(store.get().shownCount, 1);
  end();
  store.set({ clip: null });
  assert.equal(store.get().shownCount, 1);
});

test("the surroundings are what clip and hops leave, whatever else is filtered", () => {
  const glass = smallGlass();
  assert.equal(nearMask({ filter: "false", elements: [], selected: [0] }, glass), null);
  assert.deepEqual([...nearMask({ clip: 1.5, selected: [0] }, glass)], [1, 1, 0, 0, 0, 0]); // atom 1 across the boundary
  const edges = { arrays: { pairs: Int32Array.from([1, 3, 4, 5]), hops: Int32Array.from([0, 1]) } };
  assert.deepEqual([...nearMask({ hops: 0 }, glass, edges)], [0, 1, 0, 1, 0, 0]);
  assert.deepEqual([...nearMask({ clip: 1.5, selected: [0], hops: 0 }, glass, edges)], [0, 1, 0, 0, 0, 0]);
});
