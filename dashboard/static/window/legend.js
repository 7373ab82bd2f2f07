// The legends, drawn into the picture, so that they are in every PNG of it.

const BAR = { width: 168, height: 10 };
const LINE = 15;

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

/** Height in pixels of a legend. */
export function heightOf(legend) {
  return legend.kind === "bar" ? LINE + BAR.height + LINE + 4 : LINE * (legend.items.length + 1) + 2;
}

/** Draws legends upwards from the lower left corner (x, y) of `context`, a 2D context; colours { text, panel }. */
export function drawLegends(context, legends, { x, y, text, panel, font }) {
  if (!legends.length) return;
  const total = legends.reduce((sum, legend) => sum + heightOf(legend) + 8, 0) + 4;
  context.font = font;
  const width = Math.max(...legends.map((legend) => widthOf(context, legend))) + 20;
  context.fillStyle = panel;
  context.beginPath();
  context.roundRect(x, y - total, width, total, 5);
  context.fill();
  let top = y - total + 6;
  for (const legend of legends) {
    context.fillStyle = text;
    context.textBaseline = "top";
    context.textAlign = "left";
    context.fillText(legend.title, x + 10, top);
    if (legend.kind === "bar") bar(context, legend, x + 10, top + LINE, text);
    else items(context, legend, x + 10, top + LINE, text);
    top += heightOf(legend) + 8;
  }
}

function widthOf(context, legend) {
  const title = context.measureText(legend.title).width;
  if (legend.kind === "bar") return Math.max(title, BAR.width + 24);
  return Math.max(title, ...legend.items.map(([words]) => context.measureText(words).width + 18), 0);
}

function bar(context, { stops, ticks }, x, y, text) {
  const gradient = context.createLinearGradient(x, 0, x + BAR.width, 0);
  stops.forEach((color, k) => gradient.addColorStop(k / (stops.length - 1), color));
  context.fillStyle = gradient;
  context.fillRect(x, y, BAR.width, BAR.height);
  context.fillStyle = text;
  for (const { at, text: words } of ticks) {
    const wide = context.measureText(words).width;
    context.fillRect(x + at * BAR.width - 0.5, y + BAR.height, 1, 3);
    context.fillText(words, x + Math.min(Math.max(at * BAR.width - wide / 2, -4), BAR.width + 18 - wide), y + BAR.height + 5);
  }
}

function items(context, { items: list }, x, y, text) {
  list.forEach(([words, color], k) => {
    context.fillStyle = color;
    context.beginPath();
    context.arc(x + 5, y + k * LINE + 6, 5, 0, 2 * Math.PI);
    context.fill();
    context.fillStyle = text;
    context.fillText(words, x + 16, y + k * LINE);
  });
}
