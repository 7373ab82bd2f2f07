// The 3D view of an event: atoms at a moment of the way, their neighbours, arrows to the saddle, marked atoms.

import { mixed } from "./colours.js";
import { arrowsOf, positionsAt } from "./event_frames.js";
import { colourOf, isDark } from "./colours.js";
import { ARROW, CENTRE, MARK } from "./event_legend.js";

const SIZE = { moving: 0.26, other: 0.16 }; // of the covalent radius
const PALE = { element: 0.62, moved: 0.8, importance: 0.5 };
const BOND = { radius: 0.03 };
const MOST_ARROWS = 120;
const packed = (color) => parseInt(color.slice(1), 16);

/** Colours '#rrggbb' of all atoms. by: element, moved (distance to the saddle) or importance. */
export function coloursOf(dataset, by, background) {
  const { arrays, symbols, elements } = dataset;
  const element = Array.from(arrays.species, (code) => elements[symbols[code]].color);
  if (by === "element" || (by === "moved" && !dataset.event)) return element.map((color, i) => (arrays.moving[i] || !dataset.event ? color : mixed(color, background, PALE.element)));
  const values = by === "moved" ? Float32Array.from(arrays.moving, (_, i) => Math.hypot(...arrays.saddle.subarray(3 * i, 3 * i + 3)))
    : arrays.importance;
  const most = values.reduce((top, value) => (value > top ? value : top), 0) || 1;
  const column = { name: by, kind: "number", scale: "importance", values, range: [0, most] };
  return colourOf(column, [0, most], null, { dark: isDark(background), palette: null }).colors
    .map((color, i) => (Number.isFinite(values[i]) && values[i] > 0.02 * most ? color : mixed("#9aa0a8", background, 0.6)));
}

/** viewer: of 3Dmol. The scene draws a dataset; moment and look change without it. */
export function createEventScene(viewer) {
  let dataset = null, model = null, background = "#ffffff", moment = 0;
  let look = { color: "moved", factor: 4, arrows: true, marks: true };

  function build() { // spheres and bonds, at the moment that is shown
    if (model) viewer.removeModel(model);
    model = viewer.addModel();
    const { arrays, symbols, elements } = dataset;
    const at = positionsAt(dataset, moment), colors = coloursOf(dataset, look.color, background);
    const line = packed(mixed("#8a8f98", background, 0.6));
    const specs = Array.from(arrays.atom, (atom, i) => {
      const symbol = symbols[arrays.species[i]];
      const radius = elements[symbol].radius * (arrays.moving[i] || i === 0 ? SIZE.moving : SIZE.other);
      return {
        elem: symbol, serial: i, bonds: [], bondOrder: [], x: at[3 * i], y: at[3 * i + 1], z: at[3 * i + 2],
        style: { sphere: { radius, color: packed(colors[i]) }, stick: { ...BOND, color: line } },
      };
    });
    for (let b = 0; b < arrays.bonds.length; b += 2) {
      const [i, j] = [arrays.bonds[b], arrays.bonds[b + 1]];
      for (const [one, other] of [[i, j], [j, i]]) {
        specs[one].bonds.push(other);
        specs[one].bondOrder.push(1);
      }
    }
    model.addAtoms(specs);
  }

  function shapes() {
    viewer.removeAllShapes();
    const point = ([x, y, z]) => ({ x, y, z });
    const { arrays, symbols, elements } = dataset;
    const at = positionsAt(dataset, moment);
    const halo = (i, color) => viewer.addSphere({
      center: point(at.subarray(3 * i, 3 * i + 3)), radius: 0.4 * elements[symbols[arrays.species[i]]].radius + 0.1, color, opacity: 0.38,
    });
    halo(0, CENTRE);
    if (look.marks) arrays.marked.forEach((marked, i) => { if (marked && i) halo(i, MARK); });
    if (!look.arrows) return;
    for (const { from, to, length } of arrowsOf(dataset, look.factor).slice(0, MOST_ARROWS)) {
      const drawn = length * look.factor;
      viewer.addArrow({
        start: point(from), end: point(to), color: ARROW, radius: Math.min(0.16, 0.07 + 0.08 * length), radiusRatio: 2.2,
        mid: Math.max(0.3, 1 - 0.45 / drawn),
      });
    }
  }

  function draw() {
    if (!dataset) return;
    build();
    shapes();
    viewer.render();
  }

  return {
    setDataset(next) {
      const other = dataset?.centre !== next.centre || dataset?.name !== next.name;
      dataset = next;
      draw();
      if (other) this.reset();
    },
    setMoment(t) {
      if (t === moment) return;
      moment = t;
      draw();
    },
    setLook(more) {
      look = { ...look, ...more };
      draw();
    },
    setBackground(color) {
      if (color === background) return;
      background = color;
      viewer.setBackgroundColor(color, 1);
      draw();
    },
    reset() { // the moving atoms and what is near them fill the view
      viewer.setView([0, 0, 0, 0, 0, 0, 0, 1]);
      viewer.zoomTo();
      viewer.rotate(22, "y");
      viewer.rotate(14, "x");
      viewer.zoom(1.7);
    },
    look: () => look,
  };
}
