// Where the keys go: in and behind dialogs, when what had the focus goes, and what else a reader without a
// pointer, with colours of their own or with a finger relies on.

import { expect, faults, test, vector } from "../certlens.js";

const CHAIN = vector("pem/chain-and-key.pem");
const LEAF = vector("der/leaf.der");

test("Escape leaves a dialog and nothing behind it, and other keys of the page do nothing", async ({ inspector, page }) => {
  await inspector.drop(CHAIN);
  await inspector.open("leaf.example.org");
  for (const [button, name] of [["export", "Export"], ["share", "Share"]]) {
    const before = page.url();
    await page.getByTestId(button).focus();
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog", { name });
    await expect(dialog).toBeVisible();
    for (const key of ["Tab", "?", "j", "/", "d", "Delete"]) await page.keyboard.press(key);
    await expect(page.getByRole("dialog")).toHaveCount(1);
    await expect(dialog.locator(":focus")).toHaveCount(1);
    await expect(inspector.entries).toHaveCount(3);
    const ids = await page.locator("[id]").evaluateAll((all) => all.map(({ id }) => id));
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
    await page.keyboard.press("Escape");
    await expect(page.getByRole("dialog")).toHaveCount(0);
    await expect(page.getByTestId(button)).toBeFocused();
    expect(page.url()).toBe(before);
  }
  await page.keyboard.press("Escape");
  await expect(page).toHaveURL(/#\/$/);
});

test("what is shared begins at its first choice, also when the link has come", async ({ inspector, page }) => {
  await inspector.drop(CHAIN);
  await inspector.open("leaf.example.org");
  await page.getByTestId("share").press("Enter");
  await expect(page.getByTestId("link")).toBeVisible();
  await expect(page.getByRole("radio").first()).toBeFocused();
  await page.keyboard.press("Tab");
  await expect(page.getByTestId("link")).toBeFocused();
});

test("Delete closes the file of a line, says so, and stays in the list", async ({ inspector, page }) => {
  await inspector.drop(CHAIN, LEAF, vector("pkcs12/openssl-legacy.p12"));
  await expect(inspector.groups).toHaveCount(3);
  await expect(page.getByTestId("reading")).toHaveCount(0);
  await page.keyboard.press("?");
  await expect(page.getByTestId("help")).toContainText("close the file of the line");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await inspector.rows.focus();
  const active = page.locator(".rows .is-active");
  const presses = async (...keys) => {
    for (const key of keys) await page.keyboard.press(key);
  };
  // An entry that is not the first of its file: the keyboard stands where the head of that stood.
  await presses("Home", "j", "j");
  await expect(active).toContainText("Vector Root");
  await presses("Delete");
  await expect(page.getByTestId("toast")).toContainText("chain-and-key.pem was closed");
  await expect(inspector.groups).toHaveCount(2);
  await expect(inspector.rows).toBeFocused();
  await expect(active).toContainText("leaf.der");
  await presses("End", "Delete");
  await expect(inspector.groups).toHaveCount(1);
  await expect(active).toContainText("leaf.example.org");
  await presses("Home");
  await expect(active).toHaveAttribute("data-test", "group");
  await presses("Delete");
  // With the last file goes the list: the next thing is to choose another.
  await expect(page.getByRole("button", { name: "Choose files" })).toBeFocused();
});

test("the focus goes to the list when a prompt was answered", async ({ inspector, page }) => {
  await inspector.drop(vector("pkcs12/openssl-legacy.p12"), vector("pkcs12/keytool-17.p12"), LEAF);
  await expect(inspector.locks).toHaveCount(2);
  const field = (name) => page.getByLabel(`Password for ${name}`);
  await inspector.locks.first().getByRole("checkbox").uncheck();
  await field("openssl-legacy.p12").fill("wrong");
  await page.keyboard.press("Enter");
  await expect(inspector.locks.first().getByRole("alert")).toBeVisible();
  await expect(field("openssl-legacy.p12")).toBeFocused();
  await field("openssl-legacy.p12").fill("changeit");
  await page.keyboard.press("Enter");
  await expect(inspector.locks).toHaveCount(1);
  await expect(inspector.rows).toBeFocused();
  await field("keytool-17.p12").fill("changeit");
  await inspector.locks.getByRole("button", { name: "Unlock" }).press("Enter");
  await expect(inspector.locks).toHaveCount(0);
  await expect(inspector.rows).toBeFocused();
});

test("the focus goes on when the button that had it goes", async ({ inspector, page }) => {
  await inspector.drop(CHAIN, LEAF);
  await expect(inspector.entries).toHaveCount(4);
  const search = page.getByRole("searchbox", { name: "Search" });
  await search.fill("nonsense");
  await page.getByRole("button", { name: "Show all" }).press("Enter");
  await expect(inspector.entries).toHaveCount(4);
  await expect(search).toBeFocused();
  await inspector.open("leaf.example.org");
  await page.getByRole("tab", { name: "Compare" }).click();
  // A command for it comes and goes below; the choice above stays what it was.
  const choice = page.getByTestId("compare-with");
  await choice.focus();
  for (const [label, commands] of [["leaf.example.org (leaf.der)", 1], ["Vector Root (chain-and-key.pem)", 0]]) {
    await choice.selectOption({ label });
    await expect(page.getByTestId("command")).toHaveCount(commands);
    await expect(choice).toBeFocused();
  }
  const same = page.getByRole("button", { name: /^Show \d+ fields? that (is|are) the same/ });
  await same.press("Enter");
  await expect(same).toHaveCount(0);
  await expect(page.getByTestId("field-changes")).toBeFocused();
  await page.getByTestId("clear").press("Enter");
  await expect(page.getByRole("button", { name: "Choose files" })).toBeFocused();
});

test("in the reader's own colours, what is open, selected and highlighted is told", async ({ inspector, page }) => {
  await page.emulateMedia({ forcedColors: "active" });
  await inspector.drop(CHAIN, LEAF);
  await inspector.open("leaf.example.org");
  await page.getByRole("tab", { name: "Bytes" }).click();
  await expect(page.locator(".hex .is-body").first()).toBeVisible();
  const style = (selector, property, pseudo) =>
    page.locator(selector).first().evaluate((node, [property, pseudo]) => getComputedStyle(node, pseudo)[property], [property, pseudo]);
  const differ = async (property, one, other) => expect(await style(one, property), `${one} ${property}`).not.toBe(await style(other, property));
  await differ("borderBottomColor", "[role=tab][aria-selected=true]", "[role=tab][aria-selected=false]");
  await differ("outlineStyle", ".item[aria-current]", ".item:not([aria-current])");
  await differ("backgroundColor", ".faces a[aria-current]", ".faces a:not([aria-current])");
  await differ("outlineStyle", ".node[aria-selected=true]", ".node[aria-selected=false]");
  await differ("backgroundColor", ".hex-octets .is-body", ".hex-octets .is-head");
  for (const part of ["head", "body"]) {
    expect(await style(`.key-${part}`, "backgroundColor", "::before")).toBe(await style(`.hex-octets .is-${part}`, "backgroundColor"));
  }
  await page.screenshot({ path: "tests/e2e/results/bytes-forced-colors.png" });
});

test("values know their place among those beside them, as only some are drawn", async ({ inspector, page }) => {
  await inspector.drop(LEAF);
  await page.getByRole("tab", { name: "Bytes" }).click();
  const parts = page.locator("[role=treeitem][aria-level='2']");
  await expect(parts.first()).toHaveAttribute("aria-posinset", "1");
  for (const part of await parts.all()) await expect(part).toHaveAttribute("aria-setsize", "3");
  await expect(page.locator("[role=treeitem]:not([aria-posinset])")).toHaveCount(0);
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true });

  test("the tab that an address names is in sight", async ({ inspector, page }) => {
    await inspector.drop(CHAIN);
    await expect(inspector.entries).toHaveCount(3);
    await page.evaluate(() => (location.hash = "#/entry/1-0/convert"));
    const tab = page.getByRole("tab", { selected: true });
    await expect(tab).toContainText("Convert");
    await expect(tab).toBeInViewport({ ratio: 0.95 });
    expect(await page.evaluate(() => [scrollX, scrollY])).toEqual([0, 0]);
    await page.evaluate(() => (location.hash = "#/entry/1-0"));
    await expect(tab).toContainText("Overview");
    await expect(tab).toBeInViewport({ ratio: 0.95 });
  });

  test("what a finger presses is 24 pixels high or stands apart", async ({ inspector, page }) => {
    const sized = { runOnly: ["target-size"] };
    const heights = async (targets) => {
      await expect(targets.first()).toBeVisible();
      for (const target of await targets.all()) expect((await target.boundingBox()).height).toBeGreaterThanOrEqual(24);
    };
    await heights(page.locator(".brand"));
    await inspector.drop(CHAIN, vector("pkcs12/openssl-legacy.p12"));
    await expect(inspector.locks).toHaveCount(1);
    await heights(page.getByTestId("look-inside"));
    await heights(inspector.locks.locator(".check"));
    expect(await faults(page, sized)).toEqual([]);
    await page.evaluate(() => (location.hash = "#/entry/1-0/extensions"));
    await heights(page.locator(".ext-at a"));
    await page.getByTestId("share").click();
    await heights(page.getByRole("dialog").locator(".check"));
    expect(await faults(page, sized)).toEqual([]);
  });
});
