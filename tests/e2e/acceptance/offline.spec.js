// After the first visit the page needs no network, wherever its files stand.

import { createServer } from "node:http";
import { readFile, readdir } from "node:fs/promises";
import { homedir } from "node:os";
import { extname, join, normalize } from "node:path";
import { expect, test, vector, Inspector } from "../certlens.js";

const DIST = new URL("../../../dist/", import.meta.url).pathname;

const KINDS = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".wasm": "application/wasm", ".svg": "image/svg+xml", ".png": "image/png", ".webmanifest": "application/manifest+json" };

test("the page opens and reads a file without a network", async ({ inspector, page, context }) => {
  await expect(page.getByTestId("kept")).toHaveText("the page, to work offline");
  await context.setOffline(true);
  await page.reload();
  await inspector.isReady();
  await inspector.drop(vector("pem/leaf.pem"));
  await inspector.open("leaf.example.org");
  // Nothing but the page's own files is answered from what was kept.
  expect(await page.evaluate(() => fetch("healthz").then(() => "answered", () => "failed"))).toBe("failed");
});

test("plain files below a path of any host do as well, once the host is gone", async ({ page }) => {
  const host = await staticHost("/some/where/");
  await page.goto(host.address);
  const inspector = new Inspector(page);
  await inspector.isReady();
  await expect(page.getByTestId("kept")).toHaveText("the page, to work offline");
  await host.close();
  await page.reload();
  await inspector.isReady();
  await inspector.drop(vector("pkcs12/openssl-3.p12"));
  await inspector.unlock("changeit");
  await inspector.open("leaf.example.org");
  // By another address of the same page too.
  await page.goto(`${host.address}index.html?from=a-link`);
  await inspector.isReady();
});

test("what the browser installs is served as what it is", async ({ inspector, page }) => {
  const worker = await page.request.get(`${process.env.E2E_ADDRESS}/service_worker.js`);
  expect(worker.headers()).toMatchObject({ "content-type": "text/javascript; charset=utf-8", "cache-control": "no-cache" });
  expect(worker.headers()["content-security-policy"]).toContain("default-src 'none'");
  expect(await worker.text()).not.toMatch(/"FILES"|"VERSION"/);
  const manifest = await page.request.get(`${process.env.E2E_ADDRESS}/manifest.webmanifest`);
  expect(manifest.headers()["content-type"]).toBe("application/manifest+json");
  const session = await page.context().newCDPSession(page);
  const { errors } = await session.send("Page.getAppManifest");
  expect(errors).toEqual([]);
  for (const { src, type } of (await manifest.json()).icons) {
    const icon = await page.request.get(`${process.env.E2E_ADDRESS}/${src}`);
    expect(icon.headers()["content-type"]).toBe(type);
  }
});

test("the page's programs do not tell where they were built", async () => {
  const { CARGO_HOME = join(homedir(), ".cargo"), RUSTUP_HOME = join(homedir(), ".rustup") } = process.env;
  const folders = [CARGO_HOME, RUSTUP_HOME, "registry/src", join(DIST, "..")];
  const programs = (await readdir(DIST)).filter((name) => name.endsWith(".wasm"));
  expect(programs).toHaveLength(2);
  for (const name of programs) {
    const octets = await readFile(join(DIST, name));
    // Where one does, its crates were compiled without tools/rustc: `cargo clean` makes them anew.
    expect(folders.filter((folder) => octets.includes(folder)), name).toEqual([]);
    // A panic still says which crate it comes from.
    expect(octets.includes("/src/lib.rs"), name).toBe(true);
  }
});

/** The built page as a plain web host serves it: no headers but the content type. */
async function staticHost(path) {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, "http://host");
    const name = pathname === path ? "index.html" : pathname.slice(path.length);
    try {
      if (!pathname.startsWith(path)) throw new Error("another path");
      const body = await readFile(join(DIST, normalize(`/${name}`)));
      response.writeHead(200, { "content-type": KINDS[extname(name)] ?? "application/octet-stream" }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  return { address: `http://127.0.0.1:${server.address().port}${path}`, close };
}
