import assert from "node:assert/strict";
import { test } from "node:test";

import { createGroup } from "../../dashboard/static/window/group.js";
import { create, mountBar } from "../../dashboard/static/window/group_bar.js";
import { createStore } from "../../dashboard/static/window/store.js";
import { page, withText } from "./page.mjs";

test("without windows the bar offers nothing, and cameras are linked until they are parted", () => {
  const group = createGroup(), document = page();
  create(document.body, group, { document });
  assert.equal(document.find("legends").childElementCount, 0);
  const box = withText(document.body, "link cameras", "label").children[0];
  box.checked = false;
  box.fire("change");
  assert.equal(group.isLinked(), false);
});

/** A window whose edges have that legend. */
const member = (title, scale, limits, more = {}, items = []) => ({
  store: createStore({ color: "barrier", top: 40 }), edges: () => null,
  glass: { columns: [{ name: "barrier", title: "Barrier" }, { name: "volume", title: "Volume" }], column: (name) => ({ name }) },
  scene: {
    view: () => [1, 2, 3, 0, 0, 0, 0, 1], setView() {}, onView: () => () => {}, resetCamera() {},
    colours: () => ({ atoms: null, edges: { column: { title, scale, unit: "", digits: 1 }, limits, items } }),
  },
  ...more,
});
const set = (box, value) => {
  Object.assign(box, typeof value === "boolean" ? { checked: value } : { value });
  box.fire("change");
};

test("edges of panels that are coloured otherwise have a legend each, equal ones have one", () => {
  const group = createGroup(), document = page();
  group.join(member("effect", "diverging", [-4, 4]));
  group.join(member("effect", "diverging", [-4, 4]));
  group.join(member("importance", "importance", [0, 1]));
  create(document.body, group, { document });
  const legends = document.find("legends");
  assert.equal(legends.childElementCount, 2);
  assert.match(legends.textContent, /effect.*−4\.0.*4\.0.*importance.*0\.0.*1\.0/s);
});

test("edges of one name have a legend each where their ranges or their kinds differ", () => {
  const group = createGroup(), document = page();
  group.join(member("effect", "diverging", [-4, 4]));
  group.join(member("effect", "diverging", [-9, 9]));
  group.join(member("kind", "", null, {}, [["weak", "#111111"]]));
  group.join(member("kind", "", null, {}, [["strong", "#222222"]]));
  create(document.body, group, { document });
  assert.match(document.find("legends").textContent, /^effect−4.04.0effect−9.09.0kindweakkindstrong$/);
});

test("the whole glass is shown where its box is checked, else what is near, as in the windows", () => {
  const group = createGroup(() => {}), document = page();
  create(document.body, group, { document });
  const label = withText(document.body, "whole glass", "label");
  group.join(member("effect", "diverging", [-4, 4]));
  assert.ok(label.hidden, "no window has atoms that may be left out");
  group.join(member("effect", "diverging", [-4, 4], { near: 6 }));
  assert.ok(!label.hidden);
  const [box] = label.children;
  set(box, false);
  assert.equal(group.shared().clip, 6);
  set(box, true);
  assert.equal(group.shared().clip, null);
  group.set({ clip: 6 });
  assert.equal(box.checked, false);
});

test("what a group cannot use is not offered", () => {
  const group = createGroup(), document = page();
  create(document.body, group, { document });
  const [link, top, edges] = [["link cameras", "label"], ["Top", "span"], ["Edges", "span"]].map(([text, tag]) => withText(document.body, text, tag));
  const offered = () => [link.hidden, top.parent.hidden, edges.parent.hidden].map((hidden) => !hidden);
  group.join(member("effect", "diverging", [-4, 4]));
  assert.deepEqual(offered(), [false, false, false]);
  group.join(member("effect", "diverging", [-4, 4], { edges: () => ({ sets: [{ name: "effect", title: "Effect", kind: "number" }] }) }));
  assert.deepEqual(offered(), [true, true, true]);
});

test("another column has its own colours", () => {
  const group = createGroup(), document = page();
  create(document.body, group, { document });
  group.join(member("effect", "diverging", [-4, 4]));
  group.set({ scaleName: "magma" });
  set(document.find("color"), "volume");
  assert.deepEqual([group.shared().color, group.shared().scaleName], ["volume", null]);
});

test("a bar that is gone asks no window for its colours", () => {
  const group = createGroup(), document = page();
  let asked = 0;
  const one = member("effect", "diverging", [-4, 4]);
  const { colours } = one.scene;
  one.scene.colours = () => { asked += 1; return colours(); };
  group.join(one);
  const bar = create(document.body, group, { document });
  assert.equal(asked, 1);
  bar.destroy();
  group.set({ top: 7 });
  assert.equal(asked, 1);
});

test("the bar stays when the page runs again or moves it, and goes with its element", async (context) => {
  const document = page(), element = document.createElement("div");
  Object.assign(globalThis, { document, window: {} });
  context.after(() => { delete globalThis.document; delete globalThis.window; });
  const run = () => mountBar({ data: { group: "a" }, parentElement: { querySelector: () => element } }, () => false);
  const later = () => new Promise((done) => setTimeout(done, 5));
  run();
  const [row] = element.children;
  element.isConnected = true;
  run()();
  await later();
  assert.deepEqual(element.children, [row]);
  element.isConnected = false;
  run()();
  await later();
  assert.equal(element.childElementCount, 0);
});
