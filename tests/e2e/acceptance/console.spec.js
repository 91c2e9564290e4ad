// Sign in, and find the certificates of all three kinds of backend.

import { startServer } from "../../server.js";
import { expect, test } from "../certlens.js";

test("the demonstration certificates of all three dialects are found", async ({ inspector, page }) => {
  await signIn(page);
  for (const name of ["http.p12", "metrics_exporter", "WebHosting"]) {
    await page.getByTestId("search").fill(name);
    await expect(inspector.entries.first()).toContainText(name);
  }
});

for (const name of ["http.p12", "metrics_exporter", "WebHosting"]) {
  test(`an entry of ${name} opens`, async ({ inspector, page }) => {
    await signIn(page);
    await page.getByTestId("search").fill(name);
    await inspector.entries.filter({ hasText: name }).first().click();
    await expect(inspector.detail.first()).toBeVisible();
    await page.getByTestId("back").click();
    await expect(inspector.rows).toBeVisible();
  });
}

test("a wrong password is told, and the right one then taken", async ({ inspector, page }) => {
  await page.goto(`${process.env.E2E_ADDRESS}/#/console`);
  await fill(page, "wrong");
  await expect(page.getByTestId("sign-in-error")).toContainText(/password/i);
  await fill(page, process.env.E2E_PASSWORD);
  await expect(page.getByTestId("rows")).toBeVisible();
});

test("clusters behind the server are read through it", async ({ page }) => {
  const { E2E_ADDRESS: url, E2E_USER, E2E_PASSWORD } = process.env;
  const cluster = (name, kind, password) => ({ name, kind, url, credentials: `Basic ${E2E_USER}:${password}` });
  const relay = await startServer({
    clusters: [
      cluster("search", "elasticsearch", E2E_PASSWORD),
      cluster("cache", "redis-enterprise", E2E_PASSWORD),
      cluster("web", "iis", E2E_PASSWORD),
      cluster("closed", "iis", "another password"),
    ],
  });
  try {
    await signIn(page, relay.address);
    const backends = page.getByTestId("backend");
    for (const [name, certificate] of [["search, Elasticsearch", "http.p12"], ["cache, Redis Enterprise", "proxy"], ["web, IIS", "WebHosting"]]) {
      const backend = backends.filter({ hasText: name });
      await expect(backend).toContainText("Answered");
      await backend.click();
      await expect(page.getByTestId("rows")).toContainText(certificate);
      await backend.click();
    }
    await expect(backends.filter({ hasText: "closed, IIS" })).toContainText("No answer");
    await expect(page.getByTestId("backend-note")).toContainText("credentials");
  } finally {
    await relay.stop();
  }
});

async function signIn(page, address = process.env.E2E_ADDRESS) {
  await page.goto(`${address}/#/console`);
  await fill(page, process.env.E2E_PASSWORD);
  await expect(page.getByTestId("rows")).toBeVisible();
}

async function fill(page, password) {
  await page.getByLabel("User name").fill(process.env.E2E_USER);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByTestId("sign-in-form").getByRole("button", { name: /Sign in|Try again/ }).click();
}
