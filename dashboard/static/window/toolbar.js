// The row over the view: colour by, filter, and what one does all the time; a second row for the edges where there are any.

import { columns, isNumber } from "./columns.js";
import { choice, iconButton, make, settled, slider } from "./elements.js";
import { fileName, save } from "./files.js";
import { create as createHelp, examples } from "./help.js";

/** The filter's text cut at an error, to mark where it is: [before, marked]. */
export function marked(text, position) {
  const at = Math.min(position, text.length);
  const rest = text.slice(at);
  const word = /^(?:[\p{L}\p{N}_.]+|"[^"]*"?|\S)/u.exec(rest)?.[0] ?? "";
  return [text.slice(0, at), word, rest.slice(word.length)];
}

/** "12 of 500"; nothing where all are shown. */
export function countText(shown, total) {
  if (shown === undefined || shown === null || shown === total) return "";
  return `${shown.toLocaleString("en")} of ${total.toLocaleString("en")}`;
}

/** Options of "colour by": numbers and categories apart. */
export function colorOptions(glass) {
  const groups = [["Numbers", columns(glass).filter(isNumber)], ["Categories", columns(glass).filter((c) => !isNumber(c))]];
  return groups.filter(([, list]) => list.length).map(([title, list]) => [title, list.map((c) => [c.name, c.title])]);
}

export function create(parent, context) {
  const { store, glass, edges, scene, document } = context;
  const color = choice(document, "Colour by", colorOptions(glass), store.get().color, (value) => store.set({ color: value, range: null, scaleName: null }), { class: "color" });

  const apply = settled((text) => store.set({ filter: text }), 200);
  const filter = make(document, "input", {
    type: "text", class: "filter", placeholder: "Filter atoms", "aria-label": "Filter expression",
    title: `Show only the atoms for which this holds, for example ${examples(glass)[0][0]} (/)`, spellcheck: "false", autocomplete: "off", value: store.get().filter,
    oninput: () => apply(filter.value), onkeydown: leave, "aria-describedby": "filter-problem",
  });
  const count = make(document, "span", { class: "count", role: "status" });
  const problem = make(document, "div", { class: "problem", id: "filter-problem", role: "alert" });
  const help = createHelp(document, context, (example) => store.set({ filter: example }));
  const fade = iconButton(document, "fade", "Fade all but the selection and its neighbours (D)", () => store.set({ faded: !store.get().faded }));
  const present = iconButton(document, "present", "Presentation: full screen, large type (P)", () => store.set({ presentation: !store.get().presentation }));
  const said = make(document, "span", { class: "said", role: "status" });
  const buttons = make(document, "div", { class: "buttons" },
    iconButton(document, "target", "Fly to the selection (F)", () => scene?.flyTo(store.get().selected)), fade,
    context.lasso ? iconButton(document, "lasso", "Draw a loop in the view to select atoms (L, or drag with Alt)", () => context.lasso()) : null,
    iconButton(document, "home", "Reset the camera (R)", () => scene?.resetCamera()),
    iconButton(document, "picture", "Save the view with its colour bar as PNG", savePicture),
    iconButton(document, "link", "Copy the link to this view", copyLink), present);
  let top, threshold, sets, hops;
  const row = make(document, "div", { class: "bar-row" }, make(document, "label", { class: "with-label" }, make(document, "span", {}, "Colour"), color),
    make(document, "div", { class: "filter-box" }, filter, count, help.button), buttons, said);
  parent.replaceChildren(...[row, edges && edgeRow(), problem, help.box].filter(Boolean));

  function leave(event) {
    event.stopPropagation(); // letters typed here are no key bindings
    if (event.key === "Escape") filter.blur();
    if (event.key === "Enter") store.set({ filter: filter.value });
  }

  function tell(text) {
    said.textContent = text;
    setTimeout(() => { if (said.textContent === text) said.textContent = ""; }, 4000);
  }

  async function savePicture() {
    try {
      save(document, fileName(glass, store.get(), "png"), await scene.png());
    } catch (error) {
      tell(`No picture: ${error.message}`);
    }
  }

  async function copyLink() {
    context.keepCamera?.();
    context.share?.write();
    const { href } = document.defaultView.location;
    try {
      await document.defaultView.navigator.clipboard.writeText(href);
      tell("Link copied");
    } catch {
      tell("The link is in the address bar");
    }
  }

  function edgeRow() {
    const { edgeSet, top: k, threshold: least, hops: reach } = store.get();
    const total = edges.arrays.pairs.length / 2;
    sets = choice(document, "Edges coloured by", edges.sets.map((s) => [s.name, s.unit ? `${s.title} (${s.unit})` : s.title]), edgeSet ?? edges.sets[0].name,
      (value) => store.set({ edgeSet: value, threshold: 0 }));
    top = slider(document, "Top", { min: 0, max: Math.min(total, 500), step: 1, value: Math.min(k, total), title: "So many edges of the largest size are drawn" },
      (value) => store.set({ top: value }));
    threshold = make(document, "input", {
      type: "number", min: 0, step: "any", value: least, class: "number", "aria-label": "Smallest size of an edge", title: "Only edges of at least this size",
      onchange: () => store.set({ threshold: Math.max(0, Number(threshold.value) || 0) }), onkeydown: (event) => event.stopPropagation(),
    });
    const most = edges.arrays.hops ? Math.max(0, ...edges.arrays.hops) : 0;
    hops = choice(document, "Hops from the explained atom", [["", "all hops"], ...Array.from({ length: most }, (_, i) => [String(i + 1), i ? `${i + 1} hops` : "1 hop"])],
      reach === null ? "" : String(reach), (value) => store.set({ hops: value === "" ? null : Number(value) }));
    return make(document, "div", { class: "bar-row edges-row" }, make(document, "label", { class: "with-label" }, make(document, "span", {}, "Edges"), sets), top.label,
      make(document, "label", { class: "with-label" }, make(document, "span", {}, "at least"), threshold), most > 1 ? hops : null);
  }

  function show(changed = null) {
    const state = store.get();
    const has = (key) => !changed || changed.has(key);
    if (has("color")) color.value = state.color;
    if (has("filter") && filter !== filter.getRootNode().activeElement) filter.value = state.filter;
    if (has("shownCount")) showCount(state.shownCount);
    if (has("faded")) fade.setAttribute("aria-pressed", String(Boolean(state.faded)));
    if (has("presentation")) present.setAttribute("aria-pressed", String(Boolean(state.presentation)));
    if (has("problem") || has("viewProblems")) showProblem(state);
    if (!edges || !top) return;
    if (has("top")) top.set(Math.min(state.top, edges.arrays.pairs.length / 2));
    if (has("threshold")) threshold.value = state.threshold;
    if (has("edgeSet")) sets.value = state.edgeSet ?? edges.sets[0].name;
    if (has("hops")) hops.value = state.hops === null ? "" : String(state.hops);
  }

  function showCount(shown) {
    const text = countText(shown, glass.n);
    count.replaceChildren(...(text ? [text, make(document, "span", { class: "unit" }, " atoms")] : [])); // the word where there is room
  }

  function showProblem({ problem: wrong, filter: text, viewProblems = [] }) {
    filter.setAttribute("aria-invalid", String(Boolean(wrong)));
    const [before, word, after] = wrong ? marked(text, wrong.position) : [];
    const code = wrong && make(document, "code", {}, before, make(document, "mark", {}, word || " "), after);
    const dismiss = () => iconButton(document, "close", "Dismiss", () => store.set({ viewProblems: [] }));
    problem.replaceChildren(...[wrong && make(document, "div", {}, code, make(document, "span", {}, wrong.message)),
      viewProblems.length ? make(document, "div", {}, make(document, "span", {}, `Not taken from the link: ${viewProblems.join("; ")}`), dismiss()) : null].filter(Boolean));
    problem.hidden = !problem.childElementCount;
  }

  show();
  return { update: show, focusFilter: () => filter.select() || filter.focus(), destroy: () => parent.replaceChildren() };
}
