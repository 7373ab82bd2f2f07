import assert from "node:assert/strict";
import { test } from "node:test";
import { drawLegends, legendSize, legendsOf, ticksThatFit } from "../../dashboard/static/window/legend.js";

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
  assert.equal(legendsOf({ atoms: null, edges: bar })[0].title, "Edges: Predicted barrier (eV)");
  assert.equal(legendsOf({ atoms: bar, edges: null })[0].title, "Predicted barrier (eV)");
});

test("the bar has its colours, its ticks and its title, below the upper left corner", () => {
  const context = paper();
  const legends = legendsOf({ atoms: bar, edges: null });
  drawLegends(context, legends, { x: 8, y: 200, text: "#111111", panel: "#ffffff", font: "x" });
  assert.deepEqual(context.notes.stops, [[0, "#000000"], [1, "#ffffff"]]);
  assert.deepEqual(context.notes.texts.map(([text]) => text), ["Predicted barrier (eV)", "1.0", "2.0"]);
  const { width, height } = legendSize(context, legends, { font: "x" });
  assert.deepEqual(context.notes.panel.slice(0, 4), [8, 200, width, height]);
  assert.ok(context.notes.texts.every(([, x, y]) => x >= 8 && y >= 200 && y < 200 + height));
});

test("with larger type everything grows: no title on the bar, no numbers on each other", () => {
  const context = paper();
  const legends = legendsOf({ atoms: bar, edges: items });
  drawLegends(context, legends, { x: 0, y: 0, text: "#111111", panel: "#ffffff", font: "x", size: 24 });
  const [, y, width, height] = context.notes.rects[0];
  assert.deepEqual([width, height], [336, 20]);
  const [title, low] = context.notes.texts;
  assert.ok(title[2] + 24 <= y && low[2] >= y + height);
  const small = legendSize(context, legends, { font: "x" }), large = legendSize(context, legends, { font: "x", size: 24 });
  assert.equal(large.height, 2 * small.height);
});

test("legends of two things stand one below the other, and all of them on their ground", () => {
  const long = { ...items, items: [...items.items, ["an element with a rather long name of its own", "#000000"]] };
  const wide = { ...bar, column: { ...bar.column, title: "x" }, ticks: [{ at: 0, text: "≤ −10000.369", isEnd: true }, { at: 1, text: "≥ 100000.201", isEnd: true }] };
  for (const [atoms, edges] of [[long, bar], [wide, items], [bar, wide], [items, wide]]) {
    for (const size of [12, 24]) {
      const context = { ...paper(), measureText: (text) => ({ width: size * 0.5 * text.length }) };
      const legends = legendsOf({ atoms, edges });
      drawLegends(context, legends, { x: 8, y: 200, text: "#111111", panel: "#ffffff", font: "x", size });
      const [, , width, height] = context.notes.panel;
      const lines = [...new Set(context.notes.texts.map(([, , y]) => y))]; // the numbers of a bar share one
      const ofBar = (legend) => (legend.kind === "bar" ? 2 : legend.items.length + 1);
      assert.equal(lines.length, ofBar(legends[0]) + ofBar(legends[1]));
      assert.ok(lines.every((y, n) => n === 0 || y >= lines[n - 1] + size), `no line on the one above: ${lines}`);
      assert.ok(lines.at(-1) + size <= 200 + height);
      for (const [text, x] of context.notes.texts) assert.ok(x >= 8 && x + size * 0.5 * text.length <= 8 + width, text);
    }
  }
});

test("numbers that would touch are left out, never the ends that say what lies beyond", () => {
  const measure = (text) => 7 * text.length;
  const fit = (ticks) => ticksThatFit(ticks, measure, 168);
  const crowded = fit([{ at: 0, text: "≤ −0.369", isEnd: true }, { at: 0.3, text: "−0.2" }, { at: 0.65, text: "0.0" }, { at: 0.83, text: "0.1" }, { at: 0.99, text: "0.2" }, { at: 1, text: "≥ 0.201", isEnd: true }]);
  assert.deepEqual(crowded.map((tick) => tick.text), ["≤ −0.369", "0.0", "≥ 0.201"]);
  assert.ok(crowded.every(({ left, text }, n) => !n || left >= crowded[n - 1].left + measure(crowded[n - 1].text) + 6));
  assert.equal(fit([0, 0.25, 0.5, 0.75, 1].map((at) => ({ at, text: at.toFixed(1) }))).length, 5);
  assert.deepEqual(fit([0, 0.25, 0.5, 0.75, 1].map((at) => ({ at, text: "1000.0" }))).map(({ at }) => at), [0, 0.5, 1]);
});

test("no legend, nothing drawn", () => {
  const context = paper();
  drawLegends(context, [], { x: 0, y: 0 });
  assert.equal(context.notes.panel, undefined);
});
