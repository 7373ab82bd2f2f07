import assert from "node:assert/strict";
import { test } from "node:test";
import { createPlayer, momentAfter } from "../../dashboard/static/window/event_player.js";

test("there, a rest, back, a rest, and again", () => {
  const at = [0, 1.2, 2.4, 2.8, 4.1, 5.3, 5.7, 5.8, 7].map((seconds) => Number(momentAfter(seconds).toFixed(6)));
  assert.deepEqual(at, [0, 1, 2, 2, 1, 0, 0, 0, 1]);
});

function player() {
  let time = 100, waiting = null;
  const moments = [], states = [];
  const own = createPlayer({
    onMoment: (t) => moments.push(Number(t.toFixed(3))), onState: (on) => states.push(on), now: () => time,
    request: (fn) => { waiting = fn; return 1; }, cancel: () => { waiting = null; },
  });
  const pass = (seconds) => { time += seconds; waiting?.(); };
  return { own, moments, states, pass };
}

test("it plays on from the moment that is shown, and pauses", () => {
  const { own, moments, states, pass } = player();
  own.seek(1);
  own.toggle();
  assert.ok(own.playing);
  pass(0.6);
  assert.deepEqual(moments, [1, 1.5]);
  own.toggle();
  pass(1);
  assert.deepEqual([moments.length, own.playing, Number(own.moment.toFixed(6))], [2, false, 1.5]);
  assert.deepEqual(states, [true, false]);
});

test("from the end it starts anew; the slider stops it and stays inside", () => {
  const { own, moments, pass } = player();
  own.seek(9);
  own.play();
  pass(0.24);
  assert.deepEqual(moments, [2, 0.2]);
  own.seek(-1);
  assert.deepEqual([own.moment, own.playing], [0, false]);
});
