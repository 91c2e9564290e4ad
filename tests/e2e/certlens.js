// What the tests do with the page, in the words of its reader.

import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename } from "node:path";
import { expect, test as base } from "@playwright/test";

export { expect };

/** A file of tests/vectors. */
export const vector = (name) => new URL(`../vectors/${name}`, import.meta.url).pathname;

/** A file of core/tests/vectors. */
export const coreVector = (name) => new URL(`../../core/tests/vectors/${name}`, import.meta.url).pathname;

const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe finds, a line each; options may name its rules. Evaluated, not added as a script: the page's own policy forbids foreign ones. */
export async function faults(page, options = {}) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate((options) => axe.run(document, options), options);
  return violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html).slice(0, 3).join(" ")}`);
}

/** Saves what a press hands to the browser; resolves to its path. */
export async function saved(page, button, testInfo) {
  const download = page.waitForEvent("download");
  await button.click();
  const file = await download;
  const path = testInfo.outputPath(file.suggestedFilename());
  await mkdir(testInfo.outputPath(), { recursive: true });
  await file.saveAs(path);
  return path;
}

export const test = base.extend({
  /** The inspector, loaded and ready to read. */
  inspector: async ({ page }, use) => {
    const problems = [];
    page.on("pageerror", (error) => problems.push(`page: ${error.message}`));
    page.on("console", (message) => {
      // Chromium logs each answer of 400 and above, and each request that a test takes the network from;
      // the page itself deals with both.
      const answer = /^Failed to load resource: (the server responded|net::ERR_INTERNET_DISCONNECTED)/.test(message.text());
      if (message.type() === "error" && !answer) problems.push(`console: ${message.text()}`);
    });
    await page.goto(process.env.E2E_ADDRESS);
    const inspector = new Inspector(page);
    await inspector.isReady();
    await use(inspector);
    expect(problems, "nothing went wrong in the page").toEqual([]);
  },
});

/** The page as somebody sees it who drops files on it. */
export class Inspector {
  constructor(page) {
    this.page = page;
    this.count = page.getByTestId("count");
    this.entries = page.getByTestId("entry");
    this.groups = page.getByTestId("group");
    this.locks = page.getByTestId("lock");
    this.rows = page.getByTestId("rows");
    this.detail = page.getByTestId("detail");
  }

  async isReady() {
    await expect(this.page.getByTestId("drop")).toBeVisible();
    // The workers are up: what is dropped from now on needs nothing more from the network.
    await expect(this.page.getByTestId("app")).toHaveAttribute("data-ready", "true");
    // The browser keeps the page for use offline: its own requests for that are over.
    await this.page.evaluate(async () => {
      await navigator.serviceWorker?.ready;
    });
  }

  /** Drops files of this machine on the window. */
  async drop(...paths) {
    const files = await Promise.all(
      paths.map(async (path) => ({ name: basename(path), base64: (await readFile(path)).toString("base64") })),
    );
    await this.#drop((files) => {
      const transfer = new DataTransfer();
      for (const { name, base64 } of files) {
        const octets = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
        transfer.items.add(new File([octets], name));
      }
      return transfer;
    }, files);
  }

  /** Drops a file of nothing but zeros. */
  async dropZeros(name, size) {
    await this.#drop(
      ({ name, size }) => {
        const transfer = new DataTransfer();
        transfer.items.add(new File([new Uint8Array(size)], name));
        return transfer;
      },
      { name, size },
    );
  }

  async #drop(make, argument) {
    const dataTransfer = await this.page.evaluateHandle(make, argument);
    for (const type of ["dragenter", "dragover", "drop"]) {
      await this.page.dispatchEvent("body", type, { dataTransfer });
    }
    await dataTransfer.dispose();
  }

  /** Opens the entry of this name. */
  async open(name) {
    await this.entries.filter({ hasText: name }).first().click();
    await expect(this.detail).toBeVisible();
  }

  /** Enters a password in the row of a locked keystore. */
  async unlock(password, lock = this.locks.first()) {
    await lock.getByLabel(/^Password for/).fill(password);
    await lock.getByRole("button", { name: "Unlock" }).click();
  }
}
