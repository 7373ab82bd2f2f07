// The controls over the view and the tabs beside it, connected with the state and the link.

import * as filters from "./filters.js";
import * as keys from "./keys.js";
import * as share from "./share.js";
import * as side from "./side.js";
import { DEFAULTS } from "./store.js";
import * as toolbar from "./toolbar.js";

const arrived = new WeakSet(); // stores that have read the link

/** Fills the window's places ({ window, view, toolbar, side }); returns parts with update(changed) and destroy().
 *
 * hasTabs: whether there are tabs beside the view; a page may have panels of its own there. */
export function connect(context, places, hasTabs = true) {
  const { store } = context;
  if (!arrived.has(store)) {
    arrived.add(store);
    share.arrive(context);
  }
  const stopFilters = filters.follow(context);
  context.share = share.follow(context, { ...DEFAULTS, ...context.defaults });
  const bar = toolbar.create(places.toolbar, context);
  const parts = [bar, ...(hasTabs ? [side.create(places.side, context)] : []), keys.create(places.window, context, bar)];
  const themed = () => parts.forEach((part) => part.update?.(new Set(["theme"])));
  places.view.addEventListener("transitionend", themed); // of the background's colour
  parts.push({
    destroy() {
      stopFilters();
      context.share.destroy();
      places.view.removeEventListener("transitionend", themed);
    },
  });
  return parts;
}
