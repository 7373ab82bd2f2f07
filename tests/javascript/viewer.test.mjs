import assert from "node:assert/strict";
import { test } from "node:test";
import { createViewer, oncePerFrame, webGL } from "../../dashboard/static/window/viewer.js";

/** A renderer of 3Dmol's kind, and the next frame of the browser. */
function machine() {
  const canvas = { width: 300, height: 200 };
  const frames = [], pictures = [], moved = [];
  const renderer = { render: (scene, camera) => pictures.push([scene.name, camera.name]), getCanvas: () => canvas };
  const scene = { name: "scene", updateMatrixWorld: () => moved.push("scene") };
  const camera = { name: "camera", matrixWorld: 1, updateMatrixWorld: () => moved.push("camera"), matrixWorldInverse: { getInverse: () => moved.push("inverse") } };
  const viewer = oncePerFrame({ getRenderer: () => renderer }, { request: (fn) => frames.push(fn) });
  const frame = () => frames.splice(0).forEach((fn) => fn());
  return { canvas, frames, pictures, moved, viewer, frame, draw: () => renderer.render(scene, camera) };
}

test("many changes become one picture, before the browser paints", () => {
  const { draw, frame, frames, pictures } = machine();
  for (let k = 0; k < 5; k++) draw();
  assert.equal(pictures.length, 0);
  assert.equal(frames.length, 1);
  frame();
  assert.deepEqual(pictures, [["scene", "camera"]]);
  draw();
  frame();
  assert.equal(pictures.length, 2);
});

test("places on the screen are right before the picture is drawn", () => {
  const { draw, moved, pictures } = machine();
  draw();
  assert.deepEqual(moved, ["scene", "camera", "inverse"]);
  assert.equal(pictures.length, 0);
});

test("who reads the picture draws it now, and nothing is drawn twice", () => {
  const { draw, frame, pictures, viewer } = machine();
  draw();
  viewer.drawNow();
  assert.equal(pictures.length, 1);
  frame();
  viewer.drawNow();
  assert.equal(pictures.length, 1);
});

test("who waits for the picture is told once, at once where none is due", () => {
  const { draw, frame, viewer } = machine();
  let told = 0;
  const tell = () => { told += 1; };
  viewer.whenDrawn(tell);
  assert.equal(told, 1);
  draw();
  viewer.whenDrawn(tell);
  viewer.whenDrawn(tell);
  assert.equal(told, 1);
  frame();
  assert.equal(told, 2);
});

test("a canvas of another size is empty: it is filled at once", () => {
  const { canvas, draw, frame, pictures } = machine();
  draw();
  frame();
  canvas.width = 500;
  draw();
  assert.equal(pictures.length, 2);
});

const page = (renderer) => ({
  createElement: () => ({
    getContext: () => renderer && { getExtension: (name) => ({ UNMASKED_RENDERER_WEBGL: name, loseContext() {} }), getParameter: () => renderer },
  }),
});

test("the processor draws fewer pixels than a graphics card, and a browser without WebGL none", () => {
  assert.equal(webGL(page(null)), null);
  assert.deepEqual(webGL(page("ANGLE (Google, Vulkan 1.3.0 (SwiftShader Device (Subzero)), SwiftShader driver)")), { software: true });
  const renderer = { render() {}, getCanvas: () => ({ width: 1, height: 1 }) };
  let asked = null;
  createViewer({ createViewer: (element, config) => { asked = config; return { getRenderer: () => renderer }; } }, {});
  assert.equal(asked.upscale, false);
  assert.equal(asked.antialias, true);
});
