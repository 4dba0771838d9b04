// A job submitted in the browser that runs on a real Slurm cluster, is metered, paid from a voucher
// and invoiced. The house starts empty: its first visitor becomes its administrator.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { go, launch, open, says, sound } from "../journeys/browser.mjs";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

test("a job runs on Slurm from the browser to the invoice", async () => {
  const page = await open(browser);
  await go(page, process.env.XIUDAI_SETUP);
  await page.getByRole("textbox", { name: "用户名" }).fill("officer");
  await page.getByLabel(/^密码/).fill("Silk-Belt-1843-river");
  await page.getByRole("button", { name: "设立第一位管理员" }).click();
  await page.getByText("已设立，并已登录").waitFor();

  await go(page, "/compute");
  await says(page.locator(".compute-nodes"), /slurm\/n1[^]*slurm\/n2/);
  const kinds = page.getByRole("region", { name: "型号与价格" });
  const a100 = kinds.getByRole("listitem").filter({ hasText: "a100" });
  await a100.getByRole("button", { name: "定价" }).click();
  await page.getByLabel("每卡时(元)").fill("36");
  await page.getByRole("form", { name: "定价" }).getByRole("button", { name: "定价" }).click();
  await says(a100, /¥36\.00/);

  await go(page, "/vouchers");
  await page.getByRole("button", { name: "发券" }).click();
  await page.getByLabel("本账号").check();
  await page.getByLabel("金额(元)").fill("1000");
  await page.getByRole("button", { name: "发出" }).click();
  await says(page.locator(".service-figures"), /¥1,000\.00/);

  await go(page, "/compute");
  await page.getByRole("button", { name: "提交作业" }).click();
  await page.getByLabel("名称").fill("训练");
  await page.getByLabel("命令").fill("echo 卡 $CUDA_VISIBLE_DEVICES; sleep 5; echo 训完");
  await page.getByRole("button", { name: "a100" }).click();
  await page.getByLabel("每任务卡数").fill("2");
  await says(page.locator(".compute-quote"), /至多 72\.00 元.*可立即启动/);
  await page.getByRole("form", { name: "提交作业" }).getByRole("button", { name: "提交" }).click();
  await page.waitForURL(/\/compute\/G\d+/);
  await says(page.locator(".compute-facts"), /slurm\/n2/);
  await says(page.locator(".compute-log"), /卡 0,1[^]*训完/);
  await says(page.locator(".standing"), /完成/);
  await sound(page, "a job that ran on Slurm");
  const cost = /¥([\d.]+)/.exec(await page.locator(".service-figures dd").first().innerText())[1];
  // Two devices for five seconds and a little at 36 yuan an hour are 0.1 yuan and a little.
  assert.ok(Number(cost) >= 0.1 && Number(cost) < 0.5, cost);

  await go(page, "/vouchers");
  await says(page.getByRole("region", { name: "账单" }).first(), new RegExp(`${cost}[^]*与券上支付一致`));
  await says(page.locator("main"), /五项相合/);
  assert.deepEqual(page.faults, []);
  await page.context().close();
});
