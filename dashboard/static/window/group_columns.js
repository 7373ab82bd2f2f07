// What a group of windows can be coloured by: what all of them have.

/** { columns, sets }: options [name, text] of the columns that all members have, and of the edge sets that any has. */
export function sharedRows(members) {
  const [first, ...others] = members;
  if (!first) return { columns: [], sets: [] };
  const columns = first.glass.columns.filter(({ name }) => others.every(({ glass }) => glass.column(name)));
  const sets = new Map();
  for (const { edges } of members) for (const set of edges()?.sets ?? []) if (!sets.has(set.name)) sets.set(set.name, set.title);
  return { columns: columns.map(({ name, title }) => [name, title]), sets: [...sets] };
}
