// A viewer of 3Dmol that draws once per frame at most, and no more pixels than its machine can.

const SOFTWARE = /swiftshader|llvmpipe|softpipe|software|basic render/i; // names of renderers on the processor
const known = {};

/** { software } of the browser's WebGL: whether the processor draws; null without WebGL. Asked once. */
export function webGL(document = globalThis.document) {
  if (known.answer) return known.answer;
  const gl = contextOf(document.createElement("canvas"));
  if (!gl) return null;
  const names = gl.getExtension("WEBGL_debug_renderer_info");
  const renderer = names ? gl.getParameter(names.UNMASKED_RENDERER_WEBGL) : "";
  gl.getExtension("WEBGL_lose_context")?.loseContext();
  return (known.answer = { software: SOFTWARE.test(renderer) });
}

const contextOf = (canvas) => canvas.getContext("webgl2") || canvas.getContext("webgl");

const resting = []; // viewers of windows that are gone: what they need to draw is made already

/** A viewer in an element of its own in `place`. A graphics card draws twice the pixels in each direction, which smooths
 * the picture; a processor would need four times as long.
 *
 * fit() takes over the size of `place`, if it is another. leave() ends it: the next window draws with it sooner than
 * with a new one.
 */
export function createViewer(library, place, document = globalThis.document) {
  const rested = resting.pop();
  if (rested) {
    place.append(rested.element);
    rested.viewer.fit();
    return rested.viewer;
  }
  const element = document.createElement("div");
  Object.assign(element.style, { position: "absolute", inset: "0" });
  place.append(element);
  const config = { backgroundColor: "#ffffff", antialias: true, upscale: !webGL()?.software };
  const viewer = fitted(oncePerFrame(library.createViewer(element, config)), element);
  viewer.leave = () => {
    viewer.removeAllModels(); // frees their buffers
    viewer.removeAllShapes();
    viewer.setViewChangeCallback(() => {});
    viewer.forget();
    element.remove();
    resting.push({ element, viewer });
  };
  return viewer;
}

/** 3Dmol empties its canvas and draws anew whenever an observer speaks, twice at the start; this viewer does so where it
 * has another size, or has lost its graphics context. */
export function fitted(viewer, element, { Resized = globalThis.ResizeObserver, Seen = globalThis.IntersectionObserver } = {}) {
  const sizeNow = () => `${element.clientWidth} ${element.clientHeight}`;
  let size = sizeNow();
  viewer.divwatcher?.disconnect();
  viewer.intwatcher?.disconnect();
  viewer.fit = () => {
    if (!element.clientWidth || !element.clientHeight) return; // not on the page, or hidden
    if (size === sizeNow() && !viewer.getRenderer().isLost()) return;
    size = sizeNow();
    viewer.resize();
  };
  for (const Observer of [Resized, Seen]) if (Observer) new Observer(viewer.fit).observe(element);
  return viewer;
}

/** 3Dmol draws at every change of the view, the background, the size and so on; this viewer draws all that has changed
 * before the browser paints next.
 *
 * Adds drawNow(), for who reads the picture, whenDrawn(fn), which calls fn once what has changed is drawn (at once where
 * nothing waits), and forget(), after which nothing is due and nothing is shown. Hidden tabs draw when they are seen.
 */
export function oncePerFrame(viewer, { request = (fn) => requestAnimationFrame(fn) } = {}) {
  const renderer = viewer.getRenderer();
  const picture = renderer.render.bind(renderer);
  const waiting = new Set(); // of functions
  let asked = null, size = null;

  function drawNow() {
    if (!asked) return;
    const [scene, camera] = asked;
    asked = null;
    size = sizeNow();
    picture(scene, camera);
    const ready = [...waiting];
    waiting.clear();
    for (const fn of ready) fn();
  }

  const sizeNow = () => {
    const { width, height } = renderer.getCanvas();
    return `${width} ${height}`;
  };

  renderer.render = (scene, camera) => {
    scene.updateMatrixWorld(); // so that the places of atoms on the screen are right before the picture is
    camera.updateMatrixWorld();
    camera.matrixWorldInverse.getInverse(camera.matrixWorld);
    const isFirst = asked === null;
    asked = [scene, camera];
    if (size !== null && size !== sizeNow()) drawNow(); // a canvas of another size is empty
    else if (isFirst) request(drawNow);
  };
  viewer.drawNow = drawNow;
  viewer.forget = () => {
    asked = size = null;
    waiting.clear();
  };
  viewer.whenDrawn = (fn) => {
    if (asked) waiting.add(fn);
    else fn();
  };
  return viewer;
}
