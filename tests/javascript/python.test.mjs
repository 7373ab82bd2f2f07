import assert from "node:assert/strict";
import { test } from "node:test";
import { createMessenger } from "../../dashboard/static/window/python.js";
import { createStore } from "../../dashboard/static/window/store.js";

function started({ listens = [] } = {}) {
  const store = createStore({ selected: [3] });
  let waiting = null;
  const messenger = createMessenger(store, { atom: 3, later: (fn) => (waiting = fn), cancel: () => { waiting = null; } });
  const sent = [];
  messenger.connect((name, value) => sent.push([name, value]), listens);
  return { store, messenger, sent, settle: () => { const fn = waiting; waiting = null; fn?.(); } };
}

test("only what is settled is told, and once", () => {
  const { store, sent, settle } = started();
  store.set({ selected: [4] });
  store.set({ selected: [5] });
  settle();
  assert.deepEqual(sent, [["picked", 5]]);
  store.set({ selected: [5, 6] }); // the atom is the same
  settle();
  assert.equal(sent.length, 1);
});

test("the echo of a pick does not undo a later one", () => {
  const { store, messenger, sent, settle } = started();
  store.set({ selected: [4] });
  settle();
  store.set({ selected: [8, 9] });
  settle();
  messenger.received(4);
  assert.deepEqual(store.get().selected, [8, 9]);
  messenger.received(8);
  assert.deepEqual(store.get().selected, [8, 9]);
  assert.deepEqual(sent.map(([, atom]) => atom), [4, 8]);
});

test("what Python says anew is taken over, what it repeats is not", () => {
  const { store, messenger, sent, settle } = started();
  messenger.received(3);
  assert.deepEqual(store.get().selected, [3]);
  messenger.received(11);
  assert.deepEqual(store.get().selected, [11]);
  settle();
  assert.deepEqual(sent, []); // Python knows it already
  store.set({ selected: [] });
  settle();
  messenger.received(11); // a rerun for another reason
  assert.deepEqual(store.get().selected, []);
});

test("an atom that was picked, left and picked again is told again", () => {
  const { store, messenger, sent, settle } = started();
  for (const atom of [4, 5, 4]) {
    store.set({ selected: [atom] });
    settle();
    messenger.received(atom);
  }
  assert.deepEqual(sent.map(([, atom]) => atom), [4, 5, 4]);
});

test("pages that listen hear of all selected atoms and of k, when either has changed", () => {
  const { store, sent, settle } = started({ listens: ["settled"] });
  store.set({ top: 12 });
  settle();
  store.set({ selected: [3, 7] });
  settle();
  assert.deepEqual(sent, [["settled", { selected: [3], top: 12 }], ["settled", { selected: [3, 7], top: 12 }]]);
});
