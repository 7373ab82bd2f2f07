// The atom in numbers: its barrier, where it stands among all atoms, every column, its neighbours.

import { column, columns, isNumber, symbol } from "./columns.js";
import { neighbours } from "./distances.js";
import { iconButton, make, svg } from "./elements.js";
import { histogramOf } from "./figures.js";
import { format, percentText, rank, titleOf, valueText } from "./numbers.js";
import { clicked, togglePin } from "./selection.js";

const NEIGHBOURS = 3.8; // Å, the first shell of Cu-Zr glasses

/** {title, text, standing} of an atom's barrier or, without one, of the first number known of it. */
export function headline(glass, atom) {
  const main = column(glass, "barrier") ?? column(glass, "label") ?? columns(glass).find(isNumber);
  if (!main) return null;
  const uncertainty = column(glass, "uncertainty");
  const value = main.values[atom];
  const sigma = main.name === "barrier" && uncertainty ? uncertainty.values[atom] : NaN;
  const number = Number.isFinite(sigma) ? `${format(value, main.digits)} ± ${format(sigma, main.digits)}` : format(value, main.digits);
  const { lower, total } = rank(main.values, atom);
  const standing = Number.isFinite(value) && total ? `Higher than ${percentText(lower, total)}% of the other atoms` : "";
  return { column: main, title: main.title, text: `${number} ${main.unit ?? ""}`.trim(), standing };
}

/** [[title with unit, text, help], ...] of all columns of an atom but the one in the headline. */
export function lines(glass, atom) {
  const main = headline(glass, atom)?.column.name;
  return columns(glass).filter((c) => c.name !== main && c.name !== "element")
    .map((c) => [titleOf(c), valueText(c, atom), c.help ?? null]);
}

/** One line on several selected atoms: how many of which element, and the mean of a column beside that of all atoms. */
export function summary(glass, atoms, name) {
  const counts = glass.symbols.map((s) => [s, atoms.filter((i) => symbol(glass, i) === s).length]).filter(([, n]) => n);
  const text = `${atoms.length} atoms (${counts.map(([s, n]) => `${n} ${s}`).join(", ")})`;
  const shown = column(glass, name);
  if (!shown || !isNumber(shown)) return text;
  const mean = (list) => list.reduce((sum, v) => sum + v, 0) / list.length;
  const known = (list) => list.filter(Number.isFinite);
  const [here, all] = [known(atoms.map((i) => shown.values[i])), known(Array.from(shown.values))];
  const digits = (shown.digits ?? 2) + (Number.isInteger(all[0]) ? 2 : 0);
  return `${text}: mean ${shown.title.toLowerCase()} ${format(mean(here), digits)} ${shown.unit ?? ""}`.trim()
    + `, of all atoms ${format(mean(all), digits)}`;
}

export function create(parent, context) {
  const { store, glass, document } = context;
  const box = parent.appendChild(make(document, "div", { class: "card" }));

  function draw() {
    const { selected, pinned, color } = store.get();
    const atom = selected[0];
    const parts = [pinnedChips(pinned)];
    if (atom === undefined) parts.push(make(document, "p", { class: "hint" }, "Click an atom in the view, a point of a plot or a row of the table."));
    else {
      if (selected.length > 1) parts.push(several(selected, color));
      parts.push(heading(atom, pinned), ...numbers(atom), ...around(atom));
    }
    box.replaceChildren(...parts.filter(Boolean));
  }

  const chip = (atom, remove, title) => make(document, "span", { class: "chip" },
    make(document, "button", { type: "button", title: `Select atom ${atom}`, onclick: (e) => select(atom, e) }, `${symbol(glass, atom)} ${atom}`),
    make(document, "button", { type: "button", title, "aria-label": title, onclick: remove }, "×"));

  function select(atom, event) {
    store.set({ selected: clicked(store.get().selected, atom, event) });
  }

  function pinnedChips(pinned) {
    if (!pinned.length) return null;
    const remove = (atom) => () => store.set({ pinned: togglePin(store.get().pinned, atom) });
    return make(document, "div", { class: "chips", "aria-label": "Pinned atoms" }, make(document, "span", { class: "faint" }, "Pinned"),
      pinned.slice(0, 30).map((atom) => chip(atom, remove(atom), `Unpin atom ${atom}`)));
  }

  function several(selected, color) {
    const remove = (atom) => () => store.set({ selected: store.get().selected.filter((a) => a !== atom) });
    const more = selected.length > 12 ? [make(document, "span", { class: "faint" }, `and ${selected.length - 12} more`)] : [];
    return make(document, "div", { class: "several" }, make(document, "p", {}, summary(glass, selected, color)),
      make(document, "div", { class: "chips" }, selected.slice(0, 12).map((a) => chip(a, remove(a), `Take atom ${a} out of the selection`)), more));
  }

  function heading(atom, pinned) {
    const isPinned = pinned.includes(atom);
    return make(document, "div", { class: "heading" }, make(document, "h3", {}, `Atom ${atom} · ${symbol(glass, atom)}`),
      iconButton(document, "target", "Fly to this atom (F)", () => context.scene?.flyTo([atom])),
      iconButton(document, "pin", isPinned ? "Unpin this atom" : "Pin this atom: it stays ringed (Space)",
        () => store.set({ pinned: togglePin(store.get().pinned, atom) }), "", { "aria-pressed": String(isPinned) }));
  }

  function numbers(atom) {
    const head = headline(glass, atom);
    const list = make(document, "dl", {}, lines(glass, atom).map(([title, text, help]) => make(document, "div", { title: help || null },
      make(document, "dt", {}, title), make(document, "dd", {}, text))));
    if (!head) return [list];
    return [make(document, "div", { class: "headline" }, make(document, "span", { class: "faint" }, head.title),
      make(document, "strong", {}, head.text), standingBar(head.column, atom),
      make(document, "span", { class: "faint" }, head.standing)), list];
  }

  function standingBar(shown, atom) { // the distribution over all atoms, and where this one stands in it
    const { edges, counts } = histogramOf(shown.values, new Uint8Array(glass.n), 1, null, 60);
    const top = Math.max(...counts[0]);
    const x = (value) => (300 * (value - edges[0])) / (edges[edges.length - 1] - edges[0]);
    const bars = counts[0].map((count, k) => svg(document, "rect", {
      x: x(edges[k]), width: Math.max(0.5, x(edges[k + 1]) - x(edges[k]) - 0.5), y: 36 - (34 * count) / top, height: (34 * count) / top, class: "bar",
    }));
    const picture = svg(document, "svg", { viewBox: "0 0 300 36", class: "standing", preserveAspectRatio: "none", role: "img" }, ...bars);
    picture.setAttribute("aria-label", `Distribution of ${shown.title} over all atoms, this atom at ${valueText(shown, atom)}`);
    if (Number.isFinite(shown.values[atom])) {
      const at = x(shown.values[atom]);
      picture.append(svg(document, "line", { x1: at, x2: at, y1: 0, y2: 36, class: "here" }));
    }
    return picture;
  }

  function around(atom) {
    const near = neighbours(glass, atom, NEIGHBOURS);
    const shown = column(glass, store.get().color);
    const extra = shown && shown.name !== "element" ? shown : column(glass, "barrier");
    const head = ["Atom", "Distance (Å)", ...(extra ? [titleOf(extra)] : [])];
    const rows = near.map(([other, distance]) => make(document, "tr", {
      onmouseenter: () => store.set({ hover: other }), onmouseleave: () => store.set({ hover: -1 }),
    }, make(document, "td", {}, make(document, "button", {
      type: "button", class: "text", title: `Select atom ${other}`, onclick: (event) => select(other, event),
    }, `${symbol(glass, other)} ${other}`)), make(document, "td", {}, format(distance, 2)),
    extra ? make(document, "td", {}, valueText(extra, other)) : null));
    return [make(document, "h4", {}, `${near.length} neighbours within ${NEIGHBOURS} Å`),
      make(document, "table", { class: "neighbours" }, make(document, "thead", {}, make(document, "tr", {}, head.map((t) => make(document, "th", { scope: "col" }, t)))),
        make(document, "tbody", {}, rows))];
  }

  draw();
  return {
    update(changed) {
      if (["selected", "pinned", "color"].some((key) => changed.has(key))) draw();
    },
    destroy: () => box.remove(),
  };
}
