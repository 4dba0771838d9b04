// What an officer of a transfer office does, and what the public sees of it: a disclosure that
// becomes a signed, registered and distributed patent sale, with one refusal and one objection.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { go, launchSignedIn, open, says, settled, sound } from "./browser.mjs";

const sale = JSON.parse(
  readFileSync(new URL("../../docs/transfer/scenario-1-sale.json", import.meta.url), "utf8"),
).events;

let browser;
let cookies;
before(async () => {
  ({ browser, cookies } = await launchSignedIn());
});
after(() => browser.close());

/** Refusals that were asked for are no faults of the page. */
function forget(page) {
  page.faults = page.faults.filter((fault) => !/status of 4\d\d/.test(fault));
}

/** An event as the form keeps it: truths and numbers as the texts of their fields. */
function draftOf(value) {
  if (Array.isArray(value)) return value.map(draftOf);
  if (value && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, draftOf(each)]));
  }
  return value === null || value === undefined ? "" : String(value);
}

/** Fills the form of an event by its kept draft and records it. */
async function record(page, labels, event) {
  const { kind, on, ...rest } = event;
  const id = page.url().split("/cases/")[1].split("?")[0];
  await page.evaluate(
    ([name, kept]) => localStorage.setItem(name, JSON.stringify(kept)),
    [`xiudai.draft.${id}.${kind}`, { on, draft: draftOf(rest) }],
  );
  const chip = page.getByRole("button", { name: labels[kind], exact: true });
  if (!(await chip.isVisible())) await page.getByText("其他事项").click();
  await chip.click();
  await page.getByRole("button", { name: "记入", exact: true }).click();
  await page.waitForFunction(
    () =>
      !document.querySelector("form.event-form") ||
      document.querySelector("form.event-form > .form-error"),
  );
  const refusal = page.locator("form.event-form > .form-error");
  const said = (await refusal.count()) > 0 ? await refusal.innerText() : null;
  if (said) await chip.click();
  await settled(page);
  return said;
}

test("a disclosure becomes a signed, registered and distributed sale", async () => {
  const page = await open(browser, { lang: "zh" });
  await page.context().addCookies(cookies);
  await go(page, "/cases");
  const forms = await (await page.request.get(`${process.env.XIUDAI_URL}/api/v1/transfer/forms`)).json();
  const labels = Object.fromEntries(forms.map((form) => [form.kind, form.label.zh]));

  // The short form that opens a case is filled in by hand.
  await page.getByRole("button", { name: "立案", exact: true }).click();
  const form = page.getByRole("form", { name: "立案" });
  await form.locator("input[type=date]").fill("2025-10-15");
  await form.getByLabel("成果名称").fill("一种低温固化导电胶");
  await form.getByLabel("适用地区").selectOption("shanghai");
  await form.getByLabel("名称", { exact: false }).nth(1).fill("材料研究所");
  await form.getByLabel("性质").selectOption("state_institute");
  await form.getByLabel("成果形态").selectOption("patent");
  await form.getByRole("button", { name: "试算" }).click();
  await page.getByText("尚未写入").waitFor();
  await form.getByRole("button", { name: "记入" }).click();
  await page.waitForURL(/\/cases\/K\d+$/);
  await settled(page);

  const refusals = [];
  for (const event of sale.slice(1, 17)) {
    const said = await record(page, labels, event);
    assert.equal(said, null, `${event.kind}: ${said}`);
  }
  // An objection blocks the signing until it is decided.
  const objection = { kind: "objection_received", on: "2026-03-10", text: "价格明显偏低,请复核" };
  assert.equal(await record(page, labels, objection), null);
  refusals.push(await record(page, labels, sale[18]));
  const decided = {
    kind: "objection_decided",
    on: "2026-03-17",
    objection: "O18",
    upheld: false,
    reasons: "评估报告足以说明价格合理",
  };
  assert.equal(await record(page, labels, decided), null);
  // A day too early is refused with the article, a day later it stands.
  refusals.push(await record(page, labels, sale[17]));
  assert.match(refusals[0] ?? "", /异议/);
  assert.match(refusals[1] ?? "", /2026-03-18/);
  for (const event of sale.slice(18, 26)) {
    assert.equal(await record(page, labels, event), null, event.kind);
  }
  for (const event of [sale[27], sale[28], sale[30], sale[32], sale[33], sale[34]]) {
    assert.equal(await record(page, labels, event), null, event.kind);
  }
  await page.locator("button.fact").filter({ hasText: "2,054,150.00" }).click();
  const drawer = page.getByRole("dialog");
  await drawer.getByText("净收入").first().waitFor();
  await says(drawer, /2,934,500\.00 元/);
  assert.match(page.url(), /proof=f\.reward/);
  await page.keyboard.press("Escape");
  await drawer.waitFor({ state: "hidden" });
  await says(page.locator("main"), /证据齐全/);
  forget(page);
  await sound(page);
  await page.context().close();
});

test("the public reads a notice and objects", async () => {
  const page = await open(browser, { lang: "zh" });
  await page.context().addCookies(cookies);
  await go(page, "/cases");
  const session = await (await page.request.get(`${process.env.XIUDAI_URL}/api/v1/session`)).json();
  const send = async (path, event) => {
    const answer = await page.request.post(`${process.env.XIUDAI_URL}/api/v1/transfer/cases${path}`, {
      data: { event },
      headers: { "X-CSRF-Token": session.csrf, Origin: process.env.XIUDAI_URL },
    });
    assert.ok(answer.ok(), await answer.text());
    return answer.json();
  };
  const { id } = await send("", { ...sale[0], title: "低轨卫星相控阵天线" });
  for (const event of sale.slice(1, 14)) await send(`/${id}/events`, event);
  const today = new Date().toISOString().slice(0, 10);
  await send(`/${id}/events`, { ...sale[14], on: today });

  const reader = await open(browser, { lang: "zh" });
  await go(reader, "/notices");
  await reader.getByRole("link", { name: "低轨卫星相控阵天线" }).click();
  await reader.getByLabel(/异议理由/).fill("价格明显低于同类技术,请说明评估依据");
  await reader.getByRole("button", { name: "提交异议" }).click();
  await reader.getByText("处理之前不得签约").waitFor();
  await says(reader.locator("main"), /有异议/);
  await sound(reader);
  await go(page, `/cases/${id}`);
  await says(page.locator("main"), /E-PRICE-03/);
  await sound(page);
  await page.context().close();
  await reader.context().close();
});

test("a distribution is computed with its proof open", async () => {
  const page = await open(browser, { lang: "en", theme: "dark" });
  await go(page, "/calculator");
  await page.getByRole("button", { name: "Compute" }).click();
  await page.getByText("¥924,367.50").first().waitFor();
  await says(page.locator("main"), /SH17 33/);
  await page.getByLabel("Reward", { exact: true }).fill("45%");
  await page.getByRole("button", { name: "Compute" }).click();
  await page.getByText(/below the floor of 50%/).waitFor();
  await page.getByLabel("How many").fill("5");
  forget(page);
  await sound(page);
  await page.context().close();
});
