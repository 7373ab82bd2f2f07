// The panel of edges: size against distance from the explained atom, the drawn ones emphasised.

import { make } from "./elements.js";
import { edgesFigure } from "./figures.js";
import { createPlot } from "./plots.js";

/** The alternative text of the plot. */
export function describeEdges(edges, state) {
  const set = edges.sets.find((s) => s.name === state.edgeSet) ?? edges.sets[0];
  const from = edges.atom === null || edges.atom === undefined ? "" : ` from atom ${edges.atom}`;
  return `${set.title} of ${edges.arrays.pairs.length / 2} edges by distance${from}`;
}

export function create(parent, context) {
  const { store, edges, document } = context;
  let rows = [[], []];
  const plot = createPlot(parent, context, {
    name: "edges",
    controls: [make(document, "span", { class: "faint" }, edges.title ?? "")],
    describe(theme) {
      const figure = edgesFigure(edges, store.get(), theme);
      ({ rows } = figure);
      return { ...figure, label: describeEdges(edges, store.get()) };
    },
    events: { plotly_click: pick },
  });

  function pick(event) { // a click selects both ends
    const hit = event.points?.[0];
    if (!hit) return;
    const edge = rows[hit.curveNumber][hit.pointIndex];
    store.set({ selected: [edges.arrays.pairs[2 * edge], edges.arrays.pairs[2 * edge + 1]] });
  }

  return {
    update(changed) {
      if (["edgeSet", "top", "threshold", "hops", "presentation", "theme"].some((key) => changed.has(key))) plot.draw();
    },
    shown: () => plot.draw(),
    destroy: plot.destroy,
  };
}
