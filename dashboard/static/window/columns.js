// What is known of each atom: the columns of a parsed glass, by name.

const NUMBER = { kind: "number", unit: "", digits: 0, scale: "sequential" };

/** Names of all columns, and of what every glass has: index, element, x, y, z. */
export function columnNames(glass) {
  const names = glass.columns.map((c) => c.name);
  for (const always of ["element", "x", "y", "z", "index"]) if (!names.includes(always)) names.push(always);
  return names;
}

/** The column {name, title, unit, digits, kind, labels, values} of that name, null where there is none. */
export function column(glass, name) {
  const known = glass.columns.find((c) => c.name === name);
  if (known) return known;
  if (name === "index") return { ...NUMBER, name, title: "Atom", values: indices(glass) };
  if (name === "element") return elementColumn(glass);
  const axis = ["x", "y", "z"].indexOf(name);
  if (axis < 0) return null;
  return { ...NUMBER, name, title: name, unit: "Å", digits: 3, values: coordinates(glass, axis) };
}

/** All columns of the glass in its order, as `column` gives them. */
export function columns(glass) {
  return glass.columns.map((c) => column(glass, c.name));
}

export function isNumber(aColumn) {
  return aColumn.kind !== "category";
}

/** Symbol of each kind of atom that occurs, in the order of their codes. */
export function symbolsOf(glass) {
  return glass.symbols;
}

/** Element symbol of an atom. */
export function symbol(glass, atom) {
  return glass.symbols[glass.arrays.species[atom]];
}

const derived = new WeakMap(); // glass -> Map name -> array

function once(glass, name, compute) {
  if (!derived.has(glass)) derived.set(glass, new Map());
  const arrays = derived.get(glass);
  if (!arrays.has(name)) arrays.set(name, compute());
  return arrays.get(name);
}

function indices(glass) {
  return once(glass, "index", () => Float64Array.from({ length: glass.n }, (_, i) => i));
}

function coordinates(glass, axis) {
  const { positions } = glass.arrays;
  return once(glass, `axis${axis}`, () => Float64Array.from({ length: glass.n }, (_, i) => positions[3 * i + axis]));
}

function elementColumn(glass) {
  const base = { name: "element", title: "Element", unit: "", kind: "category", scale: "category" };
  return { ...base, labels: glass.symbols, values: glass.arrays.species };
}
