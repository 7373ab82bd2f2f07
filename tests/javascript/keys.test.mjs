import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import { BINDINGS, create, meaning } from "../../dashboard/static/window/keys.js";
import { createStore } from "../../dashboard/static/window/store.js";
import { smallGlass } from "./glass.mjs";
import { page } from "./page.mjs";

const glass = smallGlass();
const panels = ["atom", "table"];
const state = (patch = {}) => ({ ...createStore({ selected: [2], color: "barrier" }).get(), ...patch });
const means = (key, patch) => meaning(key, state(patch), { glass, panels });

test("keys change the state", () => {
  assert.deepEqual(means("d"), { faded: true });
  assert.deepEqual(means("p", { presentation: true }), { presentation: false });
  assert.deepEqual(means(" "), { pinned: [2] });
  assert.deepEqual(means("c"), { color: "label", range: null, scaleName: null });
  assert.deepEqual(means("c", { color: "voronoi" }).color, "barrier");
  assert.deepEqual(means("2"), { tab: "table" });
  assert.deepEqual([means("3"), means("x"), means("0")], [null, null, null]);
  const visible = Uint8Array.from([1, 0, 1, 0, 0, 1]);
  assert.deepEqual([means("n", { visible }), means("b", { visible })], [{ selected: [5] }, { selected: [0] }]);
});

test("Escape leaves the presentation first, then the selection", () => {
  assert.deepEqual(means("Escape", { presentation: true }), { presentation: false });
  assert.deepEqual(means("Escape"), { selected: [] });
  assert.equal(means("Escape", { selected: [] }), null);
});

test("keys act from anywhere in the window but not while one writes, nor with control", () => {
  const document = page();
  const root = document.body.appendChild(document.createElement("div"));
  const flown = [];
  const store = createStore({ selected: [2], color: "barrier" });
  const keys = create(root, { store, glass, edges: null, document, scene: { flyTo: (a) => flown.push(a) } });
  store.on(null, (changed) => keys.update(changed));
  root.fire("keydown", { key: "F" });
  root.fire("keydown", { key: "f", ctrlKey: true });
  root.fire("keydown", { key: "f", composedPath: () => [{ closest: (s) => s.startsWith("input:not") }] });
  assert.deepEqual(flown, [[2]]);
  root.fire("keydown", { key: "p" });
  assert.ok(root.names().includes("presentation"));
  root.fire("keydown", { key: "?" });
  assert.ok(!root.find("keys").hidden);
  root.fire("keydown", { key: "Escape" });
  assert.ok(root.find("keys").hidden && store.get().presentation);
  keys.destroy();
  root.fire("keydown", { key: "f" });
  assert.equal(flown.length, 1);
});

test("the documents list the same keys", () => {
  const text = readFileSync(new URL("../../docs/workbench.md", import.meta.url), "utf8");
  for (const [key] of BINDINGS) for (const one of key.split(", ")) assert.match(text, new RegExp(`^\\| .*${one === "?" ? "\\?" : one}.* \\|`, "m"));
});
