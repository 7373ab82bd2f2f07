import assert from "node:assert/strict";
import { test } from "node:test";
import { insist } from "../../dashboard/link/link.js";

/** A browser in which time passes when it is told to. */
function browser({ path = "/topology", states = [] } = {}) {
  const here = { path, presses: 0, waits: [], next: null };
  const stop = insist({
    wanted: "/explanation",
    path: () => here.path,
    running: () => states.length > 0 && states.shift() === "running",
    press: () => { here.presses += 1; },
    later: (fn, ms) => { here.waits.push(ms); here.next = fn; return fn; },
    cancel: () => { here.next = null; },
  });
  here.pass = () => { const fn = here.next; here.next = null; fn?.(); };
  return { here, stop };
}

test("a page that has come is not pressed again", () => {
  const { here } = browser();
  here.path = "/explanation";
  here.pass();
  assert.equal(here.presses, 0);
  assert.equal(here.next, null);
});

test("a press that the server forgot is repeated, twice at most", () => {
  const { here } = browser();
  for (let k = 0; k < 6; k++) here.pass();
  assert.equal(here.presses, 2);
  assert.equal(here.next, null);
});

test("while a script runs the press is given time", () => {
  const { here } = browser({ states: ["running", "running", "notRunning"] });
  here.pass();
  here.pass();
  assert.equal(here.presses, 0);
  assert.deepEqual(here.waits, [1000, 250, 250]);
  here.pass();
  assert.equal(here.presses, 1);
});

test("a press on the page that is open is not repeated", () => {
  const { here } = browser({ path: "/explanation" });
  here.pass();
  assert.equal(here.presses, 0);
});

test("another press ends the watch", () => {
  const { here, stop } = browser();
  stop();
  here.pass();
  assert.equal(here.presses, 0);
});
