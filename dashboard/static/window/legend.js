// The legends, drawn into the picture, so that they are in every PNG of it.

const TYPE = 12; // px of the type for which these sizes are; all grow with it
const BAR = { width: 168, height: 10 };
const LINE = 15, EDGE = 10, BETWEEN = 8, APART = 6;

/** What to write of the atoms' and the edges' colours (scene.colours()): a list of { title, kind, ... }. */
export function legendsOf({ atoms, edges }) {
  return [atoms && one(atoms, "Atoms"), edges && one(edges, "Edges")].filter(Boolean);
}

function one({ column, ticks, stops, items }, of) {
  const unit = column.unit ? ` (${column.unit})` : "";
  const title = of === "Edges" ? `Edges: ${column.title}${unit}` : `${column.title}${unit}`;
  return items.length || column.kind === "category"
    ? { kind: "items", title, items: items.slice(0, 8) } : { kind: "bar", title, ticks, stops };
}

function heightOf(legend) { // at TYPE, as all sizes here
  return legend.kind === "bar" ? LINE + BAR.height + LINE + 4 : LINE * (legend.items.length + 1) + 2;
}

/** { width, height } of legends in type of so many pixels: font is its family. */
export function legendSize(context, legends, { size = TYPE, font }) {
  if (!legends.length) return { width: 0, height: 0 };
  context.font = `${size}px ${font}`;
  const k = size / TYPE;
  const width = Math.max(...legends.map((legend) => widthOf(context, legend, k))) + 2 * EDGE * k;
  return { width, height: k * (legends.reduce((sum, legend) => sum + heightOf(legend) + BETWEEN, 0) + 4) };
}

/** Draws legends with their upper left corner at (x, y) of `context`, a 2D context; colours { text, panel }. */
export function drawLegends(context, legends, { x, y, text, panel, font, size = TYPE }) {
  if (!legends.length) return;
  const k = size / TYPE;
  const { width, height } = legendSize(context, legends, { size, font });
  context.fillStyle = panel;
  context.beginPath();
  context.roundRect(x, y, width, height, 5);
  context.fill();
  let top = y + 6 * k;
  for (const legend of legends) {
    context.fillStyle = text;
    context.textBaseline = "top";
    context.textAlign = "left";
    context.fillText(legend.title, x + EDGE * k, top);
    if (legend.kind === "bar") bar(context, legend, x + EDGE * k, top + LINE * k, text, k);
    else items(context, legend, x + EDGE * k, top + LINE * k, text, k);
    top += (heightOf(legend) + BETWEEN) * k;
  }
}

function widthOf(context, legend, k) {
  const title = context.measureText(legend.title).width;
  if (legend.kind === "bar") return Math.max(title, (BAR.width + 24) * k);
  return Math.max(title, ...legend.items.map(([words]) => context.measureText(words).width + 18 * k), 0);
}

/** Of ticks under a bar so wide, those whose texts do not touch: [{ at, text, left }], `left` in pixels of the bar.
 *
 * The ends that say what lies beyond them go first. measure(text) is the width in pixels.
 */
export function ticksThatFit(ticks, measure, width, k = 1) {
  const placed = ticks.map((tick) => {
    const wide = measure(tick.text);
    const left = Math.min(Math.max(tick.at * width - wide / 2, -4 * k), width + 18 * k - wide);
    return { ...tick, left, right: left + wide };
  });
  const taken = [];
  for (const tick of [...placed.filter((one) => one.isEnd), ...placed.filter((one) => !one.isEnd)]) {
    if (taken.every((other) => tick.right + APART * k <= other.left || tick.left >= other.right + APART * k)) taken.push(tick);
  }
  return taken.sort((a, b) => a.at - b.at);
}

function bar(context, { stops, ticks }, x, y, text, k) {
  const width = BAR.width * k, height = BAR.height * k;
  const gradient = context.createLinearGradient(x, 0, x + width, 0);
  stops.forEach((color, n) => gradient.addColorStop(n / (stops.length - 1), color));
  context.fillStyle = gradient;
  context.fillRect(x, y, width, height);
  context.fillStyle = text;
  for (const { at, text: words, left } of ticksThatFit(ticks, (one) => context.measureText(one).width, width, k)) {
    context.fillRect(x + at * width - 0.5, y + height, 1, 3 * k);
    context.fillText(words, x + left, y + height + 5 * k);
  }
}

function items(context, { items: list }, x, y, text, k) {
  list.forEach(([words, color], n) => {
    context.fillStyle = color;
    context.beginPath();
    context.arc(x + 5 * k, y + (n * LINE + 6) * k, 5 * k, 0, 2 * Math.PI);
    context.fill();
    context.fillStyle = text;
    context.fillText(words, x + 16 * k, y + n * LINE * k);
  });
}
