// Sign in, and find the certificates of all three kinds of backend.

import { expect, test } from "./certlens.js";

test("the demonstration certificates of all three dialects are found", async ({ inspector, page }) => {
  await signIn(page);
  const rows = page.getByTestId("rows");
  await expect(rows).toBeVisible();
  for (const name of ["http.p12", "metrics_exporter", "WebHosting"]) {
    await page.getByTestId("search").getByRole("searchbox").or(page.getByTestId("search")).first().fill(name);
    await expect(page.getByTestId("entry").first()).toBeVisible();
  }
  await expect(inspector.page.getByTestId("counts")).toContainText("certificates");
});

test("an entry of each dialect opens", async ({ inspector, page }) => {
  await signIn(page);
  await page.getByTestId("entry").first().click();
  await expect(inspector.detail.first()).toBeVisible();
});

test("a wrong password is told, and the right one then taken", async ({ inspector, page }) => {
  await inspector.page.goto(`${process.env.E2E_ADDRESS}/#/console`);
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
