// The 3D view: atoms in one 3Dmol model, edges in another, the cell's lines as py3Dmol wrote them.

import { colourOf, isDark, mixed } from "./colours.js";
import { createCamera } from "./camera.js";
import { nearMask } from "./filters.js";
import { edgeEnds, neighboursOf, placed, sitesOf, topEdges } from "./periodic.js";
import { affineMap, pickSite, projectAll, projectPoint, sitesInPolygon } from "./projection.js";

const FRAME = ["addLine"]; // what a frame may call
const MANY = 20000; // atoms beyond which spheres are small
const MARGIN = 5; // Å round the cell in which periodic copies are drawn
const BOND = "#8a8f98";
const FADE = 0.86;
const NEIGHBOURS = 3.8; // Å, as the coordination number

const packed = (color) => parseInt(color.slice(1), 16);

/** The view of a glass. create(viewer, { store, glass, frame, background, camera }) -> the scene's functions. */
export function createScene(viewer, { store, glass, edges = null, frame, camera: cameraName, settings }) {
  viewer.setProjection("orthographic");
  viewer.enableFog(false);
  const listeners = new Set();
  let background = null; // not yet told; the viewer may have that of a scene before
  let where = null, sites = null, radius = null; // of the spheres as drawn
  let map = null, projected = null;
  let atomModel = null, edgeModel = null, atomSpecs = [];
  let thin = false; // whether the spheres are small
  let atomColours = null, edgeColours = null;
  const camera = createCamera(viewer, { name: cameraName, glass, scene: () => ({ sites, map: mapNow(), get positions() { return framed(); } }) });

  const state = () => store.get();
  const centre = () => edges?.atom ?? state().selected[0] ?? 0; // round which positions are wrapped
  const isShown = (site) => state().visible === null || state().visible[sites.atom[site]] === 1;

  /** What a view from the front has in it: the glass, or its part round something. Other filters leave the cell in view. */
  function framed() {
    const near = nearMask(state(), glass, edges);
    if (near === null) return sites.positions;
    const inside = [];
    for (let s = 0; s < sites.atom.length; s++) if (near[sites.atom[s]]) inside.push(...sites.positions.subarray(3 * s, 3 * s + 3));
    return inside.length ? Float32Array.from(inside) : sites.positions;
  }

  function mapNow() {
    const offset = viewer.modelToScreen({ x: 0, y: 0, z: 0 }); // also checks that there is a canvas
    if (!Number.isFinite(offset.x)) return null;
    const box = viewer.getCanvas().getBoundingClientRect();
    const toScreen = (points) => viewer.modelToScreen(points).map(({ x, y }) => ({ x: x - box.left - window.scrollX, y: y - box.top - window.scrollY }));
    return affineMap(toScreen, viewer.getView().slice(4));
  }

  function viewChanged() {
    map = mapNow();
    projected = null;
    for (const fn of listeners) fn();
  }
  viewer.setViewChangeCallback(() => { camera.notice(); viewChanged(); });

  function place() {
    const { wrap, images } = state();
    where = placed(glass, wrap, centre());
    sites = sitesOf(glass, where, wrap, centre(), images ? MARGIN : 0);
    thin = Boolean(edgesShown());
    const scale = glass.n > MANY ? 0.45 : thin ? 0.28 : 0.62;
    const own = glass.symbols.map((symbol) => glass.elements[symbol].radius * scale);
    radius = Float32Array.from(sites.atom, (atom) => own[glass.arrays.species[atom]]);
  }

  const edgesShown = () => state().edgeSet || (state().bonds > 0 && glass.bonds); // or will be, when they are computed

  function buildAtoms() {
    if (atomModel) viewer.removeModel(atomModel);
    atomModel = viewer.addModel();
    const styles = new Map();
    atomSpecs = Array.from(sites.atom, (atom, s) => {
      const r = radius[s];
      if (!styles.has(r)) styles.set(r, { sphere: { radius: r } });
      return {
        elem: glass.symbols[glass.arrays.species[atom]], serial: s, bonds: [], bondOrder: [],
        x: sites.positions[3 * s], y: sites.positions[3 * s + 1], z: sites.positions[3 * s + 2],
        style: styles.get(r), full: styles.get(r),
      };
    });
    atomModel.addAtoms(atomSpecs);
    atomSpecs = atomModel.selectedAtoms({});
  }

  /** Everything anew: after a change of wrap, images, or at the start. */
  function draw() {
    place();
    viewer.removeAllShapes();
    for (const [target, method, args] of frame) {
      if (target !== "viewer" || !FRAME.includes(method)) throw new Error(`a frame may not call ${method}`);
      viewer[method](shifted(args[0]));
    }
    buildAtoms();
    showAtoms();
    buildEdges();
    camera.apply();
    viewer.render();
  }

  function shifted(line) { // round an atom, the cell's lines are those of the cell round it
    if (state().wrap !== "atom" || !glass.cell) return line;
    const p = glass.arrays.positions, i = centre();
    const by = [0, 1, 2].map((k) => p[3 * i + k] - (glass.cell[0][k] + glass.cell[1][k] + glass.cell[2][k]) / 2);
    const moved = ({ x, y, z }) => ({ x: x + by[0], y: y + by[1], z: z + by[2] });
    return { ...line, start: moved(line.start), end: moved(line.end) };
  }

  /** Colours and visibility of the spheres, without rendering. */
  function showAtoms() {
    const column = glass.column(state().color) ?? glass.column("element") ?? glass.columns[0];
    const palette = column.name === "element" ? Object.fromEntries(glass.symbols.map((s) => [s, glass.elements[s].color])) : null;
    atomColours = { column, ...colourOf(column, state().range, state().scaleName, { dark: isDark(background), palette }) };
    const bright = emphasised();
    const cache = new Map();
    const number = (color, pale) => {
      const key = pale ? color + "p" : color;
      if (!cache.has(key)) cache.set(key, packed(pale ? mixed(color, background, FADE) : color));
      return cache.get(key);
    };
    const { visible } = state();
    for (let s = 0; s < atomSpecs.length; s++) {
      const atom = sites.atom[s];
      atomSpecs[s].style = visible === null || visible[atom] ? atomSpecs[s].full : {};
    }
    atomModel.setColorByFunction({}, (spec) => {
      const atom = sites.atom[spec.serial];
      return number(atomColours.colors[atom], bright !== null && !bright.has(atom));
    });
  }

  /** The atoms that stay bright where the rest is faded; null where nothing is. */
  function emphasised() {
    const { faded, selected, pinned } = state();
    if (!faded) return null;
    const bright = new Set([...selected, ...pinned]);
    if (edges && state().edgeSet) for (const row of rowsShown()) [0, 1].forEach((end) => bright.add(edges.arrays.pairs[2 * row + end]));
    else for (const atom of neighboursOf(glass, selected, NEIGHBOURS)) bright.add(atom);
    return bright;
  }

  const edgeSet = () => { // of a method without the set that several panels are asked for, its first
    const name = state().edgeSet;
    return edges && name ? edges.sets.find((set) => set.name === name) ?? edges.sets[0] : null;
  };

  function rowsShown() {
    const { top, threshold, hops } = state();
    const set = edgeSet();
    return set ? topEdges(edges, set, { top, threshold, hops }) : [];
  }

  /** Sticks of the chosen edges and of the bonds: a model of their own, so that a slider touches nothing else. */
  function buildEdges() {
    if (edgeModel) viewer.removeModel(edgeModel);
    edgeModel = null;
    edgeColours = null;
    const specs = [];
    const { visible, bonds } = state();
    const seen = (pairs, row) => visible === null || (visible[pairs[2 * row]] && visible[pairs[2 * row + 1]]);
    const set = edgeSet();
    if (set) {
      edgeColours = { column: set, ...colourOf(set, set.name === state().edgeSet ? state().edgeRange : null, null, { dark: isDark(background) }) };
      const rows = rowsShown();
      const largest = Math.max(...(edgeColours.limits ?? [1]).map(Math.abs), 1e-12);
      const { ends, ghost } = edgeEnds(glass, where, edges.arrays.pairs, edges.arrays.images, rows);
      rows.forEach((row, b) => {
        const width = set.kind === "category" ? 0.14 : 0.05 + 0.13 * Math.min(1, Math.abs(set.values[row]) / largest);
        stick(specs, ends, b, width, edgeColours.colors[row], ghost[b]);
      });
    }
    if (bonds > 0 && glass.bonds) {
      const { pairs, images, length } = glass.bonds;
      const rows = [];
      for (let row = 0; row < length.length; row++) if (length[row] <= bonds && seen(pairs, row)) rows.push(row);
      const { ends, ghost } = edgeEnds(glass, where, pairs, images, rows);
      const colour = mixed(BOND, background, state().faded ? 0.7 : 0);
      rows.forEach((row, b) => stick(specs, ends, b, 0.06, colour, ghost[b]));
    }
    if (!specs.length) return;
    edgeModel = viewer.addModel();
    edgeModel.addAtoms(specs);
  }

  function stick(specs, ends, b, width, color, ghost) {
    const near = packed(color), far = ghost ? packed(mixed(color, background, 0.5)) : near; // numbers: 3Dmol parses texts anew
    const look = { color1: near, color2: far, radius: width, iswire: false };
    const mirrored = ghost ? { ...look, color1: far, color2: near } : look;
    const first = specs.length;
    const style = { stick: { radius: width, color: near } };
    for (const end of [0, 1]) {
      specs.push({
        elem: "X", serial: first + end, bonds: [first + 1 - end], bondOrder: [1], bondStyles: [end ? mirrored : look], style,
        x: ends[6 * b + 3 * end], y: ends[6 * b + 3 * end + 1], z: ends[6 * b + 3 * end + 2],
      });
    }
  }

  function pick(px, py, slack = 4) {
    map ??= mapNow();
    projected ??= projectAll(map, sites.positions);
    const site = pickSite(map, projected, radius, isShown, px, py, slack);
    return site < 0 ? -1 : sites.atom[site];
  }

  function lasso(polygon) {
    map ??= mapNow();
    projected ??= projectAll(map, sites.positions);
    return [...new Set(sitesInPolygon(projected, polygon, isShown).map((site) => sites.atom[site]))].sort((a, b) => a - b);
  }

  return {
    draw,
    recolour() { showAtoms(); viewer.render(); },
    applyVisible() { showAtoms(); if (edgesShown()) buildEdges(); viewer.render(); },
    drawEdges() {
      if (Boolean(edgesShown()) !== thin) { // spheres are small where there are edges
        place();
        buildAtoms();
        showAtoms();
      } else if (state().faded) showAtoms();
      buildEdges();
      viewer.render();
    },
    flyTo: (atoms, near) => camera.flyTo(atoms, near),
    resetCamera: () => camera.reset(),
    destroy: () => camera.stop(),
    refit: () => camera.refit(),
    useCamera(name) { camera.use(name); },
    view: () => viewer.getView(),
    viewText: () => camera.text(),
    /** As if a user had turned it. */
    setView: (view) => viewer.setView(view),
    /** For now: the camera counts as placed or turned as before, and remembers nothing. */
    adjustView: (view) => camera.adjust(view),
    isTurned: () => camera.isTurned(),
    /** Looks as a text of the link says. */
    lookFromLink: (view) => camera.turn(view),
    onView(fn) { listeners.add(fn); return () => listeners.delete(fn); },
    /** { x, y, radius } in pixels of the canvas where atom i is drawn. */
    project(i) {
      map ??= mapNow();
      const [x, y, depth] = projectPoint(map, sites.positions.subarray(3 * i, 3 * i + 3));
      return { x, y, depth, radius: radius[i] * map.pixels };
    },
    pick,
    lasso,
    setBackground(color) {
      if (color === background) return false;
      background = color;
      viewer.setBackgroundColor(color, 1);
      return true;
    },
    /** Whether positions are now wrapped round another atom. */
    setEdges(dataset) {
      const before = centre();
      edges = dataset;
      return state().wrap === "atom" && centre() !== before;
    },
    background: () => background,
    pixelsPerAngstrom: () => (map ??= mapNow())?.pixels ?? 1,
    /** What the colours mean: for the legend and for exports. */
    colours: () => ({ atoms: atomColours, edges: edgeColours }),
    rowsShown,
    canvas: () => viewer.getCanvas(),
    /** Draws what waits, for who reads the canvas. */
    drawNow: () => viewer.drawNow(),
    settings,
  };
}
