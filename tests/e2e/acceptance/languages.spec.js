// The page in each of its languages.

import { expect, faults, Inspector, test as base, vector } from "../certlens.js";

const LANGUAGES = {
  en: {
    name: "English",
    menu: "Language",
    landing: "What is this certificate, and is it all right?",
    choose: "Choose files",
    search: "Search",
    overview: "Overview",
    names: "Names and use",
    issuer: "Issuer",
    fingerprints: "Fingerprints",
    long: "Valid for longer than clients accept",
    finding: "Not readable",
    signIn: "Sign in",
    user: "User name",
  },
  de: {
    name: "Deutsch",
    menu: "Sprache",
    landing: "Was ist das für ein Zertifikat, und ist es in Ordnung?",
    choose: "Dateien wählen",
    search: "Suchen",
    overview: "Überblick",
    names: "Namen und Verwendung",
    issuer: "Aussteller",
    fingerprints: "Fingerabdrücke",
    long: "Länger gültig, als Clients akzeptieren",
    finding: "Nicht lesbar",
    signIn: "Anmelden",
    user: "Benutzername",
  },
  fr: {
    name: "Français",
    menu: "Langue",
    landing: "Quel est ce certificat, et est-il en ordre\u00a0?",
    choose: "Choisir des fichiers",
    search: "Rechercher",
    overview: "Aperçu",
    names: "Noms et usage",
    issuer: "Émetteur",
    fingerprints: "Empreintes",
    long: "Valide plus longtemps que les clients n’acceptent",
    finding: "Illisible",
    signIn: "Se connecter",
    user: "Nom d’utilisateur",
  },
  ja: {
    name: "日本語",
    menu: "言語",
    landing: "これは何の証明書で、問題はないか",
    choose: "ファイルを選択",
    search: "検索",
    overview: "概要",
    names: "名前と用途",
    issuer: "発行者",
    fingerprints: "フィンガープリント",
    long: "クライアントの許容より長い有効期間です",
    finding: "読み取り不可",
    signIn: "サインイン",
    user: "ユーザー名",
  },
};
const OTHERS = ["de", "fr", "ja"];

/** A page whose browser prefers one language, and nothing that goes wrong in it. */
const test = base.extend({
  speak: async ({ browser }, use) => {
    const contexts = [];
    const problems = [];
    await use(async (locale, options = {}) => {
      const context = await browser.newContext({ locale, ...options });
      contexts.push(context);
      const page = await context.newPage();
      page.on("pageerror", (error) => problems.push(error.message));
      await page.goto(process.env.E2E_ADDRESS);
      const inspector = new Inspector(page);
      if (options.serviceWorkers === "block") await expect(page.getByTestId("app")).toHaveAttribute("data-ready", "true");
      else await inspector.isReady();
      return { page, inspector };
    });
    for (const context of contexts) await context.close();
    expect(problems, "nothing went wrong in the page").toEqual([]);
  },
});

const spoken = (page) => page.locator("html").getAttribute("lang");
const choose = (page, language) => page.getByTestId("language").selectOption(language);

for (const language of OTHERS) {
  const words = LANGUAGES[language];

  test(`a browser that prefers ${language} starts in it: landing, list, detail, sign-in`, async ({ speak }) => {
    const { page, inspector } = await speak(`${language}-${language.toUpperCase()}`.replace("ja-JA", "ja-JP"));
    expect(await spoken(page)).toBe(language);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(words.landing);
    await expect(page.getByRole("button", { name: words.choose })).toBeVisible();
    expect(await faults(page)).toEqual([]);

    await inspector.drop(vector("pem/chain-and-key.pem"), vector("broken/truncated.der"));
    await expect(page.getByRole("searchbox", { name: words.search, exact: true })).toBeVisible();
    await expect(inspector.rows).toContainText(words.finding);
    await inspector.open("leaf.example.org");
    await expect(inspector.detail.getByRole("tab", { name: words.overview })).toBeVisible();
    await expect(inspector.detail.getByRole("tab", { name: words.names })).toBeVisible();
    await expect(inspector.detail.getByText(words.issuer, { exact: true })).toBeVisible();
    await expect(inspector.detail.getByRole("heading", { name: words.fingerprints })).toBeVisible();
    expect(await faults(page)).toEqual([]);

    await page.goto(`${process.env.E2E_ADDRESS}/#/console`);
    await expect(page.getByRole("heading", { level: 1, name: words.signIn })).toBeVisible();
    await expect(page.getByLabel(words.user)).toBeVisible();
    expect(await faults(page)).toEqual([]);
  });

  test(`findings have their titles in ${language}, and what stays English says so`, async ({ speak }) => {
    const { page, inspector } = await speak(language);
    await inspector.drop(vector("pem/chain-and-key.pem"));
    await inspector.open("leaf.example.org");
    expect(await unmarkedEnglish(page)).toEqual([]);
    const finding = inspector.detail.locator("[data-id=validity-long]");
    await expect(finding.getByRole("heading")).toContainText(words.long);
    await expect(finding.locator("[lang=en]").first()).toBeVisible();
    expect(await unmarkedEnglish(page)).toEqual([]);
    await page.getByTestId("language").focus();
    await page.keyboard.press("?");
    await expect(page.getByTestId("help")).toBeVisible();
    expect(await unmarkedEnglish(page)).toEqual([]);
  });
}

for (const language of OTHERS) {
  test(`the answers to a password and the steps of a verdict are told in ${language}`, async ({ speak }) => {
    const { page, inspector } = await speak(language);
    await inspector.drop(vector("pem/chain-and-key.pem"), vector("pkcs12/openssl-3.p12"));
    const lock = inspector.locks.first();
    await lock.locator("input[type=password]").fill("wrong");
    await lock.locator("input[type=password]").press("Enter");
    await expect(lock.getByRole("alert")).toContainText("changeit");
    await expect(lock.getByRole("alert").locator("[lang=en]")).toHaveCount(0);

    await inspector.open("leaf.example.org");
    await inspector.detail.getByRole("tab").nth(2).click();
    const steps = page.getByTestId("steps");
    await expect(steps.getByRole("listitem").first()).toBeVisible();
    for (const summary of await steps.locator("summary").all()) await summary.click();
    // Keys have the names that they have, and so has what rules are written in.
    const english = await steps.locator("[lang=en]:not(small)").allTextContents();
    expect(english.filter((text) => !/^(EC|RSA) /.test(text))).toEqual([]);
    await expect(page.getByTestId("verdict").locator("[lang=en]")).toHaveCount(0);
    await expect(page.getByTestId("not-covered").locator("[lang=en]")).toHaveCount(0);
    expect(await unmarkedEnglish(page)).toEqual([]);
  });
}

/** Texts with an English word in them that are not marked as English. Values out of files are nobody's words. */
const unmarkedEnglish = (page) =>
  page.evaluate(() => {
    const found = [];
    const walker = document.createTreeWalker(document.querySelector("[data-test=app]"), NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const file = /\.pem\b/.test(node.data);
      // Algorithms have the names that they have: ECDSA with SHA-256.
      const text = node.data.replace(/\b\w+ with SHA/g, "");
      const English = !file && /\b(the|its|which|with|this|and|not|of)\b/i.test(text);
      if (English && !node.parentElement.closest("[lang=en], code, .mono, .v, textarea")) found.push(node.data);
    }
    return found;
  });

test("another language is spoken at once, and nothing that was dropped is lost", async ({ speak }) => {
  const { page, inspector } = await speak("en-GB");
  expect(await spoken(page)).toBe("en");
  await inspector.drop(vector("pem/chain-and-key.pem"), vector("pkcs12/openssl-legacy.p12"));
  await expect(inspector.locks).toHaveCount(1);
  await inspector.unlock("changeit");
  await expect(inspector.locks).toHaveCount(0);
  await inspector.entries.first().click();
  await inspector.detail.getByRole("tab", { name: "Names and use" }).click();
  const rows = await inspector.entries.count();
  const address = page.url();

  for (const language of [...OTHERS, "en"]) {
    await choose(page, language);
    const words = LANGUAGES[language];
    await expect(page.locator("html")).toHaveAttribute("lang", language);
    await expect(page.getByLabel(words.menu, { exact: true })).toHaveValue(language);
    await expect(inspector.entries).toHaveCount(rows);
    await expect(inspector.locks).toHaveCount(0);
    await expect(inspector.detail.getByRole("tab", { name: words.names })).toHaveAttribute("aria-selected", "true");
    expect(page.url()).toBe(address);
    expect(await faults(page)).toEqual([]);
  }
});

test("a choice is kept for the next time, and is the one thing that is", async ({ speak }) => {
  const { page, inspector } = await speak("en-GB");
  await expect(page.getByTestId("kept")).not.toContainText("language");
  await choose(page, "fr");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(LANGUAGES.fr.landing);
  await expect(page.getByTestId("kept")).toContainText("votre choix de langue");
  await page.reload();
  await inspector.isReady();
  expect(await spoken(page)).toBe("fr");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(LANGUAGES.fr.landing);
  expect(await page.evaluate(() => ({ ...localStorage }))).toEqual({ language: "fr" });
});

/** Requests of the page, as the browser makes them. */
const requests = (page) => {
  const made = [];
  page.on("request", (request) => made.push(request.url()));
  return made;
};

test("a language that the browser does not keep waits for the next load while something is open", async ({ speak }) => {
  const { page, inspector } = await speak("en-GB", { serviceWorkers: "block" });
  await inspector.drop(vector("pem/chain-and-key.pem"));
  await expect(inspector.detail.getByRole("tab", { name: "Overview" })).toBeVisible();
  const made = requests(page);
  await choose(page, "ja");
  await expect(page.getByTestId("toast")).toContainText("日本語 comes when this page is loaded next");
  await expect(page.getByTestId("language")).toHaveValue("en");
  await expect(page.getByTestId("requests")).toContainText("0 requests");
  await expect(inspector.detail.getByRole("tab", { name: "Overview" })).toBeVisible();
  expect(made).toEqual([]);
  await page.reload();
  await expect(page.locator("html")).toHaveAttribute("lang", "ja");
});

test("with nothing open, a language that the browser does not keep comes with the page, loaded anew", async ({ speak }) => {
  const { page } = await speak("en-GB", { serviceWorkers: "block" });
  await choose(page, "de");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(LANGUAGES.de.landing);
  await expect(page.getByTestId("app")).toHaveAttribute("data-ready", "true");
  await expect(page.getByTestId("requests")).toContainText("0 Anfragen");
});

test("without a network another language comes from what the browser keeps", async ({ speak }) => {
  const { page, inspector } = await speak("en-GB");
  await inspector.drop(vector("pem/chain-and-key.pem"));
  await page.context().setOffline(true);
  await choose(page, "ja");
  await expect(page.locator("html")).toHaveAttribute("lang", "ja");
  await expect(inspector.entries).toHaveCount(3);
});

test("what was typed to sign in stays when the language changes", async ({ speak }) => {
  const { page } = await speak("de-DE");
  await page.goto(`${process.env.E2E_ADDRESS}/#/console`);
  await page.getByLabel(LANGUAGES.de.user).fill("admin");
  await choose(page, "ja");
  await expect(page.getByLabel(LANGUAGES.ja.user)).toHaveValue("admin");
});

test("no request is made after the load, whatever language is chosen", async ({ speak }) => {
  const { page, inspector } = await speak("en-GB");
  await expect(page.getByTestId("requests")).toContainText("0 requests");
  await inspector.drop(vector("pem/chain-and-key.pem"));
  const made = requests(page);
  await choose(page, "de");
  await expect(page.locator("html")).toHaveAttribute("lang", "de");
  await expect(page.getByTestId("requests")).toContainText("0 Anfragen");
  await expect(inspector.entries).toHaveCount(3);
  await choose(page, "fr");
  await expect(page.locator("html")).toHaveAttribute("lang", "fr");
  expect(made).toEqual([]);
});

test("dates are those of the reader's locale and time zone, with UTC beside them", async ({ speak }) => {
  const { inspector } = await speak("de-DE", { timezoneId: "Asia/Tokyo" });
  await inspector.drop(vector("pem/chain-and-key.pem"));
  const field = inspector.detail.getByTestId("field").filter({ hasText: "Gültig ab" }).locator(".v");
  const utc = await field.getAttribute("title");
  expect(utc).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  const wanted = new Intl.DateTimeFormat("de-DE", { day: "numeric", month: "short", year: "numeric", timeZone: "Asia/Tokyo" });
  await expect(field).toContainText(wanted.format(new Date(utc)));
});

test("what a screen reader gets of the landing, in German", async ({ speak }) => {
  const { page } = await speak("de-DE");
  await expect(page.getByRole("banner")).toMatchAriaSnapshot(`
    - banner:
      - link "certlens"
      - navigation "Produkt":
        - link "Inspektor"
        - link "Fehler erklären"
        - link "Konsole"
      - combobox "Sprache":
        - option "English"
        - option "Deutsch" [selected]
        - option "Français"
        - option "日本語"
      - 'button "Farben: wie das System. Wechseln zu: hell"'
      - button "Tasten"
  `);
  await expect(page.getByTestId("drop")).toMatchAriaSnapshot(`
    - region "Dateien hier ablegen":
      - heading "Dateien oder einen Ordner irgendwo ablegen" [level=2]
      - paragraph: oder Text mit Ctrl V einfügen
      - button "Dateien wählen"
      - button "Ordner wählen"
      - button "Einfügen"
      - list "Formate, die gelesen werden"
  `);
});
