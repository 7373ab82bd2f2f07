import assert from "node:assert/strict";
import { test } from "node:test";
import { coloursOf, createEventScene } from "../../dashboard/static/window/event_scene.js";
import { smallEvent } from "./event.mjs";

/** As much of 3Dmol's viewer as the scene needs; it counts what is on it. */
function fakeViewer() {
  const drawn = { atoms: [], arrows: [], spheres: [], renders: 0, views: 0 };
  return {
    drawn, removeModel() { drawn.atoms = []; }, addModel: () => ({ addAtoms(list) { drawn.atoms = list; } }),
    removeAllShapes() { drawn.arrows = []; drawn.spheres = []; }, addArrow(arrow) { drawn.arrows.push(arrow); },
    addSphere(sphere) { drawn.spheres.push(sphere); }, render() { drawn.renders += 1; }, setBackgroundColor() {},
    setView() { drawn.views += 1; }, zoomTo() {}, rotate() {}, zoom() {},
  };
}

test("atoms stand where they are at the moment, joined to their neighbours", () => {
  const viewer = fakeViewer(), scene = createEventScene(viewer);
  scene.setDataset(smallEvent());
  scene.setMoment(1);
  const [centre, moved] = viewer.drawn.atoms;
  assert.deepEqual([centre.x, centre.y, centre.bonds], [0.5, 0, [1, 2]]);
  assert.deepEqual([moved.elem, moved.x, moved.y, moved.bonds], ["Zr", 3, 1, [0]]);
  assert.ok(moved.style.sphere.radius > viewer.drawn.atoms[2].style.sphere.radius * 1.5, "what moves is larger");
});

test("arrows and halos come and go; the moment does not move the camera, another atom does", () => {
  const viewer = fakeViewer(), scene = createEventScene(viewer);
  scene.setDataset(smallEvent());
  assert.deepEqual([viewer.drawn.arrows.length, viewer.drawn.spheres.length, viewer.drawn.views], [2, 2, 1]);
  assert.deepEqual(viewer.drawn.arrows[0].end, { x: 3, y: 4, z: 0 }, "four times as long");
  scene.setLook({ arrows: false, marks: false });
  assert.deepEqual([viewer.drawn.arrows.length, viewer.drawn.spheres.length], [0, 1]);
  scene.setMoment(0.5);
  scene.setDataset(smallEvent({ event: { attempt: 5, barrier: 1, energy_difference: 0 } }));
  assert.equal(viewer.drawn.views, 1);
  scene.setDataset(smallEvent({ centre: 8 }));
  assert.equal(viewer.drawn.views, 2);
});

test("colours: by element, pale where nothing moves; by distance and importance, grey where there is none", () => {
  const [a, b, c] = coloursOf(smallEvent(), "element", "#ffffff");
  assert.deepEqual([a, b], ["#c87533", "#4d9db4"]);
  assert.notEqual(c, a);
  assert.deepEqual(coloursOf(smallEvent({ event: null }), "moved", "#ffffff")[2], "#c87533", "no event: all in full");
  const moved = coloursOf(smallEvent(), "moved", "#ffffff");
  assert.equal(new Set(moved).size, 3);
  const important = coloursOf(smallEvent(), "importance", "#ffffff");
  assert.notEqual(important[0], important[1]);
  assert.equal(important[2], coloursOf(smallEvent({ n: 3 }), "importance", "#ffffff")[2]);
});
