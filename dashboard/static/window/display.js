// The Display tab: colours, which atoms are shown, bonds, and files to take along.

import { column, isNumber, symbol } from "./columns.js";
import { check, choice, iconButton, make, perFrame, slider } from "./elements.js";
import { csv, extendedXyz, fileName, save } from "./files.js";

const AXES = [["", "off"], ["0", "along a (x)"], ["1", "along b (y)"], ["2", "along c (z)"]];
const WRAPS = [["cell", "in the cell"], ["atom", "round the atom"], ["file", "as in the file"]];
const SCALES = [["", "of the column"], ["sequential", "viridis"], ["diverging", "blue, grey, red"], ["importance", "inferno"]];

/** The atoms that are shown, in the order of the file. */
export function shownAtoms(glass, visible) {
  return Array.from({ length: glass.n }, (_, i) => i).filter((i) => visible?.[i] !== 0);
}

/** The list of shown elements after one is switched; null when it is all of them. */
export function switched(elements, element, on, all) {
  const now = elements ?? all;
  const next = all.filter((e) => (e === element ? on : now.includes(e)));
  return next.length === all.length ? null : next;
}

/** {low, high} typed by hand -> a range, or null where it is none. */
export function typedRange(low, high) {
  const [a, b] = [Number(low), Number(high)];
  return String(low).trim() && String(high).trim() && Number.isFinite(a) && b > a ? [a, b] : null;
}

export function create(parent, context) {
  const { store, glass, edges, scene, document } = context;
  const section = (title, ...parts) => make(document, "fieldset", {}, make(document, "legend", {}, title), parts);
  const line = (text, ...parts) => make(document, "label", { class: "line" }, make(document, "span", {}, text), parts);

  // ---- colours
  const numberBox = (label) => make(document, "input", { type: "number", step: "any", class: "number", "aria-label": label, onchange: setRange, onkeydown: (e) => e.stopPropagation() });
  const [low, high] = [numberBox("Lowest colour"), numberBox("Highest colour")];
  const whole = make(document, "button", { type: "button", class: "button", title: "Back to the column's own range", onclick: () => store.set({ range: null }) }, "Reset");
  const scale = choice(document, "Scale", SCALES, store.get().scaleName ?? "", (value) => store.set({ scaleName: value || null }));
  const colours = section("Colours", make(document, "div", { class: "line range" }, make(document, "span", {}, "Range"), low, "to", high, whole), line("Scale", scale));

  function setRange() {
    const range = typedRange(low.value, high.value);
    if (range) store.set({ range });
    for (const box of [low, high]) box.setAttribute("aria-invalid", String(!range));
  }

  // ---- atoms
  const counts = glass.symbols.map((s, code) => glass.arrays.species.reduce((n, c) => n + (c === code), 0));
  const elementBoxes = glass.symbols.map((element, code) => {
    const made = check(document, `${element} (${counts[code].toLocaleString("en")})`, true,
      (on) => store.set({ elements: switched(store.get().elements, element, on, glass.symbols) }));
    const dot = make(document, "i", { class: "dot" });
    dot.style.background = glass.elements?.[element]?.color ?? "currentColor";
    made.box.after(dot);
    return { element, ...made };
  });
  const axis = choice(document, "Slab", AXES, "", (value) => setSlab(value === "" ? null : Number(value)));
  const cut = perFrame(() => setSlab(Number(axis.value)));
  const end = (label, value) => make(document, "input", { type: "range", min: 0, max: 1, step: 0.01, value, "aria-label": label, oninput: () => cut() });
  const [from, to] = [end("Slab from", 0.3), end("Slab to", 0.7)];
  const slabEnds = make(document, "output");
  const slabRow = make(document, "div", { class: "double" }, from, to, slabEnds);
  const clip = slider(document, "Round selection", { min: 0, max: 15, step: 0.5, value: 0, shown: (v) => (v ? `${v} Å` : "off"), title: "Atoms farther from every selected atom are hidden" },
    (value) => store.set({ clip: value || null }));
  const wrap = choice(document, "Positions", WRAPS, store.get().wrap, (value) => store.set({ wrap: value }));
  const images = check(document, "Periodic copies at the faces", false, (on) => store.set({ images: on }));
  const faded = check(document, "Fade all but the selection", false, (on) => store.set({ faded: on }));
  const select = make(document, "button", { type: "button", class: "button", title: "Select every atom that the filters leave", onclick: () => store.set({ selected: shownAtoms(glass, store.get().visible) }) }, "Select what is shown");
  const none = make(document, "button", { type: "button", class: "button", onclick: () => store.set({ selected: [] }) }, "Select none");
  const all = make(document, "button", { type: "button", class: "button", onclick: () => store.set({ filter: "", elements: null, slab: null, clip: null, hops: null }) }, "Show all");
  const atoms = section("Atoms", make(document, "div", { class: "line wrap" }, elementBoxes.map((e) => e.label)), line("Slab", axis), slabRow, clip.label,
    line("Positions", wrap), make(document, "div", { class: "line wrap" }, images.label, faded.label), make(document, "div", { class: "line wrap" }, all, select, none));

  function setSlab(along) {
    if (along === null) return store.set({ slab: null });
    const [a, b] = [Number(from.value), Number(to.value)].sort((x, y) => x - y);
    return store.set({ slab: { axis: along, from: a, to: Math.max(b, a + 0.01) } });
  }

  // ---- bonds
  const bonds = slider(document, "Up to", { min: 0, max: 4, step: 0.1, value: store.get().bonds, shown: (v) => (v ? `${v.toFixed(1)} Å` : "none") }, (value) => store.set({ bonds: value }));
  const bondSection = glass.bonds ? section("Bonds", bonds.label) : null;

  // ---- files
  const shown = () => shownAtoms(glass, store.get().visible);
  const file = (text, title, ending, write, type) => iconButton(document, "download", title, () => save(document, fileName(glass, store.get(), ending), write(glass, shown()), type), text);
  const files = section("Files of what is shown", make(document, "div", { class: "line wrap" },
    file("CSV", "The shown atoms with all columns", "csv", csv, "text/csv"), file("Extended XYZ", "The shown atoms with all columns, for OVITO and ASE", "xyz", extendedXyz, "chemical/x-xyz"),
    iconButton(document, "picture", "The view with its colour bar", async () => save(document, fileName(glass, store.get(), "png"), await scene.png()), "PNG")));

  parent.append(...[colours, atoms, bondSection, files].filter(Boolean));

  function show() {
    const state = store.get();
    const shownColumn = column(glass, state.color);
    colours.disabled = !shownColumn || !isNumber(shownColumn);
    const limits = state.range ?? limitsOf(shownColumn, state);
    if (limits) [low.value, high.value] = limits.map((v) => Number(v.toPrecision(4)));
    whole.disabled = !state.range;
    scale.value = state.scaleName ?? "";
    for (const { element, box } of elementBoxes) box.checked = !state.elements || state.elements.includes(element);
    axis.value = state.slab ? String(state.slab.axis) : "";
    slabRow.hidden = !state.slab;
    if (state.slab) {
      if (Number(from.value) > Number(to.value)) [from.value, to.value] = [state.slab.to, state.slab.from];
      else [from.value, to.value] = [state.slab.from, state.slab.to];
      slabEnds.textContent = `${state.slab.from.toFixed(2)}–${state.slab.to.toFixed(2)}`;
    }
    clip.set(state.clip ?? 0);
    clip.box.disabled = !state.selected.length;
    wrap.value = state.wrap;
    images.box.checked = Boolean(state.images);
    faded.box.checked = Boolean(state.faded);
    bonds.set(state.bonds);
    none.disabled = !state.selected.length;
  }

  function limitsOf(shownColumn, { range, scaleName }) {
    if (!shownColumn || !isNumber(shownColumn) || !context.colours) return null;
    const { limits } = context.colours.colourOf(shownColumn, range, scaleName);
    return Array.isArray(limits) ? limits : [limits.low, limits.high];
  }

  show();
  const keys = ["color", "range", "scaleName", "elements", "slab", "clip", "wrap", "images", "faded", "bonds", "selected"];
  return {
    update(changed) {
      if (keys.some((key) => changed.has(key))) show();
    },
    destroy: () => parent.replaceChildren(),
  };
}
