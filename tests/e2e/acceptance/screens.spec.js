// Every screen: what axe finds, and a picture of it in both themes, wide and on a phone.

import { expect, faults, test, vector } from "../certlens.js";

const SCREENS = {
  landing: async () => {},
  list: async ({ inspector }) => {
    await inspector.drop(vector("pem/chain-and-key.pem"), vector("pkcs12/openssl-3.p12"), vector("broken/picture.png"));
    await expect(inspector.locks).toHaveCount(1);
  },
  "wrong password": async ({ inspector }) => {
    await inspector.drop(vector("pkcs12/openssl-3.p12"));
    await inspector.unlock("wrong");
    await expect(inspector.locks.first().getByRole("alert")).toBeVisible();
  },
  "grouped list": async ({ inspector, page }) => {
    await inspector.drop(vector("pem/chain-and-key.pem"), vector("pkcs12/openssl-legacy.p12"), vector("broken/truncated.p12"));
    await inspector.unlock("changeit");
    await expect(inspector.locks).toHaveCount(0);
    await page.evaluate(() => (location.hash = "#/"));
    await page.getByTestId("group-by").selectOption("week");
    await expect(inspector.groups.first()).toContainText("Week of");
  },
  keys: async ({ page }) => {
    await page.keyboard.press("?");
    await expect(page.getByTestId("help")).toBeVisible();
  },
  share: async ({ inspector, page }) => {
    await inspector.drop(vector("pem/chain-and-key.pem"));
    await inspector.open("leaf.example.org");
    await page.getByTestId("share").click();
    await expect(page.getByTestId("redacted")).toBeVisible();
  },
  detail: async ({ inspector }) => {
    await inspector.drop(vector("pem/chain-and-key.pem"));
    await inspector.open("leaf.example.org");
  },
  unreadable: async ({ inspector }) => {
    await inspector.drop(vector("broken/truncated.der"));
    // A file that stands alone is opened at once.
    await expect(inspector.page.getByTestId("problem")).toBeVisible();
  },
  paste: async ({ page }) => {
    await page.getByRole("button", { name: "Paste" }).click();
    await expect(page.getByRole("dialog")).toBeVisible();
  },
  "sign in": async ({ page }) => {
    await page.goto(`${process.env.E2E_ADDRESS}/#/console`);
    await expect(page.getByTestId("sign-in")).toBeVisible();
  },
  console: async ({ page }) => {
    await page.goto(`${process.env.E2E_ADDRESS}/#/console`);
    await page.getByLabel("User name").fill(process.env.E2E_USER);
    await page.getByLabel("Password", { exact: true }).fill(process.env.E2E_PASSWORD);
    await page.getByTestId("sign-in-form").getByRole("button", { name: "Sign in" }).click();
    await expect(page.getByTestId("entry").first()).toBeVisible();
  },
};

for (const [screen, show] of Object.entries(SCREENS)) {
  for (const colorScheme of ["light", "dark"]) {
    for (const [size, viewport] of Object.entries({ wide: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } })) {
      test.describe(`${screen}, ${colorScheme}, ${size}`, () => {
        test.use({ colorScheme, viewport, reducedMotion: "reduce" });

        test("axe finds nothing", async ({ inspector, page }) => {
          await show({ inspector, page });
          await page.screenshot({ path: `tests/e2e/results/${screen}-${size}-${colorScheme}.png`.replaceAll(" ", "-") });
          expect(await faults(page)).toEqual([]);
          const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
          expect(overflow, "nothing is cut off at the side").toBeLessThanOrEqual(0);
        });
      });
    }
  }
}
