// The clock of an animation start -> saddle -> end, and back.

export const LENGTH = 2; // moments: 0 start, 1 saddle, 2 end
const SECONDS = 2.4; // of one way
const REST = 0.5; // s at either end

/** Where the animation is after so many seconds: there, a rest, back, a rest. */
export function momentAfter(seconds) {
  const cycle = 2 * (SECONDS + REST);
  const at = ((seconds % cycle) + cycle) % cycle;
  if (at < SECONDS) return (LENGTH * at) / SECONDS;
  if (at < SECONDS + REST) return LENGTH;
  if (at < 2 * SECONDS + REST) return LENGTH * (1 - (at - SECONDS - REST) / SECONDS);
  return 0;
}

/** onMoment(t) is called with every new moment, onState(playing) when it starts or stops.
 *
 * play() goes on from the moment that is shown, on the way there; seek(t) shows a moment and stops.
 */
export function createPlayer({ onMoment, onState = () => {}, now = () => performance.now() / 1000,
  request = (fn) => requestAnimationFrame(fn), cancel = (id) => cancelAnimationFrame(id) }) {
  let moment = 0, started = 0, waiting = null;

  function step() {
    waiting = request(step);
    moment = momentAfter(now() - started);
    onMoment(moment);
  }

  function stop() {
    if (waiting === null) return;
    cancel(waiting);
    waiting = null;
    onState(false);
  }

  return {
    get moment() { return moment; },
    get playing() { return waiting !== null; },
    play() {
      if (waiting !== null) return;
      started = now() - (moment >= LENGTH ? 0 : (moment / LENGTH) * SECONDS);
      waiting = request(step);
      onState(true);
    },
    stop,
    toggle() { if (waiting === null) this.play(); else stop(); },
    seek(t) {
      stop();
      moment = Math.min(LENGTH, Math.max(0, t));
      onMoment(moment);
    },
  };
}
