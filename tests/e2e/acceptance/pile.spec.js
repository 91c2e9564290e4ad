// What several files say of each other, and what a reader finds again after going back or loading anew.

import { execFileSync } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, faults, test, vector } from "../certlens.js";
import { manyCertificates } from "../many.js";

/** A small authority of openssl, in a folder: root, leaf, its key, and a list that revokes the leaf. */
async function authority(folder) {
  await mkdir(folder, { recursive: true });
  const openssl = (...words) => execFileSync("openssl", words, { cwd: folder, stdio: "pipe" });
  await writeFile(
    join(folder, "ca.cnf"),
    "[ca]\ndefault_ca=a\n[a]\ndatabase=index.txt\nserial=serial\ncrlnumber=crlnumber\ndefault_md=sha256\ndefault_crl_days=30\ndefault_days=90\nnew_certs_dir=.\npolicy=p\nx509_extensions=l\n[p]\ncommonName=supplied\n[l]\nbasicConstraints=CA:FALSE\nsubjectAltName=DNS:es1.corp\nauthorityKeyIdentifier=keyid\nsubjectKeyIdentifier=hash\n[r]\nbasicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\n",
  );
  for (const [name, text] of [["index.txt", ""], ["serial", "1000\n"], ["crlnumber", "01\n"]]) {
    await writeFile(join(folder, name), text);
  }
  // The page may have looked at its clock before.
  const begun = new Date(Date.now() - 86_400_000).toISOString().replace(/[-:T]|\.\d+/g, "");
  const ec = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc"];
  openssl("req", ...ec, "-keyout", "root.key", "-out", "root.csr", "-subj", "/CN=Corp Root");
  openssl("ca", "-config", "ca.cnf", "-batch", "-notext", "-selfsign", "-keyfile", "root.key", "-in", "root.csr", "-extensions", "r", "-out", "root.pem", "-startdate", begun, "-days", "900");
  openssl("req", ...ec, "-keyout", "es1.key", "-out", "es1.csr", "-subj", "/CN=es1.corp");
  openssl("ca", "-config", "ca.cnf", "-batch", "-notext", "-cert", "root.pem", "-keyfile", "root.key", "-in", "es1.csr", "-out", "es1.pem", "-startdate", begun);
  openssl("genpkey", "-algorithm", "ED25519", "-out", "stranger.key");
  openssl("ca", "-config", "ca.cnf", "-cert", "root.pem", "-keyfile", "root.key", "-revoke", "es1.pem");
  openssl("ca", "-config", "ca.cnf", "-cert", "root.pem", "-keyfile", "root.key", "-gencrl", "-out", "root.crl");
  return (name) => join(folder, name);
}

test("a list in another file revokes: row, headline and counter say so", async ({ inspector, page }, testInfo) => {
  const file = await authority(testInfo.outputPath("ca"));
  await inspector.drop(file("es1.pem"), file("root.pem"));
  const row = inspector.entries.filter({ hasText: "es1.corp" }).first();
  await expect(row).toContainText("In date");
  await inspector.drop(file("root.crl"));
  await expect(row).toContainText("Revoked");
  await inspector.open("es1.corp");
  await expect(page.getByTestId("say")).toContainText("Revoked by a list here");
  await page.getByTestId("state-findings").click();
  await expect(inspector.entries).toHaveCount(1);
  await page.getByTestId("every-state").click();
  await expect(page.getByTestId("finding").filter({ hasText: "root.crl" })).toHaveCount(1);
  // Without the list it is as it was.
  await page.getByRole("button", { name: "Close root.crl" }).click();
  await expect(row).toContainText("In date");
});

/** The same object with the last octet of its signature flipped. */
async function flipped(path, to) {
  const [, label, digits] = /-----BEGIN ([A-Z0-9 ]+)-----([^-]+)-----END/.exec(await readFile(path, "utf8"));
  const octets = Buffer.from(digits, "base64");
  octets[octets.length - 1] ^= 1;
  await writeFile(to, `-----BEGIN ${label}-----\n${octets.toString("base64").match(/.{1,64}/g).join("\n")}\n-----END ${label}-----\n`);
}

test("a signature that the issuer did not make is said in row, headline, chain and table", async ({ inspector, page }, testInfo) => {
  const file = await authority(testInfo.outputPath("ca"));
  await flipped(file("es1.pem"), file("wrong.pem"));
  await inspector.drop(file("wrong.pem"), file("root.pem"));
  const row = inspector.entries.filter({ hasText: "es1.corp" }).first();
  await expect(row).toContainText("Problem found");
  await expect(row).toContainText("did not sign");
  await expect(row).not.toContainText("chain 1/2");
  await expect(page.getByTestId("state-findings")).toContainText("1");
  await row.click();
  const say = page.getByTestId("say");
  await expect(say).toContainText("Problem found");
  await expect(say).toContainText("was not made by the key of Corp Root");
  await expect(say).not.toContainText("chain is here");
  await expect(page.locator("[data-test=finding][data-id=chain-signature-wrong]")).toHaveCount(1);
  await inspector.detail.getByRole("tab", { name: "Chain" }).click();
  const wayUp = page.getByTestId("way-up");
  await expect(wayUp).toContainText("Corp Root");
  await expect(wayUp).toContainText("wrong");
  await expect(page.locator("#view, .detail-in")).not.toContainText("missing");
  // With the right one beside it, one has a chain and the other has none.
  await inspector.drop(file("es1.pem"));
  await expect(inspector.entries.filter({ hasText: "chain 1/2" })).toHaveCount(1);
});

test("a list that somebody else signed revokes nothing, and a request is checked by its own key", async ({ inspector, page }, testInfo) => {
  const folder = testInfo.outputPath("ca");
  const file = await authority(folder);
  await flipped(file("root.crl"), file("forged.crl"));
  await flipped(file("es1.csr"), file("bad.csr"));
  await inspector.drop(file("es1.pem"), file("root.pem"), file("forged.crl"), file("es1.key"));
  const row = inspector.entries.filter({ hasText: "es1.corp" }).first();
  const list = inspector.entries.filter({ hasText: "forged.crl" }).or(inspector.entries.filter({ hasText: "not signed by the authority" }));
  await expect(list.first()).toContainText("Problem found");
  await expect(row).toContainText("In date");
  await inspector.drop(file("es1.csr"));
  const request = inspector.entries.filter({ hasText: "Request" }).first();
  await request.click();
  await expect(page.getByTestId("say")).toContainText("signed with its own key");
  await expect(page.getByTestId("say")).toContainText(/key present/i);
  await inspector.drop(file("bad.csr"));
  await expect(inspector.entries.filter({ hasText: "not signed by its own key" })).toHaveCount(1);
});

test("key and issuer are known though they lie in other files", async ({ inspector, page }, testInfo) => {
  const file = await authority(testInfo.outputPath("ca"));
  await inspector.drop(file("es1.pem"), file("es1.key"), file("root.pem"), file("stranger.key"));
  const row = inspector.entries.filter({ hasText: "es1.corp" }).first();
  await expect(row).toContainText("key");
  await expect(row).toContainText("chain 1/2");
  await row.click();
  await expect(page.getByTestId("say")).toContainText(/key present/i);
  await expect(inspector.detail).toContainText("es1.key");
  // The other key fits nothing, and that is told.
  await inspector.entries.filter({ hasText: "fits no certificate" }).click();
  await expect(page.locator("[data-test=finding][data-id=key-fits-nothing]")).toHaveCount(1);
});

test("a finding of one file of an archive stays with it", async ({ inspector, page }, testInfo) => {
  const folder = testInfo.outputPath("archive");
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "leaf.pem"), await readFile(vector("pem/leaf.pem")));
  await writeFile(join(folder, "old.p12"), await readFile(vector("pkcs12/openssl-legacy.p12")));
  execFileSync("tar", ["-cf", "two.tar", "leaf.pem", "old.p12"], { cwd: folder });
  await inspector.drop(join(folder, "two.tar"));
  await expect(inspector.locks.first()).toContainText("old.p12");
  await inspector.unlock("changeit");
  await expect(inspector.locks).toHaveCount(0);
  const legacy = inspector.entries.filter({ hasText: "legacy" });
  await expect(legacy.first()).toBeVisible();
  expect(await legacy.count()).toBeLessThan(await inspector.entries.count());
  const plain = inspector.entries.filter({ hasNotText: "legacy" }).first();
  await plain.click();
  await expect(inspector.detail).toContainText("leaf.pem");
  await expect(page.locator("[data-test=finding][data-id=legacy-seal]")).toHaveCount(0);
  await legacy.first().click();
  await expect(page.locator("[data-test=finding][data-id=legacy-seal]")).not.toHaveCount(0);
});

test("a chain in the wrong order is offered to be mended, with a choice for its key", async ({ inspector, page }, testInfo) => {
  const file = await authority(testInfo.outputPath("ca"));
  const wrong = (await readFile(file("root.pem"), "utf8")) + (await readFile(file("es1.pem"), "utf8")) + (await readFile(file("es1.key"), "utf8"));
  await writeFile(file("wrong.pem"), wrong);
  await inspector.drop(file("wrong.pem"));
  await inspector.open("es1.corp");
  await expect(page.getByTestId("would-change")).toContainText(/order/i);
  await expect(page.getByTestId("would-change")).not.toContainText("pem[");
  await page.getByTestId("mend-keys-clear").check();
  await expect(page.getByTestId("mend")).toBeDisabled();
  await page.getByTestId("mend-keys-out").check();
  await page.getByTestId("mend").click();
  await expect(page.getByTestId("made-keys")).toBeVisible();
  await expect(page.getByTestId("lost")).toContainText("private key");
});

test("the back button leads to what was open before, and then to the list", async ({ inspector, page }) => {
  await inspector.drop(vector("pem/chain-and-key.pem"));
  await expect(inspector.detail).toBeVisible();
  const first = await page.getByRole("heading", { level: 1 }).innerText();
  await inspector.detail.getByRole("tab", { name: "JSON" }).click();
  await inspector.open("Vector Root");
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Vector Root");
  // The tab stays.
  await expect(inspector.detail.getByRole("tab", { name: "JSON" })).toHaveAttribute("aria-selected", "true");
  await page.goBack();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(first);
  await page.goBack();
  await expect(inspector.entries.first()).toBeVisible();
  await expect(inspector.detail).toHaveCount(0);
});

test("an address from before the page was loaded opens its entry and tab once the file is dropped", async ({ inspector, page }) => {
  await inspector.drop(vector("pem/chain-and-key.pem"));
  await inspector.open("Vector Root");
  await inspector.detail.getByRole("tab", { name: "Chain" }).click();
  await expect(page).toHaveURL(/entry\/1-\d\/chain/);
  const address = page.url();
  await page.reload();
  await inspector.isReady();
  expect(page.url()).toBe(address);
  await inspector.drop(vector("pem/chain-and-key.pem"));
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Vector Root");
  await expect(page.getByTestId("chain-picture")).toBeVisible();
});

test("days can be chosen for what is near, and the choice is kept", async ({ inspector, page }) => {
  await inspector.drop(vector("pem/leaf.pem"));
  await expect(inspector.entries.first()).toBeVisible();
  await page.getByTestId("expiry").selectOption("90");
  await page.reload();
  await inspector.isReady();
  await inspector.drop(vector("pem/leaf.pem"));
  await expect(page.getByTestId("expiry")).toHaveValue("90");
  expect(await faults(page)).toEqual([]);
});

test("on a phone errors are explained and the chain is drawn", async ({ inspector, page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.getByRole("link", { name: "Explain" }).last().click();
  await expect(page).toHaveURL(/#\/explain/);
  await page.getByRole("link", { name: "Drop" }).click();
  await inspector.drop(vector("pem/chain-and-key.pem"));
  await inspector.open("leaf.example.org");
  await inspector.detail.getByRole("tab", { name: "Chain" }).click();
  await expect(page.getByTestId("chain-picture")).toBeVisible();
  expect(await faults(page)).toEqual([]);
});

test("on a phone the list is drawn after a link between two entries", async ({ inspector, page }, testInfo) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await mkdir(testInfo.outputPath(), { recursive: true });
  const many = testInfo.outputPath("many.pem");
  await writeFile(many, (await manyCertificates(60)).join(""));
  await inspector.drop(many, vector("pem/chain-and-key.pem"));
  await expect(inspector.count).toContainText("63 entries");
  await page.evaluate(() => (location.hash = "#/entry/2-0"));
  await page.getByTestId("detail").getByRole("button", { name: /Private key/ }).click();
  await expect(page).toHaveURL(/#\/entry\/2-\d/);
  await page.getByRole("link", { name: /63 entries/ }).click();
  // As many rows as there is room for stand between the head and the foot of the list.
  const inSight = () =>
    inspector.entries.evaluateAll((rows) => rows.filter((row) => {
      const { top, bottom } = row.getBoundingClientRect();
      return 200 < bottom && top < 700;
    }).length);
  await expect.poll(inSight).toBeGreaterThan(6);
});

test("what was asked of a verdict is kept while another tab is looked at", async ({ inspector, page }) => {
  await inspector.drop(vector("pem/chain-and-key.pem"));
  await inspector.open("leaf.example.org");
  await page.getByRole("tab", { name: "Chain" }).click();
  await page.getByTestId("purpose").selectOption("client");
  await page.getByTestId("host").fill("other.example.org");
  await expect(page.getByTestId("verdict")).toBeVisible();
  await page.getByRole("tab", { name: "Overview" }).click();
  await page.getByRole("tab", { name: "Chain" }).click();
  await expect(page.getByTestId("host")).toHaveValue("other.example.org");
  await expect(page.getByTestId("purpose")).toHaveValue("client");
  // Of another certificate something else is asked.
  await page.evaluate(() => (location.hash = "#/entry/1-1/chain"));
  await expect(page.getByTestId("host")).toHaveValue("");
});
