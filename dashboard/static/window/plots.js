// What the plots share: plotly.js loaded when the first one is seen, colours of the theme, export, events.

import { make } from "./elements.js";
import { fileName, save } from "./files.js";

const CONFIG = { displayModeBar: false, responsive: false, doubleClick: "reset" };
let loading = null;

/** plotly.js from the first URL that has it. Rejects, saying how to get it, where none has. */
export function loadPlotly(document, urls) {
  const { defaultView: view } = document;
  if (view.Plotly) return Promise.resolve(view.Plotly);
  loading ??= urls.reduce((attempt, url) => attempt.catch(() => new Promise((done, failed) => {
    const script = make(document, "script", { src: new URL(url, document.baseURI).href });
    script.onload = () => (view.Plotly ? done(view.Plotly) : failed(new Error("no Plotly")));
    script.onerror = failed;
    document.head.append(script);
  })), Promise.reject(new Error("no URL"))).catch(() => {
    loading = null;
    throw new Error("plotly.js is not installed: run `make viewer` where the dashboard was started");
  });
  return loading;
}

/** plotly.js writes its rules into the page's head; inside a shadow root they are wanted too. */
export function adoptStyle(document, root) {
  const rules = document.querySelector("style[id^='plotly.js-style']")?.sheet?.cssRules;
  if (root === document || !rules || root.querySelector("style.plotly-rules")) return;
  root.append(make(document, "style", { class: "plotly-rules" }, Array.from(rules, (rule) => rule.cssText).join("\n")));
}

/** A computed colour of CSS, which may be mixed ("color(srgb .1 .2 .3)"), as plotly reads it. */
export function plainColor(css) {
  const mixed = /^color\(srgb ([\d.e-]+) ([\d.e-]+) ([\d.e-]+)/.exec(css);
  return mixed ? `rgb(${mixed.slice(1).map((part) => Math.round(255 * Number(part))).join(",")})` : css;
}

/** Resolves when the browser has painted what has changed: the 3D view comes before the plots, which take longer. */
function painted({ defaultView: view }) {
  if (!view.requestAnimationFrame) return null;
  return new Promise((done) => view.requestAnimationFrame(() => view.setTimeout(done)));
}

/** Colours and type of the theme round an element, as plotly wants them. */
export function themeOf(element) {
  const { ownerDocument: document } = element;
  const style = document.defaultView.getComputedStyle(element);
  const probe = element.appendChild(make(document, "span", { hidden: true }));
  const value = (name, otherwise) => {
    probe.style.color = `var(${name}, ${otherwise})`;
    return plainColor(document.defaultView.getComputedStyle(probe).color) || otherwise;
  };
  try {
    return readTheme(value, style);
  } finally {
    probe.remove();
  }
}

function readTheme(value, style) {
  return {
    text: value("--text", "#1d2733"), background: value("--background", "#ffffff"), grid: value("--line", "#d9dee5"),
    faint: value("--faint", "#68727f"), primary: value("--primary", "#0072b2"), rest: value("--rest", "#c9cfd6"),
    font: style.fontFamily || "sans-serif", size: Math.round(parseFloat(style.fontSize) * 0.86) || 12,
  };
}

/**
 * A plot in `parent` with a row of controls over it.
 * describe() -> {data, layout, label}: asked at each draw; events: {plotly_click: fn, ...}.
 * Returns {draw(), destroy(), node}; a plot out of sight is drawn when it is seen.
 */
export function createPlot(parent, context, { name, controls, describe, events }) {
  const { document, store, glass } = context;
  const node = make(document, "div", { class: "plot", role: "img" });
  const message = make(document, "p", { class: "hint" }, "");
  const saveAs = (format) => make(document, "button", {
    type: "button", class: "button small", title: `Save this plot as ${format.toUpperCase()}`, onclick: () => exportPlot(format),
  }, format.toUpperCase());
  const row = make(document, "div", { class: "controls" }, controls, make(document, "span", { class: "push" }, saveAs("svg"), saveAs("png")));
  const box = parent.appendChild(make(document, "div", { class: "plot-panel" }, row, message, node));
  let Plotly = null;
  let waiting = false;
  let gone = false;

  const observer = globalThis.ResizeObserver && new ResizeObserver(() => draw());
  observer?.observe(node);

  async function draw() {
    if (waiting || gone) return;
    waiting = true; // what is asked for meanwhile is drawn with it
    try {
      Plotly ??= await loadPlotly(document, context.settings?.plotly ?? ["app/static/plotly.min.js"]);
      await painted(document);
      message.textContent = "";
    } catch (error) {
      message.textContent = error.message;
      return;
    } finally {
      waiting = false;
    }
    if (gone || node.clientWidth < 60 || node.clientHeight < 60) return;
    adoptStyle(document, node.getRootNode());
    const first = !node._fullLayout;
    const { data, layout, label } = describe(themeOf(box));
    await Plotly.react(node, data, { ...layout, width: node.clientWidth, height: node.clientHeight }, CONFIG);
    node.setAttribute("aria-label", label);
    node.dataset.drawn = String(Number(node.dataset.drawn ?? 0) + 1); // lets a test wait for the next picture
    if (first) for (const [event, fn] of Object.entries(events ?? {})) node.on(event, fn);
  }

  async function exportPlot(format) {
    if (!Plotly) return;
    const theme = { ...themeOf(box), text: "#1d2733", background: "#ffffff", grid: "#d9dee5", faint: "#68727f", rest: "#c9cfd6" }; // on paper
    const { data, layout } = describe(theme);
    const figure = { data, layout: { ...layout, paper_bgcolor: "#ffffff", plot_bgcolor: "#ffffff", margin: { l: 60, r: 20, t: 40, b: 50 } } };
    const url = await Plotly.toImage(figure, { format, width: 800, height: 560, scale: format === "png" ? 2 : 1 });
    const content = await (await fetch(url)).blob();
    save(document, fileName({ name: `${glass.name}-${name}` }, store.get(), format), content);
  }

  draw();
  return {
    draw,
    node,
    clear: () => Plotly && node._fullLayout?.selections?.length && Plotly.relayout(node, { selections: [] }),
    destroy() {
      gone = true;
      observer?.disconnect();
      if (Plotly) Plotly.purge(node);
      box.remove();
    },
  };
}
