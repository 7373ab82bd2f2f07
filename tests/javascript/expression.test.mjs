import assert from "node:assert/strict";
import test from "node:test";

import { evaluate, ExpressionError, percentiles } from "../../dashboard/static/window/expression.js";
import { tableOf } from "../../dashboard/static/window/filters.js";
import { smallGlass } from "./glass.mjs";

const table = tableOf(smallGlass());
const atoms = (text) => Array.from(evaluate(text, table).entries()).filter(([, hit]) => hit).map(([i]) => i);
const problem = (text) => {
  try {
    evaluate(text, table);
  } catch (error) {
    assert.ok(error instanceof ExpressionError, error.stack);
    return { message: error.message, position: error.position };
  }
  return null;
};

const CHOSEN = [
  ["", [0, 1, 2, 3, 4, 5]],
  ["barrier > 1.8", [1, 5]], // 1.8 in a 32-bit column is 1.8
  ["barrier >= 1.8", [0, 1, 5]],
  ["barrier == 1.8", [0]],
  ["barrier != 1.8", [1, 2, 4, 5]], // a missing value fulfils no comparison
  ["not barrier > 1.8", [0, 2, 3, 4]],
  ['barrier > 1.8 and element == "Cu"', [5]],
  ['barrier > 1.8 or element == "Zr" and label < 2', [1, 4, 5]], // and binds closer
  ['(barrier > 1.8 or element == "Zr") and label < 2', [4]],
  ['element in ["Cu", "Zr"]', [0, 1, 2, 3, 4, 5]],
  ["index in [1, 3]", [1, 3]],
  ["index not in [1, 3]", [0, 2, 4, 5]],
  ["abs(barrier - label) > 0.05 and barrier < label", [2, 4, 5]],
  ["-barrier < -1.8 * 1 + 0", [1, 5]],
  ["2 * barrier / 2 - 1 > 0.79", [0, 1, 5]],
  ["distance(0) < 1.5", [0, 1]], // atom 1 across the boundary
  ["distance(0) <= 3 and index != 0", [1, 3, 4]],
  ["percentile(barrier) >= 80", [1]],
  ["z > 4 && !(x > 4.5)", [5]],
  ['voronoi == "=1+1"', [1, 4]],
  ["true", [0, 1, 2, 3, 4, 5]],
];
for (const [text, expected] of CHOSEN) test(`chooses: ${text}`, () => assert.deepEqual(atoms(text), expected));

const WRONG = [
  ["barrier >", /expected a column, a number or a text and not the end/, 9],
  ["barrier > and label < 2", /expected a column, a number or a text and not "and"/, 10],
  ["barrier > 1 2", /2 is left over/, 12],
  ["-element > 1", /"-" needs a number and not a text/, 0],
  ["barier > 1", /no column "barier"; there are barrier, label, element, voronoi, x, y, z, index/, 0],
  ["element == Cu", /a text stands in quotes, "Cu"/, 11],
  ['barrier > 1 and element == "Cu', /a text that does not end/, 27],
  ['barrier > "Cu"', /cannot compare a number with a text/, 8],
  ["barrier > 1 )", /"\)" is left over/, 12],
  ["(barrier > 1", /expected "\)" and not the end/, 12],
  ["barrier", /gives a value/, 0],
  ["1 < barrier < 2", /join two comparisons with "and"/, 12],
  ["barrier > 1; alert(1)", /the character ";"/, 11],
  ["distance(99) < 3", /index of an atom, 0 to 5/, 0],
  ["distance(barrier) < 3", /index of an atom/, 0],
  ["constructor(1) > 0", /no function "constructor"; there are abs, distance, percentile/, 0],
  ["__proto__ > 0", /no column "__proto__"/, 0],
  ["barrier and label > 1", /"and" needs yes or no and not a number/, 0],
  ["element > 1", /cannot compare/, 8],
  ['element < "Zr"', /"<" compares numbers only/, 8],
  ["element in Cu", /expected "\["/, 11],
  ["abs > 1", /"abs" needs \( \)/, 0],
];
for (const [text, message, position] of WRONG) {
  test(`says what is wrong: ${text}`, () => {
    const said = problem(text);
    assert.match(said.message, message);
    assert.equal(said.position, position);
  });
}

test("percentiles of equal and missing values", () => {
  assert.deepEqual(Array.from(percentiles([1, 1, 2, NaN, 3])), [0, 0, 50, NaN, 75]);
});

test("100,000 atoms in less than 100 ms", () => {
  const n = 100_000;
  const values = Float32Array.from({ length: n }, (_, i) => (i % 1000) / 400);
  const species = Int32Array.from({ length: n }, (_, i) => i % 2);
  const column = (name) => ({
    barrier: { kind: "number", values }, element: { kind: "category", values: species, labels: ["Cu", "Zr"] },
  })[name];
  const big = { n, names: ["barrier", "element"], column, distances: () => values };
  const times = Array.from({ length: 5 }, () => {
    const start = performance.now();
    const mask = evaluate('barrier > 1.8 and element == "Cu"', big);
    assert.equal(mask.reduce((a, b) => a + b, 0), 13_900);
    return performance.now() - start;
  });
  assert.ok(Math.min(...times) < 100, `${Math.min(...times)} ms`);
});
