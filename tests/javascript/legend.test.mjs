import assert from "node:assert/strict";
import { test } from "node:test";
import { drawLegends, heightOf, legendsOf } from "../../dashboard/static/window/legend.js";

const bar = { column: { title: "Predicted barrier", unit: "eV", kind: "number" }, ticks: [{ at: 0, text: "1.0" }, { at: 1, text: "2.0" }], stops: ["#000000", "#ffffff"], items: [] };
const items = { column: { title: "Element", unit: "", kind: "category" }, ticks: [], stops: [], items: [["Cu", "#c87533"], ["Zr", "#4d9db4"]] };

/** A 2D context that notes what is written and drawn. */
function paper() {
  const notes = { texts: [], stops: [], rects: [] };
  const context = {
    notes, measureText: (text) => ({ width: 6 * text.length }), fillText: (text, x, y) => notes.texts.push([text, x, y]),
    fillRect: (...rect) => notes.rects.push(rect), roundRect: (...rect) => { notes.panel = rect; }, beginPath() {}, fill() {}, arc() {},
    createLinearGradient: () => ({ addColorStop: (at, color) => notes.stops.push([at, color]) }),
  };
  return context;
}

test("one legend for each thing that is coloured, with title and unit", () => {
  assert.deepEqual(legendsOf({ atoms: null, edges: null }), []);
  const [atoms, edges] = legendsOf({ atoms: items, edges: { ...bar, column: { ...bar.column, title: "importance", unit: "" } } });
  assert.equal(atoms.kind, "items");
  assert.equal(atoms.title, "Element");
  assert.equal(edges.title, "Edges: importance");
  assert.equal(legendsOf({ atoms: bar, edges: null })[0].title, "Predicted barrier (eV)");
});

test("the bar has its colours, its ticks and its title, above the lower left corner", () => {
  const context = paper();
  const legends = legendsOf({ atoms: bar, edges: null });
  drawLegends(context, legends, { x: 8, y: 300, text: "#111111", panel: "#ffffff", font: "12px x" });
  assert.deepEqual(context.notes.stops, [[0, "#000000"], [1, "#ffffff"]]);
  assert.deepEqual(context.notes.texts.map(([text]) => text), ["Predicted barrier (eV)", "1.0", "2.0"]);
  assert.equal(context.notes.panel[0], 8);
  assert.equal(context.notes.panel[1] + context.notes.panel[3], 300);
  assert.ok(context.notes.texts.every(([, x, y]) => x >= 8 && y < 300 && y > 300 - heightOf(legends[0]) - 20));
});

test("no legend, nothing drawn", () => {
  const context = paper();
  drawLegends(context, [], { x: 0, y: 0 });
  assert.equal(context.notes.panel, undefined);
});
