// The packed npm package, in a page of its own.

import { execFileSync } from "node:child_process";
import { mkdir, readFile, readdir } from "node:fs/promises";
import { expect, test, vector } from "../certlens.js";

const NPM = new URL("../../../npm/", import.meta.url).pathname;

test("the npm package reads a file in a browser", async ({ page }, testInfo) => {
  const [packed] = (await readdir(NPM)).filter((name) => name.endsWith(".tgz"));
  const folder = testInfo.outputPath("unpacked");
  await mkdir(folder, { recursive: true });
  execFileSync("tar", ["--extract", "--file", `${NPM}${packed}`, "--directory", folder]);
  await page.route("http://package.test/**", (route) => {
    const { pathname } = new URL(route.request().url());
    if (pathname === "/") return route.fulfill({ contentType: "text/html", body: "<!doctype html><title>A page</title>" });
    return route.fulfill({ path: `${folder}/package${pathname}` });
  });
  await page.goto("http://package.test/");

  const bytes = [...(await readFile(vector("pkcs12/openssl-3.p12")))];
  const read = await page.evaluate(async (bytes) => {
    const { CertlensError, inspect } = await import("/browser.js");
    const report = inspect(new Uint8Array(bytes), { passwords: ["changeit"], at: "2027-01-01" });
    let code;
    try {
      inspect(new Uint8Array());
    } catch (error) {
      code = error instanceof CertlensError && error.code;
    }
    return { names: report.entries.map(({ object }) => object.subject?.commonName), code };
  }, bytes);
  expect(read.names).toContain("leaf.example.org");
  expect(read.code).toBe("empty");
});
