import assert from "node:assert/strict";
import test from "node:test";

import { create, widths } from "../../dashboard/static/window/table.js";
import { columns } from "../../dashboard/static/window/columns.js";
import { createStore } from "../../dashboard/static/window/store.js";
import { smallGlass } from "./glass.mjs";
import { page, withText } from "./page.mjs";

function opened(glass, state = {}) {
  const document = page();
  const store = createStore({ selected: [2], ...state });
  const table = create(document.body, { store, glass, document });
  store.on(null, (changed) => table.update(changed));
  const rows = () => document.body.all.filter((n) => "atom" in n.dataset);
  return { document, store, rows, atoms: () => rows().map((r) => Number(r.dataset.atom)) };
}

test("rows follow the filter and the sorting; a click selects, shift adds", () => {
  const { document, store, rows, atoms } = opened(smallGlass());
  assert.deepEqual(atoms(), [0, 1, 2, 3, 4, 5]);
  withText(document.body, "Predicted barrier (eV)", "button").fire("click");
  assert.deepEqual(atoms(), [1, 5, 0, 4, 2, 3]);
  assert.equal(withText(document.body, "Predicted barrier (eV) ↓", "button").parent.attributes["aria-sort"], "descending");
  store.set({ visible: Uint8Array.from([1, 0, 1, 0, 0, 1]) });
  assert.deepEqual(atoms(), [5, 0, 2]);
  rows()[1].children[2].fire("click");
  rows()[0].fire("click", { shiftKey: true });
  assert.deepEqual(store.get().selected, [0, 5]);
  assert.deepEqual(rows().map((r) => r.attributes["aria-selected"]), ["true", "true", "false"]);
  rows()[2].fire("mouseover");
  assert.equal(store.get().hover, 2);
});

test("arrows walk through the list as it is sorted", () => {
  const { document, store } = opened(smallGlass(), { sort: { column: "barrier", descending: true } });
  const grid = document.body.find("grid");
  grid.fire("keydown", { key: "ArrowUp" });
  assert.deepEqual(store.get().selected, [4]);
  grid.fire("keydown", { key: "Home" });
  assert.deepEqual(store.get().selected, [1]);
});

test("of 100,000 rows only those in sight exist, and the selected one is scrolled to", () => {
  const n = 100_000;
  const values = new Float32Array(n);
  const glass = { ...smallGlass(), n, columns: [{ name: "a", title: "A", kind: "number", values }], arrays: { positions: new Float32Array(3 * n), species: new Int32Array(n) } };
  const { document, store, rows, atoms } = opened(glass);
  assert.ok(rows().length < 30);
  store.set({ selected: [70_000] });
  document.body.find("grid").fire("scroll");
  assert.ok(atoms().includes(70_000));
});

test("the selected row is scrolled to once the table is seen, and again where its size is another, unless one has scrolled away", (context) => {
  const seen = [];
  globalThis.ResizeObserver = class { constructor(fn) { seen.push(fn); } observe() {} };
  context.after(() => { delete globalThis.ResizeObserver; });
  const n = 500, values = new Float32Array(n);
  const glass = { ...smallGlass(), n, columns: [{ name: "a", title: "A", kind: "number", values }], arrays: { positions: new Float32Array(3 * n), species: new Int32Array(n) } };
  const { document, atoms } = opened(glass, { selected: [143] });
  const grid = document.body.find("grid");
  Object.assign(grid, { scrollTop: 0, clientHeight: 0 }); // a hidden element does not scroll
  seen[0]();
  assert.equal(grid.scrollTop, 0);
  grid.clientHeight = 240;
  seen[0]();
  assert.ok(atoms().includes(143) && Math.abs(grid.scrollTop - 143 * 24) < 240);
  document.defaultView.getComputedStyle = () => ({ getPropertyValue: () => "32px" });
  seen[0]();
  assert.ok(Math.abs(grid.scrollTop - 143 * 32) < 240);
  grid.scrollTop = 0;
  grid.fire("scroll");
  return new Promise((done) => setTimeout(done, 40)).then(() => {
    seen[0]();
    assert.equal(grid.scrollTop, 0);
  });
});

test("columns are wide enough for their longest word", () => {
  assert.deepEqual(widths(columns(smallGlass())), [9, 13, 12, 11, 14]);
});
