import assert from "node:assert/strict";
import { test } from "node:test";

import { sharedRows } from "../../dashboard/static/window/group_columns.js";

const glass = (...names) => ({ columns: names.map((name) => ({ name, title: name })), column: (name) => (names.includes(name) ? { name } : null) });

test("columns that all have, edge sets that any has", () => {
  const members = [
    { glass: glass("barrier", "q6"), edges: () => null },
    { glass: glass("q6"), edges: () => ({ sets: [{ name: "effect", title: "effect on the barrier" }] }) },
  ];
  assert.deepEqual(sharedRows(members), { columns: [["q6", "q6"]], sets: [["effect", "effect on the barrier"]] });
  assert.deepEqual(sharedRows([]), { columns: [], sets: [] });
});
