import assert from "node:assert/strict";
import { test } from "node:test";

import { alike, createGroup, union } from "../../dashboard/static/window/group.js";
import { create } from "../../dashboard/static/window/group_bar.js";
import { sharedRows } from "../../dashboard/static/window/group_columns.js";
import { createStore } from "../../dashboard/static/window/store.js";
import { shellOf } from "../../dashboard/static/window/periodic.js";
import { page, withText } from "./page.mjs";

function member(range, { columns = ["barrier", "element"], sets = null, view = [1, 2, 3, 0, 0, 0, 0, 1], glass = null } = {}) {
  const store = createStore({ color: "barrier", edgeSet: sets ? "effect" : null, top: 40 });
  let now = view;
  const heard = new Set();
  const all = columns.map((name) => ({ name, title: name, unit: "", digits: 1, kind: name === "element" ? "category" : "number", range: name === "element" ? null : range, scale: "sequential" }));
  const own = glass ?? { columns: all, column: (name) => all.find((one) => one.name === name) ?? null };
  const edges = sets && { sets: Object.entries(sets).map(([name, reach]) => ({ name, title: name, kind: "number", range: reach })) };
  const scene = {
    view: () => now,
    setView(other) { now = other; heard.forEach((fn) => fn()); },
    adjustView(other) { this.adjusted = true; this.setView(other); },
    isTurned() { return !this.placed; },
    onView(fn) { heard.add(fn); return () => heard.delete(fn); },
    colours: () => ({ atoms: { column: all[0], limits: store.get().range ?? range, items: [] }, edges: null }),
    flyTo(atoms) { this.flown = atoms; this.setView([9, 9, 9, ...now.slice(3)]); },
    resetCamera() { this.wasReset = true; },
    refit() { this.refitted = (this.refitted ?? 0) + 1; },
  };
  return { store, scene, glass: own, edges: () => edges };
}

test("atoms that a glass marks are pinned, whatever was before", () => {
  const group = createGroup(), a = member([0, 1]), b = member([0, 1]);
  a.glass.marked = [3];
  a.store.set({ pinned: [1] });
  b.store.set({ pinned: [2] });
  [a, b].forEach((one) => group.join(one));
  assert.deepEqual([a.store.get().pinned, b.store.get().pinned], [[3], [2]]);
});

test("colours, edges and their number are those of all windows", () => {
  const group = createGroup(), a = member([0, 1]), b = member([0, 2]);
  [a, b].forEach((one) => group.join(one));
  a.store.set({ color: "element", top: 7, faded: true });
  assert.deepEqual(["color", "top", "faded"].map((key) => b.store.get()[key]), ["element", 7, true]);
  b.store.set({ selected: [4] }); // the atom is each one's own
  assert.deepEqual(a.store.get().selected, []);
  const c = member([0, 3]);
  group.join(c); // a newcomer takes over what was chosen
  assert.equal(c.store.get().top, 7);
});

test("one range of colours holds the values of all, of those that are there", () => {
  const group = createGroup(), a = member([0.5, 1], { sets: { effect: [-1, 1] } }), b = member([0.2, 0.8], { sets: { effect: [-3, 3] } });
  group.join(a);
  const joined = group.join(b);
  for (const { store } of [a, b]) {
    assert.deepEqual(store.get().range, [0.2, 1]);
    assert.deepEqual(store.get().edgeRange, [-3, 3]);
  }
  joined.leave();
  assert.deepEqual(a.store.get().range, [0.5, 1]);
  a.store.set({ color: "element" });
  assert.equal(a.store.get().range, null);
  assert.equal(union([{ kind: "category" }, undefined]), null);
});

test("cameras turn together, each round its own middle, until they are parted", () => {
  const group = createGroup(), a = member([0, 1]), b = member([0, 1], { view: [10, 0, 0, 5, 0, 0, 1, 0] });
  group.join(a);
  group.join(b);
  assert.deepEqual(b.scene.view(), [10, 0, 0, 0, 0, 0, 0, 1]);
  a.scene.setView([2, 2, 3, 7, 1, 0, 0, 0]);
  assert.deepEqual(b.scene.view(), [11, 0, 0, 7, 1, 0, 0, 0]);
  group.link(false);
  b.scene.setView([0, 0, 0, 1, 0, 1, 0, 0]);
  assert.deepEqual(a.scene.view(), [2, 2, 3, 7, 1, 0, 0, 0]);
  group.link(true); // as the first again
  assert.deepEqual(b.scene.view(), [0, 0, 0, 1, 1, 0, 0, 0]);
  assert.equal(a.scene.view()[3], 1); // both as far away as the farther one: one scale
  assert.deepEqual(alike([1, 1, 1, 0, 0, 0, 0, 1], [0, 0, 0, 0, 0, 0, 0, 1], [1, 2, 3, 4, 1, 0, 0, 0]), [2, 3, 4, 4, 1, 0, 0, 0]);
});

test("a flight goes to each window's own atom, and they are linked again afterwards", () => {
  const waiting = [];
  const group = createGroup((fn) => waiting.push(fn)), a = member([0, 1]), b = member([0, 1]);
  group.join(a);
  group.join(b);
  a.store.set({ selected: [3] });
  b.store.set({ selected: [5] });
  group.fly();
  assert.deepEqual([a.scene.flown, b.scene.flown], [[3], [5]]);
  assert.deepEqual(b.scene.view().slice(0, 3), [9, 9, 9]);
  a.scene.setView([9, 9, 9, 1, 0, 0, 0, 1]);
  assert.equal(b.scene.view()[3], 0);
  waiting.splice(0).forEach((fn) => fn());
  a.scene.setView([9, 9, 9, 2, 0, 0, 0, 1]);
  assert.equal(b.scene.view()[3], 2);
  group.reset();
  assert.ok(a.scene.wasReset && b.scene.wasReset);
});

test("an atom under the pointer is ringed in the windows of the same glass", () => {
  const group = createGroup(), a = member([0, 1]), b = member([0, 1], { glass: a.glass }), c = member([0, 1]);
  [a, b, c].forEach((one) => group.join(one));
  a.store.set({ hover: 2 });
  assert.deepEqual([b.store.get().hover, c.store.get().hover], [2, -1]);
});

test("the bar offers what all windows have, and says the ends of the colours once", () => {
  const group = createGroup(), document = page();
  const bar = create(document.body, group, { document });
  group.join(member([0, 1], { columns: ["barrier", "element", "q6"], sets: { effect: [-1, 1], importance: [0, 1] } }));
  group.join(member([0, 2]));
  assert.deepEqual(sharedRows([...group.members]), { columns: [["barrier", "barrier"], ["element", "element"]], sets: [["effect", "effect"], ["importance", "importance"]] });
  const color = document.find("color");
  assert.deepEqual(color.children.map((option) => option.textContent), ["barrier", "element"]);
  assert.match(document.find("legends").textContent, /barrier.*0\.0.*2\.0/);
  color.value = "element";
  color.fire("change");
  assert.deepEqual([...group.members].map(({ store }) => store.get().color), ["element", "element"]);
  bar.destroy();
  assert.equal(document.body.childElementCount, 0);
});

test("atoms near the ones that are shown are drawn, the others are not", () => {
  const bonds = { pairs: Int32Array.from([0, 1, 1, 2]), length: Float32Array.from([2.5, 3.5]) };
  assert.deepEqual([...shellOf({ n: 4, bonds }, [0], 3.2)], [1, 1, 0, 0]);
  assert.equal(shellOf({ n: 4, bonds: null }, [0], 3.2), null);
});

test("the flight of one window takes no other along; afterwards all are as near", () => {
  const waiting = [], group = createGroup((fn) => waiting.push(fn)), a = member([0, 1]), b = member([0, 1]);
  group.join(a);
  const joined = group.join(b);
  const before = a.scene.view();
  joined.flight(() => b.scene.setView([9, 9, 9, 7, 0, 0, 0, 1]));
  assert.deepEqual(a.scene.view(), before);
  assert.equal(b.scene.view()[0], 9);
  waiting.forEach((fn) => fn());
  assert.deepEqual(a.scene.view(), [...before.slice(0, 3), 7, ...before.slice(4)]);
  b.scene.setView([10, 9, 9, 2, 0, 0, 1, 0]); // afterwards they are linked again
  assert.deepEqual(a.scene.view().slice(3), [2, 0, 0, 1, 0]);
});

test("views that get another size look at the same again, once for all, and from one side", () => {
  const waiting = [];
  const run = () => waiting.splice(0).forEach((fn) => fn());
  const group = createGroup((fn) => waiting.push(fn)), a = member([0, 1]), b = member([0, 1]);
  const joined = [a, b].map((one) => group.join(one));
  joined.forEach((one) => one.refit());
  run();
  assert.deepEqual([a.scene.refitted, b.scene.refitted], [1, 1]);
  run();
  a.scene.setView([2, 2, 3, 7, 1, 0, 0, 0]);
  a.scene.refit = () => a.scene.setView([2, 2, 3, 1, 1, 0, 0, 0]); // farther away in a narrower view
  joined[0].refit();
  run();
  assert.deepEqual([a, b].map(({ scene }) => scene.view()[3]), [1, 1]);
  assert.deepEqual(b.scene.view().slice(4), [1, 0, 0, 0]);
});

test("a view that is placed anew takes no other along; then all look from one side, as if nobody had turned them", () => {
  const waiting = [];
  const group = createGroup((fn) => waiting.push(fn)), a = member([0, 1]), b = member([0, 1]);
  [a, b].forEach((one) => group.join(one));
  b.scene.placed = true;
  b.scene.setView([9, 9, 9, -5, 0, 0, 1, 0]);
  assert.deepEqual(a.scene.view().slice(0, 3), [1, 2, 3]);
  waiting.splice(0).forEach((fn) => fn());
  assert.deepEqual([a, b].map(({ scene }) => scene.view()), [[1, 2, 3, -5, 0, 0, 0, 1], [9, 9, 9, -5, 0, 0, 0, 1]]);
  assert.ok(a.scene.adjusted && b.scene.adjusted);
});

test("the whole glass is shown, or the surroundings of each window's atom", () => {
  const document = page(), group = createGroup(() => {}), a = { ...member([0, 1]), near: 9 }, b = { ...member([0, 1]), near: 9 };
  a.store.set({ clip: 9 });
  create(document.body, group, { document });
  const whole = withText(document.body, "whole glass", "label");
  assert.equal(whole.hidden, true);
  [a, b].forEach((one) => group.join(one));
  assert.equal(whole.hidden, false);
  assert.equal(b.store.get().clip, 9);
  const box = whole.children[0];
  box.checked = true;
  box.fire("change");
  assert.deepEqual([a.store.get().clip, b.store.get().clip, b.scene.wasReset], [null, null, true]);
  box.checked = false;
  box.fire("change");
  assert.equal(a.store.get().clip, 9);
});
