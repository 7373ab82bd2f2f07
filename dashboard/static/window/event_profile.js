// The energy of an event along its way, as a small drawing with a mark at the moment that is shown.

import { make, svg } from "./elements.js";
import { energiesOf, energyAt, nameOf } from "./event_frames.js";
import { format } from "./numbers.js";

const [WIDE, HIGH] = [300, 84]; // of the drawing's own units
const [LEFT, RIGHT, TOP, BOTTOM] = [8, 8, 18, 16];

/** { x(t), y(energy), line }: scales of the drawing, and the points of its line. */
export function layoutOf(energies) {
  const values = energies.map((one) => one.energy);
  const [low, high] = [Math.min(0, ...values), Math.max(0.05, ...values)];
  const x = (t) => LEFT + (t / 2) * (WIDE - LEFT - RIGHT);
  const y = (energy) => HIGH - BOTTOM - ((energy - low) / (high - low)) * (HIGH - TOP - BOTTOM);
  return { x, y, line: energies.map((one) => `${round(x(one.t))},${round(y(one.energy))}`).join(" ") };
}

const STOPS = ["start", "saddle", "end"];
const PATH = "Line: straight path, not relaxed";
const HELP = "Energies along straight lines from the start to the saddle and on to the end, without relaxing. Between the three dots this line can rise above the saddle, which is the highest point of the relaxed path.";
const round = (value) => Math.round(100 * value) / 100;

/** { node, mark(t) }; onSeek(t) where it is clicked. Without an event the node is hidden. */
export function createProfile(document, dataset, onSeek) {
  const energies = energiesOf(dataset);
  const drawing = svg(document, "svg", { viewBox: `0 0 ${WIDE} ${HIGH}`, class: "profile-drawing", preserveAspectRatio: "none", "aria-hidden": "true" });
  const text = make(document, "div", { class: "profile-text" });
  const node = make(document, "div", { class: "profile", role: "img", title: HELP }, drawing, text);
  if (!energies) {
    node.hidden = true;
    return { node, mark() {} };
  }
  const { barrier, energy_difference: difference } = dataset.event;
  node.setAttribute("aria-label", `Energy along the event: start 0, saddle ${format(barrier)}, end ${format(difference)} eV.`);
  const { x, y, line } = layoutOf(energies);
  const part = (tag, attributes) => drawing.append(svg(document, tag, { "vector-effect": "non-scaling-stroke", ...attributes }));
  part("line", { x1: x(0), x2: x(2), y1: y(0), y2: y(0), class: "profile-zero" });
  part("polyline", { points: line, class: dataset.path ? "profile-line" : "profile-line guessed" });
  for (const [t, energy] of [[0, 0], [1, barrier], [2, difference]]) {
    part("line", { x1: x(t), x2: x(t), y1: y(energy), y2: y(energy), class: "profile-stop" });
  }
  const cursor = svg(document, "line", { class: "profile-cursor", "vector-effect": "non-scaling-stroke", y1: 2, y2: HIGH - 2 });
  drawing.append(cursor);
  drawing.addEventListener("click", (event) => {
    const box = drawing.getBoundingClientRect();
    onSeek((2 * (((event.clientX - box.left) / box.width) * WIDE - LEFT)) / (WIDE - LEFT - RIGHT));
  });
  for (const [t, energy, side] of [[0, 0, "left"], [1, barrier, "middle"], [2, difference, "right"]]) {
    const label = make(document, "span", { class: `profile-label ${side}` }, `${STOPS[t]} ${t ? format(energy) : "0"} eV`);
    node.append(label);
  }
  return {
    node,
    mark(t) {
      cursor.setAttribute("x1", round(x(t)));
      cursor.setAttribute("x2", round(x(t)));
      text.textContent = STOPS.includes(nameOf(t)) ? (dataset.path ? PATH : "") : `${format(energyAt(energies, t))} eV, straight path, not relaxed`;
      text.hidden = !text.textContent;
    },
  };
}
