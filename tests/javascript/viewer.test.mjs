import assert from "node:assert/strict";
import { test } from "node:test";
import { createViewer, fitted, oncePerFrame, webGL } from "../../dashboard/static/window/viewer.js";

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

test("what is forgotten is not drawn, and nobody is told", () => {
  const { canvas, draw, frame, pictures, viewer } = machine();
  let told = 0;
  draw();
  frame();
  draw();
  viewer.whenDrawn(() => { told += 1; });
  viewer.forget();
  frame();
  assert.deepEqual([pictures.length, told], [1, 0]);
  canvas.width = 500; // of the next window, which draws once all is there
  draw();
  assert.equal(pictures.length, 1);
  frame();
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
  const { asked, library, place } = world();
  createViewer(library, place(), document);
  assert.equal(asked[0].upscale, false);
  assert.equal(asked[0].antialias, true);
});

/** 3Dmol.js, a document, and places on its page. */
const document = { createElement: () => ({ style: {}, clientWidth: 30, clientHeight: 20, remove() { this.at = null; } }) };

function world() {
  const asked = [], calls = [];
  const renderer = { render() {}, isLost: () => false, getCanvas: () => ({ width: 1, height: 1 }) };
  const made = { getRenderer: () => renderer };
  for (const name of ["removeAllModels", "removeAllShapes", "setViewChangeCallback", "resize"]) made[name] = () => calls.push(name);
  const library = { createViewer: (element, config) => { asked.push(config); return { ...made, element }; } };
  const place = () => ({ append(element) { element.at = this; } });
  return { asked, calls, library, place };
}

test("the next window draws with the viewer of one that is gone", () => {
  const { asked, calls, library, place } = world();
  const first = createViewer(library, place(), document);
  const beside = createViewer(library, place(), document);
  assert.notEqual(first, beside, "windows that stand side by side have one each");
  assert.equal(asked.length, 2);
  first.leave();
  assert.deepEqual(calls, ["removeAllModels", "removeAllShapes", "setViewChangeCallback"]);
  assert.equal(first.element.at, null);
  const next = place();
  first.element.clientWidth = 50;
  assert.equal(createViewer(library, next, document), first);
  assert.equal(first.element.at, next);
  assert.equal(calls.at(-1), "resize", "its place has another size");
  assert.notEqual(createViewer(library, place(), document), first);
});

test("observers are heard where the size is another, or the graphics context is lost", () => {
  const element = { clientWidth: 30, clientHeight: 20 }, observers = [];
  let lost = false, resized = 0, stopped = 0;
  class Observer {
    constructor(fn) { this.fn = fn; }
    observe(what) { observers.push([this.fn, what]); }
  }
  const old = { disconnect: () => { stopped += 1; } };
  const viewer = { divwatcher: old, intwatcher: old, getRenderer: () => ({ isLost: () => lost }), resize: () => { resized += 1; } };
  fitted(viewer, element, { Resized: Observer, Seen: Observer });
  const speak = () => observers.forEach(([fn]) => fn());
  assert.equal(stopped, 2);
  assert.deepEqual(observers.map(([, what]) => what), [element, element]);
  speak();
  assert.equal(resized, 0);
  element.clientHeight = 25;
  speak();
  assert.equal(resized, 1);
  lost = true;
  speak();
  assert.equal(resized, 3);
  lost = false;
  element.clientHeight = 0;
  speak();
  assert.equal(resized, 3, "hidden");
});
