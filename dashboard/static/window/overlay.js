// What lies in front of the 3D picture: rings round atoms, their numbers, the scale bar, the legends.

import { drawLegends, legendsOf } from "./legend.js";

const SELECTED = "#d81b60"; // a colour that no scale has
const PINNED = "#1e88e5";
const LABELS = 12; // atoms that are numbered at most

/** create(canvas, { store, glass, scene }) -> { draw() }; it redraws itself at each change of the view. */
export function createOverlay(canvas, { store, glass, scene, colours, hasLegends = true }) {
  let wanted = false;

  function draw() {
    const { clientWidth: width, clientHeight: height } = canvas;
    if (!width || !height) return;
    const ratio = window.devicePixelRatio || 1;
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
    }
    const context = canvas.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    paint(context, width, height);
    canvas.dataset.rings = JSON.stringify(rings().map(([atom]) => atom)); // for those who do not see the picture
  }

  function rings() {
    const { selected, pinned, hover } = store.get();
    return [
      ...pinned.map((atom) => [atom, PINNED, 3]),
      ...selected.slice(1).reverse().map((atom) => [atom, SELECTED, 2.5]),
      ...selected.slice(0, 1).map((atom) => [atom, SELECTED, 4]),
      ...(hover >= 0 ? [[hover, null, 2]] : []),
    ].filter(([atom]) => atom < glass.n);
  }

  function paint(context, width, height) {
    const { text, background, panel, font } = colours();
    const big = store.get().presentation;
    for (const [atom, color, line] of rings()) {
      const { x, y, radius } = scene.project(atom);
      const r = Math.max(radius + 2, 7);
      circle(context, x, y, r, line + 3, background); // a rim that parts it from any colour behind
      circle(context, x, y, r, line, color ?? text);
    }
    const { selected, pinned } = store.get();
    context.font = `600 ${big ? 18 : 13}px ${font}`;
    context.textBaseline = "middle";
    context.textAlign = "left";
    for (const atom of [...new Set([...selected.slice(0, LABELS), ...pinned.slice(0, LABELS)])]) {
      if (atom >= glass.n) continue;
      const { x, y, radius } = scene.project(atom);
      const words = `${glass.symbolOf(atom)} ${atom}`;
      context.lineWidth = 4;
      context.lineJoin = "round";
      context.strokeStyle = background;
      context.fillStyle = text;
      const left = x + Math.max(radius, 7) + 6;
      context.strokeText(words, left, y);
      context.fillText(words, left, y);
    }
    scaleBar(context, width, height, { text, background, font, big });
    const own = `${big ? 16 : 12}px ${font}`;
    if (hasLegends) drawLegends(context, legendsOf(scene.colours()), { x: 8, y: height - 8, text, panel, font: own });
  }

  function scaleBar(context, width, height, { text, font, background }) {
    const pixels = scene.pixelsPerAngstrom();
    const length = [1, 2, 5, 10, 20, 50, 100, 200].find((one) => one * pixels > 60) ?? 500;
    const wide = length * pixels, right = width - 14, y = height - 14;
    context.fillStyle = background;
    context.fillRect(right - wide - 2, y - 5, wide + 4, 7);
    context.fillStyle = text;
    context.fillRect(right - wide, y - 3, wide, 3);
    context.font = `12px ${font}`;
    context.textAlign = "center";
    context.textBaseline = "bottom";
    context.fillText(`${length} Å`, right - wide / 2, y - 5);
  }

  function circle(context, x, y, r, line, color) {
    context.beginPath();
    context.arc(x, y, r, 0, 2 * Math.PI);
    context.lineWidth = line;
    context.strokeStyle = color;
    context.stroke();
  }

  return {
    draw,
    /** Draws before the browser paints next, once however often it is asked. */
    later() {
      if (wanted) return;
      wanted = true;
      requestAnimationFrame(() => { wanted = false; draw(); });
    },
    paint,
  };
}

/** The picture with its overlay, as a PNG. */
export function png(scene, overlay, gl, canvas) {
  scene.drawNow();
  const whole = document.createElement("canvas");
  whole.width = gl.width;
  whole.height = gl.height;
  const context = whole.getContext("2d");
  context.fillStyle = scene.background();
  context.fillRect(0, 0, whole.width, whole.height);
  context.drawImage(gl, 0, 0, whole.width, whole.height);
  context.scale(whole.width / canvas.clientWidth, whole.height / canvas.clientHeight);
  overlay.paint(context, canvas.clientWidth, canvas.clientHeight);
  return new Promise((done, failed) => whole.toBlob((blob) => blob ? done(blob) : failed(new Error("no picture")), "image/png"));
}
