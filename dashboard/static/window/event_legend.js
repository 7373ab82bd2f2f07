// What the view of an event shows, in words, over its lower edge.

import { stops } from "./colours.js";
import { make } from "./elements.js";

/** Colours that are on no scale by which atoms are coloured, told apart by the colour-blind. */
export const CENTRE = "#0072b2", MARK = "#009e73", ARROW = "#b5367a";
const ITEMS = { centre: [CENTRE, "selected atom"], marked: [MARK, "important for the prediction"], arrow: [ARROW, "move to the saddle"] };

/** Texts and colours [color, words][] for a dataset and a look; no colour where the whole scale is meant. */
export function legendOf({ symbols, elements, event, arrays }, { color, arrows, factor, marks }) {
  const items = color === "element" || (color === "moved" && !event) ? symbols.map((symbol) => [elements[symbol].color, symbol]) : [];
  items.push(ITEMS.centre);
  if (marks && arrays.marked.some(Boolean)) items.push(ITEMS.marked);
  if (event && arrows) items.push([ITEMS.arrow[0], `${ITEMS.arrow[1]}${factor === 1 ? "" : `, × ${factor}`}`]);
  if (color === "moved" && event) items.push([null, `moves 0 to ${most(arrays).toFixed(2)} Å`]);
  if (color === "importance") items.push([null, "less to more important"]);
  return items;
}

function most({ saddle, atom }) {
  return Math.max(...Array.from(atom, (_, i) => Math.hypot(saddle[3 * i], saddle[3 * i + 1], saddle[3 * i + 2])));
}

export function drawLegend(document, node, dataset, look, dark) {
  node.replaceChildren(...legendOf(dataset, look).map(([color, words]) => {
    const dot = make(document, "span", { class: color ? "dot" : "ramp" });
    dot.style.background = color ?? `linear-gradient(90deg, ${stops("importance", dark).join(", ")})`;
    return make(document, "span", { class: "item" }, dot, words);
  }));
}

/** What the pointer over atom `row` says. */
export function tipOf({ symbols, arrays, event }, row) {
  const { atom, species, saddle, importance } = arrays;
  const parts = [`${symbols[species[row]]} · atom ${atom[row]}`];
  if (event) parts.push(`moves ${Math.hypot(saddle[3 * row], saddle[3 * row + 1], saddle[3 * row + 2]).toFixed(2)} Å`);
  if (Number.isFinite(importance[row])) parts.push(`importance ${importance[row].toFixed(2)}`);
  return parts.join(" · ");
}
