// The histogram panel: one column by element; a brush filters or selects.

import { atomsInRange, withoutRange, withRange } from "./brush.js";
import { column, columns } from "./columns.js";
import { check, choice, make } from "./elements.js";
import { histogramFigure } from "./figures.js";
import { createPlot } from "./plots.js";

/** The alternative text of the plot. */
export function describeHistogram(glass, name, visible) {
  const shown = column(glass, name);
  const count = visible ? visible.reduce((a, b) => a + b, 0) : glass.n;
  return `Histogram of ${shown.title} by element, ${count} of ${glass.n} atoms`;
}

export function create(parent, context) {
  const { store, glass, document } = context;
  const options = columns(glass).map((c) => [c.name, c.title]);
  let followed = store.get().color; // the column of the colours until another is chosen here
  const chosen = () => store.get().histogram ?? (options.some(([name]) => name === followed) ? followed : options[0]?.[0]);
  const box = choice(document, "Column of the histogram", options, chosen(), (value) => store.set({ histogram: value }));
  const mode = choice(document, "What dragging over the histogram does", [["filter", "Drag filters"], ["select", "Drag selects"]],
    "filter", () => {});
  const overlaid = check(document, "Overlaid", false, () => plot.draw(), "Elements over each other and not on top of each other");
  const clear = make(document, "button", { type: "button", class: "button", title: "Take this column's range out of the filter", onclick: unfilter }, "Clear range");

  const plot = createPlot(parent, context, {
    name: "histogram",
    controls: [box, mode, overlaid.label, clear],
    describe(theme) {
      const state = store.get();
      const figure = histogramFigure(glass, { ...state, histogram: chosen(), overlaid: overlaid.box.checked }, { ...theme, elementColor: (s) => glass.elements?.[s]?.color });
      return { ...figure, label: describeHistogram(glass, chosen(), state.visible) };
    },
    events: { plotly_selected: brushed, plotly_click: clicked },
  });
  showClear();

  function brushed(event) {
    const range = event?.range?.x;
    if (!range) return;
    const [low, high] = [Math.min(...range), Math.max(...range)];
    plot.clear();
    if (mode.value === "filter") store.set({ filter: withRange(store.get().filter, chosen(), low, high) });
    else store.set({ selected: atomsInRange(glass, chosen(), low, high, store.get().visible) });
  }

  function clicked(event) { // a bar of a category selects its atoms
    const shown = column(glass, chosen());
    if (shown.kind !== "category" || !event.points?.length) return;
    const { visible } = store.get();
    const code = shown.labels.indexOf(event.points[0].y);
    store.set({ selected: Array.from({ length: glass.n }, (_, i) => i).filter((i) => shown.values[i] === code && visible?.[i] !== 0) });
  }

  function unfilter() {
    store.set({ filter: withoutRange(store.get().filter, chosen()) });
  }

  function showClear() {
    clear.hidden = withoutRange(store.get().filter, chosen()) === store.get().filter.trim();
  }

  return {
    update(changed) {
      if (changed.has("color")) followed = store.get().color;
      if (changed.has("color") || changed.has("histogram")) box.value = chosen();
      if (["visible", "selected", "color", "histogram", "presentation", "theme"].some((key) => changed.has(key))) plot.draw();
      showClear();
    },
    shown: () => plot.draw(),
    destroy: plot.destroy,
  };
}
