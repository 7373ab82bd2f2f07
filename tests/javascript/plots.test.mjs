import assert from "node:assert/strict";
import test from "node:test";

import { adoptStyle, loadPlotly, plainColor } from "../../dashboard/static/window/plots.js";
import { page } from "./page.mjs";

test("mixed colours become plain ones", () => {
  assert.equal(plainColor("color(srgb 0.5 0 1)"), "rgb(128,0,255)");
  assert.equal(plainColor("rgb(1, 2, 3)"), "rgb(1, 2, 3)");
});

test("without plotly.js one is told how to get it, and may try again", async () => {
  const document = page();
  document.baseURI = "http://x/";
  const asked = [];
  document.head = { append(script) { asked.push(script.attributes.src); setTimeout(() => script.onerror(new Error("404")), 0); } };
  await assert.rejects(loadPlotly(document, ["app/static/plotly.min.js"]), /run `make viewer`/);
  await assert.rejects(loadPlotly(document, ["app/static/plotly.min.js"]), /run `make viewer`/);
  assert.deepEqual(asked, Array(2).fill("http://x/app/static/plotly.min.js"));
  document.defaultView.Plotly = {};
  assert.equal(await loadPlotly(document, []), document.defaultView.Plotly);
});

test("plotly's rules reach a shadow root once", () => {
  const document = page();
  document.querySelector = () => ({ sheet: { cssRules: [{ cssText: ".a { top: 0; }" }] } });
  const root = document.createElement("root");
  root.querySelector = () => root.children[0] ?? null;
  adoptStyle(document, root);
  adoptStyle(document, root);
  assert.deepEqual(root.children.map((c) => c.textContent), [".a { top: 0; }"]);
});
