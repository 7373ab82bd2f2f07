// The scatter panel: any column against any other; lasso, box and click select atoms everywhere.

import { column, columns, isNumber } from "./columns.js";
import { choice, fill, make } from "./elements.js";
import { parity, scatterFigure } from "./figures.js";
import { format } from "./numbers.js";
import { createPlot } from "./plots.js";
import { clicked } from "./selection.js";

/** [across, up]: the columns to begin with: label against barrier where both are there, else the first two numbers. */
export function firstPair(glass) {
  const numbers = columns(glass).filter(isNumber).map((c) => c.name);
  if (numbers.includes("barrier") && numbers.includes("label")) return ["label", "barrier"];
  const across = ["volume", "q6", "coordination", numbers[1]].find((name) => numbers.includes(name)) ?? "z";
  return [across, numbers.find((name) => name !== across) ?? "x"];
}

/** "Pearson r = 0.93, mean absolute error 0.081 eV over 500 atoms" for the visible atoms; "" for fewer than three. */
export function agreement(glass, across, up, visible) {
  const [x, y] = [column(glass, across), column(glass, up)];
  if (!x || !y || !isNumber(x) || !isNumber(y)) return "";
  let [n, sx, sy, sxx, syy, sxy, off] = [0, 0, 0, 0, 0, 0, 0];
  for (let i = 0; i < glass.n; i += 1) {
    const [a, b] = [x.values[i], y.values[i]];
    if (visible?.[i] === 0 || !Number.isFinite(a) || !Number.isFinite(b)) continue;
    n += 1;
    sx += a; sy += b; sxx += a * a; syy += b * b; sxy += a * b;
    off += Math.abs(a - b);
  }
  const r = (n * sxy - sx * sy) / Math.sqrt((n * sxx - sx * sx) * (n * syy - sy * sy));
  if (n < 3 || !Number.isFinite(r)) return "";
  const error = parity(x, y) ? `, mean absolute error ${format(off / n, 3)} ${x.unit}` : "";
  return `Pearson r = ${format(r, 2)}${error} over ${n.toLocaleString("en")} atoms`;
}

export function create(parent, context) {
  const { store, glass, document } = context;
  const [firstX, firstY] = firstPair(glass);
  const across = () => store.get().across ?? firstX;
  const up = () => store.get().up ?? firstY;
  const names = [...columns(glass), ...["x", "y", "z"].map((a) => column(glass, a))].map((c) => [c.name, c.title]);
  const horizontal = choice(document, "Across", names, across(), (value) => store.set({ across: value }));
  const vertical = choice(document, "Up", names, up(), (value) => store.set({ up: value }));
  const note = make(document, "p", { class: "hint", role: "status" });
  let atoms = [];

  const plot = createPlot(parent, context, {
    name: "scatter",
    controls: [make(document, "div", { class: "pair" }, vertical, make(document, "span", { class: "faint" }, "against"), horizontal)],
    describe(theme) {
      const state = { ...store.get(), across: across(), up: up() };
      const figure = scatterFigure(glass, state, theme, colors());
      atoms = figure.atoms;
      return { ...figure, label: `${column(glass, up()).title} against ${column(glass, across()).title}, ${atoms.length} atoms` };
    },
    events: { plotly_selected: lassoed, plotly_click: point, plotly_hover: over, plotly_unhover: () => store.set({ hover: -1 }) },
  });
  parent.append(note);
  say();

  function colors() {
    const { color, range, scaleName } = store.get();
    const shown = column(glass, color);
    return shown && context.colours ? context.colours.colourOf(shown, range, scaleName).colors : null;
  }

  function say() {
    const text = agreement(glass, across(), up(), store.get().visible);
    note.textContent = `${text ? `${text}. ` : ""}Drag a loop round points to select their atoms.`;
  }

  function lassoed(event) {
    const points = event?.points?.filter((p) => p.curveNumber === 0) ?? [];
    if (!event?.range && !event?.lassoPoints) return;
    plot.clear();
    store.set({ selected: points.map((p) => atoms[p.pointIndex ?? p.pointNumber]) });
  }

  function point(event) {
    const hit = event.points?.find((p) => p.curveNumber === 0);
    if (hit) store.set({ selected: clicked(store.get().selected, atoms[hit.pointIndex ?? hit.pointNumber], event.event ?? {}) });
  }

  function over(event) {
    const hit = event.points?.find((p) => p.curveNumber === 0);
    if (hit) store.set({ hover: atoms[hit.pointIndex ?? hit.pointNumber] });
  }

  return {
    update(changed) {
      if (changed.has("across") || changed.has("up")) {
        fill(document, horizontal, names, across());
        fill(document, vertical, names, up());
      }
      if (["across", "up", "visible"].some((key) => changed.has(key))) say();
      const keys = ["across", "up", "visible", "selected", "color", "range", "scaleName", "presentation", "theme"];
      if (keys.some((key) => changed.has(key))) plot.draw();
    },
    shown: () => plot.draw(),
    destroy() {
      plot.destroy();
      note.remove();
    },
  };
}
