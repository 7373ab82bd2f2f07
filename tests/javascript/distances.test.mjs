import assert from "node:assert/strict";
import test from "node:test";

import { fractions, inverse, neighbours } from "../../dashboard/static/window/distances.js";
import { smallGlass } from "./glass.mjs";

test("inverse of a cell", () => {
  const cell = [[10, 0, 0], [6, 8, 0], [-4, 3, 9]];
  const back = inverse(cell);
  for (let i = 0; i < 3; i += 1) for (let j = 0; j < 3; j += 1) {
    const product = [0, 1, 2].reduce((sum, k) => sum + cell[i][k] * back[k][j], 0);
    assert.ok(Math.abs(product - (i === j)) < 1e-12);
  }
  assert.equal(inverse([[1, 0, 0], [1, 0, 0], [0, 0, 1]]), null);
});

test("neighbours, nearest first, across the boundary", () => {
  assert.deepEqual(neighbours(smallGlass(), 0, 3), [[1, 1], [4, 2], [3, 3]]);
});

test("fractional coordinates are not wrapped", () => {
  const glass = smallGlass();
  glass.arrays.positions[0] = -1;
  assert.ok(Math.abs(fractions(glass)[0] + 0.1) < 1e-9);
  assert.equal(fractions({ ...glass, cell: null }), null);
});
