// The filters that docs/tasks.md tells readers to type are understood.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { evaluate } from "../../dashboard/static/window/expression.js";

const text = readFileSync(new URL("../../docs/tasks.md", import.meta.url), "utf8");
const filters = [...text.matchAll(/filter `([^`]+)`/g)].map((match) => match[1]);
const values = { z: [1, 18], residual: [-0.5, 0.1], element: ["Cu", "Cu"], voronoi: ["<0,0,12,0>", "<0,2,8,2>"] };

test("every filter of the ten tasks chooses one of two atoms", () => {
  assert.equal(filters.length, 3);
  const column = (name) => {
    const own = values[name];
    if (typeof own[0] === "number") return { kind: "number", values: Float32Array.from(own) };
    const labels = [...new Set(own)];
    return { kind: "category", labels, values: Int32Array.from(own, (label) => labels.indexOf(label)) };
  };
  const table = { n: 2, names: Object.keys(values), labels: ["Cu", ...values.voronoi], column, distances: () => new Float32Array(2) };
  for (const filter of filters) assert.equal(evaluate(filter, table).reduce((sum, one) => sum + one, 0), 1, filter);
});
