import assert from "node:assert/strict";
import { test } from "node:test";
import { createScene } from "../../dashboard/static/window/scene.js";
import { createStore } from "../../dashboard/static/window/store.js";
import { smallGlass } from "./glass.mjs";

/** A viewer that notes what it is asked, in the manner of 3Dmol's. */
function fakeViewer() {
  const models = [];
  let view = [0, 0, 0, 0, 0, 0, 0, 1];
  const viewer = {
    models, lines: [], rendered: 0,
    addModel() {
      const model = {
        atoms: [], addAtoms(list) { this.atoms.push(...list); }, selectedAtoms() { return this.atoms; },
        setColorByFunction(_, fn) { for (const atom of this.atoms) atom.color = fn(atom); },
      };
      models.push(model);
      return model;
    },
    removeModel: (model) => models.splice(models.indexOf(model), 1), removeAllShapes() { this.lines = []; },
    addLine(line) { this.lines.push(line); }, render() { this.rendered += 1; }, getView: () => [...view],
    setView(next) { view = next; }, setSlab() {}, setProjection() {}, enableFog() {}, setViewChangeCallback() {}, setBackgroundColor() {},
    getCanvas: () => ({ getBoundingClientRect: () => ({ left: 0, top: 0, width: 300, height: 300 }) }),
    modelToScreen: (points) => { const list = [points].flat().map(({ x, y }) => ({ x: 150 + 10 * x, y: 150 - 10 * y })); return Array.isArray(points) ? list : list[0]; },
  };
  return viewer;
}
globalThis.window ??= { scrollX: 0, scrollY: 0 };

const frame = [["viewer", "addLine", [{ start: { x: 0, y: 0, z: 0 }, end: { x: 10, y: 0, z: 0 } }]]];
const edges = {
  kind: "edges", digest: "e", count: 3, atom: null,
  arrays: { pairs: Int32Array.from([0, 1, 0, 3, 0, 4]), images: Int8Array.from([-1, 0, 0, 0, 0, 0, 0, 0, 0]), hops: Int32Array.from([0, 0, 1]) },
  sets: [{ name: "importance", title: "importance", unit: "", digits: 2, kind: "number", scale: "importance", range: [0, 1], values: Float32Array.from([0.2, 0.9, 0.5]) }],
};

function drawn(state = {}, more = {}) {
  const glass = smallGlass();
  Object.assign(glass, { elements: { Cu: { color: "#c87533", radius: 1.3 }, Zr: { color: "#4d9db4", radius: 1.7 } }, bonds: null, ...more.glass });
  glass.column ??= (name) => glass.columns.find((column) => column.name === name) ?? null;
  glass.symbolOf ??= (atom) => glass.symbols[glass.arrays.species[atom]];
  const viewer = fakeViewer();
  const store = createStore({ color: "element", ...state });
  const scene = createScene(viewer, { store, glass, edges: more.edges ?? null, frame, camera: "a" });
  scene.setBackground("#ffffff");
  scene.draw();
  return { viewer, store, scene, glass };
}

test("every atom is a sphere of its element's size and colour, in one picture", () => {
  const { viewer } = drawn();
  assert.equal(viewer.models.length, 1);
  const [atoms] = viewer.models.map((model) => model.atoms);
  assert.equal(atoms.length, 6);
  assert.equal(atoms[0].color, 0xc87533);
  assert.equal(atoms[1].color, 0x4d9db4);
  assert.ok(atoms[1].style.sphere.radius > atoms[0].style.sphere.radius);
  assert.equal(viewer.lines.length, 1);
  assert.equal(viewer.rendered, 1);
});

test("hidden atoms are not drawn, and not picked", () => {
  const { viewer, store, scene } = drawn();
  const middle = scene.project(2);
  assert.equal(scene.pick(middle.x, middle.y), 2);
  store.set({ visible: Uint8Array.from([1, 1, 0, 1, 1, 1]) });
  scene.applyVisible();
  assert.deepEqual(viewer.models[0].atoms[2].style, {});
  assert.notEqual(scene.pick(middle.x, middle.y), 2);
});

test("fading leaves the selected atom its colour", () => {
  const { viewer, store, scene } = drawn({ selected: [1] });
  store.set({ faded: true });
  scene.recolour();
  assert.equal(viewer.models[0].atoms[1].color, 0x4d9db4);
  assert.notEqual(viewer.models[0].atoms[0].color, 0xc87533);
});

test("the top edges are sticks in a model of their own; the end of one over the boundary is paler", () => {
  const { viewer, store, scene } = drawn({ edgeSet: "importance", top: 3 }, { edges });
  assert.equal(viewer.models.length, 2);
  assert.equal(viewer.models[1].atoms.length, 6);
  const over = viewer.models[1].atoms.slice(4); // the least important, drawn last
  assert.ok(Math.abs(over[1].x + 1) < 1e-5); // atom 1 is at 9 Å of 10: its copy is at -1
  assert.notEqual(over[0].bondStyles[0].color1, over[0].bondStyles[0].color2);
  const atoms = viewer.models[0];
  store.set({ top: 1 });
  scene.drawEdges();
  assert.equal(viewer.models.find((model) => model !== atoms).atoms.length, 2);
  assert.equal(viewer.models[0], atoms); // the slider leaves the atoms alone
  assert.deepEqual(scene.rowsShown(), [1]);
  assert.equal(scene.colours().edges.column.name, "importance");
});

test("bonds are drawn up to the cutoff, between atoms that are shown", () => {
  const bonds = { pairs: Int32Array.from([0, 3, 0, 4]), images: new Int8Array(6), length: Float32Array.from([3, 2]) };
  const { viewer, store, scene } = drawn({ bonds: 2.5 }, { glass: { bonds } });
  assert.equal(viewer.models[1].atoms.length, 2);
  store.set({ bonds: 3.5 });
  scene.drawEdges();
  assert.equal(viewer.models[1].atoms.length, 4);
  store.set({ visible: Uint8Array.from([1, 1, 1, 0, 1, 1]) });
  scene.applyVisible();
  assert.equal(viewer.models[1].atoms.length, 2);
});

test("a frame may draw lines and nothing else", () => {
  const viewer = fakeViewer();
  const store = createStore();
  const glass = { ...smallGlass(), elements: { Cu: { radius: 1 }, Zr: { radius: 1 } }, column: () => null };
  for (const command of [["viewer", "addSphere", [{}]], ["window", "addLine", [{}]], ["viewer", "constructor", ["alert(1)"]]]) {
    const scene = createScene(viewer, { store, glass, frame: [command], camera: "a" });
    assert.throws(() => scene.draw(), /may not call/);
  }
});

test("a filter leaves the whole cell in view from the front, a clip goes near", () => {
  const distance = (state) => {
    const { scene, store } = drawn(state);
    store.set({ visible: Uint8Array.from([1, 0, 0, 1, 0, 0]) });
    scene.resetCamera();
    return scene.view()[3];
  };
  assert.equal(distance({ filter: "index in [0, 3]" }), distance({}));
  assert.ok(distance({ selected: [0], clip: 0.5 }) > distance({}));
});
