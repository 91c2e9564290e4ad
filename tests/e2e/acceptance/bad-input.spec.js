// Whatever is dropped: a clear sentence, a page that stays alive, and nothing else lost.

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vector } from "../certlens.js";
import { manyCertificates } from "../many.js";

const SENTENCES = {
  "broken/empty.pem": /the file is empty/,
  "broken/picture.png": /PNG picture/,
  "broken/truncated.der": /ends too early/,
  "broken/truncated.p12": /ends too early/,
};

for (const [file, sentence] of Object.entries(SENTENCES)) {
  test(`${file} gets a clear sentence`, async ({ inspector }) => {
    await inspector.drop(vector(file), vector("pem/leaf.pem"));
    await expect(inspector.entries.filter({ hasText: sentence }).first()).toBeVisible();
    await inspector.open("leaf.example.org");
  });
}

test("a broken block stands between the good ones", async ({ inspector }) => {
  await inspector.drop(vector("broken/bad-block-between.pem"));
  await expect(inspector.count).toContainText("3 entries");
  await expect(inspector.entries.filter({ hasText: "leaf.example.org" })).toHaveCount(1);
  await expect(inspector.entries.filter({ hasText: "Vector Root" })).toHaveCount(1);
});

test("a file of two hundred megabytes is named, and the page stays alive", async ({ inspector }) => {
  await inspector.drop(vector("pem/leaf.pem"));
  await inspector.dropZeros("disk.img", 200 << 20);
  await expect(inspector.entries).toHaveCount(2);
  await expect(inspector.page.getByText("disk.img").first()).toBeVisible();
  await inspector.open("leaf.example.org");
});

test("a folder of ten thousand files is read, good and bad ones", async ({ inspector, page }, testInfo) => {
  test.setTimeout(120_000);
  const folder = testInfo.outputPath("folder");
  await mkdir(folder, { recursive: true });
  const certificates = await manyCertificates(9_900);
  await Promise.all(certificates.map((pem, index) => writeFile(join(folder, `${index}.pem`), pem)));
  await Promise.all(Array.from({ length: 100 }, (_, index) => writeFile(join(folder, `${index}.txt`), "no certificate")));
  await page.getByTestId("folder").setInputFiles(folder);
  await expect(inspector.count).toContainText("10,000 entries", { timeout: 60_000 });
  await page.getByRole("searchbox").fill("004711.certs.org");
  await expect(inspector.entries).toHaveCount(1);
});
