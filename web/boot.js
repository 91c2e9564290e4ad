// Starts the page. A module of its own, since the content policy allows no inline script.
import init from "./app.js";

// What reads files is compiled while the page is, once for all workers. The first two of them load
// meanwhile, and listen as soon as the page asks for them.
let program;
const compiling = compiled(new URL("worker_bg.wasm", import.meta.url));
compiling.then((compiled) => (program = compiled), () => {});
const loading = [load(), load()];

globalThis.startReader = () => {
  const worker = loading.shift() ?? load();
  if (program) worker.postMessage(program);
  else compiling.then((compiled) => worker.postMessage(compiled), (error) => fail(worker, error));
  return worker;
};

init().then(keepForOffline, (error) => {
  const note = document.createElement("p");
  note.className = "boot-error";
  note.setAttribute("role", "alert");
  note.textContent =
    "certlens could not start: this browser did not load its WebAssembly module. " +
    "Reload the page; if that does not help, use a browser of 2022 or later.";
  document.body.append(note);
  console.error(error);
});

function load() {
  return new Worker(new URL("worker_loader.js", import.meta.url));
}

async function compiled(url) {
  const response = await fetch(url);
  // Some hosts do not know what WebAssembly is; then it cannot be compiled while it comes.
  if (response.headers.get("content-type") === "application/wasm") return WebAssembly.compileStreaming(response);
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return WebAssembly.compile(await response.arrayBuffer());
}

function fail(worker, error) {
  worker.dispatchEvent(new ErrorEvent("error", { error, message: String(error), cancelable: true }));
}

// Only over HTTPS or from this machine do browsers offer it. Without it the page works as well, but
// has to be loaded from its host each time.
function keepForOffline() {
  navigator.serviceWorker?.register("service_worker.js").catch((error) => console.warn(error));
}
