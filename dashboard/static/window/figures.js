// What the plots show, as data of plotly: histogram, scatter, edges by distance. No DOM.

import { column, columns, isNumber } from "./columns.js";
import { titleOf } from "./numbers.js";
import { topEdges } from "./periodic.js";

export const ELEMENT_COLORS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"];
const OUTSIDE = "#8a8f98";

/** {edges: number[], counts: number[][]}: counts per group and bin of the atoms with mask 1; NaN is left out. */
export function histogramOf(values, groups, nGroups, mask, nBins = 40) {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (!(high >= low)) return { edges: [0, 1], counts: Array.from({ length: nGroups }, () => [0]) };
  const { start, step, bins } = niceBins(low, high, nBins, values);
  const counts = Array.from({ length: nGroups }, () => new Array(bins).fill(0));
  for (let i = 0; i < values.length; i += 1) {
    if ((mask && !mask[i]) || !Number.isFinite(values[i])) continue;
    counts[groups[i]][Math.min(bins - 1, Math.max(0, Math.floor((values[i] - start) / step)))] += 1;
  }
  return { edges: Array.from({ length: bins + 1 }, (_, k) => start + k * step), counts };
}

function niceBins(low, high, nBins, values) {
  if (values.every((v) => !Number.isFinite(v) || Number.isInteger(v)) && high - low < 200) { // whole numbers: one each
    return { start: low - 0.5, step: 1, bins: high - low + 1 };
  }
  if (high === low) return { start: low - 0.5, step: 1, bins: 1 };
  const rough = (high - low) / nBins;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 2.5, 5, 10].find((factor) => factor * power >= rough);
  const start = Math.floor(low / step) * step;
  return { start, step, bins: Math.floor((high - start) / step) + 1 };
}

const paint = (theme) => ({
  font: { family: theme.font, color: theme.text, size: theme.size ?? 12 },
  paper_bgcolor: "rgba(0,0,0,0)",
  plot_bgcolor: "rgba(0,0,0,0)",
  margin: { l: 8, r: 8, t: 8, b: 8, pad: 2 },
  showlegend: true,
  legend: { orientation: "h", traceorder: "normal", x: 0, xanchor: "left", y: 1.02, yanchor: "bottom", bgcolor: "rgba(0,0,0,0)" },
  hoverlabel: { bgcolor: theme.background, font: { color: theme.text } },
  modebar: { bgcolor: "rgba(0,0,0,0)", color: theme.faint, activecolor: theme.primary },
});
const axis = (theme, title, more = {}) => ({
  title: { text: title, standoff: 6 }, automargin: true, gridcolor: theme.grid, linecolor: theme.rest,
  zerolinecolor: theme.rest, ...more,
});

/** {data, layout} of a histogram by element of one column: all atoms pale behind the visible ones. */
export function histogramFigure(glass, state, theme) {
  const shown = column(glass, state.histogram) ?? columns(glass).find(isNumber);
  if (shown.kind === "category") return categoryFigure(glass, shown, state, theme);
  const { species } = glass.arrays;
  const { edges, counts } = histogramOf(shown.values, species, glass.symbols.length, state.visible);
  const middles = edges.slice(0, -1).map((e, k) => (e + edges[k + 1]) / 2);
  const width = edges[1] - edges[0];
  const data = glass.symbols.map((element, code) => ({
    type: "bar", name: element, x: middles, y: counts[code], width, opacity: state.overlaid ? 0.6 : 1,
    marker: { color: theme.elementColor?.(element) ?? ELEMENT_COLORS[code % 6], line: { width: 0 } },
    hovertemplate: `%{y} ${element} atoms<br>at %{x:.4~g} ${shown.unit ?? ""}<extra></extra>`,
  }));
  const layout = {
    ...paint(theme), barmode: state.overlaid ? "overlay" : "stack", bargap: 0, dragmode: "select", selectdirection: "h",
    xaxis: axis(theme, titleOf(shown), { range: [edges[0], edges[edges.length - 1]] }), yaxis: axis(theme, "atoms"),
    shapes: marks(shown.values, state.selected, theme),
  };
  return { data, layout, column: shown, edges };
}

function categoryFigure(glass, shown, state, theme) {
  const totals = new Array(shown.labels.length).fill(0);
  for (let i = 0; i < glass.n; i += 1) if (state.visible?.[i] !== 0) totals[shown.values[i]] += 1;
  const order = totals.map((_, k) => k).filter((k) => totals[k]).sort((a, b) => totals[b] - totals[a]).slice(0, 20);
  const labels = order.map((k) => shown.labels[k]);
  const data = glass.symbols.map((element, code) => {
    const counts = new Array(shown.labels.length).fill(0);
    for (let i = 0; i < glass.n; i += 1) {
      if (glass.arrays.species[i] === code && state.visible?.[i] !== 0) counts[shown.values[i]] += 1;
    }
    return {
      type: "bar", orientation: "h", name: element, y: labels, x: order.map((k) => counts[k]),
      marker: { color: theme.elementColor?.(element) ?? ELEMENT_COLORS[code % 6] },
      hovertemplate: `%{x} ${element} atoms<br>${shown.title} %{y}<extra></extra>`,
    };
  });
  const layout = {
    ...paint(theme), barmode: "stack", dragmode: false, xaxis: axis(theme, "atoms"),
    yaxis: axis(theme, shown.title, { type: "category", autorange: "reversed" }),
  };
  return { data, layout, column: shown, edges: null };
}

function marks(values, selected, theme) {
  return (selected ?? []).slice(0, 20).filter((i) => Number.isFinite(values[i])).map((i) => ({
    type: "line", x0: values[i], x1: values[i], yref: "paper", y0: 0, y1: 1, line: { color: theme.text, width: 2 },
  }));
}

/** {data, layout, atoms} of a scatter of two columns; atoms[k] is the atom of point k. Parity line for two barriers. */
export function scatterFigure(glass, state, theme, colors = null) {
  const [across, up] = [column(glass, state.across), column(glass, state.up)];
  const atoms = [];
  for (let i = 0; i < glass.n; i += 1) {
    if (state.visible?.[i] !== 0 && present(across, i) && present(up, i)) atoms.push(i);
  }
  const chosen = new Set(state.selected);
  const ofPoint = (c) => (i) => (c.kind === "category" ? c.labels[c.values[i]] : c.values[i]);
  const points = {
    type: "scattergl", mode: "markers", name: "atoms", x: atoms.map(ofPoint(across)), y: atoms.map(ofPoint(up)),
    marker: { size: atoms.length > 5000 ? 4 : 6, color: colors ? atoms.map((i) => colors[i]) : theme.primary, opacity: 0.8 },
    text: atoms.map((i) => `${glass.symbols[glass.arrays.species[i]]} · atom ${i}`),
    hovertemplate: `%{text}<br>${across.title} %{x}<br>${up.title} %{y}<extra></extra>`,
  };
  const ring = [...chosen].filter((i) => present(across, i) && present(up, i));
  const selected = {
    type: "scatter", mode: "markers", name: "selected", hoverinfo: "skip", x: ring.map(ofPoint(across)),
    y: ring.map(ofPoint(up)), marker: { size: 13, color: "rgba(0,0,0,0)", line: { color: theme.text, width: 2.5 } },
  };
  const layout = {
    ...paint(theme), showlegend: false, dragmode: "lasso", hovermode: "closest",
    xaxis: axis(theme, titleOf(across)), yaxis: axis(theme, titleOf(up)), shapes: [],
  };
  if (parity(across, up)) layout.shapes.push(parityLine(points, theme));
  return { data: [points, selected], layout, atoms };
}

function present(c, i) {
  return c.kind === "category" ? c.labels[c.values[i]] !== undefined : Number.isFinite(c.values[i]);
}

/** Whether both columns are barriers of the same atoms, so that equality is the line to compare with. */
export function parity(a, b) {
  const both = new Set([a.name, b.name]);
  return both.has("barrier") && both.has("label");
}

function parityLine({ x, y }, theme) {
  let [low, high] = [Infinity, -Infinity];
  for (const list of [x, y]) for (const v of list) [low, high] = [Math.min(low, v), Math.max(high, v)];
  return { type: "line", x0: low, y0: low, x1: high, y1: high, line: { color: theme.faint, width: 1.5, dash: "dash" } };
}

/** {data, layout, rows} of the edges of one set by their distance from the explained atom, those that are drawn in 3D
 * emphasised; rows: the edges of each trace. Edges of which an explanation says nothing (NaN) are left out. */
export function edgesFigure(edges, state, theme) {
  const set = edges.sets.find((s) => s.name === state.edgeSet) ?? edges.sets[0];
  const { values } = set;
  const away = edges.arrays.distance;
  const shown = topEdges(edges, set, { top: state.top, threshold: state.threshold, hops: state.hops }), drawn = new Set(shown);
  const others = topEdges(edges, set).filter((edge) => !drawn.has(edge));
  const trace = (name, list, color, size) => ({
    type: "scattergl", mode: "markers", name, x: list.map((e) => away[e]), y: list.map((e) => values[e]),
    marker: { size, color, opacity: 0.75 },
    text: list.map((e) => `edge ${edges.arrays.pairs[2 * e]}–${edges.arrays.pairs[2 * e + 1]}`),
    hovertemplate: `%{text}<br>%{x:.2f} Å from the atom<br>${set.title} %{y:.3g} ${set.unit ?? ""}<extra></extra>`,
  });
  const data = [trace("other edges", others, OUTSIDE, 4), trace(`top ${shown.length}`, shown, "#b5367a", 7)];
  const layout = {
    ...paint(theme), dragmode: false, hovermode: "closest", xaxis: axis(theme, "distance of the edge from the atom (Å)"),
    yaxis: axis(theme, titleOf(set)),
  };
  return { data, layout, rows: [others, shown] };
}
