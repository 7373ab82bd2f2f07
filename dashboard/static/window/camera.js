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

/** A camera is placed (it looks from the front at all that is shown, or at the end of a flight) or turned by a user.
 *
 * What is placed is placed anew in a view of another size. A turned view keeps its middle, its rotation and how large the
 * scene is in comparison with the view: see narrow(). A view from the front is not remembered, and not in the link.
 */
export function createCamera(viewer, { name, scene }) {
  let current = name, applied = null, flight = 0;
  let placed = null, turned = null; // the function that places again, or the view as narrow() gives it
  let known = null; // text of the view that this camera has put or noticed last
  let busy = false; // while this camera moves the viewer

  function put(view) {
    const before = busy;
    busy = true;
    try { viewer.setView(view); } finally { busy = before; }
    known = viewText(viewer.getView());
  }

  function front() { // all that is shown, seen from a little above and aside
    viewer.setSlab(-1e4, 1e4); // nothing is cut off in front
    put([0, 0, 0, 0, ...FRONT]); // before the first picture this draws nothing
    placed = front;
    turned = null;
    forget();
    const { positions, map } = scene();
    const { width, height } = size();
    if (!map || !positions.length || !(width > 0 && height > 0)) return; // hidden as yet: refit() looks again
    const at = projectAll(map, positions);
    const [x, y, depth] = [0, 1, 2].map((k) => extent(at, k));
    const factor = FILLED * Math.min(width / Math.max(x.wide, 1), height / Math.max(y.wide, 1));
    // the middle in Å: solve the map, whose rows are perpendicular
    const rows = [map.x, map.y, map.depth].map((row, k) => ({ row, at: [x, y, depth][k].middle - row[3] }));
    const middle = [0, 1, 2].map((k) => rows.reduce((sum, { row, at: value }) => sum + (row[k] * value) / (row[0] ** 2 + row[1] ** 2 + row[2] ** 2), 0));
    put([...middle.map((value) => -value), DISTANCE - DISTANCE / factor, ...FRONT]);
  }

  const size = () => viewer.getCanvas().getBoundingClientRect();

  function land(atoms, near) {
    const to = target(atoms, near);
    if (!to) return;
    put(to);
    placed = () => land(atoms, near);
    turned = null;
    keep();
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

  // A distance of 3Dmol says how many Å fit into the width of the view: in one too wide for the scene, it would be cut at
  // top and bottom. What is kept is the distance that shows as much in a narrow view; a wide one looks from farther away.
  // So the eight numbers of a link mean what they always have, but for those of a link from a wide view before this rule.

  const narrow = (view, how = wideness()) => [...view.slice(0, 3), DISTANCE - (DISTANCE - view[3]) / how, ...view.slice(4)];

  function look(view) { // as narrow() has given it
    put(view);
    const how = wideness(); // depends on the rotation
    if (how > 1) put(narrow(view, 1 / how));
  }

  function wideness() { // how much farther away the present view has to look from than a narrow one, at least 1
    const { sites, map } = scene();
    const { width, height } = size();
    if (!sites?.positions.length || !map || !(width > 0 && height > 0)) return 1;
    const at = projectAll(map, corners(sites.positions));
    return Math.max(1, (extent(at, 1).wide / height) / Math.max(extent(at, 0).wide / width, 1e-9));
  }

  function notice() { // whether a user has turned the view since; a mere change of size is none
    const view = viewer.getView();
    if (busy || applied !== current || !isView(view) || viewText(view) === known) return;
    known = viewText(view);
    placed = null;
    turned = narrow(view);
    keep();
  }

  function keep() {
    try { sessionStorage.setItem(memory(current), JSON.stringify(turned ?? narrow(viewer.getView()))); } catch { /* full or forbidden */ }
  }

  function forget() {
    try { sessionStorage.removeItem(memory(current)); } catch { /* forbidden */ }
  }

  function remembered() {
    try { return JSON.parse(sessionStorage.getItem(memory(current))); } catch { return null; /* not ours */ }
  }

  function turn(view) {
    look(view);
    placed = null;
    turned = view;
    keep();
  }

  function apply() {
    if (applied === current) return;
    flight++;
    const view = remembered();
    front(); // also sets what zoomTo sets besides the view
    if (isView(view)) turn(view);
    applied = current;
  }

  return {
    apply,
    notice,
    use(other) {
      if (other === current) return;
      notice();
      current = other;
      apply();
    },
    /** The view as a text of the link; null for the one from the front. */
    text() {
      notice();
      const view = viewer.getView();
      return placed === front || !isView(view) ? null : viewText(turned ?? narrow(view));
    },
    /** Looks as a text of the link says. */
    turn,
    /** Moves without being turned: others look from there too. */
    adjust: put,
    isTurned() {
      notice();
      return placed === null;
    },
    reset() {
      flight++;
      busy = false;
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
        put(blend(from, to, eased));
        requestAnimationFrame(step);
      };
      step();
    },
    /** The view has another size: looks at the same again. */
    refit() {
      notice();
      if (placed) placed();
      else if (turned) look(turned);
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

const boxes = new WeakMap(); // positions -> corners

/** The eight corners of the box round positions (3S), along the axes. */
function corners(positions) {
  if (boxes.has(positions)) return boxes.get(positions);
  const ends = [0, 1, 2].map((k) => {
    const { wide, middle } = extent(positions, k);
    return [middle - wide / 2, middle + wide / 2];
  });
  boxes.set(positions, Float32Array.from([0, 1, 2, 3, 4, 5, 6, 7].flatMap((n) => [0, 1, 2].map((k) => ends[k][(n >> k) & 1]))));
  return boxes.get(positions);
}
