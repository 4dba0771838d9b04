// What a reader does who has never seen the page: opens numbers, searches, asks, looks back.
import { after, afterEach, before, beforeEach, test } from "node:test";
import assert from "node:assert/strict";
import { downloaded, go, launch, open, says, settled } from "./browser.mjs";

let browser;
let page;
before(async () => {
  browser = await launch();
});
after(() => browser.close());
beforeEach(async () => {
  page = await open(browser);
});
afterEach(async () => {
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

const button = (name) => page.getByRole("button", { name });
const link = (name) => page.getByRole("link", { name });
const drawer = () => page.getByRole("dialog", { name: "出处" });
const heading = async (name) => page.getByRole("heading", { level: 1, name }).waitFor();

test("a number of the sentence opens its source and its journal entry", async () => {
  await go(page, "/");
  const figure = page.locator(".overview-sentence").getByRole("button", { name: /备案大模型数/ });
  await figure.focus();
  await page.keyboard.press("Enter");
  await drawer().waitFor();
  const claims = drawer().locator("article.claim");
  await claims.nth(2).waitFor();
  await says(claims.first(), /83[\s\S]*报道000/);
  const said = await drawer().innerText();
  for (const word of [/62/, /21/, /报道001/]) assert.match(said, word);
  assert.match(page.url(), /[?&]open=/);

  await page.keyboard.press("Escape");
  await drawer().waitFor({ state: "hidden" });
  assert.doesNotMatch(page.url(), /[?&]open=/);
  const focused = await page.evaluate(() => document.activeElement?.textContent ?? "");
  assert.match(focused, /83/);

  await page.keyboard.press("Enter");
  await claims.first().getByRole("link", { name: "日志条目" }).click();
  await heading(/^日志条目 J\d+$/);
});

test("a link to an open drawer opens it", async () => {
  await go(page, "/");
  await page.locator(".overview-sentence").getByRole("button", { name: /生产总值/ }).click();
  await drawer().getByText("4153.08").first().waitFor();
  const address = page.url();
  await go(page, "/nowhere");
  await page.goto(address);
  await drawer().getByText("4153.08").first().waitFor();
  await says(drawer(), /确切值 415,308,000,000\.00 CNY/);
});

for (const words of ["漕河泾", "caohejing", "chj"]) {
  test(`Ctrl-K and ${words} lead to 漕河泾街道`, async () => {
    await go(page, "/sources");
    await page.keyboard.press("Control+k");
    await page.keyboard.type(words);
    const wanted = page.getByRole("option", { name: /^漕河泾街道/ });
    await wanted.waitFor();
    for (let step = 0; step < 10; step += 1) {
      if ((await wanted.getAttribute("aria-selected")) === "true") break;
      await page.keyboard.press("ArrowDown");
    }
    await page.keyboard.press("Enter");
    await heading("漕河泾街道");
    assert.match(page.url(), /\/entities\/E\d+$/);
  });
}

test("how many filed models has Xuhui, and who says so", async () => {
  await go(page, "/indicators");
  await page.getByRole("searchbox", { name: "按名称筛选指标" }).fill("备案大模型数");
  await link("备案大模型数").click();
  await heading("备案大模型数");
  const rows = page.locator(".series-table tbody tr").filter({ hasText: "徐汇区" });
  await rows.first().waitFor();
  const said = await rows.allInnerTexts();
  for (const claim of [/83[\s\S]*报道000/, /62[\s\S]*报道001/, /21[\s\S]*徐汇区大模型主题分论坛/]) {
    assert.ok(said.some((row) => claim.test(row)), `${claim} in ${said.join(" | ")}`);
  }
});

test("who in Shanghai published on diffusion models with which firm", async () => {
  await go(page, "/search");
  await page.getByRole("searchbox").fill("diffusion model");
  await page.waitForURL(/q=diffusion/);
  await page.getByRole("checkbox", { name: /论文/ }).click();
  await page.waitForURL(/kind=paper/);
  await link(/FLDM-VTON/).click();
  await heading(/FLDM-VTON/);
  const authors = page.getByRole("complementary");
  await authors.getByRole("link", { name: "复旦大学" }).waitFor();
  await authors.getByRole("link", { name: /Suzhou Xiangji Technology/ }).waitFor();
  await link("看关系图").click();
  await button("列表").click();
  const rows = page.getByRole("region", { name: "关系列表" }).getByRole("row");
  await rows.filter({ hasText: /复旦大学[\s\S]*署名[\s\S]*FLDM-VTON/ }).waitFor();
  await rows.filter({ hasText: /Suzhou Xiangji[\s\S]*署名[\s\S]*FLDM-VTON/ }).waitFor();
});

test("what changed since last year", async () => {
  await go(page, "/changes");
  await button("两天之间").click();
  await page.locator(".between-summary").waitFor();
  assert.equal(await page.getByRole("combobox", { name: "按" }).inputValue(), "valid");
  const days = [
    ["从", "from", "2024-06-30"],
    ["到", "to", "2025-12-31"],
  ];
  for (const [name, key, day] of days) {
    const field = page.getByRole("textbox", { name, exact: true });
    // In one stroke: keys one by one race with the calendar that opens beside the field.
    await field.fill(day);
    await field.press("Enter");
    await page.waitForURL(new RegExp(`${key}=${day}`));
    await settled(page);
  }
  await page.getByRole("combobox", { name: "种类" }).selectOption("district");
  await page.waitForURL(/kind=district/);
  const row = page.getByRole("row").filter({ hasText: /徐汇区[\s\S]*人工智能企业数/ });
  await says(row.first(), /710[\s\S]*1500/);
  await row.first().getByRole("button", { name: /1500/ }).click();
  await drawer().getByText(/报道00/).first().waitFor();
});

test("the time band moves the whole page and tints its frame", async () => {
  await go(page, "/");
  await button(/^今天/).click();
  const day = page.getByRole("textbox", { name: /^事实时间/ });
  await day.fill("2024-06-30");
  await day.press("Enter");
  await page.waitForURL(/valid=2024-06-30/);
  await page.locator(".shell-past").waitFor();
  const sentence = page.locator(".overview-sentence");
  await sentence.filter({ hasText: /人工智能企业数\s*约\s*710/ }).waitFor();
  await link("指标").click();
  assert.match(page.url(), /valid=2024-06-30/);
  await button("回到今天").click();
  await page.locator(".shell-past").waitFor({ state: "detached" });
  await link("总览").first().click();
  await sentence.filter({ hasText: /人工智能企业数\s*约\s*1500/ }).waitFor();
});

test("the map is shaded by an indicator and read by keyboard", async () => {
  await go(page, "/map");
  const frame = page.getByRole("application", { name: "地图" });
  await frame.focus();
  // The map is drawn by the processor here: a picture of it may take its time.
  const picture = () => frame.screenshot({ timeout: 90_000 });
  const before = await picture();
  await page.keyboard.press("+");
  await page.waitForTimeout(400);
  assert.notDeepEqual(await picture(), before, "+ moves the map closer");
  await page.keyboard.press("0");

  await page.getByRole("combobox", { name: "着色" }).selectOption("metro_stations");
  const legend = page.getByRole("group", { name: "图例，也是筛选" });
  await legend.waitFor();
  const row = page.locator(".map-row").filter({ hasText: "漕河泾街道" });
  const figure = row.getByRole("button", { name: /^漕河泾街道 \d/ });
  await figure.focus();
  await page.keyboard.press("Enter");
  await drawer().getByText("坐标落在边界内的车站数").waitFor();
  await page.keyboard.press("Escape");
  await drawer().waitFor({ state: "hidden" });
  await legend.getByRole("button").first().click();
  await page.waitForURL(/class=/);
});

test("the graph unfolds and finds a way between two", async () => {
  await go(page, "/graph?view=list");
  const summary = page.locator(".graph-summary");
  const nodes = async () => Number(/(\d+) 个节点/.exec(await summary.innerText())?.[1]);
  const first = await nodes();
  await button(/^展开上海巴斯德研究所/).first().click();
  await settled(page);
  await page.waitForFunction(
    (few) => Number(/(\d+) 个节点/.exec(document.querySelector(".graph-summary").textContent)[1]) > few,
    first,
  );
  await page.getByRole("combobox", { name: "到（找路径）" }).fill("上海交通大学");
  await page.getByRole("option", { name: /^上海交通大学/ }).first().waitFor();
  await page.keyboard.press("Enter");
  const way = page.locator(".graph-path").first();
  await way.waitFor();
  await says(way, /\d 步[\s\S]*徐汇区[\s\S]*上海交通大学/);
  await way.locator(".graph-relation").first().click();
  await drawer().locator("article.claim").first().waitFor();
});

test("the cube is walked with the arrows and opens what is behind a cell", async () => {
  await go(page, "/cube");
  await page.locator("[data-at='0,0']").focus();
  for (let step = 0; step < 12; step += 1) {
    const text = await page.evaluate(() => document.activeElement.textContent);
    if (/^\d/.test(text)) break;
    await page.keyboard.press("ArrowRight");
  }
  const count = await page.evaluate(() => document.activeElement.textContent);
  assert.match(count, /^\d/);
  await page.keyboard.press("Enter");
  const cell = page.locator("dialog.drawer");
  await cell.locator("article.claim").first().waitFor();
  await page.keyboard.press("Escape");
  await cell.waitFor({ state: "hidden" });
  const at = await page.evaluate(() => document.activeElement.textContent);
  assert.equal(at, count, "the focus returns to the cell");
});

test("a source says its counts, licence and digest", async () => {
  await go(page, "/sources");
  await link("ROR 上海科研机构", { exact: true }).first().click();
  await heading("ROR 上海科研机构");
  const text = await page.locator("main").innerText();
  assert.match(text, /CC0-1\.0/);
  assert.match(text, /行数\s*201/);
  const digest = await page.locator(".source-facts .mono").getAttribute("title");
  assert.match(digest, /[0-9a-f]{64}/);
});

test("an empty kind says why and offers a template", async () => {
  await go(page, "/coverage");
  const kind = page.locator(".empty-kinds > li").filter({ hasText: "专利" });
  await says(kind, /没有公开的数据[\s\S]*不编造/);
  const { name, text } = await downloaded(page, kind.getByRole("link", { name: "下载模板" }));
  assert.match(name, /\.csv$/);
  assert.match(text, /^\uFEFF?name_zh,name_en,/);
  await kind.getByRole("link", { name: "导入表格" }).click();
  await heading("导入");
  assert.equal(await page.getByRole("combobox", { name: "种类" }).inputValue(), "patent");
});

test("the language changes and the page stays", async () => {
  await go(page, "/indicators/ai_firms");
  await button("EN English").click();
  await heading("AI firms");
  assert.match(page.url(), /\/indicators\/ai_firms$/);
  assert.equal(await page.getAttribute("html", "lang"), "en");
  await button("中文").click();
  await heading("人工智能企业数");
});

test("a question is exported as it stands", async () => {
  await go(page, "/search?q=%E6%BC%95%E6%B2%B3%E6%B3%BE");
  await button("导出").click();
  const { name, text } = await downloaded(page, page.getByRole("link", { name: "CSV", exact: true }));
  assert.match(name, /\.csv$/);
  assert.match(text, /漕河泾街道/);
  assert.ok(text.trim().split("\n").length > 3);
});
