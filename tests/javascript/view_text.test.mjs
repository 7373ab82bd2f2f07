import assert from "node:assert/strict";
import test from "node:test";

import { isView, viewOfText, viewText } from "../../dashboard/static/window/view_text.js";

test("a view is eight finite numbers", () => {
  assert.ok(isView([0, 0, 0, 0, 0, 0, 0, 1]));
  assert.ok(!isView([0, 0, 0, 0, 0, 0, 0, NaN]));
  assert.ok(!isView([0, 0, 0]));
  assert.ok(!isView("no"));
});

test("a view becomes a short text and comes back", () => {
  const text = viewText([-10.12345, 0, -0.0001, 45.6789, 0.123456, -0.5, 0.5, 0.70711]);
  assert.equal(text, "-10.12,0,0,45.68,0.1235,-0.5,0.5,0.7071");
  assert.deepEqual(viewOfText(text), [-10.12, 0, 0, 45.68, 0.1235, -0.5, 0.5, 0.7071]);
});

test("other texts are no view", () => {
  for (const text of [null, "", "1,2,3", "1,2,3,4,5,6,7,x", "1,2,3,,5,6,7,8", "1,2,3,4,5,6,7,Infinity"]) assert.equal(viewOfText(text), null);
});
