import assert from "node:assert/strict";
import test from "node:test";

import { ExpressionError, parse, tokens } from "../../dashboard/static/window/syntax.js";

test("tokens know where they begin", () => {
  assert.deepEqual(tokens(' a>=1.5e-1').map(({ kind, value, position }) => [kind, value, position]), [
    ["name", "a", 1], ["sign", ">=", 2], ["number", 0.15, 4], ["end", "the end", 10],
  ]);
  assert.deepEqual(tokens("größe").map((t) => t.value), ["größe", "the end"]);
});

test("not binds closer than and, and closer than or", () => {
  const { op, left, right } = parse("a or not b and c");
  assert.deepEqual([op, left.op, right.op, right.left.op, right.right.name], ["or", "column", "and", "not", "c"]);
});

test("products bind closer than sums, which go from left to right", () => {
  const { op, left, right } = parse("1 - 2 - 3 * 4");
  assert.deepEqual([op, left.op, right.op], ["-", "-", "*"]);
});

test("deep nesting ends in an answer", () => {
  const deep = "(".repeat(90) + "a > 1" + ")".repeat(90);
  assert.equal(parse(deep).op, ">");
  assert.throws(() => parse("(".repeat(2000)), /more than 100 brackets/);
  assert.throws(() => parse("abs(".repeat(400)), /more than 100 brackets/);
  assert.throws(() => parse("-".repeat(2000)), ExpressionError);
  assert.throws(() => parse("(".repeat(200_000)), /more than 2000 characters/);
});
