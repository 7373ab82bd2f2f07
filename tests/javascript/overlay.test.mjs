import assert from "node:assert/strict";
import { test } from "node:test";
import { createOverlay } from "../../dashboard/static/window/overlay.js";
import { createStore } from "../../dashboard/static/window/store.js";

function drawn(state, { place = (atom) => ({ x: 10 * atom, y: 50 }), atoms = null } = {}) {
  const arcs = [], texts = [], rims = [], panels = [];
  const context = new Proxy({
    arc: (...arc) => arcs.push(arc), fillText: (text) => texts.push(text), strokeText: (text) => rims.push(text), measureText: () => ({ width: 10 }),
    roundRect: (...panel) => panels.push({ panel, before: arcs.length }),
  }, {
    get: (target, key) => target[key] ?? (() => ({ addColorStop() {} })), set: () => true,
  });
  const canvas = { clientWidth: 400, clientHeight: 300, dataset: {}, getContext: () => context };
  globalThis.window ??= {};
  const scene = { project: (atom) => ({ ...place(atom), radius: 12 }), colours: () => ({ atoms, edges: null }), pixelsPerAngstrom: () => 20 };
  const store = createStore(state);
  const overlay = createOverlay(canvas, { store, glass: { n: 20, symbolOf: () => "Zr" }, scene, colours: () => ({ text: "#111111", background: "#ffffff", panel: "#ffffffd9", font: "x" }) });
  overlay.draw();
  return { arcs, texts, rims, panels, canvas };
}

test("selected, pinned and hovered atoms have rings round them, and the first two their numbers", () => {
  const { arcs, texts, canvas } = drawn({ selected: [3, 5], pinned: [7], hover: 9 });
  assert.deepEqual([...new Set(arcs.map(([x]) => x))].sort((a, b) => a - b), [30, 50, 70, 90]);
  assert.ok(arcs.every(([, , radius]) => radius > 12)); // outside the sphere
  assert.ok(["Zr 3", "Zr 5", "Zr 7"].every((text) => texts.includes(text)));
  assert.ok(!texts.includes("Zr 9"));
  assert.deepEqual(JSON.parse(canvas.dataset.rings), [7, 5, 3, 9]); // the atom of all above the others, but the pointer's
  assert.ok(texts.includes("5 Å")); // the scale bar
});

test("atoms of another glass have none", () => {
  assert.deepEqual(drawn({ selected: [30] }).arcs, []);
});

test("every text in the view has a rim, so that no line of the cell crosses it", () => {
  const { texts, rims } = drawn({ selected: [3], shownCount: 0, filter: "barrier > 9" });
  assert.deepEqual(texts, ["5 Å", "Zr 3", "No atom passes the filter"]);
  assert.deepEqual(rims, texts);
  assert.ok(drawn({ shownCount: 0 }).texts.includes("The choices under Display leave no atom"));
  assert.ok(!drawn({ shownCount: 4 }).texts.some((text) => text.includes("atom")));
});

test("the legend is behind the rings, and in a corner where the selected atom is not", () => {
  const atoms = { column: { title: "Barrier", unit: "eV", kind: "number" }, ticks: [], stops: ["#000000", "#ffffff"], items: [] };
  const at = (x, y) => drawn({ selected: [1] }, { atoms, place: () => ({ x, y }) }).panels[0];
  assert.equal(at(200, 50).before, 0);
  const { panel: [left, top, wide, high] } = at(300, 50);
  assert.deepEqual([left, top + high], [8, 292]); // the lower left one
  assert.deepEqual(at(60, 280).panel.slice(0, 2), [8, 8]);
  assert.deepEqual(at(390, 10).panel, [left, top, wide, high, 5]);
});
