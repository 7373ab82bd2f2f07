// How the glass is looked at: one camera per name, remembered over reloads, and the flight to an atom.

import { projectAll } from "./projection.js";
import { isView, viewText } from "./view_text.js";

const DISTANCE = 150; // of 3Dmol's camera
const FLIGHT = 350; // ms
const NEAR = 9; // Å round an atom that a flight leaves in view

// 22° to the side and 16° from above, as a quaternion
const [A, B] = [(-22 * Math.PI) / 360, (16 * Math.PI) / 360];
const FRONT = [Math.sin(B) * Math.cos(A), Math.cos(B) * Math.sin(A), Math.sin(A) * Math.sin(B), Math.cos(A) * Math.cos(B)];
const FILLED = 0.88; // of the view's width or height, by the whole scene

const memory = (name) => "symgnn-camera-" + name;

export function createCamera(viewer, { name, scene }) {
  let current = name, applied = null, flight = 0, home = null;
  let placed = null; // { again(), text }: where front() or a flight has put the camera last

  function front() { // all that is shown, seen from a little above and aside
    viewer.setSlab(-1e4, 1e4); // nothing is cut off in front
    viewer.setView([0, 0, 0, 0, ...FRONT]); // before the first picture this draws nothing
    const { positions, map } = scene();
    if (!map || !positions.length) return;
    const at = projectAll(map, positions);
    const [x, y, depth] = [0, 1, 2].map((k) => extent(at, k));
    const { width, height } = size();
    if (!(width > 0 && height > 0)) { // hidden as yet: refit() looks again
      placed = { again: front, text: viewText(viewer.getView()) };
      return;
    }
    const factor = FILLED * Math.min(width / Math.max(x.wide, 1), height / Math.max(y.wide, 1));
    // the middle in Å: solve the map, whose rows are perpendicular
    const rows = [map.x, map.y, map.depth].map((row, k) => ({ row, at: [x, y, depth][k].middle - row[3] }));
    const middle = [0, 1, 2].map((k) => rows.reduce((sum, { row, at: value }) => sum + (row[k] * value) / (row[0] ** 2 + row[1] ** 2 + row[2] ** 2), 0));
    viewer.setView([...middle.map((value) => -value), DISTANCE - DISTANCE / factor, ...FRONT]);
    home = viewText(viewer.getView());
    placed = { again: front, text: home };
  }

  const size = () => viewer.getCanvas().getBoundingClientRect();

  function land(atoms, near) {
    const to = target(atoms, near);
    if (!to) return;
    viewer.setView(to);
    placed = { again: () => land(atoms, near), text: viewText(viewer.getView()) };
  }

  function target(atoms, near) { // the view that a flight ends with
    const { sites, map } = scene();
    if (!atoms.length || !map || !sites) return null;
    const middle = [0, 1, 2].map((k) => atoms.reduce((sum, atom) => sum + sites.positions[3 * atom + k], 0) / atoms.length);
    const spread = Math.max(...atoms.map((atom) => Math.hypot(...[0, 1, 2].map((k) => sites.positions[3 * atom + k] - middle[k]))));
    const { width, height } = size();
    if (!(width > 0 && height > 0)) return null;
    const wanted = Math.min(width, height) / (2 * (spread + near)); // pixels for one Å
    const from = viewer.getView();
    const to = [...from];
    to.splice(0, 4, -middle[0], -middle[1], -middle[2], DISTANCE - (DISTANCE - from[3]) * map.pixels / wanted);
    return to;
  }

  function remember() {
    if (applied !== current) return;
    try { sessionStorage.setItem(memory(current), JSON.stringify(viewer.getView())); } catch { /* full or forbidden */ }
  }

  function apply() {
    if (applied === current) return;
    let view = null;
    try { view = JSON.parse(sessionStorage.getItem(memory(current))); } catch { /* not ours */ }
    front(); // also sets what zoomTo sets besides the view
    if (isView(view)) {
      viewer.setView(view);
      placed = null;
    }
    applied = current;
  }

  return {
    apply,
    remember,
    use(other) {
      if (other === current) return;
      remember();
      current = other;
      apply();
    },
    /** The view as a text of the link; null for the one from the front. */
    text() {
      const view = viewer.getView();
      const now = isView(view) ? viewText(view) : home;
      return now === home ? null : now;
    },
    reset() {
      flight++;
      front();
    },
    /** Ends a flight where it is: the viewer is another window's. */
    stop() { flight++; },
    /** Moves the atoms into the middle, so near that their surroundings fill the view. */
    flyTo(atoms, near = NEAR) {
      const to = target(atoms, near);
      if (!to) return;
      const from = viewer.getView();
      const started = performance.now(), own = ++flight;
      const step = () => {
        if (own !== flight) return; // another flight, or a reset
        const t = Math.min(1, (performance.now() - started) / FLIGHT);
        const eased = t * t * (3 - 2 * t);
        if (t === 1) return land(atoms, near); // the view may have another size by now
        viewer.setView(blend(from, to, eased));
        requestAnimationFrame(step);
      };
      step();
    },
    /** The view has another size: looks at the same again, where nobody has turned since (or always). */
    refit(always = false) {
      if (placed && (always || viewText(viewer.getView()) === placed.text)) placed.again();
    },
  };
}

/** Between two views whose rotation is the same. */
export function blend(from, to, t) {
  return from.map((value, k) => value + t * (to[k] - value));
}

function extent(at, k) {
  let low = Infinity, high = -Infinity;
  for (let s = k; s < at.length; s += 3) {
    if (at[s] < low) low = at[s];
    if (at[s] > high) high = at[s];
  }
  return { wide: high - low, middle: (low + high) / 2 };
}
