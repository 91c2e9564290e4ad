// Octets: of what cannot be read, of what is locked, of keys; and the ways between fields and octets.

import { expect, faults, test, vector } from "../certlens.js";

const tab = (page, name) => page.getByRole("tab", { name });
const node = (page) => page.locator("[role=treeitem][aria-selected=true]");

test("an unreadable file tells what was recognised, and its fault leads to its octet", async ({ inspector, page }) => {
  await inspector.drop(vector("broken/truncated.der"));
  await inspector.entries.first().click();
  const recognised = page.getByTestId("recognised");
  await expect(recognised).toContainText("leaf.example.org");
  await expect(recognised).toContainText("Vector Root");
  await expect(recognised).toContainText("Not after");
  expect(await faults(page)).toEqual([]);
  await page.screenshot({ path: "tests/e2e/results/unreadable-wide.png" });
  await page.getByTestId("fault").click();
  await expect(page).toHaveURL(/\/bytes@299\+1$/);
  await expect(page.getByRole("tree", { name: "Values" })).toContainText("SEQUENCE");
  await expect(page.locator(".hex-octets [data-at='299']")).toBeVisible();
  expect(await faults(page)).toEqual([]);
  await page.screenshot({ path: "tests/e2e/results/unreadable-bytes-wide.png" });
});

test("a locked store shows how it is built before its password is known", async ({ inspector, page }) => {
  await inspector.drop(vector("pkcs12/openssl-3.p12"));
  await inspector.locks.first().getByTestId("look-inside").click();
  await expect(tab(page, "Bytes")).toHaveAttribute("aria-selected", "true");
  await expect(page.getByRole("tree", { name: "Values" })).toContainText("PBES2");
  expect(await faults(page)).toEqual([]);
  await tab(page, "Overview").click();
  await expect(inspector.detail).toContainText("PKCS#12 keystore");
  await expect(inspector.detail).toContainText("Type its password in the list");
  await page.screenshot({ path: "tests/e2e/results/locked-wide.png" });
});

test("what a private key is made of is shown nowhere", async ({ inspector, page }) => {
  await inspector.drop(vector("pem/chain-and-key.pem"));
  await inspector.entries.nth(2).click();
  await tab(page, "Bytes").click();
  await expect(page.getByTestId("hidden-octets")).toBeVisible();
  await expect(page.locator(".hex-octets").first()).toContainText("30");
  await expect(page.locator(".hex-octets").nth(3)).toHaveText(/^(··)+$/);
  await expect(page.getByTestId("save-node")).toHaveCount(0);
  expect(await faults(page)).toEqual([]);
});

test("a field leads to its octets, and octets to what the field says", async ({ inspector, page }) => {
  await inspector.drop(vector("der/leaf.der"));
  await page.getByRole("link", { name: "Bytes of Serial" }).click();
  await expect(tab(page, "Bytes")).toHaveAttribute("aria-selected", "true");
  await expect(node(page)).toContainText("serialNumber");
  await page.getByTestId("to-field").click();
  await expect(tab(page, "Overview")).toHaveAttribute("aria-selected", "true");
  await tab(page, "Names and use").click();
  await page.getByRole("link", { name: "Bytes of leaf.example.org" }).first().click();
  await expect(page.getByTestId("to-field")).toContainText("subject alternative names");
  await page.getByTestId("to-field").click();
  await expect(tab(page, "Extensions")).toHaveAttribute("aria-selected", "true");
  await tab(page, "Overview").click();
  expect(await faults(page)).toEqual([]);
});
