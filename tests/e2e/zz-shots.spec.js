import { expect, Inspector, test, vector } from "./certlens.js";
for (const lang of ["de", "fr", "ja"]) for (const [size, viewport] of [["wide", { width: 1280, height: 860 }], ["phone", { width: 390, height: 844 }]]) {
  test(`shots ${lang} ${size}`, async ({ browser }) => {
    const context = await browser.newContext({ locale: lang, viewport });
    const page = await context.newPage();
    await page.goto(process.env.E2E_ADDRESS);
    const inspector = new Inspector(page);
    await inspector.isReady();
    await page.screenshot({ path: `/tmp/w/shots/${lang}-${size}-landing.png` });
    await inspector.drop(vector("pem/chain-and-key.pem"), vector("pkcs12/openssl-3.p12"), vector("broken/picture.png"));
    await expect(inspector.locks).toHaveCount(1);
    await page.evaluate(() => (location.hash = "#/"));
    await page.screenshot({ path: `/tmp/w/shots/${lang}-${size}-list.png` });
    await inspector.open("leaf.example.org");
    await page.screenshot({ path: `/tmp/w/shots/${lang}-${size}-detail.png` });
    await page.evaluate(() => (location.hash = "#/console"));
    await expect(page.getByTestId("sign-in")).toBeVisible();
    await page.screenshot({ path: `/tmp/w/shots/${lang}-${size}-signin.png` });
    await context.close();
  });
}
