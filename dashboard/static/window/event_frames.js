// An event as it is drawn: where atoms are at a moment of the way, arrows, energies. No DOM.
// Moments: 0 start, 1 saddle, 2 end; in between straight lines.

const LEAST_ARROW = 0.1; // Å: shorter ones are not drawn

/** Float32Array of the positions of all atoms at moment t. */
export function positionsAt({ arrays: { positions, saddle, end } }, t) {
  const first = Math.min(Math.max(t, 0), 1), second = Math.min(Math.max(t - 1, 0), 1);
  return positions.map((x, k) => x + first * saddle[k] + second * (end[k] - saddle[k]));
}

/** { from, to, length }[] of the displacements to the saddle, drawn `factor` times as long, the longest first. */
export function arrowsOf({ arrays: { positions, saddle, moving } }, factor) {
  const arrows = [];
  for (let i = 0; i < moving.length; i += 1) {
    const by = [0, 1, 2].map((k) => saddle[3 * i + k]);
    const length = Math.hypot(...by);
    if (!moving[i] || length < LEAST_ARROW) continue;
    const from = [0, 1, 2].map((k) => positions[3 * i + k]);
    arrows.push({ from, to: from.map((x, k) => x + factor * by[k]), length, row: i });
  }
  return arrows.sort((a, b) => b.length - a.length);
}

/** { t, energy }[] of the energies that are known along the way, in eV above the start; null without an event. */
export function energiesOf({ event, path }) {
  if (!event) return null;
  if (path) return path.fraction.map((t, k) => ({ t, energy: path.energy[k] }));
  return [{ t: 0, energy: 0 }, { t: 1, energy: event.barrier }, { t: 2, energy: event.energy_difference }];
}

/** Energy at moment t, on straight lines between the known ones. */
export function energyAt(energies, t) {
  const next = energies.findIndex((one) => one.t >= t);
  if (next < 0) return energies.at(-1).energy;
  if (next === 0) return energies[0].energy;
  const [a, b] = [energies[next - 1], energies[next]];
  return a.energy + ((t - a.t) / (b.t - a.t)) * (b.energy - a.energy);
}

/** "start", "saddle", "end", or what lies between. */
export function nameOf(t) {
  const near = [[0, "start"], [1, "saddle"], [2, "end"]].find(([at]) => Math.abs(t - at) < 0.02);
  return near ? near[1] : t < 1 ? "start → saddle" : "saddle → end";
}
