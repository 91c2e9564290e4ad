// Measures the built page in headless Chromium, against the goals that it has on a machine of two cores.
// `make bench` calls it; ADDRESS names another host of the page than the program itself, ONLY some of the
// measures. Figures are medians; the goal and what it came to stand in one line each.

import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";
import { chromium, selectors } from "@playwright/test";
import { manyCertificates, nameOf } from "../tests/e2e/many.js";
import { startServer } from "../tests/server.js";

const RUNS = Number(process.env.RUNS ?? 5);
const ONLY = process.env.ONLY?.split(",");
const DIST = new URL("../dist/", import.meta.url).pathname;
const BUNDLE = "/etc/ssl/certs/ca-certificates.crt";
const ROUNDS = 600_000;

selectors.setTestIdAttribute("data-test");
const missed = [];
const folder = await mkdtemp(join(tmpdir(), "certlens-bench-"));
const { ADDRESS: address } = process.env;
const server = address ? { address, stop() {} } : await startServer();
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
});
try {
  const measures = { sizes, load, bundle, tenThousand, hundredThousand, derivation, judgement };
  for (const [name, measure] of Object.entries(measures)) if (!ONLY || ONLY.includes(name)) await measure();
} finally {
  await browser.close();
  await server.stop();
  await rm(folder, { recursive: true });
}
console.log(missed.length === 0 ? "\nEvery goal is reached." : `\nNot reached: ${missed.join("; ")}.`);

async function sizes() {
  let all = 0;
  const parts = {};
  for (const name of await readdir(DIST)) {
    if (!/\.(js|wasm|css|html)$/.test(name)) continue;
    const size = await packed(name);
    all += size;
    const part = /worker/.test(name) ? "reader" : "page";
    parts[part] = (parts[part] ?? 0) + size;
  }
  tell("page and reader, brotli", all / 1000, 450, "kB");
  tell("of it, what first paint waits for", parts.page / 1000, undefined, "kB");
  tell("Mozilla's roots beside it, brotli", (await packed("mozilla-roots.der")) / 1000, undefined, "kB");
}

async function packed(name) {
  const bytes = await readFile(join(DIST, name));
  const params = { [constants.BROTLI_PARAM_LGWIN]: 24, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  return brotliCompressSync(bytes, { params }).length;
}

async function load() {
  const times = [];
  for (let run = 0; run < RUNS; run++) {
    const page = await open();
    times.push(await page.evaluate(() => window.readyAt));
    await page.context().close();
  }
  tell("load to ready for a drop", median(times), 500, "ms");
}

async function bundle() {
  const count = (await readFile(BUNDLE, "utf8")).match(/-----BEGIN CERTIFICATE-----/g).length;
  const runs = await repeat(() => dropped(BUNDLE, count));
  tell(`Debian's ${count} authorities dropped to list complete`, median(runs.map((run) => run.complete)), 150, "ms");
}

async function tenThousand() {
  const path = join(folder, "10000.pem");
  await writeFile(path, (await manyCertificates(10_000)).join(""));
  const runs = await repeat(() => dropped(path, 10_000));
  tell("10,000 certificates in one PEM: first rows", median(runs.map((run) => run.first)), 300, "ms");
  tell("10,000 certificates in one PEM: complete", median(runs.map((run) => run.complete)), 2000, "ms");
  tell("10,000 certificates in one PEM: longest task", median(runs.map((run) => run.longest)), 50, "ms");
}

async function hundredThousand() {
  const path = join(folder, "100000.pem");
  await writeFile(path, (await manyCertificates(100_000)).join(""));
  const page = await open();
  const { complete } = await drop(page, path, 100_000);
  tell("100,000 certificates in one PEM: complete", complete, undefined, "ms");

  const scrolls = [];
  for (let run = 0; run < RUNS; run++) scrolls.push(await page.evaluate(scrolled));
  // Frames come sixty times a second: two of them, and what a clock rounds.
  tell("100,000 rows: longest frame of a scroll", median(scrolls.map((scroll) => scroll.longest)), 33.4, "ms");
  tell("100,000 rows: frames without rows in sight", median(scrolls.map((scroll) => scroll.bare)), 0, "of 180");

  const rows = page.getByTestId("rows");
  const searches = await repeat(async (run) => {
    const time = await page.evaluate(searched, nameOf(4711 + run));
    await page.evaluate(searched, "");
    return time;
  });
  tell("100,000 rows: search", median(searches), 100, "ms");
  // Names stand in order already: turned round, they are sorted anew and another one stands first.
  await page.getByTestId("order").selectOption("name");
  const sorts = await repeat(() => page.evaluate(drawn, ["turn"]));
  tell("100,000 rows: sort", median(sorts), 100, "ms");
  const groups = await repeat((run) => page.evaluate(drawn, ["group-by", ["week", "issuer", "key", "none", "file"][run % 5]]));
  tell("100,000 rows: group", median(groups), 100, "ms");
  await rows.focus();
  tell("100,000 rows: memory of the tab", await memory(), 600, "MB");
  await page.context().close();
}

/** A keystore of many rounds, beside the same derivation by the browser itself in the same run. */
async function derivation() {
  const [key, certificate, store] = ["key", "pem", "p12"].map((name) => join(folder, `rounds.${name}`));
  const openssl = (...words) => execFileSync("openssl", words, { stdio: "ignore" });
  openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc", "-subj", "/CN=rounds", "-keyout", key, "-out", certificate);
  // Without a check value, so that two derivations are all there is: one a safe.
  openssl("pkcs12", "-export", "-nomac", "-iter", String(ROUNDS), "-inkey", key, "-in", certificate, "-passout", "pass:changeit", "-out", store);
  const ratios = [];
  for (let run = 0; run < RUNS; run++) {
    const page = await open();
    await page.getByTestId("files").setInputFiles(store);
    await page.getByTestId("lock").getByLabel(/^Password for/).fill("changeit");
    const native = await page.evaluate(async (rounds) => {
      const password = new TextEncoder().encode("changeit");
      const key = await crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
      const start = performance.now();
      for (let one = 0; one < 2; one++) {
        await crypto.subtle.deriveBits({ name: "PBKDF2", hash: "SHA-256", salt: new Uint8Array(16), iterations: rounds }, key, 256);
      }
      return performance.now() - start;
    }, ROUNDS);
    const ours = await page.evaluate(async () => {
      const start = performance.now();
      document.querySelector(".unlock").requestSubmit();
      while (document.querySelector("[data-test=lock]")) await new Promise(requestAnimationFrame);
      return performance.now() - start;
    });
    ratios.push(ours / native);
    await page.context().close();
  }
  tell("two derivations of 600,000 rounds beside the browser's own", median(ratios), 3, "×");
}

/** A path of three certificates over P-256, from a choice in the page to the words of the verdict. */
async function judgement() {
  const openssl = (...words) => execFileSync("openssl", words, { stdio: "ignore" });
  const file = (name) => join(folder, `path-${name}.pem`);
  const issue = (name, issuer, ...extensions) => {
    const by = issuer ? ["-CA", file(issuer), "-CAkey", `${file(issuer)}.key`] : [];
    const pair = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc", "-keyout", `${file(name)}.key`, "-out", file(name)];
    openssl("req", "-x509", ...pair, ...by, "-days", "90", "-subj", `/CN=path ${name}`, ...extensions.flatMap((one) => ["-addext", one]));
  };
  const authority = ["basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign,cRLSign"];
  issue("root", undefined, ...authority);
  issue("middle", "root", ...authority);
  issue("leaf", "middle", "basicConstraints=CA:FALSE", "subjectAltName=DNS:path.example", "extendedKeyUsage=serverAuth,clientAuth");
  const page = await open();
  await page.getByTestId("files").setInputFiles(["root", "middle", "leaf"].map(file));
  await page.getByTestId("entry").filter({ hasText: "path leaf" }).first().click();
  await page.getByRole("tab", { name: "Chain" }).click();
  await page.getByTestId("verdict").filter({ hasText: "Accepted" }).waitFor();
  const times = await repeat((run) => page.evaluate(judged, ["client", "server"][run % 2]));
  tell("a path of three over P-256: choice to verdict", median(times), 10, "ms");
  await page.context().close();
}

/** The page in a profile of its own, ready for a drop. */
async function open() {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await page.addInitScript(() => {
    window.longest = 0;
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) window.longest = Math.max(window.longest, duration);
    }).observe({ type: "longtask" });
    new MutationObserver(() => {
      if (document.querySelector("[data-test=app][data-ready=true]")) window.readyAt ??= performance.now();
    }).observe(document, { subtree: true, childList: true, attributes: true });
    addEventListener("change", ({ target }) => {
      if (target.type === "file") window.droppedAt = performance.now();
    }, { capture: true });
    // Called at every frame; the times are those of frames, as they are seen.
    window.watch = (count) =>
      new Promise((resolve) => {
        const times = {};
        const look = () => {
          const now = performance.now() - window.droppedAt;
          if (document.querySelector("[data-test=entry]")) times.first ??= now;
          const text = document.querySelector("[data-test=count]")?.textContent ?? "";
          // All are counted, and what is in sight is drawn.
          if (times.first && text.startsWith(`${count} `) && !document.querySelector("[data-test=reading]")) {
            return resolve({ ...times, complete: now, longest: window.longest });
          }
          requestAnimationFrame(look);
        };
        look();
      });
  });
  // A hundred thousand certificates take a while to be read.
  page.setDefaultTimeout(120_000);
  await page.goto(server.address);
  await page.waitForFunction(() => window.readyAt);
  return page;
}

async function dropped(path, count) {
  const page = await open();
  const times = await drop(page, path, count);
  await page.context().close();
  return times;
}

async function drop(page, path, count) {
  await page.evaluate(() => (window.longest = 0));
  await page.getByTestId("files").setInputFiles(path);
  return page.evaluate((count) => window.watch(count), count.toLocaleString("en"));
}

/** Scrolls from the top for three seconds, ever further at each frame. */
async function scrolled() {
  const rows = document.querySelector("[data-test=rows]");
  rows.scrollTop = 0;
  const frame = () => new Promise(requestAnimationFrame);
  let [longest, bare, before] = [0, 0, await frame()];
  for (let step = 1; step <= 180; step++) {
    rows.scrollTop += step * 20;
    const now = await frame();
    longest = Math.max(longest, now - before);
    before = now;
    const seen = rows.querySelector(".rows-window").getBoundingClientRect();
    const { top, bottom } = rows.getBoundingClientRect();
    if (bottom <= seen.top || seen.bottom <= top) bare += 1;
  }
  return { longest, bare };
}

/** From a letter typed to the rows that match. */
async function searched(text) {
  const field = document.querySelector("#search");
  const rows = document.querySelector("[data-test=rows]");
  const before = rows.getAttribute("aria-rowcount");
  field.value = text;
  const start = performance.now();
  field.dispatchEvent(new InputEvent("input", { bubbles: true }));
  while (document.querySelector("[data-test=rows]").getAttribute("aria-rowcount") === before) await new Promise(requestAnimationFrame);
  return performance.now() - start;
}

/** From a press or a choice to the rows as it wants them. */
async function drawn([name, value]) {
  const control = document.querySelector(`[data-test=${name}]`);
  const changed = new Promise((resolve) => {
    new MutationObserver((_, observer) => {
      observer.disconnect();
      resolve(performance.now());
    }).observe(document.querySelector(".rows-window"), { subtree: true, childList: true, characterData: true });
  });
  const start = performance.now();
  if (value === undefined) control.click();
  else {
    control.value = value;
    control.dispatchEvent(new Event("change", { bubbles: true }));
  }
  return (await changed) - start;
}

/** From another purpose to its verdict. */
async function judged(purpose) {
  const control = document.querySelector("[data-test=purpose]");
  const place = document.querySelector("[data-test=verdict]").parentElement;
  const told = new Promise((resolve) => {
    new MutationObserver((_, observer) => {
      if (!document.querySelector("[data-test=steps]")) return;
      observer.disconnect();
      resolve(performance.now());
    }).observe(place, { subtree: true, childList: true, characterData: true });
  });
  control.value = purpose;
  const start = performance.now();
  control.dispatchEvent(new Event("change", { bubbles: true }));
  return (await told) - start;
}

/** The largest of the browser's processes that draw pages, in megabytes of its own memory. */
async function memory() {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  const sizes = processInfo.filter(({ type }) => type === "renderer").map(async ({ id }) => {
    const text = await readFile(`/proc/${id}/smaps_rollup`, "utf8");
    return Number(text.match(/^Pss:\s+(\d+)/m)[1]) / 1000;
  });
  return Math.max(...(await Promise.all(sizes)));
}

async function repeat(measure) {
  const runs = [];
  for (let run = 0; run < RUNS; run++) runs.push(await measure(run));
  return runs;
}

function median(values) {
  return [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)];
}

function tell(what, value, goal, unit) {
  const digits = value < 10 && unit !== "ms" ? 1 : 0;
  const figure = `${value.toFixed(digits)} ${unit}`;
  const reached = goal === undefined || value <= goal;
  if (!reached) missed.push(`${what} (${figure})`);
  const beside = goal === undefined ? "" : `goal ${goal} ${unit}${reached ? "" : "   not reached"}`;
  console.log(`${what.padEnd(58)} ${figure.padStart(12)}   ${beside}`);
}
