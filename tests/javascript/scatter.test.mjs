import assert from "node:assert/strict";
import test from "node:test";

import { agreement, firstPair } from "../../dashboard/static/window/scatter.js";
import { smallGlass } from "./glass.mjs";

const glass = smallGlass();

test("two barriers are compared first, else structure and the first number", () => {
  assert.deepEqual(firstPair(glass), ["label", "barrier"]);
  const number = (name) => ({ name, kind: "number" });
  assert.deepEqual(firstPair({ columns: [number("barrier"), number("volume")] }), ["volume", "barrier"]);
  assert.deepEqual(firstPair({ columns: [] }), ["z", "x"]);
});

test("agreement of what is shown", () => {
  assert.equal(agreement(glass, "label", "barrier", null), "Pearson r = 0.99, mean absolute error 0.100 eV over 5 atoms");
  assert.match(agreement(glass, "x", "barrier", null), /^Pearson r = 0\.\d\d over 5 atoms$/);
  assert.equal(agreement(glass, "label", "barrier", Uint8Array.from([1, 1, 0, 0, 0, 0])), "");
  assert.equal(agreement(glass, "element", "barrier", null), "");
});
