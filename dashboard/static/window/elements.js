// Building the page's elements. Text reaches the page through textContent alone.

const SVG = "http://www.w3.org/2000/svg";

/** An element: attributes by name ("class", "aria-label", ...), listeners as onclick, ...; children are nodes or texts. */
export function make(document, tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "value" || name === "checked" || name === "disabled") node[name] = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
}

/** An SVG element with attributes. */
export function svg(document, tag, attributes = {}, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

const ICONS = { // outlines in a box of 24 x 24
  target: "M12 3v4M12 17v4M3 12h4M17 12h4M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8z",
  fade: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM12 4v16M12 8h7M12 12h8M12 16h7",
  home: "M4 11 12 4l8 7M6 10v10h12V10",
  picture: "M4 7h4l2-2h4l2 2h4v12H4zM12 9.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7z",
  lasso: "M12 4c5 0 9 2.500 9 6s-4 6-9 6-9-2.500-9-6 4-6 9-6M7 15c-2 1-2 4 0 4s2 2 1 3",
  link: "M10 14a4 4 0 0 0 6 .4l3-3a4 4 0 0 0-5.7-5.7l-1 1M14 10a4 4 0 0 0-6-.4l-3 3a4 4 0 0 0 5.7 5.7l1-1",
  present: "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5",
  help: "M9 9a3 3 0 1 1 4.5 2.6c-1 .6-1.5 1.200-1.500 2.400M12 17.500v.5",
  pin: "M9 4h6l-1 6 3 3H7l3-3zM12 13v7",
  close: "M6 6l12 12M18 6 6 18",
  play: "M8 5v14l11-7z",
  pause: "M8 5v14M16 5v14",
  download: "M12 4v11M7 11l5 5 5-5M5 20h14",
};

export function icon(document, name) {
  const box = svg(document, "svg", { viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true" });
  box.append(svg(document, "path", { d: ICONS[name] }));
  return box;
}

/** A button with an icon, a title that says what it does, and a text where there is one. */
export function iconButton(document, name, title, onclick, text = "", more = {}) {
  const attributes = { type: "button", class: text ? "button" : "button bare", title, "aria-label": title, onclick, ...more };
  return make(document, "button", attributes, icon(document, name), text);
}

/** A select box of [value, text] options; groups as [title, options] where the value is an array. */
export function choice(document, label, options, value, onchange, more = {}) {
  const box = make(document, "select", { "aria-label": label, title: label, onchange: () => onchange(box.value), ...more });
  fill(document, box, options, value);
  return box;
}

/** Give a select box its options anew. */
export function fill(document, box, options, value) {
  const option = ([name, text]) => make(document, "option", { value: name }, text);
  box.replaceChildren(...options.map((entry) => (Array.isArray(entry[1])
    ? make(document, "optgroup", { label: entry[0] }, entry[1].map(option)) : option(entry))));
  box.value = value ?? "";
}

/** A check box with its label. */
export function check(document, text, checked, onchange, title = null) {
  const box = make(document, "input", { type: "checkbox", checked, onchange: () => onchange(box.checked) });
  const label = make(document, "label", { class: "check", title }, box, text);
  return { label, box };
}

/** A slider with its label and a number beside it. onchange(value) is called at most once per picture. */
export function slider(document, text, { min, max, step, value, shown = String, title = null }, onchange) {
  const output = make(document, "output", {}, shown(value));
  const soon = perFrame((v) => onchange(v));
  const box = make(document, "input", {
    type: "range", min, max, step, value, "aria-label": text, title,
    oninput: () => {
      output.textContent = shown(Number(box.value));
      soon(Number(box.value));
    },
  });
  const set = (v) => {
    if (Number(box.value) !== v) box.value = v;
    output.textContent = shown(v);
  };
  return { label: make(document, "label", { class: "slider", title }, make(document, "span", {}, text), box, output), box, set };
}

/** fn(latest) at the next picture, once for all calls before it. */
export function perFrame(fn, later = globalThis.requestAnimationFrame ?? ((f) => setTimeout(f, 16))) {
  let waiting = null;
  return (value) => {
    const scheduled = waiting !== null;
    waiting = { value };
    if (scheduled) return;
    later(() => {
      const { value: latest } = waiting;
      waiting = null;
      fn(latest);
    });
  };
}

/** fn(latest) once nothing has been said for so many ms. */
export function settled(fn, ms) {
  let timer = 0;
  return (value) => {
    clearTimeout(timer);
    timer = setTimeout(() => fn(value), ms);
  };
}
