// Keeps the page for use without a network. While there is one it is asked first, so that a new build
// shows at once; without one, the files of one build answer. Files dropped on the page never pass
// through here: they are read in the page, and make no request.

// The build puts in what the page consists of, and a digest of all of it.
const FILES = ["FILES"];
const VERSION = "VERSION";

// One host can serve several of these pages below different paths.
const OURS = `certlens ${registration.scope} `;
const KEPT = OURS + VERSION;
const URLS = new Set(FILES.map((file) => new URL(file, registration.scope).href));

addEventListener("install", (event) => event.waitUntil(keep()));
addEventListener("activate", (event) => event.waitUntil(forgetOthers()));
addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  url.hash = "";
  // Its address may have a query, or name the file: it is the page all the same.
  if (event.request.mode === "navigate") {
    url.search = "";
    url.pathname = url.pathname.replace(/index\.html$/, "");
  }
  if (event.request.method === "GET" && URLS.has(url.href)) event.respondWith(answer(event.request, url.href));
});

async function keep() {
  const cache = await caches.open(KEPT);
  // Asked for anew: the browser's own cache may hold files of another build. The server answers its
  // root with the page to those who say that they want one.
  const wanted = { cache: "no-cache", headers: { accept: "text/html, */*" } };
  await cache.addAll([...URLS].map((url) => new Request(url, wanted)));
  await skipWaiting();
}

async function forgetOthers() {
  for (const name of await caches.keys()) {
    if (name.startsWith(OURS) && name !== KEPT) await caches.delete(name);
  }
  await clients.claim();
}

async function answer(request, url) {
  try {
    return await fetch(request);
  } catch (error) {
    const cache = await caches.open(KEPT);
    const kept = await cache.match(url, { ignoreVary: true });
    if (kept) return kept;
    throw error;
  }
}
