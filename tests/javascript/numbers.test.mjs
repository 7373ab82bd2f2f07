import assert from "node:assert/strict";
import test from "node:test";

import { format, percentText, rank } from "../../dashboard/static/window/numbers.js";

test("numbers", () => {
  assert.deepEqual([format(1.005, 1), format(-0.2), format(-0.001), format(NaN), format(null)], ["1.0", "−0.20", "0.00", "–", "–"]);
});

test("a percentile is never rounded to 0 or 100", () => {
  assert.equal(percentText(9987, 10_000), "99.9");
  assert.equal(percentText(99_987, 100_000), "99.99");
  assert.equal(percentText(99_999_999, 100_000_000), "99.999999");
  assert.equal(percentText(1, 100_000), "0.001");
  assert.equal(percentText(1, 3), "33");
  assert.equal(percentText(0, 3), "0");
  assert.equal(percentText(3, 3), "100");
  assert.equal(percentText(0, 0), "–");
});

test("rank leaves out the atom itself and missing values", () => {
  assert.deepEqual(rank([3, 1, NaN, 2, 3], 0), { lower: 2, total: 3 });
});
