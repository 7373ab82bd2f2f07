// The history of the browser gets one entry for one step of the user, and a press on another page is not lost.
//
// Streamlit adds an entry when the page changes, which names no selection yet, and another when the script has written
// the selection into the URL: the second one takes the place of the first. The parameter `view` belongs to the window
// that draws (it writes it with history.replaceState); the server's copy of it is older than the browser's.
//
// Where a progress bar asks for news between the press on a page and the server's answer, Streamlit runs the old page
// again and forgets the press (its ScriptRequests keep the page of the newer request): it is then pressed once more.

export const OWN = "view";
const LINKS = "a[data-testid=stSidebarNavLink], a[data-testid=stPageLink-NavLink]";
const ANSWER = 1000; // ms in which the server has begun to answer a press
const LOOK = 250; // ms between two looks
const TIMES = 3; // presses at most

// The URL to write instead of `target`, and whether it takes the place of the current entry.
export function entry(current, target) {
  const here = new URL(current), next = new URL(target, current);
  if (next.pathname !== here.pathname) return { url: target, replaces: false };
  const own = here.searchParams.get(OWN);
  if (own === null) next.searchParams.delete(OWN);
  else next.searchParams.set(OWN, own);
  return { url: next.pathname + next.search + next.hash, replaces: !here.searchParams.has("glass") };
}

// Watches a press on the page of the path `wanted` and repeats it while the browser stays at another one although no
// script runs. press() presses; path() and running() say how things stand. Returns stop().
export function insist({ wanted, path, running, press, later = setTimeout, cancel = clearTimeout }) {
  let left = TIMES - 1;
  let timer = later(look, ANSWER);
  const from = path();
  function look() {
    if (path() !== from || from === wanted) return; // it has come, or the user is elsewhere
    if (running()) return void (timer = later(look, LOOK));
    if (left-- <= 0) return;
    press();
    timer = later(look, ANSWER);
  }
  return () => cancel(timer);
}

function watchPresses() {
  let stop = () => {};
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.(LINKS);
    if (!link || !event.isTrusted || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const wanted = new URL(link.href).pathname;
    stop();
    stop = insist({
      wanted,
      path: () => document.location.pathname,
      running: () => document.querySelector("[data-testid=stApp]")?.dataset.testScriptState !== "notRunning",
      press: () => [...document.querySelectorAll(LINKS)].find((one) => new URL(one.href).pathname === wanted)?.click(),
    });
  }, true);
}

export default function () {
  if (window.symgnnHistory) return;
  window.symgnnHistory = true;
  watchPresses();
  const push = history.pushState.bind(history), replace = history.replaceState.bind(history);
  history.pushState = (state, title, target) => {
    const { url, replaces } = entry(document.location.href, target ?? document.location.href);
    (replaces ? replace : push)(state, title, url);
  };
}
