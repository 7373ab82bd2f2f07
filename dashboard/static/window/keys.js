// Keys for the mouse-shy and for talks; the presentation mode.

import { make } from "./elements.js";
import { columns } from "./columns.js";
import { stepped, togglePin } from "./selection.js";
import { panelsFor } from "./side.js";

/** [[key, what it does], ...] as the list under "?" says it. */
export const BINDINGS = [
  ["F", "fly to the selection"], ["R", "reset the camera"], ["L", "draw a loop to select atoms"], ["D", "fade all but the selection"], ["P", "presentation: full screen, large type"],
  ["/", "write a filter"], ["C", "next colour"], ["Space", "pin the atom"], ["N, B", "next and previous shown atom"],
  ["1 … 6", "open a tab"], ["Esc", "close, leave the presentation, or select nothing"], ["?", "this list"],
];

/** What a key does to the state: a patch, the name of an action, or null where the key is not bound. */
export function meaning(key, state, { glass, panels }) {
  const shown = () => Array.from({ length: glass.n }, (_, i) => i).filter((i) => state.visible?.[i] !== 0);
  const step = (by) => {
    const atom = stepped(shown(), state.selected, by);
    return atom === null ? null : { selected: [atom] };
  };
  const colors = columns(glass).map((c) => c.name);
  switch (key) {
    case "f": return "fly";
    case "r": return "reset";
    case "l": return "lasso";
    case "/": return "filter";
    case "?": return "list";
    case "d": return { faded: !state.faded };
    case "p": return { presentation: !state.presentation };
    case "c": return { color: colors[(colors.indexOf(state.color) + 1) % colors.length], range: null, scaleName: null };
    case " ": return state.selected.length ? { pinned: togglePin(state.pinned, state.selected[0]) } : null;
    case "n": return step(1);
    case "b": return step(-1);
    case "Escape": return state.presentation ? { presentation: false } : state.selected.length ? { selected: [] } : null;
    default: return panels[Number(key) - 1] ? { tab: panels[Number(key) - 1] } : null;
  }
}

/** root: the whole window's element; toolbar: {focusFilter()}. */
export function create(root, context, toolbar = null) {
  const { store, scene, document } = context;
  const panels = panelsFor(context).map(([name]) => name);
  const list = make(document, "div", { class: "keys", hidden: true, role: "dialog", "aria-label": "Keys" },
    make(document, "dl", {}, BINDINGS.map(([key, what]) => make(document, "div", {}, make(document, "dt", {}, make(document, "kbd", {}, key)), make(document, "dd", {}, what)))));
  root.append(list);
  const stage = root.querySelector(".stage");
  if (stage && !stage.hasAttribute("tabindex")) stage.tabIndex = 0;
  root.addEventListener("keydown", press);
  document.addEventListener("fullscreenchange", leftFullScreen);

  function press(event) {
    const writing = event.composedPath()[0].closest?.("input:not([type=checkbox]):not([type=range]), textarea, select");
    if (event.ctrlKey || event.metaKey || event.altKey || writing) return;
    const onButton = event.key === " " && event.composedPath()[0].closest?.("button, input, [role=grid]");
    if (onButton) return;
    if (event.key === "Escape" && !list.hidden) {
      list.hidden = true;
      return;
    }
    const does = meaning(event.key.length === 1 ? event.key.toLowerCase() : event.key, store.get(), { glass: context.glass, panels });
    if (!does) return;
    event.preventDefault();
    event.stopPropagation(); // Streamlit has keys of its own
    if (does === "fly") scene?.flyTo(store.get().selected);
    else if (does === "reset") scene?.resetCamera();
    else if (does === "lasso") context.lasso?.();
    else if (does === "filter") toolbar?.focusFilter();
    else if (does === "list") list.hidden = !list.hidden;
    else store.set(does);
  }

  function present(on) {
    root.classList.toggle("presentation", on);
    if (on && document.defaultView?.navigator.userActivation?.isActive) root.requestFullscreen?.().catch(() => {}); // else the page is filled
    else if (document.fullscreenElement) document.exitFullscreen();
  }

  function leftFullScreen() {
    if (!document.fullscreenElement && store.get().presentation) store.set({ presentation: false });
  }

  present(Boolean(store.get().presentation));
  return {
    update(changed) {
      if (changed.has("presentation")) present(store.get().presentation);
    },
    destroy() {
      root.removeEventListener("keydown", press);
      document.removeEventListener("fullscreenchange", leftFullScreen);
      list.remove();
    },
  };
}
