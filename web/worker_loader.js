// Starts a worker. Relative paths: they are resolved against this file.
importScripts("./worker.js");
wasm_bindgen({ module_or_path: "./worker_bg.wasm" });
