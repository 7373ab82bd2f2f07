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

/** A viewer in an element. A graphics card draws twice the pixels in each direction, which smooths the picture; a
 * processor would need four times as long. */
export function createViewer(library, element) {
  const viewer = library.createViewer(element, { backgroundColor: "#ffffff", antialias: true, upscale: !webGL()?.software });
  return oncePerFrame(viewer);
}

/** 3Dmol draws at every change of the view, the background, the size and so on; this viewer draws all that has changed
 * before the browser paints next.
 *
 * Adds drawNow(), for who reads the picture, and whenDrawn(fn), which calls fn once what has changed is drawn (at once
 * where nothing waits). Hidden tabs draw when they are seen.
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
  viewer.whenDrawn = (fn) => {
    if (asked) waiting.add(fn);
    else fn();
  };
  return viewer;
}
