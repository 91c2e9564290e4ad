// The same page in Firefox, driven over WebDriver BiDi: Playwright has no driver for Debian's.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { after, before, beforeEach, test } from "node:test";
import puppeteer from "puppeteer-core";
import { startServer } from "../../server.js";

const vector = (name) => new URL(`../../vectors/${name}`, import.meta.url).pathname;
const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const BUNDLE = "/etc/ssl/certs/ca-certificates.crt";

let server, browser, page, problems;

before(async () => {
  server = await startServer();
  const executablePath = process.env.FIREFOX ?? "/usr/bin/firefox-esr";
  browser = await puppeteer.launch({ browser: "firefox", executablePath, headless: true });
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

beforeEach(async () => {
  await page?.close();
  page = await browser.newPage();
  problems = [];
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
  await page.goto(server.address);
  await page.waitForSelector("[data-test=app][data-ready=true]");
});

test("Debian's whole bundle of authorities is listed", async () => {
  const certificates = (await readFile(BUNDLE, "utf8")).match(/-----BEGIN CERTIFICATE-----/g).length;
  await choose(BUNDLE);
  await shows("count", `${certificates} entries`);
  await isWell();
});

test("a certificate shows its fields, its chain and its octets", async () => {
  await choose(vector("pem/chain-and-key.pem"));
  await press("entry", "leaf.example.org");
  await shows("detail", "Vector Root");
  for (const [tab, content] of [["Chain", "Vector Root"], ["Bytes", "SEQUENCE"], ["Overview", "EC P-256"]]) {
    await pressTab(tab);
    await shows("detail", content);
  }
  await isWell();
});

test("a PKCS#12 file opens with its password, and not with a wrong one", async () => {
  await choose(vector("pkcs12/openssl-3.p12"));
  await page.locator("[data-test=lock] input").fill("wrong");
  await page.keyboard.press("Enter");
  await shows("lock", "password");
  await page.waitForSelector("[data-test=lock] [role=alert]");
  await page.locator("[data-test=lock] input").fill("changeit");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => !document.querySelector("[data-test=lock]"));
  await shows("rows", "example.org");
  await isWell();
});

test("the console signs in and shows what the server serves", async () => {
  await page.goto(`${server.address}/#/console`);
  await page.locator("#console-user").fill(server.user);
  await page.locator("#console-password").fill(server.password);
  await page.keyboard.press("Enter");
  await shows("backend", "Elasticsearch");
  await page.waitForSelector("[data-test=entry]");
  await isWell();
});

async function choose(...files) {
  const input = await page.$("[data-test=files]");
  await input.uploadFile(...files);
}

/** Waits until an element of this name holds this text. */
async function shows(name, text) {
  const holds = (name, text) =>
    [...document.querySelectorAll(`[data-test=${name}]`)].some((element) => element.textContent.includes(text));
  await page.waitForFunction(holds, { timeout: 15_000 }, name, text).catch(async () => {
    const seen = await page.$$eval(`[data-test=${name}]`, (all) => all.map((element) => element.textContent));
    assert.fail(`${name} does not show "${text}", but ${JSON.stringify(seen)}`);
  });
}

async function press(name, text) {
  await shows(name, text);
  for (const element of await page.$$(`[data-test=${name}]`)) {
    if ((await element.evaluate((element) => element.textContent)).includes(text)) return element.click();
  }
}

async function pressTab(name) {
  await page.locator(`::-p-aria([name="${name}"][role="tab"])`).click();
}

/** Nothing went wrong, and axe finds nothing. */
async function isWell() {
  assert.deepEqual(problems, []);
  // Evaluated, not added as a script: the page's own policy forbids foreign ones.
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  assert.deepEqual(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html).slice(0, 3)]), []);
}
