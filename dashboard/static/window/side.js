// The tabs beside the view. A panel is made when its tab is first opened, and told later what it has missed.

import * as card from "./card.js";
import * as display from "./display.js";
import * as edgesPlot from "./edges_plot.js";
import { make } from "./elements.js";
import * as histogram from "./histogram.js";
import * as scatter from "./scatter.js";
import * as table from "./table.js";

const PANELS = [
  ["atom", "Atom", card], ["table", "Table", table], ["histogram", "Histogram", histogram], ["scatter", "Scatter", scatter],
  ["edges", "Edges", edgesPlot], ["display", "Display", display],
];

/** [[name, title, module], ...] of the tabs that make sense: edges have one where they belong to one atom. */
export function panelsFor({ edges }) {
  return PANELS.filter(([name]) => name !== "edges" || (edges && edges.atom !== null && edges.atom !== undefined));
}

/** The tab that stands so many places after another, round and round. */
export function tabAfter(names, name, steps) {
  return names[(Math.max(0, names.indexOf(name)) + steps + names.length) % names.length];
}

export function create(parent, context) {
  const { store, document } = context;
  const panels = panelsFor(context).map(([name, title, module]) => ({ name, title, module, made: null, missed: new Set() }));
  const names = panels.map((p) => p.name);
  const id = (what, name) => `${what}-${name}`;
  for (const panel of panels) {
    panel.tab = make(document, "button", {
      type: "button", role: "tab", id: id("tab", panel.name), "aria-controls": id("panel", panel.name), onclick: () => store.set({ tab: panel.name }),
    }, panel.title);
    panel.node = make(document, "div", { class: `panel ${panel.name}`, role: "tabpanel", id: id("panel", panel.name), "aria-labelledby": id("tab", panel.name) });
  }
  const tabs = make(document, "div", { class: "tabs", role: "tablist", "aria-label": "Panels", onkeydown: move }, panels.map((p) => p.tab));
  parent.replaceChildren(tabs, ...panels.map((p) => p.node));

  function move(event) {
    const steps = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!steps) return;
    event.preventDefault();
    event.stopPropagation();
    open(tabAfter(names, current(), steps));
    panels.find((p) => p.name === current()).tab.focus();
  }

  const current = () => (names.includes(store.get().tab) ? store.get().tab : names[0]);

  function open(name) {
    store.set({ tab: name });
  }

  function show() {
    for (const panel of panels) {
      const active = panel.name === current();
      panel.tab.setAttribute("aria-selected", String(active));
      panel.tab.tabIndex = active ? 0 : -1;
      panel.node.hidden = !active;
      if (!active) continue;
      if (!panel.made) panel.made = panel.module.create(panel.node, context);
      else if (panel.missed.size) panel.made.update?.(panel.missed);
      panel.missed = new Set();
      panel.made.shown?.();
    }
  }

  show();
  return {
    update(changed) {
      for (const panel of panels) {
        if (!panel.made) continue;
        if (panel.name === current() && !changed.has("tab")) panel.made.update?.(changed);
        else changed.forEach((key) => panel.missed.add(key));
      }
      if (changed.has("tab")) show();
    },
    destroy() {
      for (const panel of panels) panel.made?.destroy?.();
      parent.replaceChildren();
    },
  };
}
