// The history of the browser gets one entry for one step of the user.
//
// Streamlit adds an entry when the page changes, which names no selection yet, and another when the script has written
// the selection into the URL: the second one takes the place of the first. The parameter `view` belongs to the window
// that draws (it writes it with history.replaceState); the server's copy of it is older than the browser's.

export const OWN = "view";

// The URL to write instead of `target`, and whether it takes the place of the current entry.
export function entry(current, target) {
  const here = new URL(current), next = new URL(target, current);
  if (next.pathname !== here.pathname) return { url: target, replaces: false };
  const own = here.searchParams.get(OWN);
  if (own === null) next.searchParams.delete(OWN);
  else next.searchParams.set(OWN, own);
  return { url: next.pathname + next.search + next.hash, replaces: !here.searchParams.has("glass") };
}

export default function () {
  if (window.symgnnHistory) return;
  window.symgnnHistory = true;
  const push = history.pushState.bind(history), replace = history.replaceState.bind(history);
  history.pushState = (state, title, target) => {
    const { url, replaces } = entry(document.location.href, target ?? document.location.href);
    (replaces ? replace : push)(state, title, url);
  };
}
