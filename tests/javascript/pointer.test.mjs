import assert from "node:assert/strict";
import { test } from "node:test";
import { createPointer, describe } from "../../dashboard/static/window/pointer.js";
import { createStore } from "../../dashboard/static/window/store.js";

const glass = { symbolOf: () => "Cu", column: () => null };

function started(atoms) {
  const listeners = {};
  const view = {
    style: {}, clientWidth: 400, getBoundingClientRect: () => ({ left: 10, top: 20 }),
    addEventListener: (name, fn) => { listeners[name] = fn; }, removeEventListener: (name) => { delete listeners[name]; },
  };
  const store = createStore({ selected: [1] });
  const asked = [], flights = [];
  const scene = { pick: (x, y) => { asked.push([x, y]); return atoms; }, lasso: () => [4, 5], flyTo: (list) => flights.push(list) };
  const pointer = createPointer(view, { style: {} }, { store, glass, scene });
  const at = (x, y, more = {}) => ({ clientX: x, clientY: y, timeStamp: 0, button: 0, pointerType: "mouse", stopImmediatePropagation() {}, ...more });
  return { listeners, store, asked, flights, pointer, at, view };
}

test("a click selects, with shift it adds and takes out, on nothing it changes nothing", () => {
  const { listeners, store, asked, at } = started(7);
  const click = (more) => { listeners.pointerdown(at(60, 70)); listeners.pointerup(at(61, 70, { timeStamp: 100, ...more })); };
  click();
  assert.deepEqual(asked[0], [51, 50]); // inside the view
  assert.deepEqual(store.get().selected, [7]);
  store.set({ selected: [1] });
  click({ shiftKey: true });
  assert.deepEqual(store.get().selected, [1, 7]);
  click({ shiftKey: true });
  assert.deepEqual(store.get().selected, [1]);
  const empty = started(-1);
  empty.listeners.pointerdown(empty.at(1, 1));
  empty.listeners.pointerup(empty.at(1, 1));
  assert.deepEqual(empty.store.get().selected, [1]);
});

test("turning the view and other buttons select nothing", () => {
  const { listeners, store, at } = started(7);
  listeners.pointerdown(at(60, 70));
  listeners.pointerup(at(90, 70));
  listeners.pointerdown(at(60, 70, { button: 2 }));
  listeners.pointerup(at(60, 70, { button: 2 }));
  listeners.pointerdown(at(60, 70));
  listeners.pointerup(at(60, 70, { timeStamp: 5000 }));
  assert.deepEqual(store.get().selected, [1]);
});

test("a lasso selects what it goes round, and does not turn the view", () => {
  const { listeners, store, pointer, at } = started(7);
  pointer.lasso();
  let stopped = 0;
  listeners.mousedown(at(0, 0, { stopImmediatePropagation: () => { stopped++; } }));
  assert.equal(stopped, 1);
  listeners.pointerdown(at(0, 0));
  for (const [x, y] of [[50, 0], [50, 50]]) listeners.pointermove(at(x, y));
  listeners.pointerup(at(0, 50));
  assert.deepEqual(store.get().selected, [4, 5]);
  listeners.mousedown(at(0, 0, { stopImmediatePropagation: () => { stopped++; } }));
  assert.equal(stopped, 1); // armed for one drag
});

test("a double click flies to the atom", () => {
  const { listeners, flights, at } = started(7);
  listeners.dblclick(at(5, 5));
  assert.deepEqual(flights, [[7]]);
});

test("words about an atom", () => {
  const column = { name: "barrier", title: "Predicted barrier", unit: "eV", digits: 2, kind: "number", values: [1.234, NaN, -1] };
  assert.equal(describe(glass, 0, column), "Cu · atom 0 · Predicted barrier 1.23 eV");
  assert.equal(describe(glass, 1, column), "Cu · atom 1 · Predicted barrier not known");
  assert.equal(describe(glass, 2, column), "Cu · atom 2 · Predicted barrier −1.00 eV");
  assert.equal(describe(glass, 2, { name: "element" }), "Cu · atom 2");
  assert.equal(describe(glass, 0, { name: "v", title: "Voronoi index", kind: "category", values: [0], labels: ["<0,0,12,0>"] }), "Cu · atom 0 · Voronoi index <0,0,12,0>");
});
