// The controls over the view and the tabs beside it.

/** Fills the window's places ({ frame, toolbar, side }); returns parts with update(changed) and destroy(). */
export function connect() {
  return [];
}
