// The atom table: only the rows in sight exist. Sorted by its titles, searched, linked both ways.

import { column, columns } from "./columns.js";
import { iconButton, make, perFrame, settled } from "./elements.js";
import { csv, fileName, save } from "./files.js";
import { titleOf } from "./numbers.js";
import { nextSort, rowTexts, rowWindow, searched, sortedAtoms } from "./rows.js";
import { clicked, stepped } from "./selection.js";

/** Widths of the columns in characters, enough for the words of the titles and the longest label. */
export function widths(list) {
  const label = (c) => (c.kind === "category" ? Math.max(3, ...c.labels.map((l) => l.length)) : 7);
  const word = (c) => Math.max(...titleOf(c).split(" ").map((w) => w.length));
  return [9, ...list.map((c) => Math.min(18, Math.max(label(c), word(c)) + 4))];
}

export function create(parent, context) {
  const { store, glass, document } = context;
  const list = [column(glass, "element"), ...columns(glass).filter((c) => c.name !== "element")];
  let atoms = [];
  let search = "";
  let rowHeight = 24;
  let drawn = {}; // which rows are there
  let follows = true; // whether the selected atom's row is to stay in sight; not where one has scrolled away from it
  let size = null; // of the grid and its rows, as last told

  const searchBox = make(document, "input", {
    type: "search", placeholder: "Search atoms", title: "By index, element or Voronoi index", "aria-label": "Search the atom table",
    oninput: settled(() => { search = searchBox.value; refresh(); }, 120),
  });
  const count = make(document, "span", { class: "faint", role: "status" });
  const download = iconButton(document, "download", "CSV of the atoms listed here, in this order",
    () => save(document, fileName(glass, store.get(), "csv"), csv(glass, atoms), "text/csv"), "CSV");
  const header = make(document, "div", { class: "row header", role: "row" });
  const body = make(document, "div", { class: "rows", role: "presentation" });
  const grid = make(document, "div", {
    class: "grid", role: "grid", tabindex: "0", "aria-label": "Atoms", "aria-colcount": list.length + 1,
    onscroll: perFrame(scrolled), onkeydown: move, onclick: pick, onmouseover: hover, onmouseleave: () => store.set({ hover: -1 }),
  }, header, body);
  const characters = widths(list);
  grid.style.setProperty("--columns", characters.map((n) => `minmax(${n}ch, ${n}fr)`).join(" "));
  grid.style.setProperty("--width", `${characters.reduce((a, b) => a + b)}ch`);
  const box = parent.appendChild(make(document, "div", { class: "table" },
    make(document, "div", { class: "controls" }, searchBox, count, download), grid));
  const observer = globalThis.ResizeObserver && new ResizeObserver(resized); // it may have been hidden, and rows are higher in a presentation
  observer?.observe(grid);

  function refresh() {
    const { sort, visible } = store.get();
    atoms = searched(glass, sortedAtoms(glass, sort, visible), search);
    count.textContent = atoms.length === glass.n ? `${glass.n.toLocaleString("en")} atoms`
      : `${atoms.length.toLocaleString("en")} of ${glass.n.toLocaleString("en")} atoms`;
    grid.setAttribute("aria-rowcount", atoms.length + 1);
    drawHeader();
    drawRows();
  }

  function drawHeader() {
    const { sort } = store.get();
    const cell = (name, title, word = false) => {
      const now = sort?.column === name ? (sort.descending ? "descending" : "ascending") : "none";
      const arrow = { descending: " ↓", ascending: " ↑", none: "" }[now];
      return make(document, "div", { role: "columnheader", "aria-sort": now, class: word ? "word" : "" }, make(document, "button", {
        type: "button", title: `Sort by ${title}`, onclick: () => store.set({ sort: nextSort(store.get().sort, name) }),
      }, title + arrow));
    };
    header.replaceChildren(cell("index", "Atom"), ...list.map((c) => cell(c.name, titleOf(c), c.kind === "category")));
  }

  function drawRows() {
    rowHeight = parseFloat(document.defaultView.getComputedStyle(grid).getPropertyValue("--row")) || 24;
    const [first, last] = rowWindow(grid.scrollTop, grid.clientHeight || 300, rowHeight, atoms.length);
    if (drawn.atoms === atoms && drawn.first === first && drawn.last === last && drawn.rowHeight === rowHeight) return;
    drawn = { atoms, first, last, rowHeight };
    body.style.height = `${atoms.length * rowHeight}px`;
    body.replaceChildren(...Array.from({ length: Math.max(0, last - first) }, (_, k) => {
      const atom = atoms[first + k];
      const row = make(document, "div", { class: "row", role: "row", "data-atom": atom, "aria-rowindex": first + k + 2 }, rowTexts(list, atom).map((text, j) => make(document, "div", { role: "gridcell", class: j && list[j - 1].kind === "category" ? "word" : "" }, text)));
      row.style.top = `${(first + k) * rowHeight}px`;
      return row;
    }));
    mark();
  }

  function mark() { // the rows that are there: replacing one under the pointer would swallow its click
    const { selected, pinned, hover: over } = store.get();
    const [chosen, held] = [new Set(selected), new Set(pinned)];
    for (const row of body.children) {
      const atom = Number(row.dataset.atom);
      row.setAttribute("aria-selected", String(chosen.has(atom)));
      for (const [name, on] of [["selected", chosen.has(atom)], ["pinned", held.has(atom)], ["hover", atom === over]]) row.classList.toggle(name, on);
    }
  }

  function atomAt(event) {
    const row = event.target.closest?.("[data-atom]");
    return row ? Number(row.dataset.atom) : null;
  }

  function pick(event) {
    const atom = atomAt(event);
    if (atom !== null) store.set({ selected: clicked(store.get().selected, atom, event) });
  }

  function hover(event) {
    store.set({ hover: atomAt(event) ?? -1 });
  }

  function move(event) {
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: 20, PageUp: -20, Home: -Infinity, End: Infinity }[event.key];
    if (steps === undefined || event.target !== grid) return;
    event.preventDefault();
    event.stopPropagation();
    const atom = stepped(atoms, store.get().selected, Number.isFinite(steps) ? steps : steps > 0 ? atoms.length : -atoms.length);
    if (atom !== null) store.set({ selected: [atom] });
  }

  const rowOfSelected = () => atoms.indexOf(store.get().selected[0]);
  const heightOfRows = () => grid.clientHeight - header.offsetHeight;

  function isInSight() {
    const at = rowOfSelected() * rowHeight;
    return at < 0 || (at >= grid.scrollTop && at + rowHeight <= grid.scrollTop + heightOfRows());
  }

  function reveal() { // the first selected atom's row comes into sight
    follows = true;
    if (isInSight()) return;
    grid.scrollTop = Math.max(0, rowOfSelected() * rowHeight - heightOfRows() / 2);
    drawRows();
  }

  const sizeNow = () => `${grid.clientHeight} ${rowHeight}`;

  function scrolled() {
    drawRows();
    if (size === sizeNow()) follows = isInSight(); // else the browser has scrolled, since the rows have another height
  }

  function resized() {
    drawRows();
    size = sizeNow();
    if (follows && grid.clientHeight) reveal();
  }

  refresh();
  reveal();
  return {
    update(changed) {
      if (changed.has("sort")) grid.scrollTop = 0; // the list from its first row
      if (["visible", "sort", "presentation"].some((key) => changed.has(key))) refresh();
      if (changed.has("selected") && !changed.has("sort")) reveal();
      if (["selected", "pinned", "hover"].some((key) => changed.has(key))) mark();
    },
    shown: () => reveal(),
    destroy() {
      observer?.disconnect();
      box.remove();
    },
  };
}
