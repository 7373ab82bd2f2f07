// How the glass is looked at: one camera per name, remembered over reloads, and the flight to an atom.

import { projectAll } from "./projection.js";

const DISTANCE = 150; // of 3Dmol's camera
const FLIGHT = 350; // ms
const NEAR = 9; // Å round an atom that a flight leaves in view

const FILLED = 0.88; // of the view's width or height, by the whole scene

const memory = (name) => "symgnn-camera-" + name;

export function createCamera(viewer, { name, scene }) {
  let current = name, applied = null, flight = 0;

  function front() { // the whole scene, seen from a little above and aside
    viewer.setView([0, 0, 0, 0, 0, 0, 0, 1]);
    viewer.rotate(-22, "y");
    viewer.rotate(16, "x");
    viewer.zoomTo();
    viewer.setSlab(-1e4, 1e4); // nothing is cut off in front
    viewer.render(); // or the map would be that of the view before
    const { sites, map } = scene();
    if (!map) return;
    const { width, height } = viewer.getCanvas().getBoundingClientRect();
    const at = projectAll(map, sites.positions);
    const extent = (k) => {
      let low = Infinity, high = -Infinity;
      for (let s = k; s < at.length; s += 3) [low, high] = [Math.min(low, at[s]), Math.max(high, at[s])];
      return Math.max(high - low, 1);
    };
    zoomBy(FILLED * Math.min(width / extent(0), height / extent(1)));
  }

  function zoomBy(factor) {
    const view = viewer.getView();
    view[3] = DISTANCE - (DISTANCE - view[3]) / factor;
    viewer.setView(view);
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
    if (isView(view)) viewer.setView(view);
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
      viewer.render();
    },
    reset() {
      flight++;
      front();
      viewer.render();
    },
    /** Moves the atoms into the middle, so near that their surroundings fill the view. */
    flyTo(atoms) {
      const { sites, map } = scene();
      if (!atoms.length || !map) return;
      const middle = [0, 1, 2].map((k) => atoms.reduce((sum, atom) => sum + sites.positions[3 * atom + k], 0) / atoms.length);
      const spread = Math.max(...atoms.map((atom) => Math.hypot(...[0, 1, 2].map((k) => sites.positions[3 * atom + k] - middle[k]))));
      const { width, height } = viewer.getCanvas().getBoundingClientRect();
      const wanted = Math.min(width, height) / (2 * (spread + NEAR)); // pixels for one Å
      const from = viewer.getView();
      const to = [...from];
      to.splice(0, 4, -middle[0], -middle[1], -middle[2], DISTANCE - (DISTANCE - from[3]) * map.pixels / wanted);
      const started = performance.now(), own = ++flight;
      const step = () => {
        if (own !== flight) return; // another flight, or a reset
        const t = Math.min(1, (performance.now() - started) / FLIGHT);
        const eased = t * t * (3 - 2 * t);
        viewer.setView(blend(from, to, eased));
        if (t < 1) requestAnimationFrame(step);
      };
      step();
    },
  };
}

/** Whether a value is a view of 3Dmol: eight finite numbers. */
export function isView(value) {
  return Array.isArray(value) && value.length === 8 && value.every(Number.isFinite);
}

/** Between two views whose rotation is the same. */
export function blend(from, to, t) {
  return from.map((value, k) => value + t * (to[k] - value));
}
