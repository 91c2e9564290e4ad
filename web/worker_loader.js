// Starts a worker. Its program comes from the page, compiled.
importScripts("./worker.js");
onmessage = ({ data }) => wasm_bindgen({ module_or_path: data });
