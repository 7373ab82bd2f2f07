// What Python is told, and what it tells: the atom that is selected, once it is settled.

const SETTLED = 150; // ms

/** Tells Python the first selected atom as `picked`, and { selected, top } as `settled` if it listens to that.
 *
 * send(name, value) reaches Python. received(atom) is what Python says is selected: it is taken over unless it is only
 * the echo of what was sent, so that a quick second click is not undone by the answer to the first.
 */
export function createMessenger(store, { atom, later = setTimeout, cancel = clearTimeout }) {
  let known = atom, timer = null, send = () => {}, listens = [];
  const sent = [];
  const view = () => ({ selected: [...store.get().selected], top: store.get().top });
  let told = view(); // what Python knows

  function settled() {
    timer = null;
    const now = view(), { selected } = now;
    const first = selected[0] ?? null;
    if (first !== null && first !== (sent.at(-1) ?? known)) {
      sent.push(first);
      send("picked", first);
    }
    if (listens.includes("settled") && JSON.stringify(now) !== JSON.stringify(told)) send("settled", now);
    told = now;
  }

  const off = store.on(["selected", "top"], () => {
    if (timer !== null) cancel(timer);
    timer = later(settled, SETTLED);
  });

  return {
    connect(how, what = []) {
      send = how;
      listens = what;
    },
    received(value) {
      if (value === known && !sent.includes(value)) return;
      known = value;
      const echo = sent.indexOf(value);
      if (echo >= 0) {
        sent.splice(0, echo + 1);
        return;
      }
      sent.length = 0;
      if (store.get().selected[0] !== value) store.set({ selected: value === null ? [] : [value] });
      if (timer !== null) { // what was selected here before is Python's past
        cancel(timer);
        timer = null;
      }
    },
    destroy() {
      if (timer !== null) cancel(timer);
      off();
    },
  };
}
