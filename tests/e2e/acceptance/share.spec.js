// Certificates in a link, and a copy without names for a ticket.

import { expect, faults, test, vector, Inspector } from "../certlens.js";

test("a link holds the certificates, nothing of the key, and opens elsewhere", async ({ inspector, page, context }) => {
  await inspector.drop(vector("pem/chain-and-key.pem"));
  await inspector.open("leaf.example.org");
  await page.getByTestId("share").click();
  const dialog = page.getByRole("dialog", { name: "Share" });
  await expect(dialog).toContainText("1 certificate,");
  await dialog.getByLabel("with those that issued it").check();
  await expect(dialog).toContainText("2 certificates,");
  expect(await faults(page)).toEqual([]);
  await page.screenshot({ path: "tests/e2e/results/share-wide.png" });
  const link = await page.getByTestId("link").inputValue();
  expect(link).toMatch(/\/#\/share\/[\w-]+$/);

  const other = await context.newPage();
  const requests = [];
  other.on("request", (request) => requests.push(request.url()));
  await other.goto(link);
  const there = new Inspector(other);
  await expect(there.entries.filter({ hasText: "leaf.example.org" })).toHaveCount(1);
  await expect(there.entries.filter({ hasText: "Vector Root" })).toHaveCount(1);
  await expect(there.entries.filter({ hasText: "private key" })).toHaveCount(0);
  await expect(there.groups).toContainText("Shared link");
  // It stays in the address, so that a reload shows it again, and never was in a request.
  await there.open("Vector Root");
  await expect(other).toHaveURL(/#\/entry\/1-\d\?share=[\w-]+$/);
  await other.reload();
  await expect(there.entries.filter({ hasText: "leaf.example.org" })).toHaveCount(1);
  expect(requests.filter((url) => url.includes("share"))).toEqual([]);
});

test("a link that was cut off says so", async ({ inspector, page }) => {
  await page.evaluate(() => (location.hash = "#/share/7b0HYBxJliUmL23Ke39K9UrX4HShCIBgEyTYkEAQ"));
  await expect(page.getByTestId("notice")).toContainText("cut off or changed");
  await expect(inspector.entries).toHaveCount(0);
});

test("too much for a link is told with the figure", async ({ inspector, page }) => {
  await inspector.drop("/etc/ssl/certs/ca-certificates.crt");
  await inspector.entries.first().click();
  await page.getByTestId("share").click();
  await page.getByLabel("all on the pile").check();
  await expect(page.getByTestId("no-link")).toContainText(/about [\d,]{6,} characters. The longest that is made has 32,000/);
});

test("a redacted copy names nobody", async ({ inspector, page }) => {
  await inspector.drop(vector("pem/chain-and-key.pem"));
  await inspector.open("leaf.example.org");
  await page.getByTestId("share").click();
  const copy = await page.getByTestId("redacted").inputValue();
  expect(copy).toContain("Issuer       name-2");
  expect(copy).toContain("Private key  here");
  expect(copy).not.toMatch(/example|Vector|192\.0/);
});
