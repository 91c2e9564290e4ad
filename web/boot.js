// Starts the page. A module of its own, since the content policy allows no inline script.

const SCRIPT = new URL("worker.js", import.meta.url);

// Two workers start while the page does. The first one loads what reads files, away from the page's thread, and
// hands it on for the others.
const first = new Worker(SCRIPT, { name: "first" });
const program = new Promise((resolve) => {
  first.addEventListener("message", (event) => {
    event.stopImmediatePropagation();
    resolve(event.data);
    // What is kept for the next visit has time until this one is under way.
    (globalThis.requestIdleCallback ?? setTimeout)(keepForOffline);
  }, { once: true });
});
const early = [held(first), held(another())];

globalThis.startReader = () => early.shift()?.() ?? another();

import("./app.js").then(({ default: init }) => init()).catch((error) => {
  const note = document.createElement("p");
  note.className = "boot-error";
  note.setAttribute("role", "alert");
  note.textContent =
    "certlens could not start: this browser did not load its WebAssembly module. " +
    "Reload the page; if that does not help, use a browser of 2022 or later.";
  document.body.append(note);
  console.error(error);
});

function another() {
  const worker = new Worker(SCRIPT);
  program.then((program) => worker.postMessage(program));
  return worker;
}

/** Keeps what a worker says until the page asks for it, and then says it again. */
function held(worker) {
  const said = [];
  const hear = (event) => said.push(event);
  for (const kind of ["message", "error"]) worker.addEventListener(kind, hear);
  return () => {
    for (const kind of ["message", "error"]) worker.removeEventListener(kind, hear);
    // The page listens as soon as it has the worker.
    setTimeout(() => said.forEach((event) => worker.dispatchEvent(new event.constructor(event.type, event))));
    return worker;
  };
}

// Only over HTTPS or from this machine do browsers offer it. Without it the page works as well, but
// has to be loaded from its host each time.
function keepForOffline() {
  navigator.serviceWorker?.register("service_worker.js").catch((error) => console.warn(error));
}
