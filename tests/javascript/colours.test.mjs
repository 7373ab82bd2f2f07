import assert from "node:assert/strict";
import { test } from "node:test";
import { MISSING, colourOf, cssColour, extent, isDark, limitsOf, mixed, rgb, stops, table, ticksOf } from "../../dashboard/static/window/colours.js";

const column = (values, more = {}) => ({ name: "x", kind: "number", scale: "sequential", digits: 2, range: null, values: Float32Array.from(values), ...more });

test("a scale runs from its first stop to its last", () => {
  const colours = table("viridis");
  assert.equal(colours.length, 256);
  assert.equal(colours[0], "#440154");
  assert.equal(colours[255], "#fde725");
  assert.equal(table("diverging")[127].slice(0, 2), "#c");
  assert.notDeepEqual(stops("importance", true), stops("importance"));
  assert.deepEqual(stops("sequential"), stops("viridis"));
});

test("values take their colours, those beyond the ends the end colours, NaN grey", () => {
  const { colors, limits } = colourOf(column([0, 1, -5, 9, NaN], { range: [0, 1] }));
  assert.deepEqual(colors, ["#440154", "#fde725", "#440154", "#fde725", MISSING]);
  assert.deepEqual(limits, [0, 1]);
});

test("a range set by hand goes before the column's, and no range is of no width", () => {
  assert.deepEqual(limitsOf(column([1, 2], { range: [0, 3] }), [1, 2]), [1, 2]);
  assert.deepEqual(limitsOf(column([1, 2], { range: [0, 3] })), [0, 3]);
  assert.deepEqual(limitsOf(column([1, 2])), [1, 2]);
  assert.deepEqual(limitsOf(column([4, 4])), [3.5, 4.5]);
  assert.deepEqual(extent([NaN]), [0, 1]);
});

test("zero is in the middle of a diverging column", () => {
  const { colors } = colourOf(column([0], { range: [-1, 1], scale: "diverging" }));
  const [r, g, b] = rgb(colors[0]);
  assert.ok(Math.max(r, g, b) - Math.min(r, g, b) < 12); // grey
});

test("ticks are round numbers with as many digits as they need, and say where values lie beyond", () => {
  assert.deepEqual(ticksOf([0, 1], [0, 1]).map((tick) => tick.text), ["0.00", "0.25", "0.50", "0.75", "1.00"]);
  assert.deepEqual(ticksOf([10, 18], [10, 18], 0).map((tick) => tick.text), ["10", "12", "14", "16", "18"]);
  const beyond = ticksOf([1.05, 1.97], [0.4, 2.5]);
  assert.equal(beyond[0].text, "≤ 1.05");
  assert.equal(beyond.at(-1).text, "≥ 1.97");
  assert.deepEqual(beyond.filter((tick) => tick.isEnd), [beyond[0], beyond.at(-1)]);
  assert.deepEqual(ticksOf([-0.2, 0.2], [-0.2, 0.2]).map((tick) => tick.text), ["−0.2", "−0.1", "0.0", "0.1", "0.2"]);
});

test("categories: the most frequent have colours, the others are grey and named once", () => {
  const labels = Array.from({ length: 10 }, (_, k) => `<${k}>`);
  const values = labels.flatMap((_, k) => Array(10 - k).fill(k));
  const { colors, items, limits } = colourOf({ name: "v", kind: "category", scale: "category", labels, values });
  assert.equal(limits, null);
  assert.equal(items.length, 8);
  assert.deepEqual(items[0], ["<0>", "#0072b2"]);
  assert.deepEqual(items[7], ["others", MISSING]);
  assert.equal(colors.at(-1), MISSING);
  assert.equal(colourOf({ kind: "category", labels, values: [-1] }).colors[0], MISSING);
});

test("elements keep the colours that they have everywhere", () => {
  const { colors, items } = colourOf({ kind: "category", labels: ["Cu", "Zr"], values: [1, 1, 0] }, null, null, { palette: { Cu: "#c87533", Zr: "#4d9db4" } });
  assert.deepEqual(colors, ["#4d9db4", "#4d9db4", "#c87533"]);
  assert.deepEqual(items.map(([label]) => label), ["Cu", "Zr"]);
});

test("colours of the theme are understood in any notation", () => {
  assert.equal(cssColour(" #ABC "), "#aabbcc");
  assert.equal(cssColour("rgb(14, 17, 23)"), "#0e1117");
  assert.equal(cssColour("rgba(14 17 23 / 50%)"), "#0e1117");
  assert.equal(cssColour("", "#ffffff"), "#ffffff");
  assert.ok(isDark("#0e1117"));
  assert.ok(!isDark("#ffffff"));
  assert.equal(mixed("#000000", "#ffffff", 0.5), "#808080");
});
