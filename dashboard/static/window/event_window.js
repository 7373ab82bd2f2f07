// The view of an event as a component of Streamlit: kept alive while the script reruns, one dataset per event.

import { cssColour, isDark } from "./colours.js";
import { sharedRegistry } from "./dataset.js";
import { make } from "./elements.js";
import { createEventBar } from "./event_bar.js";
import { positionsAt } from "./event_frames.js";
import { drawLegend, tipOf } from "./event_legend.js";
import { createPlayer } from "./event_player.js";
import { createProfile } from "./event_profile.js";
import { createEventScene } from "./event_scene.js";
import { load3Dmol, sized } from "./library.js";
import { affineMap, pickSite, projectAll } from "./projection.js";
import { createViewer, webGL } from "./viewer.js";

const LEAST_HEIGHT = 320, BELOW = 14; // px
const FIRST = 1; // the saddle: what is shown before anybody plays
const live = new WeakMap(); // element -> the view in it

/** Streamlit's component: called at each rerun with what Python says. */
export function mount({ data, parentElement: root }) {
  const element = root.querySelector(".window");
  let own = live.get(element);
  if (!own) live.set(element, (own = createEventWindow(element)));
  own.update(data).catch((error) => {
    own.say("The event could not be drawn.");
    console.error(error);
  });
  return () => setTimeout(() => {
    if (element.isConnected) return;
    own.destroy();
    live.delete(element);
  }, 0);
}

function createEventWindow(element) {
  const stage = make(document, "div", { class: "stage", tabindex: "0" });
  const canvas = make(document, "div", { class: "canvas", role: "img", "aria-label": "The atoms round the selected one in 3D, and how they move. The table lists the events." });
  const legend = make(document, "div", { class: "event-legend" });
  const tip = make(document, "div", { class: "tip", hidden: true });
  const message = make(document, "div", { class: "message", hidden: true });
  const view = make(document, "div", { class: "view" }, canvas, legend, tip, message);
  const profilePlace = make(document, "div", {});
  let viewer = null, scene = null, dataset = null, profile = null, latest = null;

  const player = createPlayer({
    onMoment(t) {
      scene?.setMoment(t);
      profile?.mark(t);
      bar.show(t);
      report();
    },
    onState: (playing) => bar.setPlaying(playing),
  });
  const bar = createEventBar(document, {
    toggle: () => player.toggle(),
    seek: (t) => player.seek(t),
    look(changes) {
      scene?.setLook(changes);
      if (dataset) drawLegend(document, legend, dataset, scene.look(), isDark(background()));
    },
    reset: () => scene?.reset(),
  });
  stage.append(bar.node, view, profilePlace);
  element.replaceChildren(stage);
  Object.assign(canvas.style, { position: "absolute", inset: "0" });
  Object.assign(view.style, { background: "var(--st-background-color)", transition: "background-color 1ms", touchAction: "none" });

  const background = () => cssColour(getComputedStyle(element).getPropertyValue("--st-background-color"), "#ffffff");
  const follow = () => {
    scene?.setBackground(background());
    if (dataset) drawLegend(document, legend, dataset, scene.look(), isDark(background()));
  };
  view.addEventListener("transitionend", follow);
  stage.addEventListener("keydown", (event) => {
    if (event.key !== " " || event.target.closest("button, input, select")) return;
    event.preventDefault();
    player.toggle();
  });
  view.addEventListener("pointermove", (event) => hover(event));
  view.addEventListener("pointerleave", () => { tip.hidden = true; });

  function hover({ clientX, clientY, buttons }) {
    if (!dataset || buttons) return void (tip.hidden = true);
    const box = viewer.getCanvas().getBoundingClientRect();
    const toScreen = (points) => viewer.modelToScreen(points).map(({ x, y }) => ({ x: x - box.left - window.scrollX, y: y - box.top - window.scrollY }));
    const map = affineMap(toScreen, viewer.getView().slice(4));
    const radius = Array.from(dataset.arrays.species, (code) => 0.5 * dataset.elements[dataset.symbols[code]].radius);
    const row = pickSite(map, projectAll(map, positionsAt(dataset, player.moment)), radius, () => true, clientX - box.left, clientY - box.top, 2);
    tip.hidden = row < 0;
    if (row < 0) return;
    tip.textContent = tipOf(dataset, row);
    Object.assign(tip.style, { left: `${Math.min(clientX - box.left + 12, box.width - 230)}px`, top: `${clientY - box.top + 14}px` });
  }

  function say(text) {
    message.textContent = text;
    message.hidden = !text;
  }

  function report() { // lets a test wait for this very picture
    if (dataset) viewer?.whenDrawn(() => { canvas.dataset.drawn = `${dataset.digest}|${player.moment.toFixed(2)}`; });
  }

  function fit() {
    if (!latest || !element.isConnected) return;
    const page = document.querySelector("[data-testid=stMain]");
    const top = element.getBoundingClientRect().top + (page?.scrollTop ?? window.scrollY);
    element.style.setProperty("--height", `${Math.max(LEAST_HEIGHT, Math.floor(window.innerHeight - top - BELOW))}px`);
  }
  window.addEventListener("resize", fit);
  const watcher = new ResizeObserver(fit); // what stands above may grow
  watcher.observe(document.querySelector("[data-testid=stMainBlockContainer]") ?? document.body);

  async function bring(asked) {
    fit();
    const next = await sharedRegistry().wait(asked.dataset);
    if (!viewer) {
      if (!webGL()) return say("This browser offers no WebGL, which the 3D view needs.");
      let library;
      try { library = await load3Dmol(asked.links.viewer); } catch {
        return say("The 3D library 3Dmol.js could not be loaded. Run `make viewer` once, or go online.");
      }
      await sized(view);
      if (!element.isConnected) return;
      viewer = createViewer(library, canvas);
      viewer.setProjection("orthographic");
      viewer.enableFog(false);
      scene = createEventScene(viewer);
      scene.setBackground(background());
    }
    if (asked !== latest || next === dataset) return; // a newer one waits, or it is the same
    const another = dataset?.event?.attempt !== next.event?.attempt || dataset?.centre !== next.centre;
    dataset = next;
    bar.setDataset(next);
    profile = createProfile(document, next, (t) => player.seek(t));
    profilePlace.replaceChildren(profile.node);
    fit();
    scene.setDataset(next);
    if (another && !player.playing) player.seek(next.event ? FIRST : 0);
    else profile.mark(player.moment);
    drawLegend(document, legend, next, scene.look(), isDark(background()));
    (window.symgnnWindow.events ??= {})[asked.name] = { dataset, player, scene, viewer }; // for tests
    say("");
    report();
  }

  return {
    say,
    update(data) {
      latest = data;
      return bring(data);
    },
    destroy() {
      player.stop();
      window.removeEventListener("resize", fit);
      watcher.disconnect();
      viewer?.leave();
      viewer = null;
    },
  };
}
