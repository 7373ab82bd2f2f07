import assert from "node:assert/strict";
import { test } from "node:test";

import { createGroup } from "../../dashboard/static/window/group.js";
import { create } from "../../dashboard/static/window/group_bar.js";
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

test("edges of panels that are coloured otherwise have a legend each, equal ones have one", () => {
  const group = createGroup(), document = page();
  const member = (title, scale, limits) => ({
    store: createStore({ color: "barrier", top: 40 }), edges: () => null,
    glass: { columns: [], column: () => null },
    scene: {
      view: () => [1, 2, 3, 0, 0, 0, 0, 1], setView() {}, onView: () => () => {}, resetCamera() {},
      colours: () => ({ atoms: null, edges: { column: { title, scale, unit: "", digits: 1 }, limits, items: [] } }),
    },
  });
  group.join(member("effect", "diverging", [-4, 4]));
  group.join(member("effect", "diverging", [-4, 4]));
  group.join(member("importance", "importance", [0, 1]));
  create(document.body, group, { document });
  const legends = document.find("legends");
  assert.equal(legends.childElementCount, 2);
  assert.match(legends.textContent, /effect.*−4\.0.*4\.0.*importance.*0\.0.*1\.0/s);
});
