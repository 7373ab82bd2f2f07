import assert from "node:assert/strict";
import { test } from "node:test";
import { createProfile, layoutOf } from "../../dashboard/static/window/event_profile.js";
import { smallEvent } from "./event.mjs";
import { page } from "./page.mjs";

test("higher energies stand higher, the way runs from left to right", () => {
  const { x, y, line } = layoutOf([{ t: 0, energy: 0 }, { t: 1, energy: 1.2 }, { t: 2, energy: -0.1 }]);
  assert.ok(x(0) < x(1) && x(1) < x(2));
  assert.ok(y(1.2) < y(0) && y(0) < y(-0.1));
  assert.equal(line.split(" ").length, 3);
});

test("what is between the three is said to be unrelaxed, and a click goes there", () => {
  const document = page(), asked = [];
  const profile = createProfile(document, smallEvent(), (t) => asked.push(t));
  assert.match(profile.node.getAttribute("aria-label"), /saddle 1\.20, end 0\.50 eV/);
  profile.mark(0.5);
  assert.equal(profile.node.find("profile-text").textContent, "0.60 eV, straight path, not relaxed");
  assert.equal(profile.node.find("profile-cursor").attributes.x1, profile.node.find("profile-cursor").attributes.x2);
  profile.mark(1);
  assert.ok(profile.node.find("profile-text").hidden);
  assert.ok(profile.node.find("guessed"), "three energies alone are no path");
  const drawing = profile.node.find("profile-drawing");
  drawing.getBoundingClientRect = () => ({ left: 100, width: 300 });
  drawing.fire("click", { clientX: 250 });
  assert.deepEqual(asked.map((t) => Number(t.toFixed(6))), [1]);
});

test("a line that rises above the saddle is explained", () => {
  const path = { fraction: [0, 0.5, 1, 1.5, 2], energy: [0, 1.9, 1.2, 1.4, 0.5] };
  const profile = createProfile(page(), smallEvent({ path }), () => {});
  profile.mark(1);
  assert.equal(profile.node.find("profile-text").textContent, "Line: straight path, not relaxed");
  assert.match(profile.node.getAttribute("title"), /can rise above the saddle/);
});

test("negative energies have a minus sign", () => {
  const { node } = createProfile(page(), smallEvent({ event: { attempt: 1, barrier: 1.2, energy_difference: -0.31 } }), () => {});
  assert.match(node.getAttribute("aria-label"), /end −0\.31 eV/);
});

test("without an event there is no profile", () => {
  const profile = createProfile(page(), smallEvent({ event: null }), () => {});
  profile.mark(1);
  assert.ok(profile.node.hidden);
});
