// The controls of a group of windows, in one row above them, with the one legend of all.

import { stops } from "./colours.js";
import { check, choice, fill, iconButton, make, slider } from "./elements.js";
import { sharedGroup } from "./group.js";
import { sharedRows } from "./group_columns.js";

const MOST = 300; // edges
const keyOf = ({ column, limits, items }) => JSON.stringify([column.title, column.unit, column.scale, limits, limits ? null : items]);

/** create(parent, group, { document, dark() }) -> { destroy() }. */
export function create(parent, group, { document, dark = () => false }) {
  const color = choice(document, "Colour by", [], "", (value) => group.set({ color: value, scaleName: null }), { class: "color" });
  const edges = choice(document, "Edges coloured by", [], "", (value) => group.set({ edgeSet: value || null }));
  const top = slider(document, "Top", { min: 0, max: MOST, step: 1, value: 40, title: "So many edges of the largest size are drawn in every panel" }, (value) => group.set({ top: value }));
  const fade = check(document, "fade the rest", false, (on) => group.set({ faded: on }), "All but the explained atom and its top edges are pale");
  const whole = check(document, "whole glass", false, (on) => { group.set({ clip: on ? null : near() }); group.reset(); }, "Also the atoms far from the explained one");
  const link = check(document, "link cameras", true, (on) => group.link(on), "Turning, moving and zooming one panel does the same to all");
  const labelled = (text, box) => make(document, "label", { class: "with-label" }, make(document, "span", {}, text), box);
  const edgeChoice = labelled("Edges", edges);
  const legends = make(document, "div", { class: "legends" });
  parent.replaceChildren(make(document, "div", { class: "bar-row" },
    labelled("Colour", color), edgeChoice, top.label, fade.label, whole.label, link.label,
    make(document, "div", { class: "buttons" },
      iconButton(document, "target", "Fly to the atoms", () => group.fly()), iconButton(document, "home", "Reset the cameras", () => group.reset())),
    legends));

  const near = () => [...group.members].map((member) => member.near ?? null).find((one) => one !== null) ?? null;

  function show() {
    const { columns, sets } = sharedRows([...group.members]);
    const state = group.shared();
    fill(document, color, columns, state.color);
    fill(document, edges, [...sets, ["", "none"]], state.edgeSet);
    const numbered = [...group.members].some(({ edges: dataset }) => dataset()?.sets.some((set) => set.kind === "number"));
    edgeChoice.hidden = top.label.hidden = !numbered;
    link.label.hidden = group.members.size < 2;
    top.set(Math.min(state.top ?? 40, MOST));
    fade.box.checked = Boolean(state.faded);
    whole.label.hidden = near() === null;
    whole.box.checked = state.clip === null;
    link.box.checked = group.isLinked();
    drawLegends();
  }

  function drawLegends() {
    const shown = [...group.members].map((member) => member.scene.colours());
    const sticks = new Map(shown.filter(({ edges }) => edges).map(({ edges }) => [keyOf(edges), edges])); // of two methods may differ
    legends.replaceChildren(...[shown[0]?.atoms, ...sticks.values()].filter(Boolean).map(one));
  }

  function one({ column, limits, items }) {
    const unit = column.unit ? ` (${column.unit})` : "";
    const name = make(document, "span", { class: "faint" }, `${column.title}${unit}`);
    if (!limits) return make(document, "span", { class: "legend" }, name, items.slice(0, 6).map(([text, colour]) => {
      const dot = make(document, "span", { class: "dot" });
      dot.style.background = colour;
      return make(document, "span", { class: "item" }, dot, text);
    }));
    const bar = make(document, "span", { class: "colours" });
    bar.style.background = `linear-gradient(to right, ${stops(column.scale, dark()).join(", ")})`;
    const end = (value) => value.toFixed(column.digits).replace("-", "−");
    return make(document, "span", { class: "legend" }, name, make(document, "span", { class: "item" }, end(limits[0]), bar, end(limits[1])));
  }

  show();
  const off = group.onChange(show);
  return { destroy: () => { off(); parent.replaceChildren(); } };
}

const live = new WeakMap();

/** Streamlit's component. */
export function mountBar({ data, parentElement: root }, dark) {
  const element = root.querySelector(".groupbar");
  if (!live.has(element)) live.set(element, create(element, sharedGroup(data.group), { document, dark: () => dark(element) }));
  return () => setTimeout(() => {
    if (element.isConnected) return;
    live.get(element)?.destroy();
    live.delete(element);
  }, 0);
}
