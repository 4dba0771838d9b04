// Every page, in both languages, at desktop and phone width, light and dark, with an audit.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { SIZES, go, launch, open, settled, sound } from "./browser.mjs";

const pages = [
  "/",
  "/map",
  "/map?indicator=metro_stations",
  "/graph",
  "/entities/E1",
  "/entities/E1?open=p.E1.gdp",
  "/entities/E1?valid=2024-06-30",
  "/indicators",
  "/indicators/ai_firms",
  "/indicators/gdp",
  "/cube",
  "/documents",
  "/pairs",
  "/pairs?tab=merge",
  "/pairs?tab=history",
  "/match",
  "/match?tab=answers",
  "/cases",
  "/notices",
  "/market",
  "/market?tab=demands",
  "/portfolio",
  "/holidays",
  "/package",
  "/requests",
  "/applications",
  "/desk",
  "/compute",
  "/vouchers",
  "/pools",
  "/studio",
  "/policies",
  "/policies?valid=2026-03-01",
  "/calculator",
  "/report",
  "/sources",
  "/sources/ror-shanghai",
  "/changes",
  "/changes?from=2025-06-30&to=2026-06-30&axis=valid",
  "/coverage",
  "/search?q=%E6%BC%95%E6%B2%B3%E6%B3%BE",
  "/questions",
  "/import",
  "/account",
  "/setup",
  "/journal",
  "/journal/J1",
  "/reference",
  "/nowhere",
];

/** Waits until a page has found its shape in a window that was turned; `sound` judges it then. */
async function turned(page) {
  await settled(page);
  const narrow = () => {
    const root = document.documentElement;
    return root.scrollWidth - root.clientWidth <= 1;
  };
  await page.waitForFunction(narrow, null, { timeout: 20_000, polling: 100 }).catch(() => {});
}

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

// Each page is opened and audited in two looks, which hold both languages, sizes and themes between
// them; in each it is then looked at in the other size, where nothing may overflow or fail.
for (const [lang, size, theme] of [
  ["zh", "desktop", "light"],
  ["en", "phone", "dark"],
]) {
  const other = size === "phone" ? "desktop" : "phone";
  test(`every page in ${lang}, ${theme}, on a ${size} and then on a ${other}`, async (t) => {
    const page = await open(browser, { lang, size, theme });
    for (const path of pages) {
      await t.test(path, async () => {
        page.faults.length = 0;
        await page.setViewportSize(SIZES[size]);
        await go(page, path);
        const text = await page.locator("main").innerText();
        assert.ok(text.trim().length > 10, `${path} is empty`);
        assert.equal(await page.locator("h1").count(), 1, `${path} has one heading`);
        assert.equal(await page.getAttribute("html", "lang"), lang === "zh" ? "zh-CN" : "en");
        await sound(page, `${path} ${lang} ${size} ${theme}`);
        await page.setViewportSize(SIZES[other]);
        await turned(page);
        await sound(page, `${path} ${lang} ${other} ${theme}`, false);
      });
    }
    await page.context().close();
  });
}
