import assert from "node:assert/strict";
import test from "node:test";

import { describeHistogram } from "../../dashboard/static/window/histogram.js";
import { smallGlass } from "./glass.mjs";

test("the histogram has a text for those who do not see it", () => {
  assert.equal(describeHistogram(smallGlass(), "barrier", null), "Histogram of Predicted barrier by element, 6 of 6 atoms");
  assert.equal(describeHistogram(smallGlass(), "label", Uint8Array.from([1, 0, 0, 0, 0, 1])), "Histogram of Labelled barrier by element, 2 of 6 atoms");
});
