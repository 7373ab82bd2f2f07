import assert from "node:assert/strict";
import test from "node:test";

import { decode, encode, viewOf, withView } from "../../dashboard/static/window/share.js";
import { smallGlass } from "./glass.mjs";

const glass = smallGlass();
const DEFAULTS = {
  color: "barrier", range: null, filter: "", elements: null, slab: null, clip: null, hops: null, wrap: "cell", images: false,
  faded: false, bonds: 0, top: 40, threshold: 0, pinned: [], tab: "atom", sort: null,
};
const STATE = {
  ...DEFAULTS, selected: [2, 4, 5], color: "label", range: [-1.5, 2.25], filter: 'label > 1 and voronoi == "=1+1" or x*2 > 3 % 5; &#',
  elements: ["Zr"], slab: { axis: 2, from: 0.2, to: 0.5 }, clip: 6, hops: 2, wrap: "atom", images: true, faded: true, bonds: 3.5,
  edgeSet: "effect", top: 12, threshold: 0.01, pinned: [3], tab: "table", sort: { column: "label", descending: true }, across: "x", up: "label",
  camera: "1,2,3,4,0,0,0,1",
};

test("the usual view needs no parameter", () => {
  assert.equal(encode({ ...DEFAULTS, selected: [7] }, DEFAULTS), "");
  assert.equal(withView("?glass=a&view=old", ""), "?glass=a");
});

test("a view survives the link", () => {
  const search = withView("?glass=a%20b&atom=2", encode(STATE, DEFAULTS));
  assert.ok(search.startsWith("?glass=a%20b&atom=2&view=color:label;range:-1.5..2.25;filter:label"), search);
  assert.ok(search.includes("slab:z:0.2-0.5"), search);
  const { patch, problems } = decode(viewOf(search), glass);
  assert.deepEqual(problems, []);
  const { selected, ...rest } = STATE;
  assert.deepEqual({ ...DEFAULTS, ...patch }, { ...rest, also: selected.slice(1) });
});

test("nothing shown at all survives too", () => {
  assert.deepEqual(decode(encode({ elements: [] }, DEFAULTS), glass).patch, { elements: [] });
});

test("every bad part is named, the good ones are kept", () => {
  const { patch, problems } = decode("color:colour;top:3.5;nonsense:1;slab:z:0.5-0.2;clip:-1;faded:yes;pinned:9;range:2..1;constructor:1", glass);
  assert.deepEqual(patch, { faded: true });
  assert.deepEqual(problems.map((p) => p.split(":")[0]), ["color", "top", "nonsense", "slab", "clip", "pinned", "range", "constructor"]);
  assert.match(problems[0], /^color:colour: expected one of barrier, label/);
});

test("no parameter is no problem", () => {
  assert.deepEqual(decode("", glass), { patch: {}, problems: [] });
  assert.equal(viewOf("?a=1"), "");
});
