// As much of a document as the panels need to be built and clicked without a browser.

class Node {
  constructor(tag, document) {
    Object.assign(this, { tag, ownerDocument: document, children: [], parent: null, attributes: {}, listeners: {}, own: "", hidden: false, dataset: {} });
    this.value = "";
    this.style = { setProperty(name, value) { this[name] = value; } };
    this.classList = { toggle: (name, on) => { this.attributes.class = [...this.names().filter((n) => n !== name), ...(on ? [name] : [])].join(" "); } };
  }
  names() { return (this.attributes.class ?? "").split(" ").filter(Boolean); }
  append(...nodes) {
    for (const node of nodes.flat()) {
      const child = node instanceof Node ? node : Object.assign(new Node("#text", this.ownerDocument), { own: String(node) });
      child.parent = this;
      this.children.push(child);
    }
  }
  appendChild(node) { this.append(node); return node; }
  after(node) { this.parent.children.splice(this.parent.children.indexOf(this) + 1, 0, node); }
  replaceChildren(...nodes) { this.children = []; this.append(...nodes); }
  remove() { this.parent.children = this.parent.children.filter((c) => c !== this); }
  setAttribute(name, value) {
    if (name === "hidden") this.hidden = true;
    if (name.startsWith("data-")) this.dataset[name.slice(5)] = String(value);
    this.attributes[name] = String(value);
  }
  getAttribute(name) { return this.attributes[name] ?? null; }
  hasAttribute(name) { return name in this.attributes; }
  addEventListener(name, fn) { (this.listeners[name] ??= []).push(fn); }
  removeEventListener(name, fn) { this.listeners[name] = (this.listeners[name] ?? []).filter((f) => f !== fn); }
  set textContent(text) { this.children = []; this.own = text; }
  get textContent() { return this.own + this.children.map((c) => c.textContent).join(""); }
  get childElementCount() { return this.children.length; }
  get all() { return this.children.flatMap((c) => [c, ...c.all]); }
  find(test) { return this.all.find(typeof test === "string" ? (n) => n.names().includes(test) : test); }
  querySelector(selector) { return this.find(selector.slice(1)); }
  closest(selector) { return selector === "[data-atom]" && "atom" in this.dataset ? this : this.parent?.closest(selector) ?? null; }
  getRootNode() { return { activeElement: null }; }
  fire(name, more = {}) { // bubbles
    const event = { target: this, preventDefault() {}, stopPropagation() { this.stopped = true; }, composedPath: () => [this], ...more };
    for (let node = this; node && !event.stopped; node = node.parent) for (const fn of node.listeners[name] ?? []) fn(event);
  }
  focus() { this.ownerDocument.focused = this; }
  select() {}
}
Object.assign(Node.prototype, { scrollTop: 0, clientHeight: 240, clientWidth: 0, offsetHeight: 24 });

export function page(search = "") {
  const document = new Node("document", null);
  document.ownerDocument = document;
  document.createElement = (tag) => new Node(tag, document);
  document.createElementNS = (_, tag) => new Node(tag, document);
  document.defaultView = {
    location: { search, pathname: "/", hash: "", href: `http://x/${search}` },
    history: { state: null, written: [], replaceState(_, __, url) { this.written.push(url); document.defaultView.location.search = url.slice(1); } },
    getComputedStyle: () => ({ getPropertyValue: () => "", fontSize: "13px", fontFamily: "sans-serif", color: "" }),
    navigator: {},
  };
  document.body = document.appendChild(document.createElement("body"));
  return document;
}

/** The node with that text among all below. */
export function withText(node, text, tag = null) {
  return node.all.find((n) => n.textContent === text && (!tag || n.tag === tag));
}
