// One entry and the questions that are asked about it: chain, trust, bytes, changes, who can open it.

import { execFileSync } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { coreVector, expect, faults, test, vector } from "../certlens.js";

/** A root, an authority and a server's certificate, made just now by openssl. */
async function family(testInfo) {
  const folder = testInfo.outputPath();
  await mkdir(folder, { recursive: true });
  const at = (name) => testInfo.outputPath(name);
  const openssl = (...words) => execFileSync("openssl", words, { stdio: "ignore" });
  const key = (name) => ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc", "-keyout", at(`${name}.key`)];
  const ca = ["-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign,cRLSign"];
  openssl("req", "-x509", ...key("root"), "-subj", "/CN=Fresh Root", "-days", "900", "-out", at("root.pem"), ...ca);
  openssl("req", "-x509", ...key("ca"), "-subj", "/CN=Fresh CA", "-days", "800", "-CA", at("root.pem"), "-CAkey", at("root.key"), "-out", at("ca.pem"), ...ca);
  const leaf = (name, days, names) =>
    openssl("req", "-x509", ...key(name), "-subj", "/CN=fresh.example.org", "-days", days, "-CA", at("ca.pem"), "-CAkey", at("ca.key"), "-out", at(`${name}.pem`),
      "-addext", `subjectAltName=${names}`, "-addext", "basicConstraints=critical,CA:FALSE", "-addext", "extendedKeyUsage=serverAuth", "-addext", "keyUsage=critical,digitalSignature");
  leaf("leaf", "90", "DNS:fresh.example.org,DNS:gone.example.org");
  leaf("new", "200", "DNS:fresh.example.org,DNS:more.example.org");
  return at;
}

const tab = (page, name) => page.getByRole("tab", { name });

test("tabs go by arrow keys, and the address names the one that is open", async ({ inspector, page }) => {
  await inspector.drop(vector("pem/leaf.pem"));
  await inspector.open("leaf.example.org");
  await tab(page, "Overview").focus();
  await page.keyboard.press("ArrowRight");
  await expect(tab(page, "Names and use")).toBeFocused();
  await expect(page).toHaveURL(/#\/entry\/1-0\/names$/);
  await page.keyboard.press("End");
  await expect(tab(page, "JSON")).toHaveAttribute("aria-selected", "true");
  await expect(page.locator(".json")).toContainText("with what all files here say of it");
  await page.evaluate(() => (location.hash = "#/entry/1-0/extensions"));
  await expect(tab(page, "Extensions")).toHaveAttribute("aria-selected", "true");
});

test("the chain is drawn, verified, and judged by the roots that were dropped", async ({ inspector, page }, testInfo) => {
  const at = await family(testInfo);
  // The page reads its clock anew, since the certificates begin after it was opened.
  await page.reload();
  await inspector.isReady();
  await inspector.drop(at("leaf.pem"), at("ca.pem"), at("root.pem"));
  await inspector.open("fresh.example.org");
  await tab(page, "Chain").click();
  await expect(page.getByTestId("chain-box")).toHaveCount(3);
  await expect(page.getByTestId("way-up").getByRole("listitem")).toHaveCount(3);
  await expect(page.getByTestId("way-up")).toContainText("verified");
  const verdict = page.getByTestId("verdict");
  await expect(verdict).toContainText("Accepted for everything that was checked");
  await expect(page.getByTestId("not-covered")).toContainText(/revo/i);
  // Instants are told as everywhere else, and in UTC on hover.
  await page.getByTestId("steps").locator("summary").first().click();
  const instant = page.getByTestId("steps").locator("time").first();
  await expect(instant).toHaveAttribute("title", /^\d{4}-\d\d-\d\dT/);
  await expect(instant).toContainText(/\d{1,2} \w{3,4} \d{4}/);
  await expect(page.getByTestId("steps")).not.toContainText(/\d{4}-\d\d-\d\dT/);
  for (const note of await page.locator(".pic-note").allTextContents()) expect(note).not.toMatch(/…$/);
  await page.screenshot({ path: "tests/e2e/results/chain-wide.png" });
  expect(await faults(page)).toEqual([]);

  await page.getByTestId("host").fill("other.example.org");
  await expect(verdict).toContainText("Not accepted");
  await page.getByTestId("host").fill("fresh.example.org");
  await expect(verdict).toContainText("Accepted");
  await page.getByTestId("purpose").selectOption("client");
  await expect(verdict).toContainText("Not accepted");
  await page.getByTestId("purpose").selectOption("server");
  await page.getByTestId("day").fill("2040-01-01");
  await expect(verdict).toContainText("Not accepted");
  await page.getByTestId("day").fill("");
  await expect(verdict).toContainText("Accepted");

  // A private root is none of Mozilla's.
  await page.getByTestId("store").selectOption({ label: "Mozilla's roots for servers" });
  await expect(verdict).toContainText("Not accepted");
  await expect(verdict).toContainText(/1\d\d certificates of Mozilla's root programme/);

  // A box is a link, by mouse and by key.
  await page.getByTestId("chain-box").filter({ hasText: "Fresh CA" }).focus();
  await page.keyboard.press("Enter");
  await expect(inspector.detail.getByRole("heading", { level: 1 })).toContainText("Fresh CA");
  await expect(tab(page, "Chain")).toHaveAttribute("aria-selected", "true");
});

test("the overview says whose key made the signature, and green is what was verified", async ({ inspector, page }, testInfo) => {
  const at = await family(testInfo);
  const [field, checked, unchecked] = [page.locator(".beside"), page.getByTestId("checked"), page.getByTestId("not-checked")];
  await inspector.drop(at("leaf.pem"));
  await expect(field).toHaveText("not checked: Fresh CA is not here");
  await expect(field).toHaveClass(/st-unknown/);
  await expect(page.getByTestId("say")).toContainText("Signature, trust and revocation not checked.");
  await expect(checked).toHaveCount(0);

  // What is dropped later is taken into account.
  await inspector.drop(at("ca.pem"), at("root.pem"));
  await expect(field).toHaveText("verified with the key of Fresh CA");
  await expect(field).toHaveClass(/st-fine/);
  await expect(page.getByTestId("say")).toContainText("Its signature is verified with the key of Fresh CA. Trust and revocation not checked.");
  await expect(page.getByRole("complementary", { name: "Around it" })).toMatchAriaSnapshot(`
    - complementary "Around it":
      - heading "Checked" [level=2]
      - list:
        - listitem: Signature verified with the key of Fresh CA
      - heading "Not checked" [level=2]
      - list:
        - listitem: Trust no set of roots was asked
        - listitem: Revocation no list here is about it, and none is fetched
  `);
  expect(await faults(page)).toEqual([]);

  // Anyone can sign for themselves.
  await inspector.open("Fresh Root");
  await expect(field).toHaveText("verified with its own key");
  await expect(field).toHaveClass(/st-unknown/);
  await expect(page.getByTestId("say")).toContainText("It is signed with its own key. Trust and revocation not checked.");
});

/** The leaf as another key would have signed it: the last octet belongs to the signature. */
async function forge(at) {
  const pem = await readFile(at("leaf.pem"), "utf8");
  const der = Buffer.from(pem.replace(/-----.*-----/g, ""), "base64");
  der[der.length - 1] ^= 1;
  await writeFile(at("forged.der"), der);
}

test("a signature that another key made is called so", async ({ inspector, page }, testInfo) => {
  const at = await family(testInfo);
  await forge(at);
  await inspector.drop(at("forged.der"), at("ca.pem"));
  await inspector.open("fresh.example.org");
  const field = page.locator(".beside");
  await expect(field).toHaveText("not made by the key of Fresh CA");
  await expect(field).toHaveClass(/st-now/);
  await expect(page.getByTestId("say")).toContainText("Its signature was not made by the key of Fresh CA.");
});

test("a step that stands on a refused one is not called passed", async ({ inspector, page }, testInfo) => {
  const at = await family(testInfo);
  await forge(at);
  // The page reads its clock anew, since the certificates begin after it was opened.
  await page.reload();
  await inspector.isReady();
  await inspector.drop(at("forged.der"), at("ca.pem"), at("root.pem"));
  await inspector.open("fresh.example.org");
  await tab(page, "Chain").click();
  await expect(page.getByTestId("verdict")).toContainText("Not accepted");
  const heads = page.getByTestId("steps").locator(".step-head");
  await expect(heads).toHaveCount(2);
  await expect(heads.nth(0)).toContainText("Refused");
  await expect(heads.nth(1)).toContainText("Not proven");
  await expect(page.getByTestId("steps").locator(".step-head .st-fine")).toHaveCount(0);
});

test("nothing is called accepted where nothing is trusted, and what is missing is drawn and named", async ({ inspector, page }, testInfo) => {
  const at = await family(testInfo);
  await inspector.drop(at("leaf.pem"), at("root.pem"));
  await inspector.open("fresh.example.org");
  await tab(page, "Chain").click();
  await expect(page.getByTestId("chain-missing")).toContainText("Fresh CA");
  await expect(page.getByTestId("verdict")).toContainText("Not accepted");
  await page.getByTestId("store").selectOption({ label: "root.pem" });
  await expect(page.getByTestId("lacks")).toContainText("Fresh CA");
  await page.getByTestId("clear").click();
  await inspector.isReady();
  await inspector.drop(at("leaf.pem"));
  await tab(page, "Chain").click();
  await expect(page.getByTestId("verdict")).toContainText("Not checked: nothing here is trusted");
  await expect(page.locator("[data-test=chain] .st-fine:not(.pic-note)")).toHaveCount(0);
});

test("a truststore that has the authority under another certificate says so", async ({ inspector, page }, testInfo) => {
  const at = await family(testInfo);
  execFileSync("openssl", ["req", "-x509", "-key", at("root.key"), "-subj", "/CN=Fresh Root", "-days", "1200", "-out", at("renewed.pem"), "-addext", "basicConstraints=critical,CA:TRUE"], { stdio: "ignore" });
  await inspector.drop(at("root.pem"), at("renewed.pem"));
  await inspector.entries.first().click();
  await tab(page, "Chain").click();
  await page.getByTestId("store").selectOption({ label: "renewed.pem" });
  await expect(page.getByTestId("kin")).toContainText("another certificate over the same key and name");
});

test("values and octets lead to each other, and a place has a reference", async ({ inspector, page }) => {
  await inspector.drop(vector("der/leaf.der"));
  await tab(page, "Bytes").click();
  const tree = page.getByRole("tree", { name: "Values" });
  const selected = page.locator("[role=treeitem][aria-selected=true]");
  await expect(selected).toContainText("Certificate");
  await tree.focus();
  await page.keyboard.press("ArrowRight");
  await expect(selected).toContainText("tbsCertificate");
  await page.keyboard.press("ArrowLeft");
  await expect(selected).toHaveAttribute("aria-expanded", "false");
  await page.keyboard.press("ArrowRight");
  await page.getByTestId("node").filter({ hasText: "serialNumber" }).click();
  await expect(page.getByTestId("reference")).toHaveText(/^der@\d+\+\d+$/);
  await expect(page).toHaveURL(/\/bytes@\d+\+\d+$/);
  await page.screenshot({ path: "tests/e2e/results/bytes-wide.png" });
  expect(await faults(page)).toEqual([]);

  // An octet leads to its value: the very first one is the certificate's own tag.
  await page.locator(".hex-octets [data-at='0']").scrollIntoViewIfNeeded();
  await page.locator(".hex-octets [data-at='0']").click();
  await expect(selected).toContainText("Certificate");
  const whole = await readFile(vector("der/leaf.der"));
  await expect(page.getByTestId("reference")).toHaveText(`der@0+${whole.length}`);
  const download = page.waitForEvent("download");
  await page.getByTestId("save-node").click();
  expect(await readFile(await (await download).path())).toEqual(whole);

  // The place of an extension leads to its octets.
  await tab(page, "Extensions").click();
  await page.getByTestId("extension").first().getByRole("link", { name: /^bytes/ }).click();
  await expect(tab(page, "Bytes")).toHaveAttribute("aria-selected", "true");
  await expect(selected).toBeVisible();
});

test("a renewal is told in one line, with the names that were lost and added", async ({ inspector, page }, testInfo) => {
  const at = await family(testInfo);
  await inspector.drop(at("leaf.pem"), at("new.pem"), at("root.pem"));
  await inspector.entries.nth(1).click();
  await tab(page, "Compare").click();
  await expect(page.getByTestId("compare-summary")).toContainText("1 name lost, 1 name added");
  await expect(page.locator(".was-lost").first()).toContainText("gone.example.org");
  await page.screenshot({ path: "tests/e2e/results/compare-wide.png" });
  expect(await faults(page)).toEqual([]);
  await page.getByRole("button", { name: "Swap sides" }).click();
  await expect(page.locator(".was-lost").first()).toContainText("more.example.org");
  await page.getByRole("button", { name: /that are the same/ }).click();
  await expect(page.locator("[data-change=Same]").first()).toBeVisible();
  await page.getByTestId("compare-with").selectOption({ label: "Fresh Root (root.pem)" });
  await expect(page.getByTestId("compare-summary")).toContainText("Two different certificates");
});

test("beside a certificate stands what the lists that were dropped say of it", async ({ inspector, page }) => {
  const [checked, unchecked] = [page.getByTestId("checked"), page.getByTestId("not-checked")];
  await inspector.drop(vector("pem/leaf.pem"));
  await inspector.open("leaf.example.org");
  await expect(unchecked).toContainText("Revocationno list here is about it, and none is fetched");
  await inspector.drop(coreVector("revoked.pem"));
  await inspector.open("other.corp.example");
  await expect(checked).toContainText("Revocationin no list here that is about it; the next one is due on");
  await expect(checked.locator("time")).toHaveAttribute("title", "2036-01-01T00:00:00Z");
  await inspector.open("leaf.corp.example");
  await expect(checked).toContainText("Revocationrevoked by the list in revoked.pem");
  await expect(unchecked).not.toContainText("Revocation");
  await expect(page.getByTestId("say")).toContainText("Trust and other revocation lists not checked.");
});

test("who can open an old keystore is expected, with reasons and sources", async ({ inspector, page }) => {
  await inspector.drop(vector("pkcs12/openssl-legacy.p12"));
  await inspector.unlock("changeit");
  await expect(inspector.locks).toHaveCount(0);
  await inspector.open("leaf.example.org");
  await tab(page, "Who can open it").click();
  const refused = page.getByTestId("opener").filter({ hasText: "OpenSSL 3 as installed" });
  await expect(refused).toContainText("No");
  await expect(page.getByTestId("openers")).toContainText("nothing was tried");
  await expect(page.locator("[data-test=openers] .st-fine")).toHaveCount(0);
  await page.screenshot({ path: "tests/e2e/results/openers-wide.png" });
  expect(await faults(page)).toEqual([]);

  // What a password brought to light is asked about like anything else.
  await tab(page, "Chain").click();
  await expect(page.getByTestId("chain-box").first()).toBeVisible();
  await tab(page, "Bytes").click();
  await expect(page.getByRole("tree", { name: "Values" })).toBeVisible();
});

test("names that attack stay text in every view", async ({ inspector, page }, testInfo) => {
  const path = testInfo.outputPath("evil.pem");
  await mkdir(testInfo.outputPath(), { recursive: true });
  execFileSync("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc", "-keyout", "/dev/null", "-utf8",
    "-subj", "/CN=<img src=x onerror=alert(1)>\u202emoc", "-days", "9", "-out", path], { stdio: "ignore" });
  await writeFile(testInfo.outputPath("same.pem"), await readFile(path));
  await inspector.drop(path, testInfo.outputPath("same.pem"));
  page.on("dialog", () => expect("a script ran").toBe("never"));
  await inspector.entries.first().click();
  for (const name of ["Names and use", "Chain", "Extensions", "Bytes", "Compare", "JSON"]) {
    await tab(page, name).click();
    await expect(page.locator("#tab-panel")).toContainText(/./);
    expect(await page.locator("#tab-panel img").count(), name).toBe(0);
    expect(await page.locator("#tab-panel").innerText(), name).not.toContain("\u202e");
  }
});

for (const colorScheme of ["light", "dark"]) {
  test.describe(`on a phone, ${colorScheme}`, () => {
    test.use({ colorScheme, viewport: { width: 390, height: 844 }, reducedMotion: "reduce" });
    for (const name of ["Names and use", "Chain", "Bytes", "Compare"]) {
      test(`${name}: axe finds nothing, and nothing is cut off`, async ({ inspector, page }) => {
        await inspector.drop(vector("pem/chain-and-key.pem"));
        await inspector.open("leaf.example.org");
        await tab(page, name).click();
        await expect(page.locator("#tab-panel [role=status]")).toHaveCount(0);
        await expect(page.locator("#tab-panel")).toContainText(/./);
        await page.screenshot({ path: `tests/e2e/results/${name.split(" ")[0]}-phone-${colorScheme}.png` });
        expect(await faults(page)).toEqual([]);
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        expect(overflow).toBeLessThanOrEqual(0);
      });
    }
  });
}
