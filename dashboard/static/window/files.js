// Files made in the browser: CSV and extended XYZ of atoms with all their columns.

import { columns, symbol } from "./columns.js";

/** The shortest decimal of a number that came as a 32-bit float: 1.8, not 1.7999999523162842. */
export function shortest(value) {
  if (!Number.isFinite(value)) return "";
  for (let digits = 6; digits < 10; digits += 1) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === Math.fround(value)) return String(short);
  }
  return String(value);
}

function field(text) {
  const safe = /^[=+\-@\t\r]/.test(text) && Number.isNaN(Number(text)) ? `'${text}` : text; // no formula in a spreadsheet
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** CSV of the given atoms, in their order: atom, element, x, y, z (Å), then all columns; units in the first line. */
export function csv(glass, atoms) {
  const list = columns(glass).filter((c) => c.name !== "element");
  const unit = (c) => (c.unit ? `${c.name} (${c.unit})` : c.name);
  const lines = [["atom", "element", "x (Å)", "y (Å)", "z (Å)", ...list.map(unit)].map(field).join(",")];
  const { positions } = glass.arrays;
  for (const i of atoms) {
    const place = [0, 1, 2].map((axis) => shortest(positions[3 * i + axis]));
    const values = list.map((c) => (c.kind === "category" ? c.labels[c.values[i]] ?? "" : shortest(c.values[i])));
    lines.push([String(i), symbol(glass, i), ...place, ...values].map(field).join(","));
  }
  return `${lines.join("\n")}\n`;
}

/** Extended XYZ of the given atoms with all columns; `atom` is the index in the glass. Categories become texts. */
export function extendedXyz(glass, atoms) {
  const list = columns(glass).filter((c) => c.name !== "element");
  const kinds = list.map((c) => `:${c.name}:${c.kind === "category" ? "S" : "R"}:1`).join("");
  const header = [`Properties=species:S:1:pos:R:3:atom:I:1${kinds}`, `pbc="${glass.pbc.map((p) => (p ? "T" : "F")).join(" ")}"`];
  if (glass.cell) header.unshift(`Lattice="${glass.cell.flat().join(" ")}"`);
  const { positions } = glass.arrays;
  const lines = [String(atoms.length), header.join(" ")];
  for (const i of atoms) {
    const values = list.map((c) => (c.kind === "category"
      ? (c.labels[c.values[i]] ?? "none").replaceAll(/\s/g, "_") || "none" : shortest(c.values[i]) || "nan"));
    lines.push([symbol(glass, i), ...[0, 1, 2].map((axis) => shortest(positions[3 * i + axis])), i, ...values].join(" "));
  }
  return `${lines.join("\n")}\n`;
}

/** "glass-atom-quantity.png" with nothing in it that a file system dislikes. */
export function fileName(glass, state, ending) {
  const parts = [glass.name, state.selected?.length ? `atom${state.selected[0]}` : null, state.color];
  return `${parts.filter(Boolean).join("-").replaceAll(/[^\p{L}\p{N}._-]+/gu, "_")}.${ending}`;
}

/** Let the browser save a text or a Blob under a name. */
export function save(document, name, content, type = "text/plain") {
  const blob = content instanceof Blob ? content : new Blob([content], { type: `${type};charset=utf-8` });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
