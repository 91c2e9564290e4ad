// Drop a file, see what is in it.

import { execFileSync } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { coreVector, expect, Inspector, test, vector } from "../certlens.js";
import { manyCertificates, nameOf } from "../many.js";

const BUNDLE = "/etc/ssl/certs/ca-certificates.crt";

test("Debian's whole bundle of authorities is listed", async ({ inspector }) => {
  const bundle = await readFile(BUNDLE, "utf8");
  const certificates = bundle.match(/-----BEGIN CERTIFICATE-----/g).length;
  await inspector.drop(BUNDLE);
  await expect(inspector.count).toContainText(`${certificates} entries`);
  await expect(inspector.rows).toHaveAttribute("aria-rowcount", /\d+/);
});

test("an entry shows its answer, its fields and its names", async ({ inspector }) => {
  await inspector.drop(vector("pem/leaf.pem"));
  await inspector.open("leaf.example.org");
  await expect(inspector.detail.getByRole("heading", { level: 1 })).toContainText("leaf.example.org");
  await expect(inspector.detail).toContainText("Vector Root");
  await expect(inspector.detail).toContainText("EC P-256");
  await expect(inspector.detail).toContainText("192.0.2.1");
});

for (const name of ["openssl-3", "openssl-legacy", "keytool-17"]) {
  test(`a PKCS#12 file of ${name} opens with its password, and not with a wrong one`, async ({ inspector }) => {
    await inspector.drop(vector(`pkcs12/${name}.p12`));
    await inspector.unlock("wrong");
    const lock = inspector.locks.first();
    await expect(lock.getByRole("alert")).toContainText("password");
    // The field keeps the focus, so that the next password is typed at once.
    await expect(lock.getByLabel(/^Password for/)).toBeFocused();

    await inspector.unlock("changeit");
    await expect(inspector.locks).toHaveCount(0);
    await expect(inspector.entries.filter({ hasText: "example.org" }).first()).toBeVisible();
  });
}

test("a keystore opens where the browser derives no keys, as on a page that came without TLS", async ({ browser }) => {
  // Ten thousand rounds, which the browser would be asked for. A service worker would answer in the place of the server.
  const context = await browser.newContext({ serviceWorkers: "block" });
  const without = `Object.defineProperty(Crypto.prototype, "subtle", { value: undefined });\n`;
  let changed = 0;
  await context.route(/\/worker\.js/, async (route) => {
    const answer = await route.fetch();
    changed += 1;
    await route.fulfill({ response: answer, body: without + (await answer.text()) });
  });
  const page = await context.newPage();
  await page.goto(process.env.E2E_ADDRESS);
  const inspector = new Inspector(page);
  await expect(page.getByTestId("app")).toHaveAttribute("data-ready", "true");
  await inspector.drop(vector("pkcs12/keytool-17.p12"));
  await inspector.unlock("wrong");
  await expect(inspector.locks.first().getByRole("alert")).toContainText("password");
  await inspector.unlock("changeit");
  await expect(inspector.locks).toHaveCount(0);
  expect(changed).toBeGreaterThan(0);
  await context.close();
});

test("a keystore whose keys have passwords of their own opens key by key", async ({ inspector }) => {
  await inspector.drop(coreVector("two-keys.jks"));
  await inspector.unlock("changeit");
  await expect(inspector.locks.first().getByRole("alert")).toContainText("another password");
  await inspector.unlock("first-key");
  await expect(inspector.locks.first().getByRole("alert")).toContainText("another password");
  await inspector.unlock("second-key");
  await expect(inspector.locks).toHaveCount(0);
});

test("keys of a JWKS are listed by their names, and show no bytes", async ({ inspector, page }) => {
  await inspector.drop(coreVector("jwk/private.json"));
  await expect(inspector.entries).toHaveCount(9);
  await inspector.open("Ed448");
  await expect(inspector.detail).toContainText("JWK");
  await expect(page.getByRole("tab", { name: "Bytes" })).toHaveCount(0);
  const { keys } = JSON.parse(await readFile(coreVector("jwk/private.json"), "utf8"));
  for (const tab of ["Overview", "JSON"]) {
    await page.getByRole("tab", { name: tab }).click();
    await expect(inspector.detail).not.toContainText(keys[7].d);
  }
});

test("an encrypted key asks for its password", async ({ inspector }) => {
  await inspector.drop(coreVector("sealed-key.pem"));
  await inspector.unlock("changeit");
  await expect(inspector.locks).toHaveCount(0);
  await expect(inspector.entries.first()).toContainText("EC P-256");
});

test("the search is left for the list by Enter", async ({ inspector, page }) => {
  await inspector.drop(vector("pem/chain-and-key.pem"));
  await expect(inspector.entries.first()).toBeVisible();
  await page.keyboard.press("/");
  await expect(page.getByRole("searchbox", { name: "Search" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("rows")).toBeFocused();
});

test("a locked keystore does not keep others from being read", async ({ inspector }) => {
  await inspector.drop(vector("pkcs12/openssl-3.p12"), vector("pem/leaf.pem"));
  await expect(inspector.locks).toHaveCount(1);
  await inspector.open("leaf.example.org");
  await expect(inspector.locks).toHaveCount(1);
});

test("a Java keystore shows its certificates while it is locked", async ({ inspector }) => {
  await inspector.drop(vector("jks/keytool-17.jks"));
  await expect(inspector.entries.filter({ hasText: "java.example.org" }).first()).toBeVisible();
  await expect(inspector.entries.filter({ hasText: "Vector Root" }).first()).toBeVisible();
});

test("ten thousand certificates are scrolled to their end", async ({ inspector, page }, testInfo) => {
  const path = testInfo.outputPath("many.pem");
  await mkdir(testInfo.outputPath(), { recursive: true });
  await writeFile(path, await manyCertificates(10_000));
  await page.getByTestId("files").setInputFiles(path);
  await expect(inspector.count).toContainText("10,000 entries", { timeout: 30_000 });
  for (const share of [0.25, 0.5, 0.75, 1]) {
    await inspector.rows.evaluate((rows, share) => (rows.scrollTop = rows.scrollHeight * share), share);
    await expect(inspector.entries.filter({ hasText: nameOf(Math.round(10_000 * share)) })).toHaveCount(1);
  }
  // The table holds what is seen, not what is there.
  expect(await inspector.entries.count()).toBeLessThan(200);
  await page.getByRole("searchbox").fill(nameOf(4711));
  await expect(inspector.entries).toHaveCount(1);
});

test("pasted text is read like a file", async ({ inspector, page }) => {
  await page.getByRole("button", { name: "Paste" }).click();
  await page.getByTestId("paste").fill(await readFile(vector("pem/chain-and-key.pem"), "utf8"));
  await page.getByRole("button", { name: "Read it" }).click();
  await expect(inspector.count).toContainText("3 entries");
});

test("a file made just now by openssl is read", async ({ inspector }, testInfo) => {
  const path = testInfo.outputPath("fresh.p12");
  const key = testInfo.outputPath("fresh.key");
  const certificate = testInfo.outputPath("fresh.pem");
  await mkdir(testInfo.outputPath(), { recursive: true });
  const openssl = (...words) => execFileSync("openssl", words, { stdio: "ignore" });
  openssl("req", "-x509", "-newkey", "rsa:2048", "-noenc", "-subj", "/CN=fresh.example.org", "-days", "30", "-keyout", key, "-out", certificate);
  openssl("pkcs12", "-export", "-inkey", key, "-in", certificate, "-passout", "pass:fresh", "-out", path);
  await inspector.drop(path);
  await inspector.unlock("fresh");
  await inspector.open("fresh.example.org");
  await expect(inspector.detail).toContainText("RSA 2048");
});

test("no request leaves the page after it was loaded", async ({ inspector, page, context }) => {
  const requests = [];
  context.on("request", (request) => requests.push(request.url()));
  await inspector.drop(vector("pkcs12/openssl-3.p12"), vector("broken/picture.png"), BUNDLE);
  await inspector.unlock("wrong");
  await expect(inspector.locks.first().getByRole("alert")).toBeVisible();
  await inspector.unlock("changeit");
  await expect(inspector.locks).toHaveCount(0);
  await inspector.open("leaf.example.org");
  await page.getByRole("searchbox").fill("root");
  await expect(inspector.entries.first()).toBeVisible();
  // One request made on purpose, to know that it would have been seen.
  await page.evaluate(() => fetch("/on-purpose"));
  expect(requests).toEqual([`${process.env.E2E_ADDRESS}/on-purpose`]);
});

test("the inspector works on after the network is gone", async ({ inspector, context }) => {
  await context.setOffline(true);
  await inspector.drop(vector("pem/leaf.pem"));
  await inspector.open("leaf.example.org");
});
