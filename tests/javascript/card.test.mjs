import assert from "node:assert/strict";
import test from "node:test";

import { create, headline, lines, summary } from "../../dashboard/static/window/card.js";
import { createStore } from "../../dashboard/static/window/store.js";
import { smallGlass } from "./glass.mjs";
import { page, withText } from "./page.mjs";

const glass = smallGlass();

test("the headline says the barrier, its uncertainty and the true percentile", () => {
  assert.deepEqual([headline(glass, 5).text, headline(glass, 5).standing], ["1.90 eV", "Higher than 75% of the other atoms"]);
  const uncertain = { ...glass, columns: [...glass.columns, { name: "uncertainty", kind: "number", values: new Float32Array(6).fill(0.125) }] };
  assert.equal(headline(uncertain, 1).text, "2.50 ± 0.13 eV");
  assert.equal(headline(uncertain, 3).standing, ""); // no barrier
  assert.equal(headline({ ...glass, columns: [] }, 0), null);
});

test("every other column has a line", () => {
  assert.deepEqual(lines(glass, 1), [["Labelled barrier (eV)", "2.40", null], ["Voronoi index", "=1+1", null]]);
});

test("several atoms are summed up", () => {
  assert.equal(summary(glass, [0, 1, 3], "label"), "3 atoms (2 Cu, 1 Zr): mean labelled barrier 1.73 eV, of all atoms 1.58");
  assert.equal(summary(glass, [0, 1], "element"), "2 atoms (1 Cu, 1 Zr)");
});

test("a neighbour is selected by a click, an atom pinned and unpinned", () => {
  const document = page();
  const store = createStore({ selected: [0], color: "barrier" });
  const card = create(document.body, { store, glass, document });
  store.on(null, (changed) => card.update(changed));
  withText(document.body, "Cu 3", "button").fire("click");
  assert.deepEqual(store.get().selected, [3]);
  document.body.find((n) => n.attributes["aria-pressed"] === "false").fire("click");
  assert.deepEqual(store.get().pinned, [3]);
  document.body.find((n) => n.attributes.title === "Unpin atom 3").fire("click");
  assert.deepEqual(store.get().pinned, []);
  store.set({ selected: [] });
  assert.match(document.body.textContent, /^Click an atom/);
});
