import assert from "node:assert/strict";
import { test } from "node:test";
import { createEventBar } from "../../dashboard/static/window/event_bar.js";
import { smallEvent } from "./event.mjs";
import { page } from "./page.mjs";

function bar() {
  const told = [];
  const tell = (name) => (value) => told.push([name, value]);
  const own = createEventBar(page(), { toggle: () => told.push(["toggle"]), seek: tell("seek"), look: tell("look"), reset: () => told.push(["reset"]) });
  return { own, told, box: (label) => own.node.all.find((node) => node.attributes["aria-label"] === label) };
}

test("controls tell what is asked for", () => {
  const { own, told, box } = bar();
  own.node.find("play").fire("click");
  const factor = box("Length of arrows");
  factor.value = "8";
  factor.fire("change");
  const color = box("Colour by");
  color.value = "element";
  color.fire("change");
  box("Reset the camera").fire("click");
  assert.deepEqual(told, [["toggle"], ["look", { factor: 8 }], ["look", { color: "element" }], ["reset"]]);
});

test("the button says what it does next, the slider follows", () => {
  const { own, box } = bar();
  own.setPlaying(true);
  assert.equal(own.node.find("play").getAttribute("aria-label"), "Pause");
  own.setPlaying(false);
  assert.match(own.node.find("play").getAttribute("aria-label"), /^Play/);
  own.show(1.234);
  assert.equal(Number(box("Event").value), 1.23);
});

test("what a dataset does not have is not offered", () => {
  const { own, box } = bar();
  const off = () => box("Colour by").children.filter((option) => option.disabled).map((option) => option.value);
  own.setDataset(smallEvent());
  assert.ok(!own.node.find("event-only").hidden);
  assert.deepEqual(off(), []);
  const bare = smallEvent({ event: null });
  bare.arrays.importance.fill(NaN);
  bare.arrays.marked.fill(0);
  own.setDataset(bare);
  assert.ok(own.node.find("event-only").hidden);
  assert.deepEqual(off(), ["moved", "importance"]);
});
