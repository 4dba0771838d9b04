// What a reviewer does: reads a document, decides what was read, judges a pair, answers a match.
import { after, afterEach, before, test } from "node:test";
import assert from "node:assert/strict";
import { go, launch, open, says, settled, sound } from "./browser.mjs";

// The account that the officer's journey sets up, which starts before this one.
const NAME = "officer";
const PASSWORD = "Silk-Belt-1843-river";

const WORDS = {
  zh: {
    read: "读这份文档",
    reviewed: (seen, total) => `已看 ${seen} / ${total}`,
    accepted: "已接受",
    evidence: "出处",
    inText: "在原文中看",
    undo: "撤销",
    different: "判为不同",
    same: "判为同一个",
    undoneBy: /A\d+ 于 .+ 撤销/,
    split: /^拆开/,
    splitYes: "是，拆开",
    merged: "由这些合成",
    need: "需求一句话",
    demand: "找能做大模型推理加速的团队",
    find: "找匹配的",
    decline: "不合适",
    why: "为什么不合适",
    note: "补充（可空）",
    record: "记下",
    declined: /已答：不合适/,
    takeBack: "收回",
  },
  en: {
    read: "Read this document",
    reviewed: (seen, total) => `${seen} / ${total} reviewed`,
    accepted: "Accepted",
    evidence: "Where this comes from",
    inText: "See it in the text",
    undo: "Undo",
    different: "judged different",
    same: "judged the same",
    undoneBy: /undone by A\d+/,
    split: /^Split/,
    splitYes: "Yes, split",
    merged: "Merged from",
    need: "The need in a sentence",
    demand: "A team that makes large language models fast",
    find: "Find matches",
    decline: "Does not fit",
    why: "Why it does not fit",
    note: "Note (optional)",
    record: "Record",
    declined: /Answered: does not fit/,
    takeBack: "Take back",
  },
};

let browser;
let page;
let cookies;
before(async () => {
  browser = await launch();
  const first = await open(browser);
  cookies = await signIn(first);
  await first.context().close();
});
afterEach(async () => {
  await page?.context().close();
  page = undefined;
});
after(() => browser.close());

/** Signs in once; tried again while the officer's journey is still setting the house up. */
async function signIn(first) {
  for (let attempt = 0; attempt < 15; attempt += 1) {
    await go(first, "/account");
    await first.getByRole("textbox", { name: "用户名" }).fill(NAME);
    await first.getByLabel("密码", { exact: true }).fill(PASSWORD);
    await first.getByRole("main").getByRole("button", { name: "登录" }).click();
    const inside = first.getByRole("heading", { level: 1, name: "账户" });
    const refused = first.getByRole("alert");
    await inside.or(refused).first().waitFor();
    if (await inside.isVisible()) return first.context().cookies();
    await first.waitForTimeout(2_000);
  }
  throw new Error("the officer's account was never set up");
}

async function enter(lang, size, theme) {
  page = await open(browser, { lang, size, theme });
  await page.context().addCookies(cookies);
}

const button = (name) => page.getByRole("button", { name });

/** Puts the text on the desk and waits until it has been read. */
async function upload(words, name, text) {
  await go(page, "/documents");
  const file = { name, mimeType: "text/plain", buffer: Buffer.from(text) };
  await page.locator("input[type=file]").setInputFiles(file);
  await button(words.read).click();
  await page.waitForURL(/\/documents\/document-[0-9a-f]+$/);
  await settled(page);
  return page.locator(".candidate");
}

/** A figure of long ago that no other journey looks at; each text is another document. */
const notice = (year, count) =>
  `孵化载体情况（示例）\n${year}年末，徐汇区孵化载体总数为${count}家。会议由***主持。\n`;

for (const [lang, size, theme, year, count] of [
  ["zh", "desktop", "light", 2013, 57],
  ["en", "desktop", "dark", 2012, 53],
]) {
  test(`a figure is read, accepted by keyboard and found on its subject, ${lang}`, async () => {
    const words = WORDS[lang];
    await enter(lang, size, theme);
    const rows = await upload(words, `journey-${year}.txt`, notice(year, count));
    await rows.first().waitFor();
    const total = await rows.count();
    await page.getByText(words.reviewed(0, total), { exact: true }).waitFor();
    await says(page.locator(".review-text"), /由\*{3,}主持/);
    await sound(page, `review ${lang}`);

    const wanted = rows.filter({ hasText: String(count) }).first();
    const line = wanted.locator("[data-candidate]");
    const id = await line.getAttribute("data-candidate");
    for (let step = 0; step < total; step += 1) {
      if ((await line.getAttribute("aria-expanded")) === "true") break;
      await page.keyboard.press("j");
    }
    const mark = page.locator(`mark[data-ids~="${id}"]`).first();
    assert.match(await mark.getAttribute("class"), /span-chosen/);
    await page.keyboard.press("a");
    await page.getByText(words.reviewed(1, total), { exact: true }).waitFor();
    await line.click();
    await wanted.getByText(words.accepted).first().waitFor();
    const statement = wanted.getByRole("button", { name: /^S\d+$/ });
    await statement.click();
    const drawer = page.getByRole("dialog", { name: words.evidence });
    await drawer.getByText(String(count)).first().waitFor();
    const inText = drawer.getByRole("link", { name: words.inText }).first();
    assert.match(await inText.getAttribute("href"), new RegExp(`candidate=${id}$`));
    await page.keyboard.press("Escape");
    await drawer.waitFor({ state: "hidden" });

    await wanted.getByRole("link").first().click();
    await page.waitForURL(/\/entities\/E\d+/);
    await settled(page);
    await page
      .locator(".entity-main")
      .getByRole("button", { name: String(count) })
      .first()
      .waitFor();
    await sound(page, `subject ${lang}`, false);
  });
}

for (const [lang, typed, heading] of [
  ["zh", "待判", "待判"],
  ["en", "docu", "Documents"],
]) {
  test(`Ctrl-K and ${typed} lead to the page ${heading}`, async () => {
    await enter(lang, "desktop", "light");
    await go(page, "/sources");
    await page.keyboard.press("Control+k");
    await page.keyboard.type(typed);
    // Until the search has settled, all pages are listed and another one stands first.
    await page.getByRole("option", { name: heading, exact: true, selected: true }).waitFor();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: heading }).waitFor();
  });
}

test("a document is reviewed by phone", async () => {
  const words = WORDS.zh;
  await enter("zh", "phone", "light");
  const rows = await upload(words, "journey-2011.txt", notice(2011, 51));
  await page.locator(".candidate-chosen").waitFor();
  await sound(page, "review by phone, sheet folded");
  await button("展开候选").click();
  const wanted = rows.filter({ hasText: "51" }).first();
  await wanted.locator("[data-candidate]").click();
  await wanted.getByRole("button", { name: /^否决/ }).click();
  await page.getByText(/否决了 1 条/).waitFor();
  await sound(page, "review by phone, sheet drawn up");
  await button("撤回").click();
  await page.getByText(words.reviewed(0, await rows.count()), { exact: true }).waitFor();
});

test("a pair is judged by keyboard and undone, zh", async () => {
  const words = WORDS.zh;
  await enter("zh", "desktop", "light");
  await go(page, "/pairs");
  await page.locator(".evidence").waitFor();
  await sound(page, "pairs zh");
  await page.keyboard.press("d");
  await page.getByRole("status").filter({ hasText: words.different }).waitFor();
  await button(new RegExp(`^${words.undo}`)).waitFor();
  await page.keyboard.press("u");
  await page.getByRole("status").filter({ hasText: words.different }).waitFor({ state: "hidden" });
  await go(page, "/pairs?tab=history");
  await page.locator(".judgement-undone").first().getByText(words.undoneBy).waitFor();
  await sound(page, "history zh");
});

test("two that were judged one are split again on their page, en", async () => {
  const words = WORDS.en;
  await enter("en", "desktop", "dark");
  await go(page, "/pairs");
  await page.locator(".evidence").waitFor();
  await sound(page, "pairs en");
  const ids = await page.locator(".evidence-id").allInnerTexts();
  const recorded = page.waitForResponse((answer) => answer.url().endsWith("/judgements"));
  await page.keyboard.press("s");
  await recorded;
  await page.getByRole("status").filter({ hasText: words.same }).waitFor();
  await go(page, `/entities/${ids[1].trim()}`);
  const merged = page.locator("#merged");
  await merged.getByRole("heading", { name: words.merged }).waitFor();
  await merged.getByRole("button", { name: words.split }).first().click();
  await sound(page, "merged en");
  await merged.getByRole("button", { name: words.splitYes }).click();
  await merged.waitFor({ state: "detached" });
  await go(page, "/pairs?tab=history");
  await page.locator(".judgement-undone").first().getByText(words.undoneBy).waitFor();
});

for (const [lang, size, theme] of [
  ["zh", "desktop", "light"],
  ["en", "desktop", "dark"],
]) {
  test(`a match is asked for and declined with a reason, ${lang}`, async () => {
    const words = WORDS[lang];
    await enter(lang, size, theme);
    await go(page, "/match");
    await page.getByRole("textbox", { name: words.need }).fill(words.demand);
    await page.reload();
    await settled(page);
    const need = page.getByRole("textbox", { name: words.need });
    assert.equal(await need.inputValue(), words.demand, "the draft was kept");
    await button(words.find).click();
    const first = page.locator(".result").first();
    await first.waitFor();
    await settled(page);
    await sound(page, `match ${lang}`);

    await first.getByRole("button", { name: words.decline, exact: true }).click();
    const form = first.getByRole("form", { name: words.why });
    await form.getByRole("radio").first().check();
    await form.getByRole("textbox", { name: words.note }).fill("journey");
    await sound(page, `decline ${lang}`);
    await form.getByRole("button", { name: words.record }).click();
    await first.getByText(words.declined).waitFor();

    await go(page, "/match?tab=answers");
    const answer = page.locator(".judgement").filter({ hasText: words.demand }).first();
    await answer.getByText("journey").waitFor();
    await answer.getByRole("button", { name: words.takeBack }).click();
    await page.locator(".judgement-undone").filter({ hasText: words.demand }).first().waitFor();
    await sound(page, `answers ${lang}`);
  });
}
