import assert from "node:assert/strict";
import { test } from "node:test";
import { stops } from "../../dashboard/static/window/colours.js";
import { ARROW, CENTRE, drawLegend, legendOf, MARK, tipOf } from "../../dashboard/static/window/event_legend.js";
import { smallEvent } from "./event.mjs";
import { page } from "./page.mjs";

const LOOK = { color: "element", arrows: true, factor: 1, marks: true };
const words = (dataset, look) => legendOf(dataset, { ...LOOK, ...look }).map(([, text]) => text);

test("the legend names what is drawn, and no more", () => {
  assert.deepEqual(words(smallEvent(), {}), ["Cu", "Zr", "selected atom", "important for the prediction", "move to the saddle"]);
  assert.deepEqual(words(smallEvent(), { color: "moved", factor: 2, marks: false }),
    ["selected atom", "move to the saddle, × 2", "moves 0 to 1.00 Å"]);
  assert.deepEqual(words(smallEvent({ event: null }), { color: "importance", arrows: true, marks: false }), ["selected atom", "less to more important"]);
  assert.deepEqual(words(smallEvent({ event: null }), { color: "moved" }).slice(0, 2), ["Cu", "Zr"], "nothing moves");
  const document = page();
  drawLegend(document, document.body, smallEvent(), LOOK);
  assert.equal(document.body.children.length, 5);
});

test("the tip says which atom it is, how far it moves, how important it is", () => {
  assert.equal(tipOf(smallEvent(), 1), "Zr · atom 3 · moves 1.00 Å · importance 1.00");
  assert.equal(tipOf(smallEvent(), 2), "Cu · atom 9 · moves 0.05 Å");
  assert.equal(tipOf(smallEvent({ event: null }), 0), "Cu · atom 7 · importance 2.00");
});

test("what is marked has a colour that no scale of the atoms has", () => {
  const rgb = (color) => [1, 3, 5].map((k) => parseInt(color.slice(k, k + 2), 16));
  const apart = (a, b) => Math.hypot(...rgb(a).map((value, k) => value - rgb(b)[k]));
  for (const dark of [false, true]) for (const color of stops("importance", dark)) assert.ok(apart(MARK, color) > 100, color);
  assert.ok(apart(MARK, ARROW) > 100 && apart(MARK, CENTRE) > 70);
  const [item] = legendOf(smallEvent(), LOOK).filter(([, text]) => text === "important for the prediction");
  assert.equal(item[0], MARK);
});
