// Windows side by side: one choice of colours and edges, one range of colours, cameras that turn together.

/** What of a window's state all windows of a group have in common. */
export const SHARED = ["color", "scaleName", "faded", "edgeSet", "top", "threshold", "hops", "bonds", "images", "clip"];
const FLIGHT = 600; // ms, longer than a flight takes
const REFIT = 150; // ms, in which the views of a page get their size

/** A group. A member is { store, scene, glass, edges() -> dataset or null, near: Å round its atom that may be shown alone }.
 * Atoms that its glass marks are pinned when it joins. */
export function createGroup(later = (fn, ms) => setTimeout(fn, ms)) {
  const members = new Set(), listeners = new Set();
  let state = {}, linked = true, parted = 0, busy = false;
  let waiting = false; // whether views that have been placed anew wait to be one again

  const tell = () => listeners.forEach((fn) => fn());
  const everyone = (patch) => {
    busy = true;
    try { for (const { store } of members) store.set(patch); } finally { busy = false; }
  };

  function set(patch) {
    state = { ...state, ...patch };
    everyone(patch);
    ranges();
  }

  function ranges() { // of the colours: from the lowest to the highest of all members
    const all = [...members];
    const range = union(all.map(({ glass, store }) => glass.column(store.get().color)));
    const edgeRange = union(all.map(({ edges, store }) => edges()?.sets.find((set) => set.name === store.get().edgeSet)));
    everyone({ range, edgeRange });
    tell();
  }

  function follow(member, changed) {
    if (busy) return;
    const now = member.store.get();
    const patch = Object.fromEntries(SHARED.filter((key) => changed.has(key)).map((key) => [key, now[key]]));
    if (Object.keys(patch).length) set(patch);
    if (changed.has("hover")) { // of the same glass: the same atom
      busy = true;
      for (const other of members) if (other !== member && other.glass === member.glass) other.store.set({ hover: now.hover });
      busy = false;
    }
  }

  function turned(member) {
    const view = member.scene.view(), before = member.view;
    if (same(view, before)) return;
    member.view = view;
    if (!linked || parted || busy) return;
    if (!member.scene.isTurned()) return refit(); // it looks at something else from the front
    busy = true;
    try {
      for (const other of members) {
        if (other === member) continue;
        other.view = alike(other.scene.view(), before, view);
        other.scene.setView(other.view);
        other.view = other.scene.view();
      }
    } finally { busy = false; }
  }

  function alone(fn) { // cameras that go their own ways for a while
    parted++;
    members.forEach(fn);
    later(() => { parted--; }, FLIGHT);
  }

  function flight(member, fn) { // its own way for a while, then all as near as it is
    alone((one) => { if (one === member) fn(); });
    later(() => { if (linked) for (const other of members) put(other, other.scene.view().map((value, k) => (k === 3 ? member.scene.view()[3] : value))); }, FLIGHT);
  }

  function refit() { // views of another size, all at once
    if (waiting) return;
    waiting = true;
    later(() => {
      waiting = false;
      busy = true;
      try { for (const { scene } of members) scene.refit(); } finally { busy = false; }
      for (const member of members) member.view = member.scene.view();
      const [first, ...others] = members;
      if (linked && first) for (const other of others) turn(other, first);
    }, REFIT);
  }

  return {
    members,
    shared: () => state,
    set,
    isLinked: () => linked,
    link(on) {
      linked = on;
      const [first, ...others] = members;
      if (on && first) for (const other of others) turn(other, first);
      tell();
    },
    fly() { alone(({ scene, store }) => scene.flyTo(store.get().selected.slice(0, 1))); },
    reset() {
      alone(({ scene }) => scene.resetCamera());
      if (linked) oneScale();
    },
    onChange(fn) { listeners.add(fn); return () => listeners.delete(fn); },
    /** Takes a member in; returns { edgesChanged(), refit(), flight(fn), leave() }. In the flight fn its camera takes no other along. */
    join(member) {
      const now = member.store.get();
      state = { ...Object.fromEntries(SHARED.map((key) => [key, now[key]])), ...state };
      const first = [...members][0];
      members.add(member);
      busy = true;
      member.store.set(member.glass.marked ? { ...state, pinned: member.glass.marked } : state);
      busy = false;
      member.view = member.scene.view();
      if (linked && first) turn(member, first);
      const off = [member.store.on([...SHARED, "hover"], (changed) => follow(member, changed)), member.scene.onView(() => turned(member))];
      ranges();
      return {
        edgesChanged: ranges,
        refit,
        flight: (fn) => flight(member, fn),
        leave() {
          off.forEach((stop) => stop());
          members.delete(member);
          ranges();
        },
      };
    },
  };

  function turn(member, first) { // as the first one, round its own middle; all so far away that each is seen whole
    const [x, y, z] = member.scene.view();
    put(member, [x, y, z, member.scene.view()[3], ...first.scene.view().slice(4)]);
    oneScale();
  }

  function oneScale() {
    const farthest = Math.min(...[...members].map(({ scene }) => scene.view()[3]));
    for (const member of members) put(member, member.scene.view().map((value, k) => (k === 3 ? farthest : value)));
  }

  function put(member, view) {
    if (same(view, member.scene.view())) return;
    busy = true;
    try { member.scene.adjustView(view); } finally { busy = false; }
    member.view = member.scene.view();
  }
}

/** The group of that name, which all windows of the page share. */
export function sharedGroup(name) {
  const groups = ((window.symgnnWindow ??= {}).groups ??= {});
  return (groups[name] ??= createGroup());
}

/** From the lowest to the highest end of columns of numbers; null for none. */
export function union(columns) {
  const ranges = columns.filter((column) => column?.kind === "number" && column.range).map((column) => column.range);
  return ranges.length ? [Math.min(...ranges.map(([low]) => low)), Math.max(...ranges.map(([, high]) => high))] : null;
}

/** The view of another window after one went from `before` to `after`: turned and zoomed alike, shifted as far. */
export function alike(own, before, after) {
  return [0, 1, 2].map((k) => own[k] + after[k] - before[k]).concat(after.slice(3));
}

function same(a, b) {
  return Boolean(a && b) && a.every((value, k) => Math.abs(value - b[k]) < 1e-9);
}
