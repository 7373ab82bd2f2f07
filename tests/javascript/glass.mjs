// A small parsed glass for the tests: six atoms in a cube of 10 Å.

export function smallGlass() {
  const glass = {
    kind: "glass", name: "six atoms", n: 6, symbols: ["Cu", "Zr"], pbc: [true, true, true],
    cell: [[10, 0, 0], [0, 10, 0], [0, 0, 10]],
    columns: [
      { name: "barrier", title: "Predicted barrier", unit: "eV", digits: 2, kind: "number", array: "barrier" },
      { name: "label", title: "Labelled barrier", unit: "eV", digits: 2, kind: "number", array: "label" },
      { name: "element", title: "Element", unit: "", digits: 0, kind: "category", labels: ["Cu", "Zr"], array: "species" },
      { name: "voronoi", title: "Voronoi index", unit: "", digits: 0, kind: "category", labels: ["<0,0,12,0>", "=1+1"], array: "voronoi" },
    ],
    arrays: {
      positions: Float32Array.from([0, 0, 0, 9, 0, 0, 5, 5, 5, 0, 3, 0, 0, 0, 2, 4, 0, 9.5]),
      species: Int32Array.from([0, 1, 0, 0, 1, 0]),
      barrier: Float32Array.from([1.8, 2.5, 0.9, NaN, 1.2, 1.9]),
      label: Float32Array.from([1.7, 2.4, 1.0, 1.1, 1.3, 2.0]),
      voronoi: Int32Array.from([0, 1, 0, 0, 1, 0]),
    },
  };
  glass.columns = glass.columns.map((c) => ({ ...c, values: glass.arrays[c.array] }));
  return glass;
}
