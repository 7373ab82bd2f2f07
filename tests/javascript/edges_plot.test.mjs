import assert from "node:assert/strict";
import test from "node:test";

import { create, describeEdges } from "../../dashboard/static/window/edges_plot.js";
import { createStore } from "../../dashboard/static/window/store.js";
import { page } from "./page.mjs";

test("the plot of edges has a text for those who do not see it", () => {
  const edges = { atom: 7, sets: [{ name: "a", title: "Importance" }, { name: "b", title: "Effect" }], arrays: { pairs: new Int32Array(8) } };
  assert.equal(describeEdges(edges, { edgeSet: "b" }), "Effect of 4 edges by distance from atom 7");
  assert.equal(describeEdges({ ...edges, atom: 0 }, { edgeSet: "b" }), "Effect of 4 edges by distance from atom 0");
  assert.equal(describeEdges({ ...edges, atom: null }, { edgeSet: null }), "Importance of 4 edges by distance");
});

/** The panel with a plotly.js that notes what it is to draw; press(trace, point) presses a mark of the last picture. */
function panel() {
  const document = page(), pictures = [], heard = {};
  document.defaultView.Plotly = { react(node, data) { node._fullLayout = {}; pictures.push(data); } };
  const edges = {
    atom: 5, count: 3,
    sets: [{ name: "effect", title: "Effect", unit: "meV", values: Float32Array.from([0.5, -2, 1]) }, { name: "importance", title: "Importance", values: Float32Array.from([0.75, 0.25, 0.5]) }],
    arrays: { pairs: Int32Array.from([5, 8, 8, 2, 5, 6]), distance: Float32Array.from([1, 2, 3]), hops: Int32Array.from([0, 1, 0]) },
  };
  const store = createStore({ edgeSet: "effect", top: 2 });
  const plot = create(document.body, { store, edges, document, glass: { name: "x" } });
  store.on(null, (changed) => plot.update(changed));
  Object.assign(document.find("plot"), { clientWidth: 300, on(event, fn) { heard[event] = fn; } });
  const press = (curveNumber, pointIndex) => {
    heard.plotly_click({ points: [{ curveNumber, pointIndex }] });
    return store.get().selected;
  };
  return { store, pictures, press, drawn: () => new Promise((done) => setTimeout(done)) };
}

test("a press on a mark selects both atoms of its edge, whichever edges stand out at present", async () => {
  const { store, press, drawn } = panel();
  await drawn();
  assert.deepEqual([press(1, 0), press(1, 1), press(0, 0)], [[8, 2], [5, 6], [5, 8]]);
  store.set({ top: 1 });
  await drawn();
  assert.deepEqual([press(1, 0), press(0, 0), press(0, 1)], [[8, 2], [5, 6], [5, 8]]);
});

test("the plot of edges is drawn anew with what is drawn in 3D, and not with a selection", async () => {
  const { store, pictures, drawn } = panel();
  await drawn();
  const marked = () => pictures.at(-1)[1].y;
  assert.deepEqual(marked(), [-2, 1]);
  for (const [patch, expected] of [[{ hops: 0 }, [1, 0.5]], [{ threshold: 0.7 }, [1]], [{ threshold: 0, top: 1 }, [1]], [{ hops: null }, [-2]], [{ edgeSet: "importance" }, [0.75]]]) {
    store.set(patch);
    await drawn();
    assert.deepEqual(marked(), expected, JSON.stringify(patch));
  }
  const before = pictures.length;
  store.set({ selected: [5], hover: 8 });
  await drawn();
  assert.equal(pictures.length, before);
});
