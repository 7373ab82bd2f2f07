// A small event for tests: three atoms, of which the first two move.

export function smallEvent(more = {}) {
  const f = (...values) => Float32Array.from(values);
  return {
    kind: "event", digest: "e", name: "gläs", centre: 7, n: 3, symbols: ["Cu", "Zr"],
    elements: { Cu: { color: "#c87533", radius: 1.3 }, Zr: { color: "#4d9db4", radius: 1.7 } },
    event: { attempt: 4, barrier: 1.2, energy_difference: 0.5 }, path: null,
    arrays: {
      atom: Int32Array.from([7, 3, 9]), positions: f(0, 0, 0, 3, 0, 0, 0, 3, 0), species: Int32Array.from([0, 1, 0]),
      saddle: f(0.5, 0, 0, 0, 1, 0, 0, 0, 0.05), end: f(0.5, 0.5, 0, 0, 2, 0, 0, 0, 0),
      moving: Uint8Array.from([1, 1, 0]), marked: Uint8Array.from([0, 1, 0]), importance: f(2, 1, NaN),
      bonds: Int32Array.from([0, 1, 0, 2]),
    },
    ...more,
  };
}
