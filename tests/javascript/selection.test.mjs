import assert from "node:assert/strict";
import test from "node:test";

import { clicked, stepped, togglePin } from "../../dashboard/static/window/selection.js";

test("a click selects one atom, with shift or control it adds and takes out", () => {
  assert.deepEqual(clicked([1, 2], 5), [5]);
  assert.deepEqual(clicked([1, 2], 5, { shiftKey: true }), [1, 2, 5]);
  assert.deepEqual(clicked([1, 2], 1, { ctrlKey: true }), [2]);
});

test("pins", () => assert.deepEqual([togglePin([1], 2), togglePin([1, 2], 1)], [[1, 2], [2]]));

test("steps stay in the list", () => {
  assert.deepEqual([stepped([4, 2, 9], [2], 1), stepped([4, 2, 9], [9], 1), stepped([4, 2, 9], [4], -1)], [9, 9, 4]);
  assert.deepEqual([stepped([4, 2, 9], [7], 1), stepped([4, 2, 9], [], -1), stepped([], [1], 1)], [4, 9, null]);
});
