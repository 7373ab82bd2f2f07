import assert from "node:assert/strict";
import test from "node:test";

import { colorOptions, countText, create, marked } from "../../dashboard/static/window/toolbar.js";
import { createStore } from "../../dashboard/static/window/store.js";
import { smallGlass } from "./glass.mjs";
import { page } from "./page.mjs";

test("an error is marked in the text of the filter", () => {
  assert.deepEqual(marked("barier > 1", 0), ["", "barier", " > 1"]);
  assert.deepEqual(marked("a >", 3), ["a >", "", ""]);
  assert.deepEqual(marked('a == "Cu', 5), ["a == ", '"Cu', ""]);
});

test("counts are said where something is hidden", () => {
  assert.deepEqual([countText(12, 3000), countText(3000, 3000), countText(undefined, 3), countText(0, 3)], ["12 of 3,000", "", "", "0 of 3"]);
});

test("columns to colour by, numbers and categories apart", () => {
  assert.deepEqual(colorOptions(smallGlass()).map(([title, list]) => [title, list.map(([name]) => name)]),
    [["Numbers", ["barrier", "label"]], ["Categories", ["element", "voronoi"]]]);
});

function opened(edges = null) {
  const document = page();
  const store = createStore({ selected: [0], color: "barrier", range: [1, 2] });
  const bar = create(document.body, { store, glass: smallGlass(), edges, document, scene: {} });
  store.on(null, (changed) => bar.update(changed));
  return { document, store };
}

test("a colour that is chosen takes its own range; the error of a filter is shown with the columns", () => {
  const { document, store } = opened();
  const color = document.body.find("color");
  color.value = "label";
  color.fire("change");
  assert.deepEqual([store.get().color, store.get().range], ["label", null]);
  const problem = document.body.find("problem");
  assert.ok(problem.hidden);
  store.set({ filter: "barier > 1", problem: { message: "no column barier", position: 0 } });
  assert.ok(!problem.hidden);
  assert.equal(problem.find((n) => n.tag === "mark").textContent, "barier");
  store.set({ problem: null, viewProblems: ["top:x: expected a number", "foo: no such part of a view"] });
  assert.match(problem.textContent, /Not taken from the link: top:x: expected a number; foo: no such part/);
});

test("the count stands beside the filter, and goes where all atoms are shown", () => {
  const { document, store } = opened();
  const count = document.body.find("count");
  store.set({ shownCount: 2 });
  assert.equal(count.textContent, "2 of 6 atoms");
  assert.equal(count.find("unit").textContent, " atoms");
  store.set({ shownCount: 6 });
  assert.equal(count.childElementCount, 0);
});

test("the hint of the filter is short, its example is in the tip", () => {
  const { document } = opened();
  const { placeholder, title } = document.body.find("filter").attributes;
  assert.equal(placeholder, "Filter atoms");
  assert.match(title, /for example barrier > 1\.8/);
});

test("edges have a row of their own", () => {
  const edges = {
    atom: 0, sets: [{ name: "importance", title: "Importance", unit: "" }, { name: "effect", title: "Effect", unit: "meV" }],
    arrays: { pairs: new Int32Array(60), hops: Int32Array.from({ length: 30 }, (_, i) => 1 + (i % 3)) },
  };
  const { document, store } = opened(edges);
  const row = document.body.find("edges-row");
  const [sets, hops] = row.all.filter((n) => n.tag === "select");
  sets.value = "effect";
  sets.fire("change");
  hops.value = "2";
  hops.fire("change");
  assert.deepEqual([store.get().edgeSet, store.get().hops], ["effect", 2]);
  assert.deepEqual(hops.children.map((o) => o.textContent), ["all hops", "1 hop", "2 hops", "3 hops"]);
  assert.equal(row.find((n) => n.attributes.type === "range").attributes.max, "30");
});
