// An error message of another program, explained.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { expect, test, vector } from "../certlens.js";

const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe finds, a line each. */
async function faults(page) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => axe.run());
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).slice(0, 3).join(" ")}`);
}

const TRACE = `Caused by: sun.security.validator.ValidatorException: PKIX path building failed:
  sun.security.provider.certpath.SunCertPathBuilderException: unable to find valid certification path to requested target
	at java.base/sun.security.validator.PKIXValidator.doBuild(PKIXValidator.java:439)`;

/** Pastes a text, as Ctrl V does. */
async function paste(page, text) {
  await page.evaluate((text) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", text);
    dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
  }, text);
}

test("a pasted stack trace is explained, and stays out of the address", async ({ inspector, page }) => {
  await inspector.isReady();
  await paste(page, TRACE);
  const first = page.getByTestId("explained").first();
  await expect(first).toHaveAttribute("data-id", "java-path-building");
  await expect(first).toMatchAriaSnapshot(`
    - article:
      - paragraph: /Java/
      - heading "The client trusts no authority that leads to the server's certificate." [level=2]
      - heading "Why it happens, the likeliest first" [level=3]
      - list:
        - listitem: /truststore lacks/
        - listitem
        - listitem
      - heading "To be sure" [level=3]
      - paragraph: /Drop the truststore/
      - button "Choose files"
      - paragraph
  `);
  expect(page.url()).toMatch(/#\/explain$/);
  await page.screenshot({ path: "tests/e2e/results/explain-wide.png" });
  expect(await faults(page)).toEqual([]);

  // What is dropped to be sure leads to the list.
  await inspector.drop(vector("pem/leaf.pem"));
  await expect(inspector.entries).toHaveCount(1);
});

test("another message can be typed, chosen, or not be known", async ({ page, inspector }) => {
  await inspector.isReady();
  await page.getByRole("link", { name: "Explain an error" }).click();
  await page.getByTestId("message").fill("nothing that anybody prints");
  await expect(page.getByTestId("unknown-message")).toBeVisible();
  await page.getByTestId("message").fill("nginx: [emerg] SSL_CTX_use_PrivateKey(\"/etc/x.key\") failed (SSL: error:0B080074:x509 certificate routines:X509_check_private_key:key values mismatch)");
  await expect(page.getByTestId("explained").first()).toHaveAttribute("data-id", "openssl-key-mismatch");
  await page.getByTestId("message").fill("");
  await page.getByText("All messages that are known").click();
  await page.getByRole("button", { name: /0x800B0109/ }).click();
  await expect(page.getByTestId("explained").first()).toHaveAttribute("data-id", "windows-untrusted-root");
});

test("a certificate with a message around it is read as a certificate", async ({ inspector, page }) => {
  await inspector.isReady();
  await paste(page, `${TRACE}\n${await readFile(vector("pem/leaf.pem"), "utf8")}`);
  await expect(inspector.entries).toHaveCount(1);
});

for (const colorScheme of ["light", "dark"]) {
  test.describe(`on a phone, ${colorScheme}`, () => {
    test.use({ colorScheme, viewport: { width: 390, height: 844 }, reducedMotion: "reduce" });
    test("the explanation: axe finds nothing, and nothing is cut off", async ({ inspector, page }) => {
      await inspector.isReady();
      await paste(page, TRACE);
      await expect(page.getByTestId("explained").first()).toBeVisible();
      await page.screenshot({ path: `tests/e2e/results/explain-phone-${colorScheme}.png` });
      expect(await faults(page)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    });
  });
}
