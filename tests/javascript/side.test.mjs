import assert from "node:assert/strict";
import test from "node:test";

import { create, panelsFor, tabAfter } from "../../dashboard/static/window/side.js";
import { createStore } from "../../dashboard/static/window/store.js";
import { smallGlass } from "./glass.mjs";
import { page } from "./page.mjs";

test("edges have a tab where they belong to an atom", () => {
  const names = (edges) => panelsFor({ edges }).map(([name]) => name);
  assert.deepEqual(names(null), ["atom", "table", "histogram", "scatter", "display"]);
  assert.ok(names({ atom: 0 }).includes("edges"));
  assert.ok(!names({ atom: null }).includes("edges"));
});

test("tabs go round", () => assert.deepEqual([tabAfter(["a", "b"], "b", 1), tabAfter(["a", "b"], "a", -1), tabAfter(["a", "b"], "x", 1)], ["a", "b", "b"]));

test("a panel is made when its tab is opened and told what it has missed", () => {
  const document = page();
  const store = createStore({ selected: [0], color: "barrier" });
  const side = create(document.body, { store, glass: smallGlass(), edges: null, document });
  store.on(null, (changed) => side.update(changed));
  const tabs = document.body.all.filter((n) => n.attributes.role === "tab");
  const panels = document.body.all.filter((n) => n.attributes.role === "tabpanel");
  const selected = () => tabs.filter((t) => t.attributes["aria-selected"] === "true").map((t) => t.textContent);
  assert.deepEqual(selected(), ["Atom"]);
  assert.equal(panels[1].children.length, 0);
  tabs[1].fire("click");
  assert.deepEqual(selected(), ["Table"]);
  assert.deepEqual(panels.map((p) => p.hidden), [true, false, true, true, true]);
  store.set({ selected: [4] });
  tabs[1].fire("keydown", { key: "ArrowLeft" });
  assert.deepEqual(selected(), ["Atom"]);
  assert.match(panels[0].textContent, /Atom 4 · Zr/);
  store.set({ tab: "nonsense" });
  assert.deepEqual(selected(), ["Atom"]);
});
