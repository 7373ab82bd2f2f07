// One 3Dmol viewer per element on the page, kept alive while Streamlit reruns the script.
// It replays commands that arrive as data ([target, method, arguments]); nothing is evaluated, and
// text reaches the page through textContent only.

const METHODS = { viewer: ["addModel", "addLine", "addSphere"], model: ["addAtoms"] };
const MODEL = ["addModel", "addAtoms"]; // slow; left alone where only shapes have changed
const live = new WeakMap(); // element -> { viewer, camera, digest, modelDigest, data, pick, hover }

function load(urls) {
  window.symgnn3Dmol ||= urls.reduce((attempt, url) => attempt.catch(() => new Promise((done, failed) => {
    if (window.$3Dmol) return done(window.$3Dmol);
    const script = document.createElement("script");
    script.src = new URL(url, document.baseURI).href;
    script.onload = () => window.$3Dmol ? done(window.$3Dmol) : failed(new Error("3Dmol.js did not start"));
    script.onerror = () => failed(new Error("3Dmol.js could not be loaded"));
    document.head.append(script);
  })), Promise.reject());
  return window.symgnn3Dmol;
}

function hasWebGL() {
  const canvas = document.createElement("canvas");
  const gl = canvas.getContext("webgl2") || canvas.getContext("webgl");
  gl?.getExtension("WEBGL_lose_context")?.loseContext();
  return Boolean(gl);
}

function show(root, name, text) {
  const box = root.querySelector("." + name);
  box.textContent = text;
  box.hidden = !text;
}

// ---- cameras: one per name, remembered over reloads of the page -------------------------------------------

const memory = (camera) => "symgnn-camera-" + camera;

function remember(state) {
  if (!state.viewer || !state.camera) return;
  try { sessionStorage.setItem(memory(state.camera), JSON.stringify(state.viewer.getView())); } catch { /* full */ }
}

function front(viewer, centred) { // the whole scene, seen from a little above and aside
  viewer.setView([0, 0, 0, 0, 0, 0, 0, 1]);
  viewer.rotate(-22, "y");
  viewer.rotate(16, "x");
  viewer.zoomTo();
  const canvas = viewer.getCanvas(); // zoomTo fits the height alone
  viewer.zoom(1.15 * Math.min(1, canvas.clientWidth / canvas.clientHeight / 1.25));
  if (centred) viewer.setView([0, 0, 0, ...viewer.getView().slice(3)]); // turn round the origin
}

function setCamera(state, camera) {
  let view = null;
  try { view = JSON.parse(sessionStorage.getItem(memory(camera))); } catch { /* not ours */ }
  if (Array.isArray(view) && view.length === 8 && view.every(Number.isFinite)) state.viewer.setView(view);
  else front(state.viewer, state.data.centred);
  state.camera = camera;
}

// ---- drawing ----------------------------------------------------------------------------------------------

function replay(viewer, commands, keepModel) {
  if (!keepModel) viewer.removeAllModels();
  viewer.removeAllShapes();
  for (const [target, method, args] of commands) {
    if (keepModel && MODEL.includes(method)) continue;
    if (!METHODS[target]?.includes(method)) throw new Error(`a scene may not call ${method}`);
    (target === "model" ? viewer.getModel() : viewer)[method](...args);
  }
}

function describe(atom, data) {
  const value = atom.properties?.value;
  const text = `${atom.elem} · atom ${atom.serial}`;
  if (value === null || value === undefined) return text;
  return `${text} · ${data.valueTitle} ${value.toFixed(3)} ${data.valueUnit}`.trim();
}

function draw(root, state, data) {
  const { viewer } = state;
  const view = state.camera ? viewer.getView() : null;
  const keepModel = state.modelDigest === data.modelDigest;
  replay(viewer, data.commands, keepModel);
  if (!keepModel) {
    viewer.setClickable({}, true, (atom) => state.pick(atom.serial));
    viewer.setHoverable({}, true, (atom) => state.hover(describe(atom, state.data)), () => state.hover(""));
    state.modelDigest = data.modelDigest;
  }
  if (state.camera === data.camera && view) viewer.setView(view);
  else {
    remember(state);
    setCamera(state, data.camera);
  }
  viewer.render();
  state.digest = data.digest;
  root.querySelector(".canvas").dataset.drawn = data.digest; // lets a test wait for this very picture
}

function drawLegends(root, legends) {
  const box = root.querySelector(".legends");
  box.replaceChildren(...legends.map((legend) => {
    const part = document.createElement("div");
    part.className = legend.kind;
    if (legend.kind === "bar") {
      const title = document.createElement("span");
      title.className = "title";
      title.textContent = legend.title;
      const strip = document.createElement("span");
      strip.className = "strip";
      strip.style.background = `linear-gradient(to right, ${legend.stops.join(",")})`;
      const ticks = document.createElement("span");
      ticks.className = "ticks";
      ticks.append(...legend.ticks.map((text) => Object.assign(document.createElement("span"), { textContent: text })));
      part.append(title, strip, ticks);
    } else {
      part.append(...legend.items.map(([text, color]) => {
        const item = document.createElement("span");
        const dot = document.createElement("i");
        dot.style.background = color;
        item.append(dot, text);
        return item;
      }));
    }
    return part;
  }));
}

// ---- mounting ---------------------------------------------------------------------------------------------

function start($3Dmol, root, canvas) {
  const viewer = $3Dmol.createViewer(canvas, { backgroundColor: "#ffffff", antialias: true, hoverDuration: 150 });
  const state = { viewer, camera: null, digest: null, modelDigest: null, data: null, pick: () => {} };
  const tip = root.querySelector(".tip");
  let pointer = [0, 0];
  canvas.addEventListener("pointermove", (event) => {
    const frame = canvas.getBoundingClientRect();
    pointer = [event.clientX - frame.left, event.clientY - frame.top];
  });
  canvas.addEventListener("pointerleave", () => { tip.hidden = true; });
  state.hover = (text) => {
    tip.textContent = text;
    tip.hidden = !text;
    tip.style.left = Math.min(pointer[0] + 12, canvas.clientWidth - 250) + "px";
    tip.style.top = Math.max(pointer[1] - 30, 4) + "px";
  };
  root.querySelector(".reset").onclick = () => { front(viewer, state.data.centred); viewer.render(); remember(state); };
  root.querySelector(".save").onclick = () => {
    const link = document.createElement("a");
    link.href = viewer.pngURI();
    link.download = "structure.png";
    link.click();
  };
  viewer.setViewChangeCallback(() => remember(state));
  return state;
}

function stop(canvas, state) {
  remember(state);
  state.viewer.removeAllModels(); // frees their buffers; the graphics context is 3Dmol's, shared by all viewers
  state.viewer.removeAllShapes();
  live.delete(canvas);
}

export default function ({ data, parentElement: root, setTriggerValue }) {
  const canvas = root.querySelector(".canvas");
  canvas.style.height = data.height + "px";
  drawLegends(root, data.legends);
  let cancelled = false;
  const run = async () => {
    let state = live.get(canvas);
    if (!state) {
      if (!hasWebGL()) return show(root, "message", "This browser offers no WebGL, which the 3D view needs.");
      let $3Dmol;
      try { $3Dmol = await load(data.library); } catch {
        return show(root, "message", "The 3D library 3Dmol.js could not be loaded. Run `make viewer` once, or go online.");
      }
      if (cancelled) return;
      state = live.get(canvas) ?? start($3Dmol, root, canvas);
      live.set(canvas, state);
    }
    show(root, "message", "");
    state.pick = (atom) => setTriggerValue("picked", atom);
    state.data = data;
    if (state.digest === data.digest && state.camera === data.camera) return;
    try { draw(root, state, data); } catch (error) {
      show(root, "message", "The 3D view could not be drawn.");
      console.error(error);
    }
  };
  run();
  return () => {
    cancelled = true;
    setTimeout(() => { // a rerun keeps the element, leaving the page removes it
      const state = live.get(canvas);
      if (state && !canvas.isConnected) stop(canvas, state);
    }, 0);
  };
}
