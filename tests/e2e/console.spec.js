// Sign in, and find the certificates of all three kinds of backend.

import { expect, test } from "./certlens.js";

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

async function signIn(page) {
  await page.goto(`${process.env.E2E_ADDRESS}/#/console`);
  await fill(page, process.env.E2E_PASSWORD);
  await expect(page.getByTestId("rows")).toBeVisible();
}

async function fill(page, password) {
  await page.getByLabel("User name").fill(process.env.E2E_USER);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByTestId("sign-in-form").getByRole("button", { name: /Sign in|Try again/ }).click();
}
