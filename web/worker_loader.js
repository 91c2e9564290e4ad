// The end of `worker.js`. The first worker loads the program, and Mozilla's roots; the others get both from it.
if (self.name === "first") {
  Promise.all([compiled("worker_bg.wasm"), octets("mozilla-roots.der")]).then(
    ([program, roots]) => {
      postMessage({ program, roots });
      start({ program, roots });
    },
    // A failure that nobody handles is not told to the page, an error is.
    (error) => setTimeout(() => { throw error; }),
  );
} else onmessage = ({ data }) => start(data);

function start({ program, roots }) {
  self.mozillaRoots = roots;
  wasm_bindgen({ module_or_path: program });
}

async function compiled(name) {
  const response = await fetched(name);
  // Some hosts do not know what WebAssembly is; then it cannot be compiled while it comes.
  if (response.headers.get("content-type") === "application/wasm") return WebAssembly.compileStreaming(response);
  return WebAssembly.compile(await response.arrayBuffer());
}

async function octets(name) {
  return new Uint8Array(await (await fetched(name)).arrayBuffer());
}

async function fetched(name) {
  const response = await fetch(name);
  if (!response.ok) throw new Error(`${name}: ${response.status}`);
  return response;
}
