import assert from "node:assert/strict";
import test from "node:test";

import { edgesFigure, histogramFigure, histogramOf, scatterFigure } from "../../dashboard/static/window/figures.js";
import { smallGlass } from "./glass.mjs";

const glass = smallGlass();
const theme = { text: "#000000", background: "#ffffff", grid: "#dddddd", faint: "#888888", primary: "#0072b2", font: "sans-serif" };
const total = (list) => list.flat().reduce((a, b) => a + b, 0);

test("a histogram counts every finite value once", () => {
  const values = Array.from({ length: 1000 }, (_, i) => Math.sin(i) * 3);
  values[4] = NaN;
  const groups = values.map((_, i) => i % 2);
  const { edges, counts } = histogramOf(values, groups, 2, null);
  assert.equal(total(counts), 999);
  assert.ok(edges[0] <= Math.min(...values.filter(Number.isFinite)));
  assert.equal(edges.length - 1, counts[0].length);
  const bin = edges.findIndex((e, k) => values[1] >= e && values[1] < edges[k + 1]);
  const alone = histogramOf(values, groups, 2, Uint8Array.from(values, (_, i) => (i === 1 ? 1 : 0)));
  assert.equal(alone.counts[1][bin], 1);
  assert.equal(total(alone.counts), 1);
});

test("whole numbers get a bin each, one value gets one bin, none gets an empty one", () => {
  assert.deepEqual(histogramOf([11, 12, 12, 15], [0, 0, 0, 0], 1, null), { edges: [10.5, 11.5, 12.5, 13.5, 14.5, 15.5], counts: [[1, 2, 0, 0, 1]] });
  assert.deepEqual(histogramOf([0.3], [0], 1, null).counts, [[1]]);
  assert.deepEqual(histogramOf([NaN], [0], 1, null).counts, [[0]]);
});

test("the histogram has a trace per element, of the visible atoms, and a line at each selected one", () => {
  const { data, layout } = histogramFigure(glass, { histogram: "label", visible: Uint8Array.from([1, 1, 0, 1, 1, 1]), selected: [4] }, theme);
  assert.deepEqual(data.map((t) => [t.name, total(t.y)]), [["Cu", 3], ["Zr", 2]]);
  assert.equal(layout.xaxis.title.text, "Labelled barrier (eV)");
  assert.equal(layout.shapes[0].x0, Math.fround(1.3));
  const categories = histogramFigure(glass, { histogram: "voronoi", selected: [] }, theme);
  assert.deepEqual(categories.data[0].y, ["<0,0,12,0>", "=1+1"]);
  assert.deepEqual(categories.data.map((t) => total(t.x)), [4, 2]);
});

test("bars of categories are of the visible atoms, the most frequent first", () => {
  const { data } = histogramFigure(glass, { histogram: "voronoi", visible: Uint8Array.from([1, 1, 0, 0, 1, 0]), selected: [] }, theme);
  assert.deepEqual(data.map((t) => [t.name, t.y, t.x]), [["Cu", ["=1+1", "<0,0,12,0>"], [0, 1]], ["Zr", ["=1+1", "<0,0,12,0>"], [2, 0]]]);
});

test("a selected atom without a value has no line", () => {
  const { layout } = histogramFigure(glass, { histogram: "barrier", selected: [3, 4] }, theme); // atom 3 has none
  assert.deepEqual(layout.shapes.map((line) => line.x0), [Math.fround(1.2)]);
});

test("the line of equal barriers covers both columns, and every point has the colour of its atom", () => {
  const state = { across: "label", up: "barrier", selected: [], visible: Uint8Array.from([0, 1, 1, 1, 1, 1]) };
  const { data, layout, atoms } = scatterFigure(glass, state, theme, ["c0", "c1", "c2", "c3", "c4", "c5"]);
  assert.deepEqual(data[0].marker.color, atoms.map((i) => `c${i}`));
  const [{ x0, y0, x1, y1 }] = layout.shapes;
  assert.deepEqual([x0, y0, x1, y1], [0.9, 0.9, 2.5, 2.5].map(Math.fround));
});

test("scatter: points know their atoms, missing values are left out, barriers have a parity line", () => {
  const { data, layout, atoms } = scatterFigure(glass, { across: "label", up: "barrier", selected: [1, 3], visible: Uint8Array.from([1, 1, 1, 1, 1, 0]) }, theme);
  assert.deepEqual(atoms, [0, 1, 2, 4]);
  assert.deepEqual(data[1].x, [Math.fround(2.4)]); // atom 3 has no barrier
  assert.equal(layout.shapes.length, 1);
  assert.equal(scatterFigure(glass, { across: "x", up: "barrier", selected: [] }, theme).layout.shapes.length, 0);
});

test("edges by distance: the top k by size, signed or not", () => {
  const edges = {
    count: 3,
    sets: [{ name: "effect", title: "Effect", unit: "meV", values: Float32Array.from([0.5, -2, 1]) }],
    arrays: { pairs: Int32Array.from([0, 1, 0, 2, 1, 2]), distance: Float32Array.from([1, 2, 3]), hops: Int32Array.from([0, 1, 0]) },
  };
  const { data, rows } = edgesFigure(edges, { edgeSet: "effect", top: 2 }, theme);
  assert.deepEqual(rows, [[0], [1, 2]]);
  assert.deepEqual(data[1].y, [-2, 1]);
  assert.equal(data[1].text[0], "edge 0–2");
  const near = edgesFigure(edges, { edgeSet: "effect", top: 2, hops: 0, threshold: 0.8 }, theme); // as in 3D
  assert.deepEqual(near.rows, [[1, 0], [2]]);
});

test("edges by distance: an edge without a value is in neither trace and spoils no order", () => {
  const values = Float32Array.from({ length: 400 }, (_, i) => (i % 57 === 3 ? NaN : Math.sin(i * i)));
  const pairs = new Int32Array(800), distance = new Float32Array(400).fill(2);
  const edges = { count: 400, sets: [{ name: "effect", title: "Effect", values }], arrays: { pairs, distance } };
  const { data, rows } = edgesFigure(edges, { edgeSet: "effect", top: 50 }, theme);
  const sizes = Array.from(values, Math.abs).filter(Number.isFinite).sort((a, b) => b - a);
  assert.deepEqual(data[1].y.map(Math.abs), sizes.slice(0, 50));
  assert.equal(rows[0].length, sizes.length - 50);
});
