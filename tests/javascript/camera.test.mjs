import assert from "node:assert/strict";
import { test } from "node:test";
import { blend, createCamera } from "../../dashboard/static/window/camera.js";
import { affineMap } from "../../dashboard/static/window/projection.js";

/** As much of 3Dmol's viewer as a camera needs: 10 pixels for one Å at distance 0, in a canvas of 400 x 300. */
function fakeViewer() {
  const size = { width: 400, height: 300 };
  let view = [0, 0, 0, 0, 0, 0, 0, 1];
  const scale = () => ((10 * size.width) / 400) * (150 / (150 - view[3])); // the distance says how many Å the width holds
  const turn = ([x, y, z]) => {
    const [a, b, c, w] = view.slice(4);
    return [
      (1 - 2 * (b * b + c * c)) * x + 2 * (a * b - c * w) * y + 2 * (a * c + b * w) * z,
      2 * (a * b + c * w) * x + (1 - 2 * (a * a + c * c)) * y + 2 * (b * c - a * w) * z,
    ];
  };
  const toScreen = (points) => points.map(({ x, y, z }) => {
    const [u, v] = turn([x + view[0], y + view[1], z + view[2]]);
    return { x: size.width / 2 + scale() * u, y: size.height / 2 - scale() * v };
  });
  return {
    getView: () => [...view], setView(next) { view = [...next]; this.onChange?.(); }, setSlab() {},
    getCanvas: () => ({ getBoundingClientRect: () => size }), size,
    map: () => affineMap(toScreen, view.slice(4)), toScreen,
  };
}
const positions = Float32Array.from([10, 10, 10, 30, 10, 10, 10, 40, 10, 10, 10, 25]);

function cameraOf(viewer, sites = positions) {
  return createCamera(viewer, { name: "a", scene: () => ({ sites: { positions: sites }, positions: sites, map: viewer.map() }) });
}

test("the first look has everything in the middle of the view and inside it", () => {
  const viewer = fakeViewer();
  cameraOf(viewer).apply();
  const points = viewer.toScreen([0, 1, 2, 3].map((i) => ({ x: positions[3 * i], y: positions[3 * i + 1], z: positions[3 * i + 2] })));
  const [xs, ys] = [points.map((p) => p.x), points.map((p) => p.y)];
  assert.ok(Math.abs((Math.min(...xs) + Math.max(...xs)) / 2 - 200) < 0.1);
  assert.ok(Math.abs((Math.min(...ys) + Math.max(...ys)) / 2 - 150) < 0.1);
  const filled = Math.max((Math.max(...xs) - Math.min(...xs)) / 400, (Math.max(...ys) - Math.min(...ys)) / 300);
  assert.ok(filled > 0.8 && filled < 0.95);
});

test("a camera is remembered under its name, and what is not a view is not taken", (context) => {
  const kept = new Map([["symgnn-camera-a", JSON.stringify([1, 2, 3, 4, 0, 0, 0, 1])], ["symgnn-camera-b", '"nonsense"']]);
  globalThis.sessionStorage = { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value) };
  context.after(() => { delete globalThis.sessionStorage; });
  const viewer = fakeViewer();
  const camera = cameraOf(viewer);
  camera.apply();
  assert.equal(camera.text(), "1,2,3,4,0,0,0,1");
  assert.deepEqual(viewer.getView().slice(0, 3), [1, 2, 3]);
  camera.use("b");
  assert.equal(camera.text(), null);
  assert.notDeepEqual(viewer.getView().slice(0, 3), [1, 2, 3]);
  camera.use("a");
  assert.equal(camera.text(), "1,2,3,4,0,0,0,1");
  assert.deepEqual(viewer.getView().slice(0, 3), [1, 2, 3]);
});

test("a view that is hidden keeps a camera that can be told, and looks anew when it is seen", () => {
  const viewer = fakeViewer(), seen = fakeViewer();
  Object.assign(viewer.size, { width: 0, height: 0 });
  const camera = cameraOf(viewer);
  camera.apply();
  camera.flyTo([1]);
  assert.ok(viewer.getView().every(Number.isFinite));
  Object.assign(viewer.size, { width: 400, height: 300 });
  camera.refit();
  cameraOf(seen).apply();
  assert.deepEqual(viewer.getView(), seen.getView());
  viewer.setView([0, 0, 0, -Infinity, 0, 0, 0, 1]);
  assert.equal(camera.text(), null);
});

test("a flight ends with the atom in the middle", async (context) => {
  globalThis.requestAnimationFrame = (fn) => setTimeout(fn, 5);
  context.after(() => { delete globalThis.requestAnimationFrame; });
  const viewer = fakeViewer();
  cameraOf(viewer).flyTo([1]);
  await new Promise((done) => setTimeout(done, 500));
  const [{ x, y }] = viewer.toScreen([{ x: 30, y: 10, z: 10 }]);
  assert.ok(Math.hypot(x - 200, y - 150) < 0.1);
  assert.ok(viewer.map().pixels > 10);
});

test("a view of another size looks at the same again", () => {
  const viewer = fakeViewer();
  const camera = cameraOf(viewer);
  camera.apply();
  const first = viewer.map().pixels;
  Object.assign(viewer.size, { width: 800, height: 600 });
  camera.refit();
  assert.ok(Math.abs(viewer.map().pixels / first - 2) < 1e-3);
  viewer.setView([1, 2, 3, 4, 0, 0, 0, 1]);
  camera.refit();
  assert.deepEqual(viewer.getView().map((value) => Number(value.toFixed(4))), [1, 2, 3, 4, 0, 0, 0, 1]);
});

/** A session's memory, in which a test may look. */
function memoryOf(context) {
  const kept = new Map();
  globalThis.sessionStorage = { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value), removeItem: (key) => kept.delete(key) };
  context.after(() => { delete globalThis.sessionStorage; });
  return kept;
}

/** A camera in a view of that size, with the memory of those before; seen(): how much of the view the scene fills. */
function opened(width, height, sites = positions) {
  const viewer = fakeViewer();
  Object.assign(viewer.size, { width, height });
  const camera = cameraOf(viewer, sites);
  viewer.onChange = () => camera.notice();
  camera.apply();
  const points = Array.from({ length: sites.length / 3 }, (_, i) => ({ x: sites[3 * i], y: sites[3 * i + 1], z: sites[3 * i + 2] }));
  const wide = (values) => Math.max(...values) - Math.min(...values);
  const seen = () => Math.max(wide(viewer.toScreen(points).map((p) => p.x)) / viewer.size.width, wide(viewer.toScreen(points).map((p) => p.y)) / viewer.size.height);
  return { viewer, camera, seen };
}

test("what nobody has turned fits a view of any size, whatever was seen before", (context) => {
  const kept = memoryOf(context);
  for (const [width, height] of [[800, 300], [200, 600], [400, 400]]) {
    const { viewer, camera, seen } = opened(width, height);
    assert.ok(Math.abs(seen() - 0.88) < 0.01, `${width} x ${height}: ${seen()}`);
    Object.assign(viewer.size, { width: height, height: width });
    viewer.onChange(); // 3Dmol draws, with the distance of before
    camera.refit();
    assert.ok(Math.abs(seen() - 0.88) < 0.01);
    viewer.onChange();
    assert.equal(camera.text(), null);
  }
  assert.equal(kept.size, 0);
});

test("what a user has turned fills as much of a view of another size, in the session and by the link", (context) => {
  const kept = memoryOf(context);
  const first = opened(300, 600);
  first.viewer.setView([-20, -20, -15, 100, 0, 0, Math.SQRT1_2, Math.SQRT1_2]); // now the scene is wider than high
  const [filled, link] = [first.seen(), first.camera.text()];
  assert.equal(link, "-20,-20,-15,100,0,0,0.7071,0.7071"); // of a narrow view: the numbers of 3Dmol
  for (const [width, height] of [[200, 600], [1000, 310], [330, 330], [600, 330]]) {
    const { viewer, camera, seen } = opened(width, height);
    assert.ok(Math.abs(seen() - filled) < 0.01, `${width} x ${height}: ${seen()} and not ${filled}`);
    assert.deepEqual(viewer.getView().slice(4), [0, 0, Math.SQRT1_2, Math.SQRT1_2]);
    assert.equal(camera.text(), link);
    Object.assign(viewer.size, { width: height, height: width });
    viewer.onChange();
    camera.refit();
    assert.ok(Math.abs(seen() - filled) < 0.01);
    assert.ok(camera.isTurned());
  }
  kept.clear();
  const { camera, seen } = opened(800, 200);
  camera.turn(link.split(",").map(Number));
  assert.ok(Math.abs(seen() - filled) < 0.01);
  assert.equal(camera.text(), link);
  camera.reset();
  assert.deepEqual([camera.text(), camera.isTurned(), kept.size], [null, false, 0]);
});

test("a view that follows others is not taken for one that was turned", (context) => {
  const kept = memoryOf(context);
  const { viewer, camera, seen } = opened(400, 300);
  camera.adjust([1, 2, 3, 4, 0, 0, 0, 1]);
  viewer.onChange();
  assert.deepEqual([viewer.getView(), camera.isTurned(), kept.size], [[1, 2, 3, 4, 0, 0, 0, 1], false, 0]);
  camera.refit();
  assert.ok(Math.abs(seen() - 0.88) < 0.01);
});

test("what is seen along no edge of the cell fills as much of a view of another size", (context) => {
  memoryOf(context);
  const corners = Float32Array.from([0, 1, 2, 3, 4, 5, 6, 7].flatMap((n) => [20 * (n & 1), 30 * ((n >> 1) & 1), 15 * (n >> 2)]));
  const first = opened(300, 600, corners);
  first.viewer.setView([-10, -15, -7.5, 60, 0, 0, Math.sin(Math.PI / 8), Math.cos(Math.PI / 8)]);
  const { seen } = opened(800, 300, corners);
  assert.ok(Math.abs(seen() - first.seen()) < 0.01, `${seen()} and not ${first.seen()}`);
});

/** pass(ms): so much later, the next pictures of flights are drawn. */
function clockOf(context) {
  let now = 0;
  const steps = [];
  globalThis.requestAnimationFrame = (fn) => steps.push(fn);
  context.mock.method(performance, "now", () => now);
  context.after(() => { delete globalThis.requestAnimationFrame; });
  return (ms) => {
    now += ms;
    steps.splice(0).forEach((fn) => fn());
  };
}

test("after a flight the session and the link hold its end, not what was turned before", (context) => {
  const kept = memoryOf(context), pass = clockOf(context);
  const { viewer, camera } = opened(300, 600);
  viewer.setView([1, 2, 3, 4, 0, 0, 0, 1]);
  camera.flyTo([1]);
  pass(400);
  assert.match(camera.text(), /^-30,-10,-10,/);
  assert.deepEqual(JSON.parse(kept.get("symgnn-camera-a")).slice(0, 3), [-30, -10, -10]);
});

test("a flight to two atoms ends with both inside, also of a view that has got another size on the way", (context) => {
  memoryOf(context);
  const pass = clockOf(context);
  const { viewer, camera } = opened(400, 300);
  camera.flyTo([1, 2], 9);
  pass(100);
  viewer.size.height = 900;
  pass(400);
  const at = viewer.toScreen([{ x: 30, y: 10, z: 10 }, { x: 10, y: 40, z: 10 }]);
  assert.ok(at.every(({ x, y }) => x > 0 && x < 400 && y > 0 && y < 900), JSON.stringify(at));
  const radius = Math.hypot(10, 15) + 9; // of what is to be seen
  assert.ok(Math.abs(viewer.map().pixels - 200 / radius) < 0.01);
});

test("a flight ends where it is told to: with a reset, with another camera, without its window", (context) => {
  memoryOf(context);
  const pass = clockOf(context);
  for (const end of [(camera) => camera.reset(), (camera) => camera.use("b"), (camera) => camera.stop()]) {
    const { viewer, camera } = opened(400, 300);
    camera.flyTo([1]);
    pass(100);
    end(camera);
    const view = viewer.getView();
    pass(100);
    pass(400);
    assert.deepEqual(viewer.getView(), view, String(end));
  }
});

test("what was turned last is there again after another camera", (context) => {
  memoryOf(context);
  const viewer = fakeViewer();
  Object.assign(viewer.size, { width: 300, height: 600 });
  const camera = cameraOf(viewer);
  camera.apply();
  viewer.setView([1, 2, 3, 4, 0, 0, 0, 1]); // no picture of it as yet
  camera.use("b");
  assert.equal(camera.text(), null);
  camera.use("a");
  assert.equal(camera.text(), "1,2,3,4,0,0,0,1");
});

test("what a viewer shows before its camera begins was turned by nobody", (context) => {
  const kept = memoryOf(context), viewer = fakeViewer();
  const camera = cameraOf(viewer);
  viewer.onChange = () => camera.notice();
  viewer.setView([5, 0, 0, 0, 0, 0, 0, 1]);
  camera.apply();
  assert.deepEqual([kept.size, camera.text()], [0, null]);
});

test("the link holds a view that was turned, and none that is from the front", () => {
  const viewer = fakeViewer();
  const camera = cameraOf(viewer);
  camera.apply();
  assert.equal(camera.text(), null);
  Object.assign(viewer.size, { width: 300, height: 600 });
  viewer.setView([1, 2, 3, 4, 0, 0, 0, 1]);
  assert.equal(camera.text(), "1,2,3,4,0,0,0,1");
  camera.reset();
  assert.equal(camera.text(), null);
});

test("what lies between two views", () => {
  assert.deepEqual(blend([0, 2], [1, 4], 0.5), [0.5, 3]);
});
