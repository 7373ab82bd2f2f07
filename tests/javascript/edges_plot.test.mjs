import assert from "node:assert/strict";
import test from "node:test";

import { describeEdges } from "../../dashboard/static/window/edges_plot.js";

test("the plot of edges has a text for those who do not see it", () => {
  const edges = { atom: 7, sets: [{ name: "a", title: "Importance" }, { name: "b", title: "Effect" }], arrays: { pairs: new Int32Array(8) } };
  assert.equal(describeEdges(edges, { edgeSet: "b" }), "Effect of 4 edges by distance from atom 7");
  assert.equal(describeEdges({ ...edges, atom: null }, { edgeSet: null }), "Importance of 4 edges by distance");
});
