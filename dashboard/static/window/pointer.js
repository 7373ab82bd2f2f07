// What the pointer does over the view: hover names an atom, a click selects, shift adds, a double click flies there.

const STILL = 5; // pixels a click may move
const QUICK = 600; // ms a click may last

/** The selection after a click on an atom: alone, or with `add` added or taken out. */
export function afterClick(selected, atom, add) {
  if (!add) return [atom];
  return selected.includes(atom) ? selected.filter((other) => other !== atom) : [...selected, atom];
}

/** Words about an atom: element, number, and its value of the column that colours. */
export function describe(glass, atom, column) {
  const name = `${glass.symbolOf(atom)} · atom ${atom}`;
  if (!column || column.name === "element") return name;
  const value = column.values[atom];
  if (column.kind === "category") return `${name} · ${column.title} ${column.labels[value] ?? "not known"}`;
  if (Number.isNaN(value)) return `${name} · ${column.title} not known`;
  return `${name} · ${column.title} ${value.toFixed(column.digits).replace("-", "−")} ${column.unit}`.trim();
}

/** create(view, tip, { store, glass, scene, overlay }): view is the element over which the pointer acts.
 *
 * lasso() lets the next drag select what it goes round; so does a drag with Alt.
 */
export function createPointer(view, tip, { store, glass, scene }) {
  let down = null, at = null, asked = false, lasso = null, armed = false;
  const place = (event) => {
    const box = view.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };

  function hover() {
    asked = false;
    const atom = at ? scene.pick(...at, 0) : -1;
    store.set({ hover: atom });
    tip.hidden = atom < 0;
    if (atom < 0) return;
    tip.textContent = describe(glass, atom, glass.column(store.get().color));
    tip.style.left = `${Math.max(4, Math.min(at[0] + 14, view.clientWidth - tip.offsetWidth - 4))}px`;
    tip.style.top = `${Math.max(at[1] - 32, 4)}px`;
  }

  function ask(event) {
    at = event ? place(event) : null;
    if (asked) return;
    asked = true;
    requestAnimationFrame(hover);
  }

  const listeners = {
    pointerdown(event) {
      down = { place: place(event), time: event.timeStamp, button: event.button };
      if (event.button === 0 && (armed || event.altKey)) {
        lasso = [place(event)];
        view.setPointerCapture?.(event.pointerId);
      }
    },
    pointermove(event) {
      if (lasso) lasso.push(place(event));
      else if (!event.buttons && event.pointerType !== "touch") ask(event);
      else if (at) ask(null); // turning: nothing is hovered
    },
    pointerup(event) {
      const from = down;
      down = null;
      if (lasso) return finishLasso(event);
      if (!from || from.button !== 0 || event.timeStamp - from.time > QUICK) return;
      const [x, y] = place(event);
      if (Math.hypot(x - from.place[0], y - from.place[1]) > STILL) return;
      const atom = scene.pick(x, y, event.pointerType === "touch" ? 12 : 4);
      if (atom < 0) return;
      store.set({ selected: afterClick(store.get().selected, atom, event.shiftKey || event.ctrlKey || event.metaKey) });
    },
    pointerleave() { ask(null); },
    dblclick(event) {
      const atom = scene.pick(...place(event));
      if (atom >= 0) scene.flyTo([atom]);
    },
  };

  function finishLasso(event) {
    const polygon = lasso;
    lasso = null;
    armed = false;
    view.style.cursor = "";
    if (polygon.length < 3) return;
    const inside = scene.lasso(polygon);
    store.set({ selected: event.shiftKey ? [...new Set([...store.get().selected, ...inside])] : inside });
  }

  const stopTurning = (event) => { // 3Dmol listens to the mouse: it must not turn the view meanwhile
    if (armed || event.altKey || lasso) event.stopImmediatePropagation();
  };
  for (const [name, fn] of Object.entries(listeners)) view.addEventListener(name, fn, true);
  for (const name of ["mousedown", "touchstart"]) view.addEventListener(name, stopTurning, true);
  return {
    lasso() {
      armed = true;
      view.style.cursor = "crosshair";
    },
    destroy() {
      for (const [name, fn] of Object.entries(listeners)) view.removeEventListener(name, fn, true);
      for (const name of ["mousedown", "touchstart"]) view.removeEventListener(name, stopTurning, true);
    },
  };
}
