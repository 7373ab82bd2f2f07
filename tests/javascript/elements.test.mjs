import assert from "node:assert/strict";
import test from "node:test";

import { check, choice, make, perFrame, slider } from "../../dashboard/static/window/elements.js";
import { page } from "./page.mjs";

test("text stays text", () => {
  const document = page();
  const node = make(document, "div", { title: "<b>", hidden: false }, "<script>alert(1)</script>", null, [make(document, "i")]);
  assert.equal(node.textContent, "<script>alert(1)</script>");
  assert.equal(node.children[1].tag, "i");
  assert.ok(!node.hasAttribute("hidden"));
});

test("a select box with groups tells its choice", () => {
  const document = page();
  const heard = [];
  const box = choice(document, "Colour by", [["Numbers", [["a", "A"], ["b", "B"]]]], "b", (v) => heard.push(v));
  assert.equal(box.value, "b");
  assert.deepEqual(box.children[0].children.map((o) => o.textContent), ["A", "B"]);
  box.value = "a";
  box.fire("change");
  assert.deepEqual(heard, ["a"]);
});

test("check boxes and sliders tell their values", async () => {
  const document = page();
  const heard = [];
  const { box } = check(document, "Faded", false, (on) => heard.push(on));
  box.checked = true;
  box.fire("change");
  const top = slider(document, "Top", { min: 0, max: 9, step: 1, value: 4, shown: (v) => `${v} edges` }, (v) => heard.push(v));
  for (const value of ["5", "6"]) {
    top.box.value = value;
    top.box.fire("input");
  }
  await new Promise((done) => { setTimeout(done, 40); });
  assert.deepEqual(heard, [true, 6]); // one for each picture
  assert.equal(top.label.children[2].textContent, "6 edges");
});

test("perFrame calls once with the latest", () => {
  const frames = [];
  const heard = [];
  const soon = perFrame((v) => heard.push(v), (fn) => frames.push(fn));
  soon(1);
  soon(2);
  assert.equal(frames.length, 1);
  frames[0]();
  soon(3);
  frames[1]();
  assert.deepEqual(heard, [2, 3]);
});
