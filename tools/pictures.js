// Takes the pictures of docs/pictures: every screen as the program shows it over its own demonstration data.
// `make pictures` calls it; ONLY=chain,bytes takes some of them. Look at each before it is committed.

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { chromium, devices, expect, selectors } from "@playwright/test";
import { startServer } from "../tests/server.js";

const FOLDER = new URL("../docs/pictures/", import.meta.url).pathname;
const ONLY = process.env.ONLY?.split(",");
const WIDE = { viewport: { width: 1440, height: 900 } };
const PHONE = { ...devices["iPhone 13"], defaultBrowserType: undefined, deviceScaleFactor: 2, viewport: { width: 390, height: 844 } };

const server = await startServer();
const held = (name) => `${server.data}/${name}`;
const PILE = [
  "redis/proxy_cert.pem", "redis/proxy_key.pem", "iis/WebHosting/shop.pfx", "iis/WebHosting/shop-next.pem",
  "iis/WebHosting/careers-old.pfx", "elasticsearch/certs/corp-root.crt", "elasticsearch/certs/partners.jks",
].map(held);

/** Each picture: the size and scheme of its page, and how the screen is reached. */
const PICTURES = {
  landing: { show: async () => {} },
  inspector: {
    show: async (page) => {
      await drop(page, ...PILE);
      await open(page, "redis.corp.example");
    },
  },
  locked: {
    dark: true,
    show: async (page) => {
      await drop(page, ...PILE.slice(2), { name: "half.der", buffer: (await readFile(PILE[5])).subarray(0, 400) });
      await page.getByTestId("lock").first().getByLabel(/^Password for/).fill("changeit");
      await page.getByTestId("lock").first().getByRole("button", { name: "Unlock" }).click();
      await expect(page.getByTestId("lock").first().getByRole("alert")).toBeVisible();
    },
  },
  chain: {
    dark: true,
    show: async (page) => {
      await drop(page, ...PILE);
      await open(page, "redis.corp.example");
      await tab(page, "Chain");
      await page.getByTestId("host").fill("redis.corp.example");
      await page.getByTestId("host").press("Enter");
      await expect(page.getByTestId("steps")).toBeVisible();
    },
  },
  bytes: {
    show: async (page) => {
      await drop(page, ...PILE);
      await open(page, "redis.corp.example");
      await page.getByTestId("to-bytes").first().click();
      await expect(page.getByTestId("bytes")).toBeVisible();
    },
  },
  compare: {
    show: async (page) => {
      await drop(page, ...PILE);
      await unlock(page);
      await page.getByTestId("entry").filter({ hasText: "shop.corp.example" }).filter({ hasText: "leaf" }).last().click();
      await tab(page, "Compare");
      await page.getByTestId("compare-with").selectOption({ label: await other(page, "shop.corp.example") });
      await expect(page.getByTestId("compare-summary")).toBeVisible();
    },
  },
  openers: {
    dark: true,
    show: async (page) => {
      await drop(page, ...PILE);
      await unlock(page);
      await open(page, "careers.corp.example");
      await tab(page, /open/);
      await expect(page.getByTestId("openers")).toBeVisible();
    },
  },
  convert: {
    show: async (page) => {
      await drop(page, ...PILE);
      await open(page, "redis.corp.example");
      await tab(page, "Convert");
      await expect(page.getByTestId("convert")).toBeVisible();
    },
  },
  explain: {
    show: async (page) => {
      await page.getByRole("link", { name: "Explain an error" }).click();
      await page.getByTestId("message").fill("SSL_connect: certificate verify failed: unable to get local issuer certificate");
      await expect(page.getByTestId("explained").first()).toBeVisible();
    },
  },
  phone: {
    size: PHONE,
    show: async (page) => {
      await drop(page, ...PILE);
      await page.goto(`${server.address}/#/`);
      await expect(page.getByTestId("entry").first()).toBeVisible();
    },
  },
  "phone-detail": {
    size: PHONE,
    dark: true,
    show: async (page) => {
      await drop(page, ...PILE);
      await open(page, "redis.corp.example");
    },
  },
  console: {
    show: async (page) => {
      await page.goto(`${server.address}/#/console`);
      await page.getByLabel("User name").fill(server.user);
      await page.getByLabel("Password", { exact: true }).fill(server.password);
      await page.getByTestId("sign-in-form").getByRole("button", { name: "Sign in" }).click();
      await expect(page.getByTestId("entry").first()).toBeVisible();
    },
  },
};

selectors.setTestIdAttribute("data-test");
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
});
try {
  await mkdir(FOLDER, { recursive: true });
  for (const [name, picture] of Object.entries(PICTURES)) if (!ONLY || ONLY.includes(name)) await take(name, picture);
} finally {
  await browser.close();
  await server.stop();
}

async function take(name, { size = WIDE, dark = false, show }) {
  const scheme = { colorScheme: dark ? "dark" : "light", reducedMotion: "reduce", locale: "en-GB" };
  const context = await browser.newContext({ ...size, ...scheme });
  const page = await context.newPage();
  await page.goto(server.address);
  await expect(page.getByTestId("app")).toHaveAttribute("data-ready", "true");
  await show(page);
  // Nothing is pointed at or has the focus, and all that was asked for has come.
  await page.mouse.move(0, 0);
  await page.evaluate(() => document.activeElement?.blur());
  await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
  const session = await context.newCDPSession(page);
  const { data } = await session.send("Page.captureScreenshot", { format: "webp", quality: 82 });
  await writeFile(`${FOLDER}${name}.webp`, Buffer.from(data, "base64"));
  console.log(`docs/pictures/${name}.webp`);
  await context.close();
}

async function drop(page, ...files) {
  const read = async (file) => ({ name: basename(file), buffer: await readFile(file) });
  const payloads = await Promise.all(files.map((file) => (typeof file === "string" ? read(file) : file)));
  await page.getByTestId("files").setInputFiles(payloads.map((file) => ({ mimeType: "application/octet-stream", ...file })));
  await expect(page.getByTestId("entry").first()).toBeVisible();
  await expect(page.getByTestId("reading")).toHaveCount(0);
}

async function open(page, name) {
  await page.getByTestId("entry").filter({ hasText: name }).first().click();
  await expect(page.getByTestId("detail")).toBeVisible();
}

async function unlock(page) {
  await page.getByTestId("lock").first().getByLabel(/^Password for/).fill("demo-iis");
  await page.getByTestId("lock").first().getByRole("button", { name: "Unlock" }).click();
  await expect(page.getByTestId("lock")).toHaveCount(0);
}

async function tab(page, name) {
  await page.getByRole("tab", { name }).click();
}

/** The choice that bears a name. */
async function other(page, name) {
  const choices = await page.getByTestId("compare-with").locator("option").allTextContents();
  return choices.find((choice) => choice.includes(name));
}
