// What lies in front of the 3D picture: rings round atoms, their numbers, the scale bar, the legends.

import { drawLegends, legendSize, legendsOf } from "./legend.js";

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
    const look = colours();
    const { text, background } = look;
    const size = store.get().presentation ? 16 : 12;
    if (hasLegends) legends(context, width, height, { ...look, size });
    scaleBar(context, width, height, { ...look, size });
    for (const [atom, color, line] of rings()) {
      const { x, y, r } = ring(atom);
      circle(context, x, y, r, line + 3, background); // a rim that parts it from any colour behind
      circle(context, x, y, r, line, color ?? text);
    }
    const { selected, pinned } = store.get();
    context.textBaseline = "middle";
    context.textAlign = "left";
    context.font = labelFont(look);
    for (const atom of [...new Set([...selected.slice(0, LABELS), ...pinned.slice(0, LABELS)])]) {
      if (atom >= glass.n) continue;
      const { x, y, left } = ring(atom);
      rimmed(context, label(atom), x + left, y, look);
    }
    nothing(context, width, height, { ...look, size });
  }

  const label = (atom) => `${glass.symbolOf(atom)} ${atom}`;
  const labelFont = ({ font }) => `600 ${store.get().presentation ? 18 : 13}px ${font}`;

  function ring(atom) { // its middle and radius; its label begins so far to the right
    const { x, y, radius } = scene.project(atom);
    return { x, y, r: Math.max(radius + 2, 7), left: Math.max(radius, 7) + 6 };
  }

  /** Text that lines behind it do not cross. */
  function rimmed(context, words, x, y, { text, background }) {
    context.lineWidth = 4;
    context.lineJoin = "round";
    context.strokeStyle = background;
    context.fillStyle = text;
    context.strokeText(words, x, y);
    context.fillText(words, x, y);
  }

  function legends(context, width, height, look) {
    const list = legendsOf(scene.colours());
    const { width: wide, height: high } = legendSize(context, list, look);
    const [left, right, top, bottom] = [8, width - 8 - wide, 8, height - 8 - high];
    const bar = 2 * look.size + 10; // the scale bar stands below
    const corners = [[left, bottom], [left, top], [right, top], [right, bottom - bar]];
    const [x, y] = corners.find(([x, y]) => !coversAtom(context, x, y, wide, high, look)) ?? corners[0];
    drawLegends(context, list, { ...look, x, y });
  }

  function coversAtom(context, x, y, wide, high, look) { // the selected one, with its label
    const [atom] = store.get().selected;
    if (atom === undefined || atom >= glass.n) return false;
    context.font = labelFont(look);
    const { x: px, y: py, r, left } = ring(atom);
    return px - r < x + wide && px + left + context.measureText(label(atom)).width > x && py - r < y + high && py + r > y;
  }

  function scaleBar(context, width, height, look) {
    const pixels = scene.pixelsPerAngstrom();
    const length = [1, 2, 5, 10, 20, 50, 100, 200].find((one) => one * pixels > 60) ?? 500;
    const wide = length * pixels, right = width - 14, y = height - 14;
    context.fillStyle = look.background;
    context.fillRect(right - wide - 2, y - 5, wide + 4, 7);
    context.fillStyle = look.text;
    context.fillRect(right - wide, y - 3, wide, 3);
    context.font = `${look.size}px ${look.font}`;
    context.textAlign = "center";
    context.textBaseline = "bottom";
    rimmed(context, `${length} Å`, right - wide / 2, y - 5, look);
  }

  function nothing(context, width, height, look) { // where the filters leave no atom
    const { shownCount, filter } = store.get();
    if (shownCount !== 0) return;
    context.font = `${look.size + 2}px ${look.font}`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    rimmed(context, filter ? "No atom passes the filter" : "The choices under Display leave no atom", width / 2, height / 5, look); // above an atom in the middle
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
