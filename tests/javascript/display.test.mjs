import assert from "node:assert/strict";
import test from "node:test";

import { create, shownAtoms, switched, typedRange } from "../../dashboard/static/window/display.js";
import { createStore } from "../../dashboard/static/window/store.js";
import { smallGlass } from "./glass.mjs";
import { page, withText } from "./page.mjs";

test("elements are switched on and off", () => {
  const all = ["Cu", "Zr"];
  assert.deepEqual([switched(null, "Zr", false, all), switched(["Cu"], "Zr", true, all), switched(["Cu"], "Cu", false, all)], [["Cu"], null, []]);
});

test("a typed range", () => {
  assert.deepEqual([typedRange("1", "2.5"), typedRange("2", "1"), typedRange("", "1"), typedRange("-1e-3", "0")], [[1, 2.5], null, null, [-0.001, 0]]);
});

test("shown atoms", () => assert.deepEqual([shownAtoms(smallGlass(), null).length, shownAtoms(smallGlass(), Uint8Array.from([0, 1, 0, 0, 1, 0]))], [6, [1, 4]]));

test("slab, selection and reset", async () => {
  const document = page();
  const store = createStore({ color: "barrier", selected: [0], filter: "true" });
  const display = create(document.body, { store, glass: smallGlass(), edges: null, document, colours: { colourOf: () => ({ limits: [0.9, 2.5] }) } });
  store.on(null, (changed) => display.update(changed));
  const axis = document.body.find((n) => n.attributes["aria-label"] === "Slab");
  axis.value = "2";
  axis.fire("change");
  assert.deepEqual(store.get().slab, { axis: 2, from: 0.3, to: 0.7 });
  const from = document.body.find((n) => n.attributes["aria-label"] === "Slab from");
  from.value = "0.5";
  from.fire("input");
  await new Promise((done) => { setTimeout(done, 40); });
  assert.deepEqual(store.get().slab, { axis: 2, from: 0.5, to: 0.7 });
  store.set({ visible: Uint8Array.from([0, 1, 0, 0, 1, 0]) });
  withText(document.body, "Select what is shown", "button").fire("click");
  assert.deepEqual(store.get().selected, [1, 4]);
  withText(document.body, "Show all", "button").fire("click");
  assert.deepEqual([store.get().slab, store.get().filter], [null, ""]);
  const [low, high] = ["Lowest colour", "Highest colour"].map((label) => document.body.find((n) => n.attributes["aria-label"] === label));
  assert.deepEqual([low.value, high.value], [0.9, 2.5]);
  low.value = "1.5";
  low.fire("change");
  assert.deepEqual(store.get().range, [1.5, 2.5]);
});
