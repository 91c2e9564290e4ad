// Starts the page. A module of its own, since the content policy allows no inline script.
import init from "./app.js";

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

// Only over HTTPS or from this machine do browsers offer it. Without it the page works as well, but
// has to be loaded from its host each time.
function keepForOffline() {
  navigator.serviceWorker?.register("service_worker.js").catch((error) => console.warn(error));
}
