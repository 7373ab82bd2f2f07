import assert from "node:assert/strict";
import { test } from "node:test";
import { arrowsOf, energiesOf, energyAt, nameOf, positionsAt } from "../../dashboard/static/window/event_frames.js";
import { smallEvent } from "./event.mjs";

const near = (list, expected) => list.forEach((x, k) => assert.ok(Math.abs(x - expected[k]) < 1e-6, `${list}`));

test("atoms go straight from the start to the saddle and on to the end", () => {
  near(positionsAt(smallEvent(), 0), [0, 0, 0, 3, 0, 0, 0, 3, 0]);
  near(positionsAt(smallEvent(), 0.5), [0.25, 0, 0, 3, 0.5, 0, 0, 3, 0.025]);
  near(positionsAt(smallEvent(), 1), [0.5, 0, 0, 3, 1, 0, 0, 3, 0.05]);
  near(positionsAt(smallEvent(), 1.5), [0.5, 0.25, 0, 3, 1.5, 0, 0, 3, 0.025]);
  near(positionsAt(smallEvent(), 2), [0.5, 0.5, 0, 3, 2, 0, 0, 3, 0]);
});

test("arrows stand on the atoms that move, the longest first, as many times as long as asked", () => {
  const arrows = arrowsOf(smallEvent(), 2);
  assert.deepEqual(arrows.map(({ row, from, to, length }) => [row, from, to, length]),
    [[1, [3, 0, 0], [3, 2, 0], 1], [0, [0, 0, 0], [1, 0, 0], 0.5]]);
});

test("energies: those of the path, else the three that are known", () => {
  assert.deepEqual(energiesOf(smallEvent()), [{ t: 0, energy: 0 }, { t: 1, energy: 1.2 }, { t: 2, energy: 0.5 }]);
  const path = { fraction: [0, 0.5, 1, 2], energy: [0, 1.3, 1.2, 0.5] };
  const energies = energiesOf(smallEvent({ path }));
  assert.equal(energyAt(energies, 0.25), 0.65);
  assert.equal(energyAt(energies, 1), 1.2);
  assert.ok(Math.abs(energyAt(energies, 1.5) - 0.85) < 1e-12);
  assert.deepEqual([energyAt(energies, 0), energyAt(energies, 2), energyAt(energies, 3)], [0, 0.5, 0.5]);
  assert.equal(energiesOf(smallEvent({ event: null })), null);
});

test("moments have names", () => {
  assert.deepEqual([0, 0.5, 1.01, 1.5, 2].map(nameOf), ["start", "start → saddle", "saddle", "saddle → end", "end"]);
});
