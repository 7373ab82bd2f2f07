import assert from "node:assert/strict";
import { test } from "node:test";
import { createOverlay } from "../../dashboard/static/window/overlay.js";
import { createStore } from "../../dashboard/static/window/store.js";

function drawn(state) {
  const arcs = [], texts = [];
  const context = new Proxy({ arc: (...arc) => arcs.push(arc), fillText: (text) => texts.push(text), measureText: () => ({ width: 10 }) }, {
    get: (target, key) => target[key] ?? (() => ({ addColorStop() {} })), set: () => true,
  });
  const canvas = { clientWidth: 400, clientHeight: 300, dataset: {}, getContext: () => context };
  globalThis.window ??= {};
  const scene = { project: (atom) => ({ x: 10 * atom, y: 50, radius: 12 }), colours: () => ({ atoms: null, edges: null }), pixelsPerAngstrom: () => 20 };
  const store = createStore(state);
  const overlay = createOverlay(canvas, { store, glass: { n: 20, symbolOf: () => "Zr" }, scene, colours: () => ({ text: "#111111", background: "#ffffff", panel: "#ffffffd9", font: "x" }) });
  overlay.draw();
  return { arcs, texts, canvas };
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
