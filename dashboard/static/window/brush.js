// What a brush in the histogram does: a range of one column as part of the filter, or as a selection.

import { column } from "./columns.js";

const NUMBER = "-?[\\d.]+(?:e[+-]?\\d+)?";

/** An expression with the range of a column in it, in place of an earlier range of that column. */
export function withRange(filter, name, low, high) {
  const rest = withoutRange(filter, name);
  const range = `${name} >= ${rounded(low, high)} and ${name} <= ${rounded(high, low)}`;
  if (!rest) return range;
  return `${needsBrackets(rest) ? `(${rest})` : rest} and ${range}`;
}

/** The expression without the range of a column that a brush has put there. */
export function withoutRange(filter, name) {
  const range = `${name} >= ${NUMBER} and ${name} <= ${NUMBER}`;
  const found = new RegExp(`^(?:(.*) and )?${range}(?: and (.*))?$`, "s").exec(filter.trim());
  if (!found) return filter.trim();
  const [before, after] = [found[1] ?? "", found[2] ?? ""];
  if (before && after) return `${before} and ${after}`;
  const alone = before || after;
  return /^\([^()]*\)$/.test(alone) ? alone.slice(1, -1) : alone;
}

function needsBrackets(text) {
  return /\bor\b|\|\|/.test(text) && !/^\([^()]*\)$/.test(text);
}

/** As few digits as tell the ends apart well: 1.832, not 1.83209991. */
function rounded(value, other) {
  const digits = Math.max(0, 3 - Math.floor(Math.log10(Math.abs(value - other) || 1)));
  return String(Number(value.toFixed(Math.min(digits, 12))));
}

/** Visible atoms whose value lies in [low, high]. */
export function atomsInRange(glass, name, low, high, visible = null) {
  const { values } = column(glass, name);
  const atoms = [];
  for (let i = 0; i < glass.n; i += 1) if ((!visible || visible[i]) && values[i] >= low && values[i] <= high) atoms.push(i);
  return atoms;
}
