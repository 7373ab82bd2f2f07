// The camera of 3Dmol, eight numbers (middle, distance, quaternion), as a text of the link and back.

const DIGITS = [2, 2, 2, 2, 4, 4, 4, 4];

/** Whether a value is a view of 3Dmol: eight finite numbers. */
export function isView(value) {
  return Array.isArray(value) && value.length === 8 && value.every(Number.isFinite);
}

export function viewText(view) {
  return view.map((value, k) => String(Number(value.toFixed(DIGITS[k])) + 0)).join(","); // + 0: no minus before a zero
}

/** The view that a text stands for; null for none. */
export function viewOfText(text) {
  const view = (text ?? "").split(",").map((part) => (part.trim() ? Number(part) : NaN));
  return isView(view) ? view : null;
}
