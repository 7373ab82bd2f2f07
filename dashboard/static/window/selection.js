// Changes of what is selected and pinned, the same whichever panel makes them.

/** The selection after a click on an atom: alone, or added and taken out with shift or control. */
export function clicked(selected, atom, event = {}) {
  if (!event.shiftKey && !event.ctrlKey && !event.metaKey) return [atom];
  return selected.includes(atom) ? selected.filter((a) => a !== atom) : [...selected, atom];
}

/** The pinned atoms with one more or one less. */
export function togglePin(pinned, atom) {
  return pinned.includes(atom) ? pinned.filter((a) => a !== atom) : [...pinned, atom];
}

/** The atom so many steps after the first selected one in a list, staying inside it; null for an empty list. */
export function stepped(atoms, selected, steps) {
  if (!atoms.length) return null;
  const at = atoms.indexOf(selected[0]);
  if (at < 0) return atoms[steps > 0 ? 0 : atoms.length - 1];
  return atoms[Math.min(atoms.length - 1, Math.max(0, at + steps))];
}
