// The list: what stands in a row, how it is searched, sorted and grouped, and what the keys do.

import { execFileSync } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, faults, test, vector } from "../certlens.js";
import { manyCertificates, nameOf } from "../many.js";

const PILE = ["pem/chain-and-key.pem", "pkcs12/openssl-legacy.p12", "pkcs12/keytool-17.p12", "broken/truncated.p12"].map(vector);

const EXPIRED = new URL("../../../web/examples/expired.pem", import.meta.url).pathname;

const search = (page) => page.getByRole("searchbox", { name: "Search" });
const state = (page, name) => page.getByTestId(`state-${name}`);

test.describe("the list", () => {
  test.beforeEach(async ({ inspector, page }) => {
    await inspector.drop(...PILE);
    await expect(state(page, "locked")).toContainText("2 locked");
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

  test("states are shown apart and together, by keyboard too, and stand in the address", async ({ inspector, page }) => {
    await inspector.drop(EXPIRED);
    await expect(inspector.entries).toHaveCount(7);
    await expect(page.getByRole("group", { name: "Show only" })).toMatchAriaSnapshot(`
      - group "Show only":
        - button "1 expired"
        - button "1 not readable"
        - button "2 locked"
        - button "2 in date"
        - button "3 other"
    `);
    await state(page, "expired").press("Space");
    await expect(state(page, "expired")).toHaveAttribute("aria-pressed", "true");
    await expect(state(page, "expired")).toBeFocused();
    await expect(inspector.entries).toHaveCount(1);
    await expect(inspector.entries).toContainText("Expired");
    await expect(inspector.locks).toHaveCount(0);
    await expect(inspector.count).toHaveText("1 of 7 entries");
    await state(page, "unreadable").press("Enter");
    await expect(inspector.entries).toHaveCount(2);
    await state(page, "locked").click();
    await expect(inspector.locks).toHaveCount(2);
    await expect(inspector.entries).toHaveCount(2);
    await expect(inspector.count).toHaveText("2 of 7 entries, 2 locked");
    await expect(page).toHaveURL(/\?only=expired\+unreadable\+locked$/);
    expect(await faults(page)).toEqual([]);
    await state(page, "expired").click();
    await state(page, "unreadable").click();
    await expect(inspector.entries).toHaveCount(0);
    await expect(inspector.locks).toHaveCount(2);
    await page.getByTestId("every-state").press("Enter");
    await expect(page.getByTestId("states")).toBeFocused();
    await expect(inspector.entries).toHaveCount(7);
    await expect(page.locator(".level[aria-pressed=true]")).toHaveCount(0);
    await expect(page).not.toHaveURL(/only=/);
    await state(page, "in-date").click();
    await page.reload();
    await inspector.isReady();
    await inspector.drop(...PILE);
    await expect(state(page, "in-date")).toHaveAttribute("aria-pressed", "true");
    await expect(inspector.entries).toHaveCount(2);
  });

  test("the words of a status are found, in the language of the page", async ({ inspector, page }) => {
    await inspector.drop(EXPIRED);
    for (const [words, entries, locks] of [["expired", 1, 0], ["in date leaf", 1, 0], ["locked", 0, 2], ["locked keytool", 0, 1], ["not readable", 1, 0]]) {
      await search(page).fill(words);
      await expect(inspector.entries, words).toHaveCount(entries);
      await expect(inspector.locks, words).toHaveCount(locks);
    }
    await search(page).fill("abgelaufen");
    await expect(page.getByTestId("nothing")).toBeVisible();
    await page.getByTestId("language").selectOption("de");
    await expect(inspector.entries).toHaveCount(1);
    await expect(inspector.entries).toContainText("Abgelaufen");
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

test("files of a folder stand in the order of their paths, figures as numbers", async ({ inspector, page }, testInfo) => {
  const folder = testInfo.outputPath("certs");
  const paths = ["node-10/a.pem", "node-2/b.pem", "node-2/a.pem", "10.pem", "9.pem"];
  const certificates = await manyCertificates(paths.length);
  for (const [index, path] of paths.entries()) {
    await mkdir(join(folder, dirname(path)), { recursive: true });
    await writeFile(join(folder, path), certificates[index]);
  }
  await page.getByTestId("folder").setInputFiles(folder);
  await expect(inspector.entries).toHaveCount(paths.length);
  const heads = await inspector.groups.locator(".clip").allInnerTexts();
  expect(heads).toEqual(["certs/9.pem", "certs/10.pem", "certs/node-2/a.pem", "certs/node-2/b.pem", "certs/node-10/a.pem"]);
});

/** A certificate of an authority of a long name, and one of itself, each with its key. */
async function longNames(folder) {
  await mkdir(folder, { recursive: true });
  const openssl = (...words) => execFileSync("openssl", words, { cwd: folder, stdio: "pipe" });
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc"];
  const name = (first) => `/CN=${first}.elasticsearch.production.frankfurt.example.org`;
  openssl("req", "-x509", ...key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "900", "-subj", name("authority"), "-addext", "basicConstraints=critical,CA:TRUE");
  openssl("req", "-x509", ...key, "-keyout", "leaf.key", "-out", "leaf.pem", "-days", "90", "-subj", name("node-1"), "-CA", "ca.pem", "-CAkey", "ca.key", "-addext", "basicConstraints=critical,CA:FALSE");
  openssl("pkcs12", "-export", "-legacy", "-in", "leaf.pem", "-inkey", "leaf.key", "-certfile", "ca.pem", "-out", "legacy.p12", "-passout", "pass:changeit");
  const files = ["leaf.pem", "ca.pem", "leaf.key"].map((file) => readFile(join(folder, file), "utf8"));
  await writeFile(join(folder, "bundle.pem"), (await Promise.all(files)).join(""));
  return ["bundle.pem", "legacy.p12"].map((file) => join(folder, file));
}

for (const [where, viewport] of Object.entries({ wide: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } })) {
  for (const colorScheme of ["light", "dark"]) {
    test.describe(`in German, ${where}, ${colorScheme}`, () => {
      test.use({ viewport, colorScheme, locale: "de-DE" });
      test("a long name keeps half of its row, whatever chips stand beside it", async ({ inspector, page }, testInfo) => {
        const files = await longNames(testInfo.outputPath("long"));
        // The page looked at its clock before they were made.
        await page.reload();
        await inspector.isReady();
        await inspector.drop(...files, EXPIRED);
        await expect(page.getByTestId("reading")).toHaveCount(0);
        await inspector.locks.first().locator("input").first().fill("changeit");
        await inspector.locks.first().locator("button[type=submit]").click();
        await expect(inspector.locks).toHaveCount(0);
        if (where === "phone") await page.goto(`${page.url().split("#")[0]}#/`);
        await expect(inspector.entries).toHaveCount(7);
        await state(page, "in-date").click();
        const certificates = inspector.entries.filter({ hasText: "frankfurt" });
        await expect(certificates).toHaveCount(4);
        await expect(inspector.entries).toHaveCount(4);
        await page.screenshot({ path: `tests/e2e/results/list-german-${where}-${colorScheme}.png` });
        for (const row of await certificates.all()) {
          const share = await row.evaluate((row) => row.querySelector(".name").offsetWidth / row.offsetWidth);
          expect(share, await row.innerText()).toBeGreaterThanOrEqual(0.5);
        }
        expect(await faults(page)).toEqual([]);
      });
    });
  }
}

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
