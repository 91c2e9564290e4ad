// What is asked before something is lost, and what stays when reading is stopped.

import { mkdir, writeFile } from "node:fs/promises";
import { expect, test, vector } from "../certlens.js";
import { manyCertificates } from "../many.js";

test("reading that is stopped keeps what was read, and says so", async ({ inspector, page }, testInfo) => {
  const path = testInfo.outputPath("many.pem");
  await mkdir(testInfo.outputPath(), { recursive: true });
  await writeFile(path, (await manyCertificates(40_000)).join(""));
  await inspector.drop(vector("pem/leaf.pem"));
  await expect(inspector.count).toContainText("1 entry");
  await page.getByTestId("files").setInputFiles(path);
  await page.getByTestId("cancel-reading").click();
  await expect(page.getByTestId("reading")).toHaveCount(0);
  await expect(page.getByTestId("notice")).toContainText("Reading was stopped");
  // The file that was being read is gone whole: half of it would pass for all of it.
  await expect(inspector.count).toContainText("1 entry");
  await inspector.open("leaf.example.org");
});

test("a large file tells how much of it was read, and is stopped while its octets come", async ({ inspector, page }) => {
  await inspector.drop(vector("pem/leaf.pem"));
  await expect(inspector.count).toContainText("1 entry");
  const told = (stop) =>
    page.evaluate((stop) => {
      window.told = [];
      window.watching?.disconnect();
      window.watching = new MutationObserver(() => {
        const share = document.querySelector("[data-test=share-read]")?.textContent;
        if (!share || window.told.at(-1)?.share === share) return;
        window.told.push({ share, bar: document.querySelector("#reading").value });
        if (stop) document.querySelector("[data-test=cancel-reading]").click();
      });
      window.watching.observe(document.body, { childList: true, subtree: true, characterData: true });
    }, stop);
  await told(true);
  await inspector.dropZeros("stopped.bin", 100_000_000);
  await expect(page.getByTestId("notice")).toContainText("Reading was stopped");
  await expect(inspector.count).toContainText("1 entry");
  await told(false);
  await inspector.dropZeros("big.bin", 100_000_000);
  await expect(inspector.count).toContainText("2 entries");
  const shares = (await page.evaluate(() => window.told)).filter(({ share }) => share.startsWith("big.bin"));
  expect(shares[0]).toEqual({ share: "big.bin: 0 bytes of 100.0 MB read", bar: 0 });
  expect(shares.at(-1).share).toBe("big.bin: 100.0 MB of 100.0 MB read");
});

test("leaving asks while something is on the pile, and not once it is closed", async ({ inspector, page }) => {
  const asks = () => page.evaluate(() => !dispatchEvent(new Event("beforeunload", { cancelable: true })));
  expect(await asks()).toBe(false);
  await inspector.drop(vector("pem/leaf.pem"));
  await expect(inspector.entries).toHaveCount(1);
  expect(await asks()).toBe(true);
  const asked = page.waitForEvent("dialog");
  // Browsers ask only those who did something with the page.
  await inspector.entries.first().click();
  const gone = page.close({ runBeforeUnload: true });
  const dialog = await asked;
  expect(dialog.type()).toBe("beforeunload");
  await dialog.dismiss();
  await gone;
  await expect(inspector.entries).toHaveCount(1);
  await page.getByTestId("clear").click();
  await inspector.isReady();
  expect(await asks()).toBe(false);
});

test("a store that waits for its password is named where it cannot be trusted yet", async ({ inspector, page }) => {
  await inspector.drop(vector("pem/leaf.pem"), vector("pkcs12/openssl-3.p12"));
  await inspector.open("leaf.example.org");
  await page.getByRole("tab", { name: "Chain" }).click();
  await expect(page.getByTestId("locked-stores")).toContainText("openssl-3.p12");
  await inspector.unlock("changeit");
  await expect(page.getByTestId("locked-stores")).toHaveCount(0);
  await expect(page.getByTestId("store")).toContainText("openssl-3.p12");
});
