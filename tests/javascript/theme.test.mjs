import assert from "node:assert/strict";
import { test } from "node:test";

import mount from "../../dashboard/theme.js";

test("Python hears of another background once, however often the page has run", () => {
  const span = {}, said = [];
  globalThis.getComputedStyle = () => ({ backgroundColor: "rgb(1, 2, 3)" });
  const component = { parentElement: { querySelector: () => span }, setTriggerValue: (...words) => said.push(words) };
  mount(component);
  mount(component);
  assert.deepEqual(said, []);
  span.ontransitionend();
  assert.deepEqual(said, [["background", "rgb(1, 2, 3)"]]);
});
