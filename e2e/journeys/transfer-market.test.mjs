// Results and demands brought together, projects by their gates, who holds what, and what a holiday
// table would move.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { go, launchSignedIn, open, says, settled, sound, url } from "./browser.mjs";

const read = (name) =>
  JSON.parse(readFileSync(new URL(`../../docs/transfer/${name}.json`, import.meta.url), "utf8"));

let browser;
let cookies;
before(async () => {
  ({ browser, cookies } = await launchSignedIn());
});
after(() => browser.close());

/** A page signed in as the officer. */
async function office(look) {
  const page = await open(browser, look);
  await page.context().addCookies(cookies);
  return page;
}

/** Sends a request as the page's session would. */
async function send(page, path, data) {
  const session = await (await page.request.get(`${url}/api/v1/session`)).json();
  const answer = await page.request.post(`${url}/api/v1${path}`, {
    data,
    headers: { "X-CSRF-Token": session.csrf, Origin: url },
  });
  const said = await answer.text();
  assert.ok(answer.ok(), said);
  return said ? JSON.parse(said) : null;
}

test("a demand meets a result and goes on until it is signed", async () => {
  const page = await office();
  await go(page, "/market?tab=demands");
  await page.getByRole("button", { name: "提出需求" }).click();
  const form = page.getByRole("form", { name: "提出需求" });
  await form.getByLabel("一句话说明需求").fill("医疗大模型");
  await form.getByLabel("具体要求").fill("需要能读医学影像和病历的大模型");
  await form.getByLabel("提出的企业").fill("某医疗器械公司");
  await form.getByRole("button", { name: "保存" }).click();
  await page.waitForURL(/\/market\/D\d+/);
  await settled(page);
  const found = page.locator("section", { has: page.getByRole("heading", { name: "相合的成果" }) });
  const first = found.locator("li").first();
  await first.getByRole("button", { name: "引荐" }).click();
  await first.getByText("已引荐").waitFor();
  const made = page.locator("li.intro");
  assert.equal(await made.count(), 1);
  await made.getByLabel("下一步要做什么").fill("约双方技术负责人见面");
  await made.getByLabel("何时之前").fill("2027-01-15");
  await made.getByRole("button", { name: "推进到“已会面”" }).click();
  await made.getByText("约双方技术负责人见面").waitFor();
  await says(made.locator("[aria-current]"), /^已会面$/);
  // A day that is none is said where it stands, and nothing moves.
  await made.getByLabel("何时之前").fill("明年");
  await made.getByRole("button", { name: "推进到“洽谈中”" }).click();
  await made.locator(".form-error").waitFor();
  await says(made.locator("[aria-current]"), /^已会面$/);
  page.faults = page.faults.filter((fault) => !/status of 4\d\d/.test(fault));
  await sound(page);
  await page.getByRole("button", { name: "需求已满足" }).click();
  await page.getByText("已对接").waitFor();
  await page.context().close();
});

test("an institute claims a result, and everyone sees it", async () => {
  const page = await office();
  const ask = async (kind) =>
    (await (await page.request.get(`${url}/api/v1/search?kind=${kind}&limit=1`)).json()).items[0].entity;
  const [result, unit] = [await ask("model"), await ask("institute")];
  const claim = { result: result.id, unit: unit.id, registered: "2025-03-01" };
  await send(page, "/transfer/claims", claim);
  const visitor = await open(browser, { size: "phone" });
  await go(visitor, "/market");
  await visitor.getByText(result.name.zh ?? result.name.en).first().waitFor();
  await visitor.getByText("2025-03-01 登记").first().waitFor();
  await sound(visitor);
  await visitor.context().close();
  await page.context().close();
});

test("a proof of concept stands in its lane, and a company's holders in their parts", async () => {
  const page = await office();
  const [opened, ...rest] = read("scenario-6-poc").events;
  const { id } = await send(page, "/transfer/cases", { event: opened });
  for (const event of rest.slice(0, 7)) await send(page, `/transfer/cases/${id}/events`, { event });
  await go(page, "/portfolio");
  const lane = page.locator(".lane", { has: page.getByRole("link", { name: opened.title }) });
  await lane.first().waitFor();
  await sound(page);
  // Stopped at its second gate: the sums over all projects know what comes back.
  for (const event of [rest[7], ...rest.slice(9)]) {
    await send(page, `/transfer/cases/${id}/events`, { event });
  }
  await go(page, "/portfolio");
  await says(page.locator(".portfolio-sums"), /88,699\.60/);
  await page.locator(".portfolio-sums").getByRole("button").last().click();
  await says(page.getByRole("dialog"), /240,000\.00/);
  await sound(page);

  const sale = read("scenario-1-sale").events;
  const { founding, changes } = read("scenario-3-equity");
  const company = await send(page, "/transfer/cases", {
    event: { ...sale[0], title: "一种柔性电极" },
  });
  const add = (event) => send(page, `/transfer/cases/${company.id}/events`, { event });
  for (const event of sale.slice(1, 6)) await add(event);
  await add({ ...sale[6], route: "equity", alternatives: ["转让", "许可"] });
  await add({ kind: "equity_moved", on: founding.on, founding });
  // The round of the scenario lies ahead of this day; here it has happened.
  const round = { ...changes[0], on: "2026-10-01" };
  await add({ kind: "equity_moved", on: round.on, change: round });
  for (const look of [{ lang: "zh" }, { lang: "en", size: "phone", theme: "dark" }]) {
    const shown = await office(look);
    await go(shown, `/cases/${company.id}`);
    const table = shown.locator(".captable > li");
    await table.first().waitFor();
    assert.equal(await table.count(), 2);
    await sound(shown);
    await shown.context().close();
  }
  await page.context().close();
});

test("a holiday table is tried before it is put to use", async () => {
  const page = await office();
  await go(page, "/holidays");
  const form = page.getByRole("form", { name: "节假日表" });
  await form.getByLabel("年度").fill("2027");
  await form.getByLabel("版本名").fill("2027 征求意见");
  await form.getByLabel("放假日(每行一天)").fill("2027-01-01\n2027-01-02\n2027-01-03");
  const use = form.getByRole("button", { name: "启用" });
  assert.equal(await use.isDisabled(), true);
  await form.getByRole("button", { name: "试算" }).click();
  await page.getByText(/重新计算 .* 个期限/).waitFor();
  assert.equal(await use.isDisabled(), false);
  // What was tried is what is put to use: a change asks to be tried again.
  await form.getByLabel("放假日(每行一天)").fill("2027-02-30");
  assert.equal(await use.isDisabled(), true);
  await form.getByRole("button", { name: "试算" }).click();
  await form.locator(".form-error").waitFor();
  page.faults = page.faults.filter((fault) => !/status of 4\d\d/.test(fault));
  await sound(page);
  await page.context().close();
});
