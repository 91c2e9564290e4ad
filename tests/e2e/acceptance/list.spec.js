// The list: what stands in a row, how it is searched, sorted and grouped, and what the keys do.

import { mkdir, writeFile } from "node:fs/promises";
import { expect, faults, test, vector } from "../certlens.js";
import { manyCertificates, nameOf } from "../many.js";

const PILE = ["pem/chain-and-key.pem", "pkcs12/openssl-legacy.p12", "pkcs12/keytool-17.p12", "broken/truncated.p12"].map(vector);

const search = (page) => page.getByRole("searchbox", { name: "Search" });

test.describe("the list", () => {
  test.beforeEach(async ({ inspector, page }) => {
    await inspector.drop(...PILE);
    await expect(inspector.count).toContainText("2 locked");
    await expect(page.getByTestId("reading")).toHaveCount(0);
  });

  test("says of every row what it is, its status in a word, and why", async ({ page }) => {
    await expect(page.getByRole("region", { name: "Entries" })).toMatchAriaSnapshot(`
      - region "Entries":
        - treegrid "6 entries in 4 files, 1 needs attention, 2 files locked":
          - rowgroup:
            - row "chain-and-key.pem 3 Close chain-and-key.pem" [expanded] [level=1]
            - row /leaf\\.example\\.org In date .* left leaf key present chain 1\\/2/ [level=2]
            - row /Vector Root In date .* left root chain 2\\/2/ [level=2]
            - row /Private key EC P-256 private key/ [level=2]
            - row "openssl-legacy.p12 1 Close openssl-legacy.p12" [expanded] [level=1]
            - row /PKCS#12 keystore Locked some of it needs the password legacy PKCS#12 2,048 rounds/ [level=2]:
              - gridcell:
                - textbox "Password for openssl-legacy.p12"
                - button "Show password"
                - button "Unlock"
                - checkbox "Try it on every locked file" [checked]
            - row "Choose leaf sealed private key legacy PKCS#12" [level=2]
            - row "keytool-17.p12 1 Close keytool-17.p12" [expanded] [level=1]
            - row /PKCS#12 keystore Locked some of it needs the password 10,000 rounds/ [level=2]
            - row "Choose java sealed private key" [level=2]
            - row "truncated.p12 1 Close truncated.p12" [expanded] [level=1]
            - row /truncated\\.p12 Not readable it ends too early, after 700 bytes/ [level=2]
    `);
    expect(await faults(page)).toEqual([]);
  });

  test("one password opens every locked file that it fits, and a legacy one stays marked", async ({ inspector }) => {
    await inspector.unlock("changeit");
    await expect(inspector.locks).toHaveCount(0);
    await expect(inspector.entries.filter({ hasText: "legacy PKCS#12" })).toHaveCount(3);
  });

  test("is grouped by issuer, key and week, and goes on asking for passwords", async ({ inspector, page }) => {
    const heads = () => inspector.groups.locator(".clip").allInnerTexts();
    await page.getByTestId("group-by").selectOption("issuer");
    await expect.poll(heads).toEqual(["Waiting for a password", "Vector Root", "No issuer"]);
    await expect(inspector.locks).toHaveCount(2);
    await page.getByTestId("group-by").selectOption("key");
    await expect.poll(heads).toEqual(["Waiting for a password", "EC P-256 · 2 entries with this key", "Keys of one entry each", "No key"]);
    await page.getByTestId("group-by").selectOption("week");
    await expect.poll(async () => (await heads()).filter((head) => head.startsWith("Week of")).length).toBeGreaterThan(0);
    expect((await heads()).at(-1)).toBe("No end");
    expect(await faults(page)).toEqual([]);
    await page.getByTestId("group-by").selectOption("none");
    await expect(inspector.groups).toHaveCount(0);
    await expect(inspector.entries).toHaveCount(6);
    // Without heads, each row names its file.
    await expect(inspector.entries.first()).toContainText("chain-and-key.pem");
  });

  test("search, order and groups stand in the address, and come back from it", async ({ inspector, page }) => {
    await search(page).fill("leaf / 5%");
    await expect(page.getByTestId("nothing")).toContainText("6 entries are hidden");
    await search(page).fill("chain-and-key");
    await page.getByTestId("order").selectOption("expiry");
    await page.getByTestId("turn").click();
    await page.getByTestId("group-by").selectOption("none");
    await expect(page).toHaveURL(/#\/entry\/1-0\?search=chain-and-key&sort=expiry&turned=yes&group=none$/);
    await expect(inspector.entries).toHaveCount(3);
    await expect(inspector.entries.first()).toContainText("Vector Root");
    await page.getByRole("tab", { name: "JSON" }).click();
    await expect(page).toHaveURL(/#\/entry\/1-0\/json\?search=/);
    await page.reload();
    await inspector.isReady();
    await inspector.drop(...PILE);
    await expect(search(page)).toHaveValue("chain-and-key");
    await expect(page.getByTestId("order")).toHaveValue("expiry");
    await expect(page.getByTestId("group-by")).toHaveValue("none");
    await expect(inspector.entries.first()).toContainText("Vector Root");
  });

  test("every field is searched", async ({ inspector, page }) => {
    for (const [word, count] of Object.entries({ "vector root": 2, "192.0.2.1": 1, "private key": 3, truncated: 1, "root chain-and": 2, "EC P-256 leaf": 1, nonsense: 0 })) {
      await search(page).fill(word);
      await expect(inspector.entries, word).toHaveCount(count);
    }
    // What no row shows: a fingerprint, an attribute of the subject, a purpose, an identifier of the key.
    for (const word of ["F4:DE:37:BF:4A:D7", "O=certlens", "server authentication", "3b1da4a7e326"]) {
      await search(page).fill(word);
      await expect(inspector.entries.filter({ hasText: "leaf.example.org" }), word).toHaveCount(1);
    }
    await search(page).fill("F4:DE:37:BF:4A:D7");
    await expect(inspector.entries).toHaveCount(1);
  });

  test("keys move, open, copy, choose and compare", async ({ inspector, page, context }) => {
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    const active = page.locator(".rows .is-active");
    await page.keyboard.press("j");
    await expect(inspector.rows).toBeFocused();
    await expect(active).toContainText("leaf.example.org");
    await page.keyboard.press("x");
    await expect(active).toHaveAttribute("aria-selected", "true");
    await page.keyboard.press("j");
    await expect(active).toContainText("Vector Root");
    await page.keyboard.press("c");
    await expect(page.getByTestId("toast")).toContainText("SHA-256 copied");
    await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toMatch(/^[0-9a-f]{64}$/);
    await page.keyboard.press("Enter");
    await expect(inspector.detail.getByRole("heading", { level: 1 })).toContainText("Vector Root");
    await page.keyboard.press("d");
    await expect(page).toHaveURL(/#\/entry\/1-1\/compare@1-0$/);
    await expect(page.getByTestId("compare-with")).toContainText("leaf.example.org");
    await page.keyboard.press("k");
    await expect(active).toContainText("leaf.example.org");
    await page.keyboard.press("Escape");
    await expect(page).toHaveURL(/#\/$/);
    await expect(inspector.detail).toHaveCount(0);
  });

  test("? tells what the keys do, and Escape leaves it", async ({ page }) => {
    await page.keyboard.press("?");
    const help = page.getByRole("dialog", { name: "Keys" });
    await expect(help).toMatchAriaSnapshot(`
      - dialog "Keys":
        - heading "Keys" [level=2]
        - term: /
        - definition: search every field; Enter goes to the list
        - term: j k
        - definition: next and previous line, as the arrow keys do
    `);
    expect(await faults(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await expect(help).toHaveCount(0);
  });
});

test("what has one key stands together, whatever files it lies in", async ({ inspector, page }) => {
  await inspector.drop(vector("pem/chain-and-key.pem"), vector("der/leaf.der"), vector("pkcs12/openssl-3.p12"));
  await inspector.unlock("changeit");
  await expect(inspector.locks).toHaveCount(0);
  await page.getByTestId("group-by").selectOption("key");
  // A certificate in three files, and its private key in two of them.
  await expect(inspector.rows).toMatchAriaSnapshot(`
    - treegrid:
      - rowgroup:
        - row /^EC P-256 · 5 entries with this key/ [expanded] [level=1]
        - row /leaf\\.example\\.org/ [level=2]
        - row /private key/ [level=2]
        - row /leaf\\.example\\.org/ [level=2]
        - row /leaf\\.example\\.org/ [level=2]
        - row /private key/ [level=2]
        - row /^EC P-256 · 2 entries with this key/ [expanded] [level=1]
        - row /Vector Root/ [level=2]
        - row /Vector Root/ [level=2]
  `);
  expect(await faults(page)).toEqual([]);
  await inspector.groups.first().click();
  await expect(inspector.entries).toHaveCount(2);
});

test("a row tells which member of an archive it came from, and is found by it", async ({ inspector, page }) => {
  await inspector.drop(vector("archive/backup.zip"));
  await inspector.unlock("changeit");
  await expect(inspector.locks).toHaveCount(0);
  await search(page).fill("backup.zip conf/server");
  await expect(inspector.entries).toHaveCount(1);
  await expect(inspector.entries).toContainText("backup/conf/server.crt");
  await page.getByTestId("group-by").selectOption("none");
  await expect(inspector.entries).toContainText("backup.zip › backup/conf/server.crt");
});

test("whoever holds j sees the line that the keyboard stands on", async ({ inspector, page }, testInfo) => {
  const path = testInfo.outputPath("many.pem");
  await mkdir(testInfo.outputPath(), { recursive: true });
  await writeFile(path, (await manyCertificates(500)).join(""));
  await page.getByTestId("files").setInputFiles(path);
  await expect(inspector.count).toContainText("500 entries");
  const active = page.locator(".rows .is-active");
  // The head of the file is the first line.
  for (const [key, times, name] of [["j", 60, nameOf(60)], ["k", 50, nameOf(10)], ["End", 1, nameOf(500)], ["Home", 1, "many.pem"]]) {
    for (let time = 0; time < times; time++) await page.keyboard.down(key);
    await page.keyboard.up(key);
    await expect(active).toContainText(name);
    await expect(active).toBeInViewport({ ratio: 1 });
    await expect(inspector.rows).toHaveAttribute("aria-activedescendant", await active.getAttribute("id"));
  }
});

test("a broken file says in its row what was recognised, and how far it was read", async ({ inspector }) => {
  await inspector.drop(vector("broken/truncated.p12"), vector("broken/truncated.der"), vector("broken/picture.png"));
  for (const [name, what] of [["truncated.p12", /ends too early, after 700 bytes/], ["truncated.der", /ends too early, after 300 bytes/], ["picture.png", /PNG picture/]]) {
    await expect(inspector.entries.filter({ hasText: name })).toContainText(what);
  }
});
