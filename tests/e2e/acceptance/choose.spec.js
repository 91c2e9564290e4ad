// Several entries chosen, and what is done with all of them.

import { execFileSync } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { expect, faults, saved, test, vector } from "../certlens.js";
import { manyCertificates } from "../many.js";

const PILE = ["pem/chain-and-key.pem", "der/leaf.der"].map(vector);

const box = (row) => row.getByRole("checkbox", { name: "Choose" });
const rows = (page) => page.locator("[data-test=entry]");
const chosen = (page) => page.locator("[data-test=entry][aria-selected=true]");

test.describe("entries are chosen", () => {
  test.beforeEach(async ({ inspector, page }) => {
    await inspector.drop(...PILE);
    await expect(page.getByTestId("reading")).toHaveCount(0);
    await expect(inspector.entries.first()).toBeVisible();
  });

  test("by box, with Ctrl and Shift, and told in a bar", async ({ inspector, page }) => {
    const status = page.getByTestId("chosen");
    const address = page.url();
    await box(rows(page).nth(0)).click();
    await expect(status).toHaveText("1 chosen");
    await expect(box(rows(page).nth(0))).toBeChecked();
    // To choose is not to open.
    expect(page.url()).toBe(address);
    await rows(page).nth(2).click({ modifiers: ["Shift"] });
    await expect(status).toHaveText("3 chosen");
    await rows(page).nth(1).click({ modifiers: ["ControlOrMeta"] });
    await expect(status).toHaveText("2 chosen");
    await expect(chosen(page)).toHaveCount(2);
    await expect(page.getByRole("contentinfo").or(page.locator(".list-foot"))).toMatchAriaSnapshot(`
      - status: 2 chosen
      - button "All"
      - link "Compare (2)"
      - button "Export"
      - button "Clear"
    `);
    await expect(page.getByRole("treegrid")).toHaveAttribute("aria-multiselectable", "true");
    expect(await faults(page)).toEqual([]);
    // A search hides what is chosen, and keeps it so.
    await page.getByRole("searchbox", { name: "Search" }).fill("private key");
    await expect(inspector.entries).toHaveCount(1);
    await expect(status).toHaveText("2 chosen");
    await page.getByTestId("choose-none").click();
    await expect(chosen(page)).toHaveCount(0);
    await page.getByTestId("choose-shown").waitFor({ state: "detached" });
    await box(rows(page).first()).click();
    await page.getByTestId("choose-shown").click();
    await expect(status).toHaveText("1 chosen");
  });

  test("by keys, and two of them are compared", async ({ inspector, page }) => {
    const status = page.getByTestId("chosen");
    await page.keyboard.press("j");
    await page.keyboard.press("Space");
    await expect(status).toHaveText("1 chosen");
    await page.keyboard.press("Shift+ArrowDown");
    await expect(status).toHaveText("2 chosen");
    await expect(inspector.rows).toBeFocused();
    await page.getByTestId("compare-chosen").click();
    await expect(page).toHaveURL(/#\/entry\/1-1\/compare@1-0$/);
    await expect(page.getByTestId("compare-with")).toContainText("leaf.example.org");
    // d compares the one that the keyboard stands on with the other one.
    await inspector.rows.focus();
    await page.keyboard.press("k");
    await page.keyboard.press("d");
    await expect(page).toHaveURL(/#\/entry\/1-0\/compare@1-1$/);
    await inspector.rows.focus();
    await page.keyboard.press("ControlOrMeta+a");
    await expect(status).toHaveText(`${await inspector.entries.count()} chosen`);
    await expect(page.getByTestId("compare-chosen")).toHaveCount(0);
    await page.keyboard.press("?");
    await expect(page.getByRole("dialog", { name: "Keys" })).toContainText("choose everything that the list shows");
  });

  test("what is chosen is exported in every form, and nothing else", async ({ page }, testInfo) => {
    await box(rows(page).nth(1)).click();
    await box(rows(page).nth(2)).click();
    await page.getByTestId("export").click();
    const dialog = page.getByRole("dialog", { name: "Export" });
    await expect(page.getByTestId("export-chosen")).toBeChecked();
    expect(await faults(page)).toEqual([]);
    await page.screenshot({ path: "tests/e2e/results/export-chosen.png" });
    const csv = await readFile(await saved(page, page.getByTestId("export-csv"), testInfo), "utf8");
    expect(csv.trim().split("\r\n")).toHaveLength(3);
    expect(csv).toContain("Vector Root");
    expect(csv).not.toContain("leaf.example.org,");

    await page.getByTestId("export").click();
    const [{ entries }, ...more] = JSON.parse(await readFile(await saved(page, page.getByTestId("export-json"), testInfo), "utf8"));
    expect(more).toEqual([]);
    expect(entries.map((entry) => entry.path)).toEqual(["pem[1]", "pem[2]"]);

    await page.getByTestId("export").click();
    const calendar = await readFile(await saved(page, page.getByTestId("export-calendar"), testInfo), "utf8");
    expect(calendar.match(/BEGIN:VEVENT/g)).toHaveLength(1);

    await page.getByTestId("export").click();
    await page.getByTestId("export-file").click();
    await expect(page.getByTestId("selection")).toHaveText("1 certificate, 1 private key.");
    await page.getByTestId("write").click();
    const pem = await readFile(await saved(page, page.getByTestId("save"), testInfo), "utf8");
    expect(pem.match(/-----BEGIN [A-Z ]+-----/g)).toEqual(["-----BEGIN CERTIFICATE-----"]);
    expect(await faults(page)).toEqual([]);

    await page.getByTestId("form").selectOption({ label: "PKCS#12 (.p12, .pfx): a keystore" });
    await page.getByTestId("keys-sealed").check();
    await page.getByTestId("friendly-name").fill("web 7");
    await page.getByTestId("password").fill("one password");
    await page.getByTestId("password-again").fill("one password");
    await page.getByTestId("write").click();
    const store = await saved(page, page.getByTestId("save"), testInfo);
    const told = execFileSync("openssl", ["pkcs12", "-in", store, "-passin", "pass:one password", "-noenc"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
    expect(told).toContain("friendlyName: web 7");
    expect(told).toContain("PRIVATE KEY");

    // What the search shows is exported instead, when that is said.
    await dialog.getByRole("button", { name: "Close" }).click();
    await page.getByRole("searchbox", { name: "Search" }).fill("leaf.der");
    await page.getByTestId("export").click();
    await page.getByTestId("export-shown").check();
    await page.getByTestId("export-file").click();
    await expect(page.getByTestId("selection")).toHaveText("1 certificate.");
    await page.getByTestId("form").selectOption({ label: "DER: one object alone" });
    await page.getByTestId("write").click();
    expect(await readFile(await saved(page, page.getByTestId("save"), testInfo))).toEqual(await readFile(vector("der/leaf.der")));
  });

  test("a file that is closed takes its entries out of the choice", async ({ page }) => {
    await box(rows(page).nth(0)).click();
    await page.getByRole("button", { name: "Close chain-and-key.pem" }).click();
    await expect(page.getByTestId("chosen")).toHaveText("Drop more files anywhere");
  });
});

test("thousands are chosen at once, and exported", async ({ inspector, page }, testInfo) => {
  const path = testInfo.outputPath("many.pem");
  await mkdir(testInfo.outputPath(), { recursive: true });
  await writeFile(path, (await manyCertificates(3000)).join(""));
  await page.getByTestId("files").setInputFiles(path);
  await expect(inspector.count).toContainText("3,000");
  await expect(page.getByTestId("reading")).toHaveCount(0);
  await inspector.rows.focus();
  await page.keyboard.press("ControlOrMeta+a");
  await expect(page.getByTestId("chosen")).toHaveText("3,000 chosen");
  await page.keyboard.press("End");
  await page.keyboard.press("x");
  await expect(page.getByTestId("chosen")).toHaveText("2,999 chosen");
  await page.getByTestId("export").click();
  await page.getByTestId("export-file").click();
  await expect(page.getByTestId("selection")).toHaveText("2,999 certificates.");
  await page.getByTestId("write").click();
  const pem = await readFile(await saved(page, page.getByTestId("save"), testInfo), "utf8");
  expect(pem.match(/-----BEGIN CERTIFICATE-----/g)).toHaveLength(2999);
});

for (const colorScheme of ["light", "dark"]) {
  test.describe(`on a phone, ${colorScheme}`, () => {
    test.use({ colorScheme, viewport: { width: 390, height: 844 }, hasTouch: true });
    test("boxes choose, and the bar fits", async ({ inspector, page }) => {
      await inspector.drop(...PILE);
      await box(rows(page).nth(0)).tap();
      await box(rows(page).nth(1)).tap();
      await expect(page.getByTestId("chosen")).toHaveText("2 chosen");
      await page.screenshot({ path: `tests/e2e/results/choose-phone-${colorScheme}.png` });
      expect(await faults(page)).toEqual([]);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(overflow).toBeLessThanOrEqual(0);
      // Who touches a box means the box: it is as large as the guidelines ask for.
      const { width, height } = await page.locator(".pick").first().boundingBox();
      expect(Math.min(width, height)).toBeGreaterThanOrEqual(24);
      await page.getByTestId("export").tap();
      await page.getByTestId("export-file").tap();
      await page.screenshot({ path: `tests/e2e/results/export-file-phone-${colorScheme}.png` });
      expect(await faults(page)).toEqual([]);
      await page.getByRole("dialog").getByRole("button", { name: "Close" }).tap();
    });
  });
}
