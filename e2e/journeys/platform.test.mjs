// A job that really runs: a price, a voucher, a submission in the browser, its output, its cost, and
// an invoice that says the same.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { go, launchSignedIn, open, says, sound } from "./browser.mjs";

let browser;
let cookies;
before(async () => {
  ({ browser, cookies } = await launchSignedIn());
});
after(() => browser.close());

async function seated(look) {
  const page = await open(browser, look);
  await page.context().addCookies(cookies);
  return page;
}

test("a job is priced, paid from a voucher, run, metered and invoiced", async () => {
  const page = await seated();
  await go(page, "/compute");
  // This machine is a node of its own, its cores are devices.
  await says(page.locator(".compute-nodes"), /here-/);
  await page.getByRole("button", { name: "定价" }).click();
  await page.getByLabel("每卡时(元)").fill("3.6");
  await page.getByRole("form", { name: "定价" }).getByRole("button", { name: "定价" }).click();
  await says(page.getByRole("region", { name: "型号与价格" }), /¥3\.60/);

  await go(page, "/vouchers");
  await page.getByRole("button", { name: "发券" }).click();
  await page.getByLabel("本账号").check();
  await page.getByLabel("金额(元)").fill("10");
  await page.getByRole("button", { name: "发出" }).click();
  await says(page.locator(".service-figures"), /¥10\.00/);
  await says(page.locator("main"), /五项相合/);

  await go(page, "/compute");
  await page.getByRole("button", { name: "提交作业" }).click();
  await page.getByLabel("名称").fill("数到三");
  await page.getByLabel("命令").fill("for i in 1 2 3; do echo 第$i; sleep 1; done\necho 坏事 >&2");
  await says(page.locator(".compute-quote"), /至多 3\.60 元.*可立即启动/);
  await page.getByRole("form", { name: "提交作业" }).getByRole("button", { name: "提交" }).click();
  await page.waitForURL(/\/compute\/G\d+/);
  await says(page.locator("main"), /第3/);
  await says(page.locator(".standing"), /完成/);
  await says(page.locator(".compute-table"), /处理器核心/);
  await sound(page, "a job that is done");
  await page.getByRole("button", { name: "错误输出" }).click();
  await says(page.locator(".compute-log"), /坏事/);
  const cost = /¥([\d.]+)/.exec(await page.locator(".service-figures dd").first().innerText())[1];
  // Three seconds and a little at 3.60 yuan an hour are 0.003 yuan and a little.
  assert.ok(Number(cost) >= 0.003 && Number(cost) < 0.02, cost);

  await go(page, "/vouchers");
  await says(page.getByRole("region", { name: "账单" }).first(), new RegExp(`${cost}[^]*与券上支付一致`));
  await says(page.locator("main"), /五项相合/);
  await sound(page, "vouchers with a statement");
  await page.context().close();
});

test("a job is stopped by its owner, and confined while it runs", async () => {
  const page = await seated({ lang: "en", size: "phone", theme: "dark" });
  await go(page, "/compute");
  await page.getByRole("button", { name: "Submit a job" }).click();
  await page.getByLabel("Name").fill("curious");
  const script = "cat /etc/shadow && echo SEEN; touch /tmp/out && echo WROTE; echo here; sleep 600";
  await page.getByLabel("Command").fill(script);
  await page.getByRole("button", { name: "More conditions" }).click();
  await page.getByLabel("Preemptible (after how many minutes)").fill("5");
  await page.getByRole("button", { name: "Submit", exact: true }).click();
  await page.waitForURL(/\/compute\/G\d+/);
  await says(page.locator(".compute-log"), /here/);
  await says(page.locator(".compute-facts"), /Preemptible[^]*once it ran for 5 min/);
  const log = await page.locator(".compute-log").innerText();
  assert.doesNotMatch(log, /SEEN|WROTE/);
  await sound(page, "a job that runs");
  await page.getByRole("button", { name: "Stop" }).click();
  await says(page.locator(".standing"), /cancelled/);
  await page.context().close();
});

test("shares are weighed in groups, and a node is reserved and given up", async () => {
  const page = await seated();
  await go(page, "/compute/sharing");
  await page.getByRole("button", { name: "新建分组" }).click();
  await page.getByLabel("分组名称").fill("视觉组");
  const form = page.getByRole("form", { name: "新建分组" });
  await form.getByLabel("权重").fill("3");
  await form.getByLabel("单位或分组").selectOption({ index: 1 });
  await form.getByRole("button", { name: "保存" }).click();
  const tree = page.getByRole("region", { name: "份额" });
  await says(tree.locator(".share-group"), /视觉组[^]*权重 3[^]*权重 1/);
  await tree.locator(".share-group ul").getByRole("button", { name: "调整" }).click();
  await page.getByRole("form", { name: "调整" }).getByLabel("权重").fill("5");
  await page.getByRole("button", { name: "保存" }).click();
  await says(tree.locator(".share-group"), /权重 5/);

  await page.getByRole("button", { name: "预留节点" }).click();
  const reserve = page.getByRole("form", { name: "预留节点" });
  await reserve.getByLabel("单位或分组").selectOption({ label: "视觉组" });
  await reserve.locator(".chip").first().click();
  await sound(page, "a reservation that is written");
  await reserve.getByRole("button", { name: "预留节点" }).click();
  const held = page.getByRole("region", { name: "预留" });
  await says(held.locator(".service-list"), /视觉组[^]*闲时出借,随时收回[^]*空闲/);
  await sound(page, "shares and reservations");
  await go(page, "/compute");
  await says(page.locator(".compute-reserved"), /为视觉组预留至/);
  await sound(page, "a cluster with a reservation");

  await go(page, "/compute/providers");
  await says(page.locator(".provider").first(), /本机[^]*利用率[^]*收入/);
  await sound(page, "what a provider brought");

  await go(page, "/compute/what-if");
  await says(page.locator("main"), /选一项变化/);
  await page.getByLabel("台数").fill("2");
  await says(page.locator(".service-figures").first(), /卡\s*\d+ → \d+/);
  await page.getByRole("group", { name: "取消预留" }).locator(".chip").first().click();
  await says(page.getByRole("region", { name: "受影响的作业" }), /没有作业受影响/);
  await sound(page, "what would come of two machines more");

  await go(page, "/compute/sharing");
  await held.getByRole("button", { name: "取消预留" }).click();
  await says(held, /没有预留/);
  await page.context().close();
});

test("an array is submitted with a deadline and stopped whole", async () => {
  const page = await seated({ lang: "en", theme: "dark" });
  await go(page, "/compute");
  await page.getByRole("button", { name: "Submit a job" }).click();
  await page.getByLabel("Name").fill("sweep");
  await page.getByLabel("Command").fill("echo number $XIUDAI_ARRAY_INDEX of $XIUDAI_ARRAY_COUNT; sleep 600");
  await page.getByLabel("At most (minutes)").fill("15");
  await page.getByRole("button", { name: "More conditions" }).click();
  await page.getByLabel("Jobs in the array").fill("3");
  await page.getByLabel("Start no later than").fill("2099-01-01T08:00");
  await says(page.locator(".compute-quote"), /¥2\.70 at most/);
  await page.getByRole("button", { name: "Submit", exact: true }).click();
  await page.waitForURL(/\/compute\/G\d+/);
  await says(page.locator("main"), /number 1 of 3 in its array/);
  await says(page.locator(".compute-log"), /number 0 of 3/);
  await says(page.locator(".compute-facts"), /Start no later than/);
  await sound(page, "a job of an array");
  await page.getByRole("button", { name: "Stop the whole array" }).click();
  await says(page.locator(".standing"), /cancelled/);
  await go(page, "/compute?tab=ended");
  await says(page.getByRole("region", { name: "Jobs" }), /number 3 of 3[^]*cancelled/);
  await page.context().close();
});
