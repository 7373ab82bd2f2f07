import assert from "node:assert/strict";
import test from "node:test";

import { atomsWhere } from "../../dashboard/static/window/filters.js";
import { create, examples } from "../../dashboard/static/window/help.js";
import { smallGlass } from "./glass.mjs";
import { page } from "./page.mjs";

test("every example can be used on the glass", () => {
  const glass = smallGlass();
  const big = { ...glass, n: 6 };
  for (const [text] of examples(big)) if (!text.startsWith("index")) atomsWhere(text, big);
  assert.ok(examples(big).length >= 5);
  assert.ok(!examples({ ...glass, columns: [] }).some(([text]) => text.includes("barrier")));
});

test("an example is used by a click", () => {
  const document = page();
  const used = [];
  const { button, box } = create(document, { glass: smallGlass() }, (text) => used.push(text));
  button.fire("click");
  assert.ok(!box.hidden);
  box.find((n) => n.tag === "button").fire("click");
  assert.deepEqual(used, [examples(smallGlass())[0][0]]);
  assert.ok(box.hidden);
});
