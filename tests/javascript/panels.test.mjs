import assert from "node:assert/strict";
import test from "node:test";

import { connect } from "../../dashboard/static/window/panels.js";
import { createStore } from "../../dashboard/static/window/store.js";
import { smallGlass } from "./glass.mjs";
import { page } from "./page.mjs";

function opened(search, state) {
  const document = page(search);
  const place = () => document.body.appendChild(document.createElement("div"));
  const places = { window: place(), view: place(), toolbar: place(), side: place() };
  const store = createStore({ color: "barrier", selected: [0], ...state });
  const context = { store, glass: smallGlass(), edges: null, document, scene: {}, defaults: { color: "barrier" } };
  return { document, store, context, places, parts: connect(context, places) };
}

test("a page with panels of its own has no tabs beside the view", () => {
  const { context, places } = opened("");
  assert.ok(places.side.childElementCount > 0);
  places.side.replaceChildren();
  connect(context, places, false);
  assert.equal(places.side.childElementCount, 0);
  assert.ok(places.toolbar.childElementCount > 0);
});

test("the link is read once, its filter holds at once, and what cannot be read is named", () => {
  const { document, store, context, places } = opened("?view=filter:barrier+>+1.8;top:x;also:4");
  assert.deepEqual(Array.from(store.get().visible), [0, 1, 0, 0, 0, 1]);
  assert.deepEqual(store.get().selected, [0, 4]);
  assert.match(places.toolbar.textContent, /Not taken from the link: top:x/);
  store.set({ filter: "", viewProblems: [] });
  document.defaultView.location.search = "?view=filter:true";
  connect(context, places); // an explanation has arrived
  assert.equal(store.get().filter, "");
});

test("a new look is written into the link, without a step of the history", async () => {
  const { document, store } = opened("?glass=a", {});
  store.set({ color: "label" });
  store.set({ faded: true });
  await new Promise((done) => { setTimeout(done, 350); });
  assert.deepEqual(document.defaultView.history.written, ["/?glass=a&view=color:label;faded:yes"]);
});

test("parts that are taken down hear no more", () => {
  const { store, parts } = opened("", {});
  parts.forEach((part) => part.destroy?.());
  store.set({ filter: "barrier > 1.8" });
  assert.equal(store.get().visible, null);
});
