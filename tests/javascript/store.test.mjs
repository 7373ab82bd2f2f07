import assert from "node:assert/strict";
import { test } from "node:test";
import { createStore, DEFAULTS, same } from "../../dashboard/static/window/store.js";

test("one set is one notification, with the keys that really changed", () => {
  const store = createStore({ color: "barrier" });
  const heard = [];
  store.on(null, (changed, state) => heard.push([[...changed].sort(), state.color, state.top]));
  store.set({ color: "label", top: 10, faded: false });
  assert.deepEqual(heard, [[["color", "top"], "label", 10]]);
  store.set({ selected: [], slab: null });
  assert.equal(heard.length, 1);
});

test("listeners hear of their keys alone, until they are taken off", () => {
  const store = createStore();
  let count = 0;
  const off = store.on(["slab", "clip"], () => count++);
  store.set({ color: "label" });
  store.set({ slab: { axis: 2, from: 0, to: 0.5 } });
  store.set({ slab: { axis: 2, from: 0, to: 0.5 } }); // equal by content
  assert.equal(count, 1);
  off();
  store.set({ clip: 5 });
  assert.equal(count, 1);
});

test("what a listener sets is told in a round of its own, to all", () => {
  const store = createStore();
  const heard = [];
  store.on("filter", () => store.set({ visible: new Uint8Array(2) }));
  store.on(null, (changed) => heard.push([...changed]));
  store.set({ filter: "a" });
  assert.deepEqual(heard, [["filter"], ["visible"]]);
});

test("a listener that fails does not stop the others; a loop is said", (context) => {
  const errors = context.mock.method(console, "error", () => {});
  const store = createStore();
  let reached = false;
  store.on("top", () => { throw new Error("broken"); });
  store.on("top", () => { reached = true; });
  store.set({ top: 1 });
  assert.ok(reached);
  assert.equal(errors.mock.callCount(), 1);
  store.on("clip", (_, state) => store.set({ clip: state.clip + 1 }));
  assert.throws(() => store.set({ clip: 1 }), /does not settle: clip/);
  store.set({ top: 2 }); // works on afterwards
  assert.equal(store.get().top, 2);
});

test("the state cannot be changed past the store, and stores do not share it", () => {
  const store = createStore();
  assert.throws(() => { store.get().top = 3; }, TypeError);
  assert.throws(() => { DEFAULTS.top = 3; }, TypeError);
  assert.equal(createStore({ top: 5 }).get().top, 5);
  assert.equal(store.get().top, 40);
});

test("same compares plain values by content and typed arrays by identity", () => {
  assert.ok(same([1, { a: null }], [1, { a: null }]));
  assert.ok(!same([1], { 0: 1 }));
  assert.ok(!same({ a: 1 }, { b: 1 }));
  assert.ok(!same(new Uint8Array(1), new Uint8Array(1)));
  assert.ok(same(NaN, NaN));
});
