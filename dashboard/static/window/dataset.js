// Datasets as they arrive from Python (symgnn.viewer3d.window_data): a header in JSON, then arrays back to back.

const TYPES = { f4: Float32Array, i4: Int32Array, i1: Int8Array, u1: Uint8Array };
const KEPT = 24; // six panels have a glass and an explanation each; Streamlit sends none of them twice

/** The dataset in a Uint8Array: the header with its arrays put in their places.
 *
 * Columns (or sets) carry `values`; the other arrays are in `arrays` by name. Throws an Error that says what is wrong.
 */
export function parse(bytes) {
  if (bytes.byteLength < 4) throw new Error(`a dataset has at least 4 bytes, found ${bytes.byteLength}`);
  if (bytes.byteOffset % 8) bytes = bytes.slice(); // typed arrays want aligned memory
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getUint32(0, true);
  if (4 + length > bytes.byteLength) throw new Error(`header of ${length} bytes in a dataset of ${bytes.byteLength}`);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  const start = Math.ceil((4 + length) / 8) * 8;
  const arrays = {};
  for (const { name, dtype, shape, offset } of header.arrays) {
    const count = shape.reduce((product, size) => product * size, 1);
    const Type = TYPES[dtype];
    if (!Type) throw new Error(`array ${name} has type ${dtype}, expected one of ${Object.keys(TYPES).join(", ")}`);
    if (start + offset + count * Type.BYTES_PER_ELEMENT > bytes.byteLength) throw new Error(`array ${name} is cut off`);
    arrays[name] = new Type(bytes.buffer, bytes.byteOffset + start + offset, count);
  }
  const filled = (list = []) => list.map((one) => ({ ...one, values: arrays[one.array] }));
  const dataset = { ...header, arrays };
  if (header.kind === "glass") {
    dataset.columns = filled(header.columns);
    dataset.column = (name) => dataset.columns.find((column) => column.name === name) ?? null;
    dataset.symbolOf = (atom) => dataset.symbols[arrays.species[atom]];
    dataset.bonds = arrays.pairs
      ? { pairs: arrays.pairs, images: arrays.images, length: arrays.length } : null;
  } else if (header.kind === "edges") {
    dataset.sets = filled(header.sets);
    dataset.count = arrays.length.length;
  }
  return dataset;
}

/** Datasets by their digest. register(bytes) parses, get(digest) is the dataset or null, wait(digest) promises it. */
export function createRegistry(kept = KEPT) {
  const datasets = new Map(); // the least recently used first
  const waiting = new Map();
  return {
    register(bytes) {
      const arrived = parse(bytes);
      const dataset = datasets.get(arrived.digest) ?? arrived; // again the same: windows that show it need not draw anew
      datasets.delete(dataset.digest);
      datasets.set(dataset.digest, dataset);
      while (datasets.size > kept) datasets.delete(datasets.keys().next().value);
      waiting.get(dataset.digest)?.forEach((done) => done(dataset));
      waiting.delete(dataset.digest);
      return dataset;
    },
    get(digest) {
      const dataset = datasets.get(digest) ?? null;
      if (dataset) { // used just now
        datasets.delete(digest);
        datasets.set(digest, dataset);
      }
      return dataset;
    },
    wait(digest) {
      const dataset = this.get(digest);
      if (dataset) return Promise.resolve(dataset);
      return new Promise((done) => waiting.set(digest, [...(waiting.get(digest) ?? []), done]));
    },
  };
}

/** The registry that all windows of the page share. */
export function sharedRegistry() {
  window.symgnnWindow ??= {};
  window.symgnnWindow.datasets ??= createRegistry();
  return window.symgnnWindow.datasets;
}
