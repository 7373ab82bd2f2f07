// Evaluates the safe language of syntax.js for every atom.

import { COMPARE, ExpressionError, parse } from "./syntax.js";

export { ExpressionError };

const FUNCTIONS = ["abs", "distance", "percentile"];

/**
 * A function (atom) -> boolean for the expression. `table` says what it may speak of:
 * {names: string[], labels: string[], column(name) -> {kind, values, labels}, n, distances(atom) -> number[]}.
 */
export function compile(text, table) {
  const node = build(parse(text), table);
  if (node.type !== "truth") {
    throw new ExpressionError("this gives a value and not yes or no: compare it, as in barrier > 1.8", 0);
  }
  return node.at;
}

/** (N) Uint8Array, 1 where the expression holds. An empty expression holds everywhere. */
export function evaluate(text, table) {
  const out = new Uint8Array(table.n).fill(1);
  if (!text.trim()) return out;
  const holds = compile(text, table);
  for (let i = 0; i < out.length; i += 1) out[i] = holds(i) ? 1 : 0;
  return out;
}

// ---- from the tree to functions of an atom; types are checked here, once -----------------------------------

const TYPE_WORDS = { number: "a number", text: "a text", truth: "yes or no" };

function build(node, table) {
  const { op, position } = node;
  if (op === "value") return constant(node.value);
  if (op === "column") return columnOf(node, table);
  if (op === "call") return call(node, table);
  if (op === "and" || op === "or") {
    const [a, b] = [node.left, node.right].map((side) => wanted(build(side, table), "truth", op, side.position).at);
    return { type: "truth", at: op === "and" ? (i) => a(i) && b(i) : (i) => a(i) || b(i) };
  }
  if (op === "not") {
    const { at } = wanted(build(node.value, table), "truth", op, node.value.position);
    return { type: "truth", at: (i) => !at(i) };
  }
  if (op === "in") return membership(node, table);
  if (op === "minus" || op === "plus") {
    const { at } = wanted(build(node.value, table), "number", op === "minus" ? "-" : "+", position);
    return { type: "number", at: op === "minus" ? (i) => -at(i) : at };
  }
  const left = build(node.left, table);
  const right = build(node.right, table);
  if (COMPARE.has(op)) return compared(op, left, right, position);
  const [a, b] = [wanted(left, "number", op, position).at, wanted(right, "number", op, position).at];
  const at = { "+": (i) => a(i) + b(i), "-": (i) => a(i) - b(i), "*": (i) => a(i) * b(i), "/": (i) => a(i) / b(i) }[op];
  return { type: "number", at };
}

function constant(value) {
  return { type: { number: "number", string: "text", boolean: "truth" }[typeof value], at: () => value, value };
}

function wanted(built, type, where, position) {
  if (built.type === type) return built;
  throw new ExpressionError(`"${where}" needs ${TYPE_WORDS[type]} and not ${TYPE_WORDS[built.type]}`, position);
}

function compared(op, left, right, position) {
  if (left.type !== right.type) {
    const words = `${TYPE_WORDS[left.type]} with ${TYPE_WORDS[right.type]}`;
    throw new ExpressionError(`cannot compare ${words}`, position);
  }
  if (left.type !== "number" && op !== "==" && op !== "!=") {
    throw new ExpressionError(`"${op}" compares numbers only`, position);
  }
  const [a, b] = [left.at, right.at];
  const missing = left.type === "number" // a missing value fulfils no comparison, != included
    ? (i) => a(i) !== b(i) && !Number.isNaN(a(i)) && !Number.isNaN(b(i))
    : (i) => a(i) !== b(i);
  const at = {
    "==": (i) => a(i) === b(i), "!=": missing,
    "<": (i) => a(i) < b(i), "<=": (i) => a(i) <= b(i), ">": (i) => a(i) > b(i), ">=": (i) => a(i) >= b(i),
  }[op];
  return { type: "truth", at };
}

function membership(node, table) {
  const left = build(node.left, table);
  const values = new Set(node.items.map((item) => {
    const built = build(item, table);
    wanted(built, left.type, "in", item.position);
    return built.at(0);
  }));
  return { type: "truth", at: (i) => values.has(left.at(i)) };
}

function columnOf(node, table) {
  const column = table.column(node.name);
  if (!column) {
    if (FUNCTIONS.includes(node.name)) throw new ExpressionError(`"${node.name}" needs ( )`, node.position);
    const quoted = table.labels?.includes(node.name) ? `: a text stands in quotes, "${node.name}"` : "";
    const known = `there are ${table.names.join(", ")}`;
    throw new ExpressionError(`no column "${node.name}"${quoted || `; ${known}`}`, node.position);
  }
  const { values, labels } = column;
  if (column.kind === "category") return { type: "text", at: (i) => labels[values[i]] };
  // an f4 column is compared as the decimal that a reader sees: 1.8 in the file is 1.8 here
  const at = values instanceof Float32Array ? decimal(values) : (i) => values[i];
  return { type: "number", at, column };
}

function decimal(values) {
  return (i) => {
    const value = values[i];
    const short = Math.abs(value) < 1e-3 || Math.abs(value) > 1e6 ? value : Math.round(value * 1e6) / 1e6;
    return Math.fround(short) === value ? short : value;
  };
}

function call(node, table) {
  const { name, position } = node;
  if (!FUNCTIONS.includes(name)) {
    throw new ExpressionError(`no function "${name}"; there are ${FUNCTIONS.join(", ")}`, position);
  }
  const argument = wanted(build(node.argument, table), "number", name, position);
  if (name === "abs") return { type: "number", at: (i) => Math.abs(argument.at(i)) };
  if (name === "percentile") {
    const percent = percentiles(Float64Array.from({ length: table.n }, (_, i) => argument.at(i)));
    return { type: "number", at: (i) => percent[i] };
  }
  const atom = argument.value;
  if (!Number.isInteger(atom) || atom < 0 || atom >= table.n) {
    throw new ExpressionError(`distance needs the index of an atom, 0 to ${table.n - 1}`, position);
  }
  const distance = table.distances(atom);
  return { type: "number", at: (i) => distance[i] };
}

/** (N) for each value: % of the finite values that are lower; NaN stays NaN. */
export function percentiles(values) {
  const sorted = Float64Array.from(values.filter((v) => Number.isFinite(v))).sort();
  const lowerThan = (value) => {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sorted[middle] < value) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return Float64Array.from(values, (v) => (Number.isFinite(v) ? (100 * lowerThan(v)) / sorted.length : NaN));
}
