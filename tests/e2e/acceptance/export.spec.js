// What leaves the page: converted, rewritten and mended files, and the list. Each is opened by another program.

import { execFileSync } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { coreVector, expect, saved, test, vector } from "../certlens.js";

const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe finds, a line each. */
async function faults(page) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => axe.run());
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).slice(0, 3).join(" ")}`);
}

const tab = (page, name) => page.getByRole("tab", { name });

const openssl = (...words) => execFileSync("openssl", words, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
const keytool = (...words) => execFileSync("keytool", words, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });

/** Opens Convert and chooses. */
async function choose(page, { extent, form, keys, seal }) {
  await tab(page, "Convert").click();
  if (extent) await page.getByTestId("extent").selectOption({ label: extent });
  if (form) await page.getByTestId("form").selectOption({ label: form });
  if (keys) await page.getByTestId(keys).check();
  if (seal) await page.getByTestId("seal").selectOption({ label: seal });
}

const PKCS12 = "PKCS#12 (.p12, .pfx): a keystore";
const JKS = "JKS: a keystore of old Java";

async function write(page, password) {
  if (password) {
    await page.getByTestId("password").fill(password);
    await page.getByTestId("password-again").fill(password);
  }
  await page.getByTestId("write").click();
  await expect(page.getByTestId("made")).toBeVisible();
}

test("a certificate and a key out of two files become one keystore that openssl and Java open", async ({ inspector, page }, testInfo) => {
  await mkdir(testInfo.outputPath(), { recursive: true });
  const at = (name) => testInfo.outputPath(name);
  const text = await readFile(vector("pem/chain-and-key.pem"), "utf8");
  const blocks = text.match(/-----BEGIN [^-]+-----[^-]+-----END [^-]+-----\n/g);
  await writeFile(at("server.crt"), blocks.filter((block) => block.includes("CERTIFICATE")).join(""));
  await writeFile(at("server.key"), blocks.find((block) => block.includes("KEY")));
  await inspector.drop(at("server.crt"), at("server.key"));
  await inspector.open("leaf.example.org");
  await choose(page, { extent: "It with its key and chain", form: PKCS12 });
  await expect(page.getByTestId("selection")).toHaveText("2 certificates, 1 private key, out of 2 files.");

  // Who chooses it with its key means the key, and never in the clear.
  await expect(page.getByTestId("keys-sealed")).toBeChecked();
  await page.getByTestId("password").fill("one password");
  await page.getByTestId("password-again").fill("another");
  await page.getByTestId("write").click();
  await expect(page.getByTestId("refusal")).toContainText("differ");
  await write(page, "one password");
  await expect(page.getByTestId("made-keys")).toHaveText("Private keys are in it, sealed by the password.");
  await expect(page.getByTestId("password")).toHaveValue("");
  await expect(tab(page, "Convert")).toHaveAttribute("aria-selected", "true");
  await page.screenshot({ path: "tests/e2e/results/convert-wide.png", fullPage: true });
  expect(await faults(page)).toEqual([]);
  await expect(page.getByTestId("convert").locator("form")).toMatchAriaSnapshot(`
    - text: What
    - combobox "What"
    - text: As
    - combobox "As"
    - text: Sealed
    - combobox "Sealed"
    - paragraph: 2 certificates, 1 private key, out of 2 files.
    - group "Private key":
      - radio "Leave out"
      - radio "Put in, sealed by a password" [checked]
    - text: New password
    - textbox "New password"
    - text: Once more
    - textbox "Once more"
    - button "Write it"
  `);

  const path = await saved(page, page.getByTestId("save"), testInfo);
  const listed = openssl("pkcs12", "-in", path, "-passin", "pass:one password", "-noenc");
  expect(listed.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
  expect(listed).toContain("BEGIN PRIVATE KEY");
  const java = keytool("-list", "-v", "-keystore", path, "-storepass", "one password");
  expect(java).toContain("PrivateKeyEntry");
  expect(java).toContain("Certificate chain length: 2");
  await expect(page.getByTestId("requests")).toContainText("0 requests");
});

test("PEM, DER, PKCS#7 and JKS are what openssl and keytool read", async ({ inspector, page }, testInfo) => {
  await inspector.drop(vector("pem/chain-and-key.pem"));
  await inspector.open("leaf.example.org");

  await choose(page, { extent: "This entry", form: "DER: one object alone" });
  await write(page);
  const der = await saved(page, page.getByTestId("save"), testInfo);
  expect(await readFile(der)).toEqual(await readFile(vector("der/leaf.der")));

  await choose(page, { extent: "Its whole file", form: "PKCS#7 (.p7b): certificates" });
  await write(page);
  await expect(page.getByTestId("lost")).toContainText("private key");
  const p7b = await saved(page, page.getByTestId("save"), testInfo);
  expect(openssl("pkcs7", "-in", p7b, "-print_certs").match(/BEGIN CERTIFICATE/g)).toHaveLength(2);

  await choose(page, { form: JKS, keys: "keys-sealed" });
  await page.getByTestId("password").fill("short");
  await page.getByTestId("password-again").fill("short");
  await page.getByTestId("write").click();
  await expect(page.getByTestId("refusal")).toContainText("six characters");
  await write(page, "changeit");
  const jks = await saved(page, page.getByTestId("save"), testInfo);
  expect(keytool("-list", "-keystore", jks, "-storepass", "changeit")).toContain("PrivateKeyEntry");

  // In the clear only by an act of its own, in plain words.
  await choose(page, { form: "PEM: text, holds everything", keys: "keys-clear" });
  await expect(page.getByTestId("write")).toBeDisabled();
  await expect(page.getByText("whoever gets it can pose as leaf.example.org")).toBeVisible();
  await page.getByTestId("agree").check();
  await write(page);
  await expect(page.getByTestId("made-keys")).toContainText("in the clear");
  const pem = await saved(page, page.getByTestId("save"), testInfo);
  const pair = [openssl("pkey", "-in", pem, "-pubout"), openssl("x509", "-in", pem, "-noout", "-pubkey")];
  expect(pair[0]).toBe(pair[1]);

  // In the older forms, where the key is of their kind.
  await page.getByTestId("key-form").selectOption("SEC 1, for EC alone");
  await expect(page.getByTestId("write")).toBeEnabled();
  await write(page);
  const sec1 = await saved(page, page.getByTestId("save"), testInfo);
  expect(await readFile(sec1, "utf8")).toContain("-----BEGIN EC PRIVATE KEY-----");
  expect(openssl("pkey", "-in", sec1, "-pubout")).toBe(pair[0]);
  await page.getByTestId("key-form").selectOption("PKCS#1, for RSA alone");
  await page.getByTestId("write").click();
  await expect(page.getByTestId("refusal")).toContainText("Write it as PKCS#8");
});

test("a keystore that OpenSSL 3 refuses is rewritten for it, with the password that it has", async ({ inspector, page }, testInfo) => {
  const old = vector("pkcs12/openssl-legacy.p12");
  expect(() => openssl("pkcs12", "-in", old, "-passin", "pass:changeit", "-noenc")).toThrow();
  await inspector.drop(old);
  await inspector.unlock("changeit");
  await expect(inspector.locks).toHaveCount(0);
  await inspector.open("leaf.example.org");
  await tab(page, "Who can open it").click();
  await page.getByRole("link", { name: "Rewrite it for OpenSSL 3 as installed" }).click();
  await expect(page).toHaveURL(/\/convert@open-ssl3$/);
  await expect(page.getByTestId("present")).toBeChecked();
  await page.getByTestId("password").fill("not the one");
  await page.getByTestId("write").click();
  await expect(page.getByTestId("refusal")).toContainText("That is not the password of openssl-legacy.p12");
  await page.getByTestId("password").fill("changeit");
  await page.getByTestId("write").click();
  await expect(page.getByTestId("made-openers")).toBeVisible();
  await page.screenshot({ path: "tests/e2e/results/rewrite-wide.png", fullPage: true });
  expect(await faults(page)).toEqual([]);
  const path = await saved(page, page.getByTestId("save"), testInfo);
  expect(openssl("pkcs12", "-in", path, "-passin", "pass:changeit", "-noenc")).toContain("BEGIN PRIVATE KEY");

  // With a new one.
  await page.getByTestId("opener").selectOption({ label: "Java 8" });
  await page.getByTestId("new").check();
  await write(page, "a new one");
  const newer = await saved(page, page.getByTestId("save"), testInfo);
  expect(keytool("-list", "-keystore", newer, "-storepass", "a new one")).toContain("PrivateKeyEntry");
});

test("a sealed key that OpenSSL 3 refuses is rewritten for it, under a new password or none", async ({ inspector, page }, testInfo) => {
  const old = coreVector("keys/traditional-rc2.pem");
  expect(() => openssl("pkey", "-in", old, "-passin", "pass:secret", "-noout")).toThrow();
  await inspector.drop(old);
  await inspector.unlock("secret");
  await expect(inspector.locks).toHaveCount(0);
  await inspector.entries.first().click();
  await tab(page, "Who can open it").click();
  const refused = page.getByTestId("opener").filter({ hasText: "OpenSSL 3 as installed" });
  await expect(refused).toContainText("openssl pkcs8 -topk8 -provider default -provider legacy");
  await expect(refused).not.toContainText("keystore");
  // Windows takes a key in a keystore alone, so that nothing is promised there.
  await expect(page.getByRole("link", { name: /Rewrite it for Windows/ })).toHaveCount(0);
  await page.getByRole("link", { name: "Rewrite it for OpenSSL 3 as installed" }).click();
  await expect(page).toHaveURL(/\/convert@open-ssl3$/);
  await expect(page.getByTestId("new")).toBeChecked();
  await write(page, "a new one");
  await expect(page.getByTestId("made-openers")).toBeVisible();
  await page.screenshot({ path: "tests/e2e/results/rewrite-key-wide.png", fullPage: true });
  expect(await faults(page)).toEqual([]);
  const sealed = await saved(page, page.getByTestId("save"), testInfo);
  expect(await readFile(sealed, "utf8")).toContain("-----BEGIN ENCRYPTED PRIVATE KEY-----");
  openssl("pkey", "-in", sealed, "-passin", "pass:a new one", "-noout");

  // In the clear, where the reader says so.
  await page.getByTestId("keys-clear").check();
  await expect(page.getByTestId("write")).toBeDisabled();
  await page.getByTestId("agree").check();
  await write(page);
  const clear = await saved(page, page.getByTestId("save"), testInfo);
  openssl("pkey", "-in", clear, "-noout");
});

test("broken text is mended, and every change is told", async ({ inspector, page }, testInfo) => {
  await mkdir(testInfo.outputPath(), { recursive: true });
  const broken = testInfo.outputPath("broken.pem");
  const leaf = await readFile(vector("pem/leaf.pem"), "utf8");
  const twice = `\ufeff${leaf}${leaf}`.split("\n").map((line) => (line.startsWith("-----") ? `    ${line}` : line)).join("\r\n");
  await writeFile(broken, twice);
  await inspector.drop(broken);
  await inspector.entries.first().click();
  await page.getByTestId("mend").click();
  await expect(page.getByTestId("changes").getByRole("listitem")).not.toHaveCount(0);
  await page.screenshot({ path: "tests/e2e/results/mend-wide.png", fullPage: true });
  expect(await faults(page)).toEqual([]);
  const path = await saved(page, page.getByTestId("save"), testInfo);
  const mended = await readFile(path, "utf8");
  expect(mended.startsWith("-----BEGIN CERTIFICATE-----\n")).toBe(true);
  expect(mended.match(/BEGIN CERTIFICATE/g)).toHaveLength(1);
  expect(openssl("x509", "-in", path, "-noout", "-subject")).toContain("leaf.example.org");
});

test("a sound file is not offered to be mended", async ({ inspector, page }) => {
  await inspector.drop(vector("pem/leaf.pem"));
  await inspector.open("leaf.example.org");
  await expect(page.getByTestId("repair")).toHaveCount(0);
});

test("two files are compared object by object", async ({ inspector, page }) => {
  await inspector.drop(vector("pem/chain-and-key.pem"), vector("pem/leaf.pem"));
  await inspector.open("leaf.example.org");
  await tab(page, "Compare").click();
  await page.getByTestId("compare-with").selectOption({ label: "leaf.pem, all of it" });
  await expect(page).toHaveURL(/compare@file-2$/);
  const changes = page.getByTestId("bundle-change");
  await expect(changes.filter({ hasText: "Same" })).toHaveCount(1);
  await expect(changes.filter({ hasText: "Added" })).toHaveCount(2);
  await expect(page.getByTestId("compare-summary")).toContainText("2 added");
  await page.getByRole("button", { name: "Swap sides" }).click();
  await expect(changes.filter({ hasText: "Lost" })).toHaveCount(2);
  await page.screenshot({ path: "tests/e2e/results/bundles-wide.png" });
  expect(await faults(page)).toEqual([]);
});

/** A certificate whose names attack whatever they are written to. */
async function evil(testInfo) {
  await mkdir(testInfo.outputPath(), { recursive: true });
  const path = testInfo.outputPath("evil.pem");
  openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc", "-keyout", "/dev/null", "-utf8",
    "-subj", "/CN==HYPERLINK(\"x\")\u202emoc;BEGIN:VEVENT,<img src=x>", "-days", "90", "-out", path);
  return path;
}

test("the list leaves as a table, as JSON and as a calendar, and no name in it attacks", async ({ inspector, page }, testInfo) => {
  await inspector.drop(await evil(testInfo), vector("pem/chain-and-key.pem"));
  await expect(inspector.entries).toHaveCount(4);
  await page.getByTestId("export").click();
  await expect(page.getByRole("dialog")).toBeVisible();
  await page.screenshot({ path: "tests/e2e/results/export-wide.png" });
  expect(await faults(page)).toEqual([]);

  const csv = await readFile(await saved(page, page.getByTestId("export-csv"), testInfo), "utf8");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  const table = JSON.parse(execFileSync("python3", ["-c", "import csv,json,sys; print(json.dumps(list(csv.DictReader(sys.stdin))))"], { input: csv, encoding: "utf8" }));
  expect(table).toHaveLength(4);
  for (const row of table) for (const cell of Object.values(row)) expect(cell).not.toMatch(/^\s*[=+@-]|\u202e/);
  expect(table[0].name).toMatch(/^'=HYPERLINK/);
  expect(table[1].sha256).toMatch(/^[0-9a-f]{64}$/);

  await page.getByTestId("export").click();
  const text = await readFile(await saved(page, page.getByTestId("export-json"), testInfo), "utf8");
  expect(text).not.toContain("\u202e");
  const files = JSON.parse(text);
  expect(files.map(({ entries }) => entries.length)).toEqual([1, 3]);
  expect(text).not.toContain("PRIVATE KEY");

  await page.getByTestId("export").click();
  const calendar = await readFile(await saved(page, page.getByTestId("export-calendar"), testInfo), "utf8");
  const lines = calendar.replaceAll("\r\n ", "").split("\r\n");
  expect(lines.filter((line) => line === "BEGIN:VEVENT")).toHaveLength(3);
  expect(lines.filter((line) => /^UID:[0-9a-f]{64}@certlens$/.test(line))).toHaveLength(3);
  for (const line of calendar.split("\r\n")) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);

  // What the search hides is not exported.
  await page.locator("#search").fill("leaf.example.org");
  await expect(inspector.entries).toHaveCount(1);
  await page.getByTestId("export").click();
  const some = await readFile(await saved(page, page.getByTestId("export-csv"), testInfo), "utf8");
  expect(some.trim().split("\r\n").filter((line) => line.includes("certificate"))).toHaveLength(1);
});

test("each entry is printed on a page of its own", async ({ inspector, page }, testInfo) => {
  await page.evaluate(() => (window.print = () => (window.printed = document.querySelectorAll("[data-test=sheet]").length)));
  await inspector.drop(vector("pem/chain-and-key.pem"));
  await expect(inspector.entries).toHaveCount(3);
  await inspector.open("leaf.example.org");
  await expect(inspector.detail.getByTestId("signed")).toContainText("Vector Root");
  const said = await inspector.detail.getByTestId("say").innerText();
  await page.getByTestId("export").click();
  await page.getByTestId("export-print").click();
  await expect.poll(() => page.evaluate(() => window.printed)).toBe(3);
  await page.emulateMedia({ media: "print" });
  await expect(page.getByTestId("sheet").first()).toBeVisible();
  await expect(page.getByTestId("rows")).toBeHidden();
  // The paper says what the screen says: status, verified signature, and what is left unchecked.
  const leaf = page.getByTestId("sheet").filter({ has: page.getByRole("heading", { name: "leaf.example.org" }) });
  await expect(leaf.getByTestId("say")).toHaveText(said);
  await expect(leaf.getByRole("row", { name: /^Signature/ })).toContainText("with the key of Vector Root");
  await page.screenshot({ path: "tests/e2e/results/print.png", fullPage: true });
  await mkdir(testInfo.outputPath(), { recursive: true });
  const paper = testInfo.outputPath("sheets.pdf");
  await page.pdf({ path: paper, format: "A4" });
  expect((await readFile(paper, "latin1")).match(/\/Type\s*\/Page[^s]/g)).toHaveLength(3);
  await page.emulateMedia({ media: "screen" });
  await page.evaluate(() => dispatchEvent(new Event("afterprint")));
  await expect(page.getByTestId("sheet")).toHaveCount(0);
});

test("every file of an archive is read, and its place is told", async ({ inspector, page }) => {
  await inspector.drop(vector("archive/backup.zip"));
  await inspector.unlock("changeit");
  await expect(inspector.locks).toHaveCount(0);
  await inspector.entries.first().click();
  await expect(page.getByTestId("whereabouts")).toContainText("backup/");
  await page.screenshot({ path: "tests/e2e/results/archive-wide.png" });
  expect(await faults(page)).toEqual([]);
});

for (const colorScheme of ["light", "dark"]) {
  test.describe(`on a phone, ${colorScheme}`, () => {
    test.use({ colorScheme, viewport: { width: 390, height: 844 }, reducedMotion: "reduce" });
    test("Convert: axe finds nothing, and nothing is cut off", async ({ inspector, page }) => {
      await inspector.drop(vector("pem/chain-and-key.pem"));
      await inspector.open("leaf.example.org");
      await choose(page, { extent: "Its whole file", form: "PEM: text, holds everything", keys: "keys-clear" });
      await page.getByTestId("agree").check();
      await write(page);
      await page.getByTestId("made").scrollIntoViewIfNeeded();
      await page.screenshot({ path: `tests/e2e/results/convert-phone-${colorScheme}.png` });
      expect(await faults(page)).toEqual([]);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(overflow).toBeLessThanOrEqual(0);
    });
  });
}
