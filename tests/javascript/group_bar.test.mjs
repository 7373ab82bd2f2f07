import assert from "node:assert/strict";
import { test } from "node:test";

import { createGroup } from "../../dashboard/static/window/group.js";
import { create } from "../../dashboard/static/window/group_bar.js";
import { page, withText } from "./page.mjs";

test("without windows the bar offers nothing, and cameras are linked until they are parted", () => {
  const group = createGroup(), document = page();
  create(document.body, group, { document });
  assert.equal(document.find("legends").childElementCount, 0);
  const box = withText(document.body, "link cameras", "label").children[0];
  box.checked = false;
  box.fire("change");
  assert.equal(group.isLinked(), false);
});
