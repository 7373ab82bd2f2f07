// What the filter understands: columns to click on, examples to try, in a box under the toolbar.

import { column, columnNames } from "./columns.js";
import { iconButton, make } from "./elements.js";

/** Examples that this glass has the columns for: [expression, what it shows]. */
export function examples(glass) {
  const has = (name) => columnNames(glass).includes(name);
  const list = [];
  if (has("barrier")) list.push([`barrier > 1.8 and element == "${glass.symbols[0]}"`, "hard atoms of one element"], ["percentile(barrier) >= 98", "the hardest 2%"]);
  if (has("residual")) list.push(["abs(residual) > 0.2", "badly predicted"]);
  if (has("voronoi")) list.push([`voronoi == "${column(glass, "voronoi").labels[0]}"`, "one Voronoi index"]);
  list.push(["distance(0) < 6", "within 6 Å of atom 0, across the boundary"], ["z > 5 and not (x < 3 or y < 3)", "a corner of the box"], ["index in [0, 7, 12]", "by index"]);
  return list;
}

/** {button, box}: use(expression) is called when an example is chosen. */
export function create(document, { glass }, use) {
  const box = make(document, "div", { class: "help", hidden: true, id: "filter-help" });
  const button = iconButton(document, "help", "What the filter understands", () => {
    box.hidden = !box.hidden;
    button.setAttribute("aria-expanded", String(!box.hidden));
    if (!box.childElementCount) fill();
  }, "", { "aria-expanded": "false", "aria-controls": "filter-help" });

  function fill() {
    const row = ([text, what]) => make(document, "li", {}, make(document, "button", { type: "button", class: "text", onclick: () => { box.hidden = true; use(text); } },
      make(document, "code", {}, text)), ` ${what}`);
    const named = columnNames(glass).map((name) => make(document, "span", { title: column(glass, name).title }, make(document, "code", {}, name), " "));
    box.append(make(document, "ul", {}, examples(glass).map(row)), make(document, "p", {}, "Columns: ", named),
      make(document, "p", {}, "Compare with == != < <= > >= and in [ ], join with and, or, not ( ); + − * /, abs(x), distance(atom) in Å, percentile(column) in %. Texts stand in quotes. A missing value fulfils no comparison."));
  }
  return { button, box };
}
