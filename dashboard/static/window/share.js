// The view as one readable parameter of the link: view=color:barrier;filter:barrier > 1.8;slab:z:0.2-0.5

import { columnNames } from "./columns.js";
import { viewOfText } from "./view_text.js";

const AXES = ["x", "y", "z"];
const WRAPS = ["cell", "atom", "file"];
const TABS = ["atom", "table", "histogram", "scatter", "edges", "display"];

const number = (low, high) => ({
  write: (value) => String(Number(value.toFixed(4))),
  read(text) {
    const value = Number(text);
    if (!text.trim() || !(value >= low && value <= high)) {
      throw new Error(`expected a number from ${low} to ${high === Infinity ? "any size" : high}`);
    }
    return value;
  },
});
const integer = (low, high) => ({
  write: String,
  read(text) {
    const value = number(low, high).read(text);
    if (!Number.isInteger(value)) throw new Error("expected a whole number");
    return value;
  },
});
const oneOf = (values) => ({
  write: String,
  read(text, glass) {
    const known = typeof values === "function" ? values(glass) : values;
    if (!known.includes(text)) throw new Error(`expected one of ${known.join(", ")}`);
    return text;
  },
});
const flag = {
  write: (value) => (value ? "yes" : "no"),
  read(text) {
    if (text !== "yes" && text !== "no") throw new Error("expected yes or no");
    return text === "yes";
  },
};
const words = { write: String, read: String };
const atoms = {
  write: (value) => value.join(","),
  read(text, glass) {
    return text.split(",").filter(Boolean).map((part) => integer(0, glass.n - 1).read(part));
  },
};
const range = {
  write: ([low, high]) => `${number().write(low)}..${number().write(high)}`,
  read(text) {
    const [low, high] = text.split("..").map((part) => number(-Infinity, Infinity).read(part));
    if (!(high > low)) throw new Error("expected low..high, as 1..2.5");
    return [low, high];
  },
};
const slab = {
  write: ({ axis, from, to }) => `${AXES[axis]}:${number().write(from)}-${number().write(to)}`,
  read(text) {
    const match = /^([xyz]):([\d.]+)-([\d.]+)$/.exec(text);
    const [from, to] = match ? [Number(match[2]), Number(match[3])] : [1, 0];
    if (!(from >= 0 && from < to && to <= 1)) throw new Error("expected an axis and two fractions, as z:0.2-0.5");
    return { axis: AXES.indexOf(match[1]), from, to };
  },
};
const elements = {
  write: (value) => value.join(","),
  read(text, glass) {
    const list = text.split(",").filter(Boolean);
    return list.map((symbol) => oneOf(glass.symbols).read(symbol));
  },
};

// key of the state -> how it is written. Atom and glass have parameters of their own: a first atom is not written twice.
const PARTS = {
  color: oneOf((glass) => columnNames(glass)), range, scaleName: oneOf(["sequential", "diverging", "importance"]),
  filter: words, elements, slab, clip: number(0, 1000), hops: integer(0, 99), wrap: oneOf(WRAPS), images: flag,
  faded: flag, bonds: number(0, 4), edgeSet: words, top: integer(0, 1e6), threshold: number(0, Infinity),
  also: atoms, pinned: atoms, tab: oneOf(TABS), across: oneOf((glass) => columnNames(glass)),
  up: oneOf((glass) => columnNames(glass)), sort: { write: ({ column, descending }) => `${column}:${descending ? "down" : "up"}`, read: readSort }, camera: { write: String, read: readCamera },
};

function readSort(text, glass) {
  const [name, way] = text.split(":");
  return { column: oneOf(columnNames(glass)).read(name), descending: oneOf(["up", "down"]).read(way ?? "") === "down" };
}

function readCamera(text) {
  if (!viewOfText(text)) throw new Error("expected eight numbers");
  return text;
}

/** Keys of the state that the link holds. */
export const SHARED = Object.keys(PARTS);

/** The parameter for a state; parts equal to their default are left out. "" for the default view. */
export function encode(state, defaults = {}) {
  const parts = [];
  for (const [key, part] of Object.entries(PARTS)) {
    const value = key === "also" ? state.selected?.slice(1) : state[key];
    const usual = key === "also" ? [] : defaults[key];
    if (value === undefined || JSON.stringify(value) === JSON.stringify(usual ?? null)) continue;
    if (value === null || (Array.isArray(value) && !value.length && key !== "elements")) continue;
    parts.push(`${key}:${part.write(value).replaceAll("%", "%25").replaceAll(";", "%3B")}`);
  }
  return parts.join(";");
}

/** {patch, problems}: what a parameter changes in the state, and what in it cannot be read, one line for each. */
export function decode(text, glass) {
  const patch = {};
  const problems = [];
  for (const piece of (text ?? "").split(";").filter((part) => part.trim())) {
    const colon = piece.indexOf(":");
    const key = colon < 0 ? piece : piece.slice(0, colon);
    const written = piece.slice(colon + 1).replaceAll("%3B", ";").replaceAll("%25", "%");
    if (!Object.hasOwn(PARTS, key)) {
      problems.push(`${key}: no such part of a view`);
      continue;
    }
    try {
      patch[key] = PARTS[key].read(written, glass);
    } catch (error) {
      problems.push(`${key}:${written}: ${error.message}`);
    }
  }
  return { patch, problems };
}

/** A query string ("?a=b&view=...") with its `view` set, the other parameters untouched; readable where it may be. */
export function withView(search, view) {
  const others = search.replace(/^\?/, "").split("&").filter((part) => part && !/^view(=|$)/.test(part));
  if (view) others.push(`view=${readable(view)}`);
  return others.length ? `?${others.join("&")}` : "";
}

function readable(text) {
  return encodeURIComponent(text).replaceAll("%3A", ":").replaceAll("%3B", ";").replaceAll("%2C", ",").replaceAll("%20", "+");
}

/** The `view` parameter of a query string, "" where there is none. */
export function viewOf(search) {
  return new URLSearchParams(search).get("view") ?? "";
}

/**
 * Keep the link's `view` equal to the state. Returns {write(), destroy()}; what of the link cannot be read is put into
 * `viewProblems` of the store by `arrive`.
 */
export function follow(context, defaults, later = (fn) => setTimeout(fn, 300)) {
  const { store, document } = context;
  const { defaultView: view } = document;
  let waiting = false;
  function write() {
    const { pathname, search, hash } = view.location;
    const next = withView(search, encode(store.get(), defaults));
    if (next !== search) view.history.replaceState(view.history.state, "", pathname + next + hash); // a new look is no step back
  }
  const off = store.on(["selected", ...SHARED], () => {
    if (waiting) return;
    waiting = true;
    later(() => {
      waiting = false;
      write();
    });
  });
  return { write, destroy: off };
}

/** What the link's `view` says, into the store: the patch and, in `viewProblems`, what cannot be read. */
export function arrive({ store, glass, document }) {
  const { patch: { also, ...patch }, problems } = decode(viewOf(document.defaultView.location.search), glass);
  const selected = also ? { selected: [...store.get().selected.slice(0, 1), ...also] } : {};
  store.set({ ...patch, ...selected, viewProblems: problems });
}
