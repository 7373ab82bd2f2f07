// How numbers are written: never more than they say, never a rounding that lies.

const MINUS = "\u2212";
const MISSING = "–";

/** A number with so many digits after the point; "–" for a missing one. */
export function format(value, digits = 2) {
  if (value === null || value === undefined || !Number.isFinite(value)) return MISSING;
  const text = value.toFixed(digits);
  if (Number(text) === 0) return text.replace("-", "");
  return text.replace("-", MINUS);
}

/** A column's value of one atom as text: the label of a category, else the number (without its unit). */
export function valueText(column, atom) {
  const value = column.values[atom];
  if (column.kind === "category") return column.labels[value] ?? MISSING;
  return format(value, column.digits ?? 2);
}

/** "Predicted barrier (eV)". */
export function titleOf(column) {
  return column.unit ? `${column.title} (${column.unit})` : column.title;
}

/**
 * Percentage of the finite values that are lower than `value`, as text that never claims 0 or 100 unless it is so:
 * 99.87 stays "99.87", and enough digits are given to differ from the ends.
 */
export function percentText(lower, total) {
  if (total === 0) return MISSING;
  if (lower === 0) return "0";
  if (lower === total) return "100";
  const percent = (100 * lower) / total;
  for (let digits = percent > 1 && percent < 99 ? 0 : 1; digits < 8; digits += 1) {
    const text = percent.toFixed(digits);
    if (Number(text) !== 0 && Number(text) !== 100) return text;
  }
  return String(percent);
}

/** {lower, total}: how many finite values lie below that of `atom`, and of how many others. */
export function rank(values, atom) {
  let lower = 0;
  let total = 0;
  for (let i = 0; i < values.length; i += 1) {
    if (i === atom || !Number.isFinite(values[i])) continue;
    total += 1;
    if (values[i] < values[atom]) lower += 1;
  }
  return { lower, total };
}
