"""What `benchmarks.visits` runs in the pages that it opens: JavaScript."""

DRAWN = """
const view = [...document.querySelectorAll('*')].map((e) => e.shadowRoot?.querySelector('.canvas')).find(Boolean);
return view?.dataset.drawn?.split('|') ?? null;
"""
# Does something on the page and waits for the picture that answers it: s until it is painted, which the page tells by
# itself, since its plots, drawn afterwards, keep it from answering.
CLICK = """
const links = [...document.querySelectorAll('[data-testid=stSidebarNavLink]')];
const act = () => links.find((link) => link.innerText.trim() === arguments[0]).click();
"""
SELECT = """
const { store } = Object.values(window.symgnnWindow.open)[0];
const act = () => store.set({ selected: [arguments[0]] });
"""
RESTS = """
const app = document.querySelector('[data-testid=stApp]');
return app.dataset.testScriptState === 'notRunning' && !document.querySelector('[data-testid=stProgress]');
"""
WATCH = """
const everywhere = () => [...document.querySelectorAll('*')];
const canvasNow = () => everywhere().map((e) => e.shadowRoot?.querySelector('.canvas')).find(Boolean);
const edgesOf = (canvas) => canvas?.dataset.drawn?.split('|')[1];
const canvas = canvasNow(), edges = edgesOf(canvas), wanted = arguments[1];
const answered = {
  glass: () => canvasNow() !== canvas && canvasNow()?.dataset.drawn,
  edges: () => canvasNow() !== canvas && edgesOf(canvasNow()),
  otherEdges: () => edgesOf(canvasNow()) && edgesOf(canvasNow()) !== edges,
};
const watch = window.watch = { seconds: null };
const start = performance.now();
const painted = new MessageChannel(); // after the frame, before what waits for it
painted.port1.onmessage = () => {
  if (watch.seconds === null && answered[wanted]()) watch.seconds = (performance.now() - start) / 1000;
};
const look = () => {
  painted.port2.postMessage(null);
  if (watch.seconds !== null) return;
  if (wanted === 'otherEdges') setTimeout(look, 500); // looking costs time: the canvas tells when it is drawn
  else requestAnimationFrame(look);
};
const drawn = new MutationObserver(() => painted.port2.postMessage(null));
if (wanted === 'otherEdges') drawn.observe(canvas, { attributes: true });
look();
act();
"""
# Selects atoms one after the other after pauses of random length; ms until the ring is drawn and until the server has
# answered, which is when the link names the atom.
WORK = """
const [atoms, pause, seed] = arguments;
const work = window.work = { rings: [], answers: [], done: false };
let state = 7919 * (seed + 1);
const random = () => (state = (state * 48271) % 2147483647) / 2147483647;
const frame = () => new Promise((done) => requestAnimationFrame(done));
const { store, places } = Object.values(window.symgnnWindow.open)[0];
(async () => {
  for (const atom of atoms) {
    await new Promise((done) => setTimeout(done, -1000 * pause * Math.log(1 - random())));
    const start = performance.now();
    store.set({ selected: [atom] });
    while (!JSON.parse(places.overlay.dataset.rings ?? "[]").includes(atom)) await frame();
    await frame();
    work.rings.push(performance.now() - start);
    while (new URLSearchParams(location.search).get("atom") !== String(atom)) await frame();
    work.answers.push(performance.now() - start);
  }
  work.done = true;
})();
"""
