// The controls of the view of an event: the animation, what atoms are coloured by, arrows.

import { check, choice, iconButton, make, slider } from "./elements.js";
import { nameOf } from "./event_frames.js";

const COLORS = [["moved", "by distance moved"], ["importance", "by importance"], ["element", "by element"]];

/** { node, show(t), setPlaying(on), setDataset(dataset) }; on: { toggle, seek(t), look(changes), reset }. */
export function createEventBar(document, on) {
  const button = iconButton(document, "play", "Play the event (space)", on.toggle, "", { class: "button bare play" });
  const time = slider(document, "Event", { min: 0, max: 2, step: 0.02, value: 0, shown: nameOf, title: "From the start over the saddle to the end" }, on.seek);
  const color = choice(document, "Colour by", COLORS, "moved", (by) => on.look({ color: by }), { class: "color" });
  const arrows = check(document, "Arrows", true, (shown) => on.look({ arrows: shown }), "Displacements from the start to the saddle");
  const factor = choice(document, "Length of arrows", [["1", "× 1"], ["2", "× 2"], ["4", "× 4"], ["8", "× 8"]], "4", (text) => on.look({ factor: Number(text) }));
  const marks = check(document, "Important", true, (shown) => on.look({ marks: shown }),
    "Green halos: the atoms whose edges the explanation ranks highest, as many as move");
  const reset = iconButton(document, "home", "Reset the camera", on.reset);
  const moving = make(document, "span", { class: "event-only" }, button, time.label, arrows.label, factor);
  const node = make(document, "div", { class: "toolbar" }, make(document, "div", { class: "bar-row" },
    moving, color, marks.label, reset));
  return {
    node,
    show: (t) => time.set(Number(t.toFixed(2))),
    setPlaying(playing) {
      const other = iconButton(document, playing ? "pause" : "play", "", null);
      button.replaceChildren(...other.children);
      button.setAttribute("aria-label", playing ? "Pause" : "Play the event (space)");
      button.setAttribute("title", playing ? "Pause" : "Play the event (space)");
    },
    setDataset({ event, arrays }) {
      moving.hidden = !event;
      marks.label.hidden = !arrays.marked.some(Boolean);
      const known = arrays.importance.some(Number.isFinite);
      for (const option of Array.from(color.children)) option.disabled = option.value === "importance" ? !known : option.value === "moved" && !event;
    },
  };
}
