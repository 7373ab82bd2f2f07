import assert from "node:assert/strict";
import { test } from "node:test";
import { edgeEnds, inverse, neighboursOf, placed, sitesOf, topEdges } from "../../dashboard/static/window/periodic.js";

const near = (a, b) => assert.ok(a.length === b.length && [...a].every((value, k) => Math.abs(value - b[k]) < 1e-4), `${[...a]} is not ${[...b]}`);

/** Atoms in a cell; pairs [i, j, image]. */
function glassOf(positions, cell, { pbc = [true, true, true], bonds = [] } = {}) {
  return {
    n: positions.length, cell, pbc, arrays: { positions: Float32Array.from(positions.flat()) },
    bonds: {
      pairs: Int32Array.from(bonds.flatMap(([i, j]) => [i, j])), images: Int8Array.from(bonds.flatMap(([, , image]) => image)),
      length: Float32Array.from(bonds.map(([, , , length]) => length ?? 2.5)),
    },
  };
}
const cubic = [[10, 0, 0], [0, 10, 0], [0, 0, 10]];
const skewed = [[10, 0, 0], [4, 9, 0], [1, 2, 8]];

test("the inverse of a skewed cell", () => {
  const back = inverse(skewed);
  for (const [i, row] of skewed.entries()) near([0, 1, 2].map((k) => row[0] * back[0][k] + row[1] * back[1][k] + row[2] * back[2][k]), [0, 1, 2].map((k) => Number(k === i)));
});

test("positions are wrapped into the cell, or stay as in the file", () => {
  const glass = glassOf([[-1, 5, 12], [3, 3, 3]], cubic);
  near(placed(glass, "cell").positions, [9, 5, 2, 3, 3, 3]);
  assert.deepEqual([...placed(glass, "cell").shift], [1, 0, -1, 0, 0, 0]);
  near(placed(glass, "file").positions, [-1, 5, 12, 3, 3, 3]);
  near(placed(glassOf([[-1, 5, 12]], cubic, { pbc: [true, true, false] }), "cell").positions, [9, 5, 12]);
  near(placed({ ...glass, cell: null }, "cell").positions, [-1, 5, 12, 3, 3, 3]);
});

test("round an atom, every other one is at most half a cell away along each axis, in a skewed cell too", () => {
  const positions = Array.from({ length: 50 }, (_, i) => [i * 1.7 - 20, (i * 7) % 23, (i * 5) % 31]);
  const glass = glassOf(positions, skewed);
  const { positions: moved } = placed(glass, "atom", 7);
  near(moved.subarray(21, 24), positions[7]);
  const back = inverse(skewed);
  for (let i = 0; i < 50; i++) {
    for (let axis = 0; axis < 3; axis++) {
      const fraction = [0, 1, 2].reduce((sum, k) => sum + (moved[3 * i + k] - positions[7][k]) * back[k][axis], 0);
      assert.ok(Math.abs(fraction) < 0.5 + 1e-4);
    }
  }
});

test("an edge over the boundary ends at a copy beside its first atom; in any wrapping it has its length", () => {
  const glass = glassOf([[0.5, 5, 5], [9.5, 5, 5]], cubic);
  const pairs = Int32Array.from([0, 1]), images = Int8Array.from([-1, 0, 0]);
  const inCell = edgeEnds(glass, placed(glass, "cell"), pairs, images, [0]);
  near(inCell.ends, [0.5, 5, 5, -0.5, 5, 5]);
  assert.equal(inCell.ghost[0], 1);
  const roundIt = edgeEnds(glass, placed(glass, "atom", 0), pairs, images, [0]);
  near(roundIt.ends, [0.5, 5, 5, -0.5, 5, 5]);
  assert.equal(roundIt.ghost[0], 0);
});

test("edges keep their lengths in every wrapping of a skewed cell", () => {
  const positions = Array.from({ length: 30 }, (_, i) => [(i * 3.3) % 17, (i * 5.1) % 19, (i * 7.7) % 13]);
  const glass = glassOf(positions, skewed);
  const pairs = Int32Array.from({ length: 40 }, (_, k) => (k * 11) % 30), images = Int8Array.from({ length: 60 }, (_, k) => (k % 3) - 1);
  const rows = Array.from({ length: 20 }, (_, k) => k);
  const lengths = ({ ends }) => rows.map((b) => Math.hypot(...[0, 1, 2].map((k) => ends[6 * b + 3 + k] - ends[6 * b + k])));
  const expected = lengths(edgeEnds(glass, placed(glass, "file"), pairs, images, rows));
  for (const wrap of ["cell", "atom"]) near(lengths(edgeEnds(glass, placed(glass, wrap, 4), pairs, images, rows)), expected);
});

test("periodic copies lie within the margin of the cell, and name their atom", () => {
  const glass = glassOf([[1, 5, 5], [5, 5, 5]], cubic);
  const where = placed(glass, "cell");
  assert.equal(sitesOf(glass, where, "cell", 0).atom.length, 2);
  const { atom, positions } = sitesOf(glass, where, "cell", 0, 2);
  assert.deepEqual([...atom], [0, 1, 0]);
  near(positions.subarray(6), [11, 5, 5]);
  const corner = glassOf([[1, 1, 9]], cubic);
  assert.equal(sitesOf(corner, placed(corner, "cell"), "cell", 0, 2).atom.length, 8);
});

test("the top edges: by magnitude, over the threshold, within hops, ties in order", () => {
  const edges = { count: 5, arrays: { hops: [0, 1, 2, 0, 0] } };
  const set = { values: Float32Array.from([0.1, -0.9, 0.8, 0.1, NaN]) };
  assert.deepEqual(topEdges(edges, set), [1, 2, 0, 3]);
  assert.deepEqual(topEdges(edges, set, { top: 2 }), [1, 2]);
  assert.deepEqual(topEdges(edges, set, { hops: 1 }), [1, 0, 3]);
  assert.deepEqual(topEdges(edges, set, { threshold: 0.5 }), [1, 2]);
});

test("neighbours by the bonds up to a cutoff", () => {
  const glass = glassOf([[0, 0, 0], [2, 0, 0], [5, 0, 0]], cubic, { bonds: [[0, 1, [0, 0, 0], 2], [2, 1, [0, 0, 0], 3]] });
  assert.deepEqual([...neighboursOf(glass, [1], 3.8)].sort(), [0, 2]);
  assert.deepEqual([...neighboursOf(glass, [1], 2.5)], [0]);
  assert.deepEqual([...neighboursOf({ bonds: null }, [1], 2.5)], []);
});
