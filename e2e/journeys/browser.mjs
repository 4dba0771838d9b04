// One browser for all journeys, and the checks that every page must pass.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import assert from "node:assert/strict";
import { chromium } from "playwright-core";

export const url = process.env.XIUDAI_URL;
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
export const SIZES = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };

export async function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--use-angle=swiftshader",
      "--enable-unsafe-swiftshader",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/** A page in a language, size and theme, that remembers what went wrong. */
export async function open(browser, { lang = "zh", size = "desktop", theme = "light" } = {}) {
  const context = await browser.newContext({
    viewport: SIZES[size],
    colorScheme: theme,
    locale: lang === "zh" ? "zh-CN" : "en-US",
    reducedMotion: "reduce",
  });
  await context.addInitScript((lang) => {
    localStorage.setItem("xiudai.lang", lang);
  }, lang);
  const page = await context.newPage();
  page.setDefaultTimeout(40_000);
  page.faults = [];
  page.on("pageerror", (error) => page.faults.push(`error: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error") page.faults.push(`console: ${message.text()}`);
  });
  page.on("response", (response) => {
    if (response.status() >= 500) page.faults.push(`${response.status()} ${response.url()}`);
  });
  return page;
}

/** Goes to an address and waits until nothing is loading any more. */
export async function go(page, path) {
  await page.goto(url + path);
  await settled(page);
}

/** Waits until nothing is loading any more and the page, which comes in parts, is there. */
export async function settled(page) {
  await page.waitForLoadState("networkidle");
  const there = () => {
    const said = document.querySelector("main")?.innerText.trim() ?? "";
    return said.length > 10 && !document.querySelector("[aria-busy='true']");
  };
  await page.waitForFunction(there, null, { timeout: 40_000, polling: 100 });
}

/** Waits until a part of the page says something: what an act changes is read again after it. */
export async function says(part, expected) {
  const until = Date.now() + 40_000;
  for (;;) {
    const text = await part.innerText();
    if (expected.test(text)) return;
    if (Date.now() > until) assert.match(text, expected);
    await new Promise((done) => setTimeout(done, 100));
  }
}

/** The name and the text of what a click on the link downloads. */
export async function downloaded(page, link) {
  const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);
  return { name: download.suggestedFilename(), text: readFileSync(await download.path(), "utf8") };
}

/** Nothing failed, nothing overflows sideways and, where audited, nothing that axe finds. */
export async function sound(page, name, audited = true) {
  assert.deepEqual(page.faults, [], name);
  const wide = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  assert.ok(wide <= 1, `${name}: the page is ${wide} px too wide`);
  if (!audited) return;
  // Colors are only those of the page once nothing moves and two frames are drawn.
  await page.evaluate(async () => {
    await document.fonts.ready;
    const ending = () =>
      document
        .getAnimations()
        .filter((animation) => animation.effect?.getComputedTiming().iterations !== Infinity);
    // What ends may start another, as a colour does that is handed down from part to part.
    for (let still = 0; still < 2; ) {
      const moving = ending();
      await Promise.allSettled(moving.map((animation) => animation.finished));
      await new Promise(requestAnimationFrame);
      still = moving.length === 0 ? still + 1 : 0;
    }
  });
  await page.evaluate(axe);
  const found = await page.evaluate(async () => {
    const result = await window.axe.run(document, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"],
    });
    return result.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(" ")).slice(0, 3).join(" | ")}`);
  });
  assert.deepEqual(found, [], name);
}

// The account that the officer's journey sets up. It is the first by name, so it starts before those
// that sign in: guesses at an account that is not there yet would be held against it.
const NAME = "officer";
const PASSWORD = "Silk-Belt-1843-river";

/** Signs a page in as the officer; the cookies serve other pages. */
async function signIn(page) {
  for (let turn = 0; turn < 20; turn += 1) {
    const session = await (await page.request.get(`${url}/api/v1/session`)).json();
    const answer = await page.request.post(`${url}/api/v1/session`, {
      data: { name: NAME, password: PASSWORD },
      headers: { "X-CSRF-Token": session.csrf, Origin: url },
    });
    if (answer.ok()) return page.context().cookies();
    await new Promise((done) => setTimeout(done, 4000));
  }
  throw new Error("the officer's account did not appear");
}

/** A browser, and the cookies of the officer for its pages. */
export async function launchSignedIn() {
  const browser = await launch();
  const first = await open(browser);
  const cookies = await signIn(first);
  await first.context().close();
  return { browser, cookies };
}
