import assert from "node:assert/strict";
import test from "node:test";

import { nextSort, rowWindow, rowTexts, searched, sortedAtoms } from "../../dashboard/static/window/rows.js";
import { columns } from "../../dashboard/static/window/columns.js";
import { smallGlass } from "./glass.mjs";

const glass = smallGlass();
const down = (column) => ({ column, descending: true });
const up = (column) => ({ column, descending: false });
const sorted = (sort, mask) => Array.from(sortedAtoms(glass, sort, mask));

test("sorting: numbers, labels, missing values last, ties in the order of the file", () => {
  assert.deepEqual(sorted(null), [0, 1, 2, 3, 4, 5]);
  assert.deepEqual(sorted(up("barrier")), [2, 4, 0, 5, 1, 3]);
  assert.deepEqual(sorted(down("barrier")), [1, 5, 0, 4, 2, 3]);
  assert.deepEqual(sorted(down("element")), [1, 4, 0, 2, 3, 5]);
  assert.deepEqual(sorted(down("index"), Uint8Array.from([1, 0, 1, 0, 0, 1])), [5, 2, 0]);
  assert.deepEqual(sorted(up("gone")), [0, 1, 2, 3, 4, 5]);
});

test("a title is clicked three times", () => {
  assert.deepEqual([nextSort(null, "a"), nextSort(down("a"), "a"), nextSort(up("a"), "a"), nextSort(down("b"), "a")], [down("a"), up("a"), null, down("a")]);
});

test("search finds atoms by index, element and Voronoi index", () => {
  const all = sortedAtoms(glass, null);
  assert.deepEqual(Array.from(searched(glass, all, " 4 ")), [4]);
  assert.deepEqual(Array.from(searched(glass, all, "zr")), [1, 4]);
  assert.deepEqual(Array.from(searched(glass, all, "cu 12")), [0, 2, 3, 5]);
  assert.deepEqual(Array.from(searched(glass, all, "nothing")), []);
  assert.equal(searched(glass, all, ""), all);
});

test("only the rows in sight are drawn", () => {
  assert.deepEqual(rowWindow(0, 240, 24, 100_000), [0, 18]);
  assert.deepEqual(rowWindow(2400, 240, 24, 100_000), [92, 118]);
  assert.deepEqual(rowWindow(0, 240, 24, 3), [0, 3]);
});

test("texts of a row", () => {
  assert.deepEqual(rowTexts(columns(glass), 3), ["3", "–", "1.10", "Cu", "<0,0,12,0>"]);
});
