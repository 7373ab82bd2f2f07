// 3Dmol.js, loaded once for the page, and the place that it draws into.

/** $3Dmol, from the first of the addresses that has it. */
export function load3Dmol(urls) {
  window.symgnn3Dmol ||= urls.reduce((attempt, url) => attempt.catch(() => new Promise((done, failed) => {
    if (window.$3Dmol) return done(window.$3Dmol);
    const script = document.createElement("script");
    script.src = new URL(url, document.baseURI).href;
    script.onload = () => window.$3Dmol ? done(window.$3Dmol) : failed(new Error("3Dmol.js did not start"));
    script.onerror = () => failed(new Error("3Dmol.js could not be loaded"));
    document.head.append(script);
  })), Promise.reject());
  return window.symgnn3Dmol;
}

/** Resolves when the element has a size: a picture of no size cannot be drawn into. */
export function sized(element) {
  if (element.clientWidth && element.clientHeight) return Promise.resolve();
  return new Promise((done) => {
    const observer = new ResizeObserver(() => {
      if (!element.clientWidth || !element.clientHeight) return;
      observer.disconnect();
      done();
    });
    observer.observe(element);
  });
}
