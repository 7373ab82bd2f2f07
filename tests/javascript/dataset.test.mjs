import assert from "node:assert/strict";
import { test } from "node:test";
import { createRegistry, parse } from "../../dashboard/static/window/dataset.js";

/** A dataset as Python writes it. */
function packed(header, arrays) {
  let offset = 0;
  const listed = Object.entries(arrays).map(([name, [dtype, shape, data]]) => {
    const entry = { name, dtype, shape, offset };
    offset += Math.ceil(data.byteLength / 8) * 8;
    return entry;
  });
  const head = new TextEncoder().encode(JSON.stringify({ ...header, arrays: listed }));
  const start = Math.ceil((4 + head.length) / 8) * 8;
  const bytes = new Uint8Array(start + offset);
  new DataView(bytes.buffer).setUint32(0, head.length, true);
  bytes.set(head, 4);
  Object.values(arrays).forEach(([, , data], k) => bytes.set(new Uint8Array(data.buffer), start + listed[k].offset));
  return bytes;
}

const glass = (digest = "a") => packed({
  kind: "glass", digest, name: "gläs", n: 2, symbols: ["Cu", "Zr"],
  columns: [{ name: "barrier", kind: "number", array: "column0" }],
}, {
  positions: ["f4", [2, 3], Float32Array.from([0, 1, 2, 3, 4, 5])], species: ["i4", [2], Int32Array.from([0, 1])],
  column0: ["f4", [2], Float32Array.from([1.5, NaN])], pairs: ["i4", [1, 2], Int32Array.from([0, 1])],
  images: ["i1", [1, 3], Int8Array.from([0, -1, 0])], length: ["f4", [1], Float32Array.from([2.5])],
});

test("a glass has its columns with values, its symbols and its bonds", () => {
  const parsed = parse(glass());
  assert.equal(parsed.name, "gläs");
  assert.deepEqual([...parsed.arrays.positions], [0, 1, 2, 3, 4, 5]);
  assert.equal(parsed.column("barrier").values[0], 1.5);
  assert.ok(Number.isNaN(parsed.column("barrier").values[1]));
  assert.equal(parsed.column("nothing"), null);
  assert.equal(parsed.symbolOf(1), "Zr");
  assert.deepEqual([...parsed.bonds.images], [0, -1, 0]);
});

test("bytes that do not begin at a multiple of 8 are read all the same", () => {
  const bytes = glass();
  const moved = new Uint8Array(bytes.length + 3);
  moved.set(bytes, 3);
  assert.equal(parse(moved.subarray(3)).column("barrier").values[0], 1.5);
});

test("edges have their sets and their count", () => {
  const parsed = parse(packed({ kind: "edges", digest: "e", sets: [{ name: "importance", array: "s" }] }, {
    s: ["f4", [2], Float32Array.from([0.5, 1])], length: ["f4", [2], Float32Array.from([2, 3])],
  }));
  assert.equal(parsed.count, 2);
  assert.deepEqual([...parsed.sets[0].values], [0.5, 1]);
});

test("what is cut off or of an unknown type is refused", () => {
  const bytes = glass();
  assert.throws(() => parse(bytes.subarray(0, 2)), /at least 4 bytes/);
  assert.throws(() => parse(bytes.subarray(0, 40)), /header of/);
  assert.throws(() => parse(bytes.slice(0, bytes.length - 8)), /length is cut off/);
  assert.throws(() => parse(packed({ kind: "glass", columns: [] }, { x: ["c8", [1], new Float64Array(1)] })), /type c8/);
});

test("the registry answers who waits, and forgets the least recently used", async () => {
  const registry = createRegistry(2);
  const waiting = registry.wait("b");
  registry.register(glass("a"));
  registry.register(glass("b"));
  assert.equal((await waiting).digest, "b");
  registry.get("a");
  registry.register(glass("c"));
  assert.equal(registry.get("b"), null);
  assert.equal((await registry.wait("a")).digest, "a");
});
