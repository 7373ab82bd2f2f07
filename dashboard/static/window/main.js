// The linked window: one per element on the page, kept alive while Streamlit reruns the script.

import * as colours from "./colours.js";
import { sharedRegistry } from "./dataset.js";
import * as filters from "./filters.js";
import { load3Dmol, sized } from "./library.js";
import { createOverlay, png } from "./overlay.js";
import { sharedGroup } from "./group.js";
import { mountBar } from "./group_bar.js";
import { chosen, fitting } from "./memory.js";
import { connect } from "./panels.js";
import { shellOf } from "./periodic.js";
import { createPointer } from "./pointer.js";
import { createMessenger } from "./python.js";
import { createScene } from "./scene.js";
import { createStore, DEFAULTS } from "./store.js";
import { viewOfText } from "./view_text.js";
import { createViewer, webGL } from "./viewer.js";

const LEAST_HEIGHT = { alone: 320, grouped: 210, inRows: 110 }, BELOW = 14, BETWEEN = 62; // px; between two rows
const RESTED = 400; // ms after which a turned view is written into the link
const CLOSE = 4, SHELL = 3.2; // Å round the atoms that Python shows: in view, and drawn
const live = new WeakMap(); // element -> the window in it

/** A dataset has arrived. */
export function receive(bytes) {
  if (bytes?.byteLength) sharedRegistry().register(bytes);
}

/** The controls of a group of windows. */
export function mountGroup(component) {
  return mountBar(component, (element) => colours.isDark(themeOf(element.parentElement).background));
}

/** Streamlit's component: called at each rerun with what Python says. */
export function mount({ data, parentElement: root, setTriggerValue }) {
  const element = root.querySelector(".window");
  let own = live.get(element);
  if (!own) live.set(element, (own = createWindow(element)));
  own.update(data, setTriggerValue).catch((error) => {
    own.say("The window could not be drawn.");
    console.error(error);
  });
  return () => setTimeout(() => { // a rerun keeps the element, leaving the page removes it
    if (element.isConnected) return;
    own.destroy();
    live.delete(element);
  }, 0);
}

function createWindow(element) {
  const places = skeleton(element);
  const { view, message } = places;
  let viewer = null, shown = null, data = null, turn = Promise.resolve();

  function say(text) {
    message.textContent = text;
    message.hidden = !text;
  }

  function fit() {
    if (!data || !element.isConnected) return;
    const page = document.querySelector("[data-testid=stMain]");
    const top = element.getBoundingClientRect().top + (page?.scrollTop ?? window.scrollY);
    const room = Math.floor(window.innerHeight - top - BELOW - data.below);
    const further = data.rows - 1 - data.row; // rows of windows below this one, which share the room
    const own = Math.floor((room - further * BETWEEN) / (further + 1));
    const least = LEAST_HEIGHT[data.rows > 1 ? "inRows" : data.group ? "grouped" : "alone"];
    const height = Math.min(data.height ?? Infinity, Math.max(least, own));
    element.style.setProperty("--height", `${height}px`);
  }

  async function bring(latest, send) {
    if (latest !== data) return; // a newer one waits
    fit();
    const registry = sharedRegistry();
    const [glass, edges] = await Promise.all([registry.wait(latest.dataset), latest.edges ? registry.wait(latest.edges) : null]);
    if (!viewer) {
      if (!webGL()) return say("This browser offers no WebGL, which the 3D view needs.");
      let library;
      try { library = await load3Dmol(latest.links.viewer); } catch {
        return say("The 3D library 3Dmol.js could not be loaded. Run `make viewer` once, or go online.");
      }
      await sized(view);
      if (!element.isConnected || latest !== data) return;
      viewer = createViewer(library, places.canvas);
    }
    say("");
    if (!shown || shown.glass !== glass) {
      shown?.destroy();
      viewer.removeAllModels();
      shown = show(viewer, places, glass, edges, latest);
    } else shown.setEdges(edges);
    shown.setCamera(latest.camera);
    shown.fly(latest.fly);
    shown.messenger.connect(send, latest.listens);
    shown.select(latest.selected, !latest.fly);
  }

  const refit = () => { fit(); };
  window.addEventListener("resize", refit);
  const watcher = new ResizeObserver(refit); // what stands above may grow
  watcher.observe(document.querySelector("[data-testid=stMainBlockContainer]") ?? document.body);

  return {
    say,
    update(latest, send) {
      data = latest;
      turn = turn.catch(() => {}).then(() => bring(latest, send));
      return turn;
    },
    destroy() {
      window.removeEventListener("resize", refit);
      watcher.disconnect();
      shown?.destroy();
      viewer?.leave();
      viewer = null;
    },
  };
}

/** One glass in a window: its state, scene and panels, until destroy(). */
function show(viewer, places, glass, edges, data) {
  const { frame, view, canvas, tip } = places;
  const memory = (window.symgnnWindow.states ??= {});
  const isFirst = !memory[data.name]; // of the page: the link speaks of this glass
  const kept = memory[data.name] ?? {};
  const asked = data.default.top === undefined ? {} : { top: data.default.top }; // of the link
  const store = createStore({ ...data.default, ...fitting(kept, glass), ...asked, selected: ofGlass(kept.selected, glass, data.selected) });
  const context = { store, glass, edges, document, colours, defaults: data.default, settings: { plotly: data.links.plotly, ...data.settings }, places };
  const scene = (context.scene = createScene(viewer, { store, glass, edges, frame: data.frame, camera: data.camera }));
  const theme = () => themeOf(frame);
  const overlay = createOverlay(places.overlay, { store, glass, scene, colours: theme, hasLegends: !data.group });
  places.window.classList.toggle("small", Boolean(data.group));
  scene.png = () => png(scene, overlay, scene.canvas(), places.overlay);
  const pointer = createPointer(view, tip, { store, glass, scene });
  context.lasso = pointer.lasso;
  const messenger = createMessenger(store, { atom: data.selected });
  const near = data.group ? data.default.clip ?? null : null; // Å: of a group, only the atoms round the explained one
  let parts = [], drawn = false, flown = null, resting = null;

  const off = [
    scene.onView(() => {
      if (!drawn) return;
      overlay.draw();
      clearTimeout(resting);
      resting = setTimeout(keepCamera, RESTED);
    }),
    store.on(null, (changed) => {
      if (drawn) redraw(changed);
      for (const part of parts) part.update?.(changed);
    }),
  ];

  function keepCamera() { // for the link
    if (!data.group) store.set({ camera: scene.viewText() });
  }
  context.keepCamera = keepCamera;

  function redraw(changed) {
    const any = (...keys) => keys.some((key) => changed.has(key));
    const { wrap, faded, selected } = store.get();
    const moved = changed.has("selected") && wrap === "atom" && selected.length && (context.edges?.atom ?? null) === null;
    if (any("wrap", "images") || moved) scene.draw();
    else if (any("bonds", "edgeSet", "edgeRange", "top", "threshold", "hops")) {
      scene.drawEdges();
      if (any("visible", "color", "range", "scaleName", "faded")) scene.applyVisible();
    } else if (changed.has("visible")) scene.applyVisible();
    else if (any("color", "range", "scaleName", "faded") || (faded && any("selected", "pinned"))) scene.recolour();
    if (any("selected", "pinned", "hover", "presentation", "shownCount")) overlay.draw();
    report();
  }

  function report() { // lets a test wait for this very picture
    viewer.whenDrawn(reportNow);
  }

  function reportNow() {
    const { color, range, scaleName, top, edgeSet, bonds, wrap, faded, visible } = store.get();
    const count = visible ? visible.reduce((sum, one) => sum + one, 0) : glass.n;
    canvas.dataset.drawn = [glass.digest, context.edges?.digest ?? "", color, range ?? "", scaleName ?? "", edgeSet ?? "", top, bonds, wrap, faded, count].join("|");
  }

  function follow() { // the page's theme
    if (scene.setBackground(theme().background) && drawn) scene.applyVisible();
    overlay.draw();
  }

  function setParts() {
    parts.forEach((part) => part.destroy?.());
    places.toolbar.replaceChildren();
    places.side.replaceChildren();
    parts = data.group ? [] : connect(context, places, data.tabs) ?? []; // the controls of a group are its own
    if (near !== null) parts.push({ destroy: filters.follow(context) });
    places.side.hidden = !places.side.childElementCount;
    places.window.classList.toggle("alone", places.side.hidden);
    places.toolbar.hidden = !places.toolbar.childElementCount;
  }

  setParts();
  viewer.fit(); // the controls have taken some of its room
  scene.setBackground(theme().background);
  scene.draw();
  const linked = viewOfText(store.get().camera);
  if (isFirst && linked) scene.lookFromLink(linked);
  drawn = true;
  keepCamera();
  overlay.draw();
  report();
  view.classList.add("themed");
  view.addEventListener("transitionend", follow); // of the background's colour: see skeleton
  (window.symgnnWindow.open ??= {})[data.name] = context; // for tests and benchmarks
  const joined = data.group ? sharedGroup(data.group).join({ store, scene, glass, edges: () => context.edges, near }) : null;
  const sizes = new ResizeObserver(() => requestAnimationFrame(resized));
  let before = sizeOf(scene.canvas());
  sizes.observe(scene.canvas()); // which 3Dmol resizes after the view

  function resized() {
    const now = sizeOf(scene.canvas());
    if (now === before || !view.isConnected) return;
    before = now;
    if (joined) joined.refit();
    else scene.refit();
  }

  return {
    glass,
    messenger,
    setCamera: (name) => scene.useCamera(name),
    fly(atoms) { // to what Python shows, once
      if (!atoms || JSON.stringify(atoms) === flown) return;
      flown = JSON.stringify(atoms);
      if (store.get().clip === null) store.set({ visible: shellOf(glass, atoms, SHELL) }); // what stands in front is left out
      const flight = () => scene.flyTo(atoms, CLOSE);
      if (joined) joined.flight(flight); // each window has its own middle
      else flight();
    },
    select(atom, follows) { // what Python says; where the surroundings of an atom are shown, the camera may go there
      const { selected: before, clip } = store.get();
      messenger.received(atom);
      const { selected: now } = store.get();
      if (!follows || now[0] === before[0] || !now.length || clip === null) return;
      const flight = () => scene.flyTo(now.slice(0, 1), clip + 1);
      if (joined) joined.flight(flight);
      else flight();
    },
    setEdges(other) { // null while others are computed: controls and plots stay until they are there
      if (other === context.edges) return;
      context.edges = other;
      places.side.classList.toggle("waiting", !other);
      const moved = scene.setEdges(other);
      if (other) setParts();
      const isKnown = !other || other.sets.some((set) => set.name === store.get().edgeSet); // none: others are computed
      if (!isKnown) store.set({ edgeSet: other.sets[0].name, threshold: 0 });
      if (moved) scene.draw();
      else scene.drawEdges();
      joined?.edgesChanged();
      overlay.draw();
      report();
    },
    destroy() {
      joined?.leave();
      sizes.disconnect();
      memory[data.name] = chosen(store.get(), { ...DEFAULTS, ...data.default });
      parts.forEach((part) => part.destroy?.());
      pointer.destroy();
      messenger.destroy();
      scene.destroy();
      view.removeEventListener("transitionend", follow);
      off.forEach((stop) => stop());
      clearTimeout(resting);
      if (window.symgnnWindow.open[data.name] === context) delete window.symgnnWindow.open[data.name];
    },
  };
}

function sizeOf(canvas) {
  const { width, height } = canvas.getBoundingClientRect();
  return `${Math.round(width)} x ${Math.round(height)}`;
}


/** The remembered selection if it starts with the atom that Python says, else that atom. */
function ofGlass(selected, glass, atom) {
  if (selected?.[0] === atom) return selected.filter((other) => other < glass.n);
  return atom === null || atom === undefined ? [] : [atom];
}

function themeOf(frame) {
  const style = getComputedStyle(frame);
  const css = (name) => style.getPropertyValue(name);
  const background = colours.cssColour(css("--st-background-color"), "#ffffff");
  const text = colours.cssColour(css("--st-text-color"), "#1d2733");
  return { background, text, panel: background + "d9", font: css("--st-font") || "sans-serif" };
}

/** The window's places: frame > window > toolbar + stage(view(canvas, overlay, tip, message)) + side. */
function skeleton(element) {
  const make = (tag, name, parent) => {
    const node = document.createElement(tag);
    node.className = name;
    parent.append(node);
    return node;
  };
  element.replaceChildren();
  const toolbar = make("div", "toolbar", element);
  const stage = make("div", "stage", element);
  const view = make("div", "view", stage);
  const canvas = make("div", "canvas", view);
  const overlay = make("canvas", "overlay", view);
  const tip = make("div", "tip", view);
  const message = make("div", "message", view);
  const side = make("div", "side", element);
  tip.hidden = message.hidden = side.hidden = toolbar.hidden = true;
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", "The atoms in 3D. The table lists the same atoms.");
  overlay.setAttribute("aria-hidden", "true");
  Object.assign(canvas.style, { position: "absolute", inset: "0" });
  Object.assign(overlay.style, { position: "absolute", inset: "0", width: "100%", height: "100%", pointerEvents: "none", zIndex: 1 });
  Object.assign(view.style, { background: "var(--st-background-color)", transition: "background-color 1ms", touchAction: "none" });
  return { frame: element.parentElement ?? element, window: element, stage, toolbar, view, canvas, overlay, tip, message, side };
}
