import assert from "node:assert/strict";
import test from "node:test";

import { column, columnNames, isNumber, symbol } from "../../dashboard/static/window/columns.js";
import { smallGlass } from "./glass.mjs";

const glass = smallGlass();

test("columns of the glass, and those that every glass has", () => {
  assert.deepEqual(columnNames(glass), ["barrier", "label", "element", "voronoi", "x", "y", "z", "index"]);
  assert.equal(column(glass, "barrier").values, glass.arrays.barrier);
  assert.equal(column(glass, "z").values[5], 9.5);
  assert.equal(column(glass, "index").values[3], 3);
  assert.equal(column(glass, "z").values, column(glass, "z").values); // made once
  for (const name of ["nothing", "constructor", "__proto__"]) assert.equal(column(glass, name), null);
});

test("the element is known even where no column says it", () => {
  const bare = { ...glass, columns: [] };
  assert.deepEqual(column(bare, "element").labels, ["Cu", "Zr"]);
  assert.equal(symbol(bare, 1), "Zr");
  assert.ok(!isNumber(column(bare, "element")));
});
