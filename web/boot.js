// Starts the page. A module of its own, since the content policy allows no inline script.
import init from "./app.js";

init().catch((error) => {
  const note = document.createElement("p");
  note.className = "boot-error";
  note.setAttribute("role", "alert");
  note.textContent =
    "certlens could not start: this browser did not load its WebAssembly module. " +
    "Reload the page; if that does not help, use a browser of 2022 or later.";
  document.body.append(note);
  console.error(error);
});
