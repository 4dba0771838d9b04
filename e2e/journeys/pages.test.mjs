// Every page, in both languages, at desktop and phone width, light and dark, with an audit.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { go, launch, open, sound } from "./browser.mjs";

const pages = [
  "/",
  "/map",
  "/graph",
  "/entities/E1",
  "/indicators",
  "/indicators/ai_firms",
  "/cube",
  "/sources",
  "/changes",
  "/coverage",
  "/search?q=%E6%BC%95%E6%B2%B3%E6%B3%BE",
  "/questions",
  "/import",
  "/account",
  "/journal",
  "/reference",
  "/nowhere",
];

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

for (const [lang, size, theme] of [
  ["zh", "desktop", "light"],
  ["en", "desktop", "dark"],
  ["zh", "phone", "dark"],
  ["en", "phone", "light"],
]) {
  test(`every page in ${lang} on a ${size}, ${theme}`, async (t) => {
    for (const path of pages) {
      await t.test(path, async () => {
        const page = await open(browser, { lang, size, theme });
        await go(page, path);
        const text = await page.locator("main").innerText();
        assert.ok(text.trim().length > 10, `${path} is empty`);
        assert.equal(await page.locator("h1").count(), 1, `${path} has one heading`);
        assert.equal(await page.getAttribute("html", "lang"), lang === "zh" ? "zh-CN" : "en");
        await sound(page, `${path} ${lang} ${size} ${theme}`);
        await page.context().close();
      });
    }
  });
}
