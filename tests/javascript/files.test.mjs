import assert from "node:assert/strict";
import test from "node:test";

import { csv, extendedXyz, fileName, shortest } from "../../dashboard/static/window/files.js";
import { smallGlass } from "./glass.mjs";

const glass = smallGlass();

test("32-bit numbers are written as short as they can be read back", () => {
  assert.equal(shortest(Math.fround(1.8)), "1.8");
  assert.equal(shortest(Math.fround(1 / 3)), "0.33333334");
  for (let i = 1; i < 1000; i += 1) assert.equal(Math.fround(Number(shortest(Math.fround(Math.sin(i) * 1e3)))), Math.fround(Math.sin(i) * 1e3));
});

test("CSV holds the shown atoms in their order, quoted, without formulas", () => {
  const lines = csv(glass, [5, 3, 1]).trimEnd().split("\n");
  assert.equal(lines[0], "atom,element,x (Å),y (Å),z (Å),barrier (eV),label (eV),voronoi");
  assert.equal(lines[1], '5,Cu,4,0,9.5,1.9,2,"<0,0,12,0>"');
  assert.equal(lines[2].split(",")[5], "");
  assert.equal(lines[3], "1,Zr,9,0,0,2.5,2.4,'=1+1");
});

test("extended XYZ has one word per column", () => {
  const lines = extendedXyz(glass, [0, 3]).trimEnd().split("\n");
  assert.equal(lines[0], "2");
  assert.equal(lines[1], 'Lattice="10 0 0 0 10 0 0 0 10" Properties=species:S:1:pos:R:3:atom:I:1:barrier:R:1:label:R:1:voronoi:S:1 pbc="T T T"');
  assert.equal(lines[2], "Cu 0 0 0 0 1.8 1.7 <0,0,12,0>");
  assert.equal(lines[3].split(" ")[5], "nan");
});

test("names of files", () => {
  assert.equal(fileName(glass, { selected: [7], color: "barrier" }, "png"), "six_atoms-atom7-barrier.png");
  assert.equal(fileName({ name: "../a/b" }, {}, "csv"), ".._a_b.csv");
});
