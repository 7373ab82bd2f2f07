import assert from "node:assert/strict";
import test from "node:test";

import { atomsInRange, withoutRange, withRange } from "../../dashboard/static/window/brush.js";
import { atomsWhere } from "../../dashboard/static/window/filters.js";
import { smallGlass } from "./glass.mjs";

const CASES = [
  ["", "barrier >= 1.2 and barrier <= 1.85"],
  ["label > 1", "label > 1 and barrier >= 1.2 and barrier <= 1.85"],
  ["barrier >= 0.5 and barrier <= 2", "barrier >= 1.2 and barrier <= 1.85"],
  ["label > 1 and barrier >= -0.5e-3 and barrier <= 2 and x > 1", "label > 1 and x > 1 and barrier >= 1.2 and barrier <= 1.85"],
  ['element == "Cu" or x > 3', '(element == "Cu" or x > 3) and barrier >= 1.2 and barrier <= 1.85'],
];
for (const [before, after] of CASES) {
  test(`the brushed range joins ${before || "nothing"}`, () => {
    assert.equal(withRange(before, "barrier", 1.2, 1.85), after);
    assert.equal(withRange(after, "barrier", 1.2, 1.85), after); // twice is once
    atomsWhere(after, smallGlass()); // can be read
  });
}

test("clearing the range gives the rest of the filter back", () => {
  assert.equal(withoutRange(CASES[4][1], "barrier"), CASES[4][0]);
  assert.equal(withoutRange("barrier > 1", "barrier"), "barrier > 1"); // not of a brush
  assert.equal(withoutRange("label >= 1 and label <= 2", "barrier"), "label >= 1 and label <= 2");
});

test("ends have as many digits as the range needs", () => {
  assert.equal(withRange("", "a", 1.23456789, 1.23556789), "a >= 1.234568 and a <= 1.235568");
  assert.equal(withRange("", "a", -123.456, 4000.1), "a >= -123.5 and a <= 4000.1".replace("-123.5", "-123").replace("4000.1", "4000"));
});

test("atoms in a range, of the visible ones", () => {
  assert.deepEqual(atomsInRange(smallGlass(), "barrier", 1, 2), [0, 4, 5]);
  assert.deepEqual(atomsInRange(smallGlass(), "barrier", 1, 2, Uint8Array.from([0, 1, 1, 1, 1, 1])), [4, 5]);
});
