import assert from "node:assert/strict";
import { test } from "node:test";
import { affineMap, pickSite, projectAll, projectPoint, sitesInPolygon } from "../../dashboard/static/window/projection.js";

/** What 3Dmol does in an orthographic view: turn by a quaternion, scale, put into the middle. */
function screenOf([a, b, c, w], scale) {
  return (points) => points.map(({ x, y, z }) => ({
    x: 300 + scale * ((1 - 2 * (b * b + c * c)) * x + 2 * (a * b - c * w) * y + 2 * (a * c + b * w) * z),
    y: 200 - scale * (2 * (a * b + c * w) * x + (1 - 2 * (a * a + c * c)) * y + 2 * (b * c - a * w) * z),
  }));
}
const upright = [0, 0, 0, 1];
const turned = [0.1, 0.5, -0.3, Math.sqrt(1 - 0.01 - 0.25 - 0.09)];

test("four points give the map of all others, the size of an Å and the depth", () => {
  const toScreen = screenOf(turned, 12);
  const map = affineMap(toScreen, turned);
  const point = [3.2, -7.1, 11.4];
  const [{ x, y }] = toScreen([{ x: point[0], y: point[1], z: point[2] }]);
  const [px, py, depth] = projectPoint(map, point);
  assert.ok(Math.hypot(px - x, py - y) < 1e-9);
  assert.ok(Math.abs(map.pixels - 12) < 1e-9);
  const length = Math.hypot((px - 300) / 12, (py - 200) / 12, depth);
  assert.ok(Math.abs(length - Math.hypot(...point)) < 1e-9); // a rotation keeps lengths
  const all = projectAll(map, Float32Array.from([...point, 0, 0, 0]));
  assert.ok(Math.abs(all[0] - px) < 1e-3 && Math.abs(all[3] - 300) < 1e-3);
});

test("the sphere in front is picked, hidden ones are not, and a near miss counts within the slack", () => {
  const map = affineMap(screenOf(upright, 10), upright);
  const projected = projectAll(map, Float32Array.from([0, 0, 0, 0, 0, 5, 6, 0, 0]));
  const radius = Float32Array.from([1, 1, 1]);
  const all = () => true;
  assert.equal(pickSite(map, projected, radius, all, 300, 200), 1); // z points to the viewer
  assert.equal(pickSite(map, projected, radius, (site) => site !== 1, 300, 200), 0);
  assert.equal(pickSite(map, projected, radius, all, 360, 200), 2);
  assert.equal(pickSite(map, projected, radius, all, 373, 200), -1);
  assert.equal(pickSite(map, projected, radius, all, 373, 200, 4), 2);
});

test("of two spheres that overlap, the one whose surface is in front there", () => {
  const map = affineMap(screenOf(upright, 10), upright);
  const projected = projectAll(map, Float32Array.from([0, 0, 0, 1.5, 0, 0.5]));
  const radius = Float32Array.from([2, 1]);
  assert.equal(pickSite(map, projected, radius, () => true, 306, 200), 0); // the large one bulges over the other's rim
  assert.equal(pickSite(map, projected, radius, () => true, 315, 200), 1);
});

test("a lasso selects what lies inside, also of a shape that is not convex", () => {
  const projected = Float32Array.from([5, 5, 0, 25, 5, 0, 15, 15, 0, 50, 50, 0]);
  const shape = [[0, 0], [30, 0], [30, 10], [15, 12], [0, 10]];
  assert.deepEqual(sitesInPolygon(projected, shape, () => true), [0, 1]);
  assert.deepEqual(sitesInPolygon(projected, shape, (site) => site !== 0), [1]);
});
