// What an officer does: sets up, signs in, imports, withdraws, corrects, keeps a question.
import { after, afterEach, before, test } from "node:test";
import assert from "node:assert/strict";
import { downloaded, go, launch, open, settled, url } from "./browser.mjs";

const NAME = "officer";
const PASSWORD = "Silk-Belt-1843-river";
const FILE = "journey-incubators.csv";

let browser;
let page;
before(async () => {
  browser = await launch();
  page = await open(browser);
});
afterEach(() => {
  // A refusal asked for is logged by the browser too; nothing else may be.
  const faults = page.faults.splice(0).filter((fault) => !/status of 4\d\d/.test(fault));
  assert.deepEqual(faults, []);
});
after(() => browser.close());

const button = (name) => page.getByRole("button", { name });
const link = (name) => page.getByRole("link", { name });
const heading = async (name) => page.getByRole("heading", { level: 1, name }).waitFor();
const drawer = () => page.getByRole("dialog", { name: "出处" });

async function signIn(password) {
  await page.getByRole("textbox", { name: "用户名" }).first().fill(NAME);
  await page.getByLabel("密码", { exact: true }).first().fill(password);
  await page.getByRole("main").getByRole("button", { name: "登录" }).click();
}

test("the printed link makes the first administrator, once", async () => {
  assert.ok(process.env.XIUDAI_SETUP, "XIUDAI_SETUP holds the one-time link");
  await go(page, process.env.XIUDAI_SETUP);
  await page.getByRole("textbox", { name: "用户名" }).fill(NAME);
  await page.getByLabel(/^密码/).fill(PASSWORD);
  await button("设立第一位管理员").click();
  await page.getByText("已设立，并已登录").waitFor();
  await go(page, "/account");
  await page.getByText(/管理员 ·/).waitFor();

  await go(page, process.env.XIUDAI_SETUP);
  await page.getByRole("textbox", { name: "用户名" }).fill("second");
  await page.getByLabel(/^密码/).fill(PASSWORD);
  await button("设立第一位管理员").click();
  await page.getByRole("alert").waitFor();
});

test("a wrong password is refused clearly, the right one signs in", async () => {
  await go(page, "/account");
  await button("退出登录").click();
  await heading("登录");
  await signIn("Silk-Belt-1843-brook");
  const refusal = page.getByRole("alert");
  await refusal.waitFor();
  assert.ok((await refusal.innerText()).trim().length > 4);
  await heading("登录");
  await signIn(PASSWORD);
  await heading("账户");
});

/** The template's own header with one line of cells under it. */
function filled(header, cells) {
  const columns = header.replace("\uFEFF", "").trim().split(",");
  const line = columns.map((column) => cells[column] ?? "").join(",");
  return Buffer.from(`${columns.join(",")}\n${line}\n`);
}

async function attach(buffer) {
  await page.locator("input[type=file]").setInputFiles({ name: FILE, mimeType: "text/csv", buffer });
}

test("a filled template is tried, refused with its place, then loaded as a job", async () => {
  await go(page, "/import?kind=incubator");
  const { text: header } = await downloaded(page, link("下载 CSV 模板"));
  const cells = { name_zh: "旅程示例孵化器", description: "试读用的一行" };

  await attach(filled(header, { ...cells, established: "2015-13-32" }));
  await page.getByText("1 处不能收").waitFor();
  const refused = page.getByRole("region", { name: "不能收的行" }).getByRole("row").nth(1);
  const said = await refused.getByRole("cell").allInnerTexts();
  assert.equal(said[0], "2");
  assert.equal(said[1], "established");
  assert.equal(said[2], "2015-13-32");
  assert.match(said[3], /YYYY-MM-DD/);
  assert.ok(said[4].length > 10, "the rule is said");

  await attach(filled(header, { ...cells, established: "2015-12-31" }));
  await page.getByText("每一行都能收").waitFor();
  await page.getByRole("button", { name: "写入", exact: true }).click();
  await page.locator(".job").getByText("写入完成").first().waitFor();

  await page.keyboard.press("Control+k");
  await page.keyboard.type("旅程示例");
  await page.getByRole("option", { name: /^旅程示例孵化器/ }).waitFor();
  await page.keyboard.press("Enter");
  await heading("旅程示例孵化器");
});

test("a statement is corrected with a reason; the history keeps both", async () => {
  await go(page, "/search?q=%E6%97%85%E7%A8%8B%E7%A4%BA%E4%BE%8B");
  await link("旅程示例孵化器").click();
  await heading("旅程示例孵化器");
  await page.locator("#p-description").getByRole("button", { name: "试读用的一行" }).click();
  await drawer().getByRole("button", { name: "更正" }).click();
  const form = drawer().locator("form");
  await form.getByRole("textbox", { name: "应为" }).fill("更正后的一行");
  await form.getByRole("textbox", { name: "理由" }).fill("核对了原件");
  await form.getByRole("button", { name: "记下更正" }).click();
  await form.waitFor({ state: "detached" });
  await page.keyboard.press("Escape");
  await drawer().waitFor({ state: "hidden" });
  await page.locator("#p-description").getByText("更正后的一行").waitFor();
  const history = page.locator("#history");
  await history.locator(".moment").filter({ hasText: "更正后的一行" }).first().waitFor();
  await history.locator(".moment").filter({ hasText: /更正[\s\S]*试读用的一行/ }).first().waitFor();
});

test("a source is withdrawn and restored", async () => {
  await go(page, "/search?q=%E6%97%85%E7%A8%8B%E7%A4%BA%E4%BE%8B");
  await link("旅程示例孵化器").click();
  const entity = page.url();
  await page.getByRole("complementary").getByRole("link", { name: /孵化器\(.*\)/ }).click();
  await heading(/孵化器/);
  const source = page.url();
  await page.getByRole("textbox", { name: "理由" }).fill("试一次撤下");
  await button("撤下这个来源").click();
  await page.getByText("已撤下", { exact: true }).first().waitFor();

  await page.goto(entity);
  await settled(page);
  assert.equal(await page.locator("#p-established").count(), 0, "its statements are out of view");
  await page.locator("#history").getByText("撤下").first().waitFor();

  await page.goto(source);
  await page.getByRole("textbox", { name: "理由" }).fill("原件没有问题");
  await button("恢复这个来源").click();
  await button("撤下这个来源").waitFor();
  await page.goto(entity);
  await page.locator("#p-established").getByText(/2015 年 12 月 31 日/).waitFor();
});

test("a question is kept", async () => {
  await go(page, "/search?kind=incubator");
  await link("收藏此问").click();
  await heading("收藏的问题");
  assert.match(await page.getByRole("textbox", { name: /页面地址/ }).inputValue(), /kind=incubator/);
  await page.getByRole("textbox", { name: "名字" }).fill("有哪些孵化器");
  await button("保存").click();
  await link("有哪些孵化器").click();
  await page.waitForURL(/\/search\?kind=incubator/);
  await link("旅程示例孵化器").waitFor();
});

test("a token is made, works and is revoked", async () => {
  await go(page, "/account");
  await page.getByRole("textbox", { name: "用途" }).fill("旅程");
  await button("新建令牌").click();
  const secret = await page.locator(".account-secret code").innerText();
  const asked = () =>
    fetch(`${url}/api/v1/questions`, { headers: { Authorization: `Bearer ${secret}` } });
  assert.equal((await asked()).status, 200);
  await button("删除 旅程").click();
  await button("删除 旅程").waitFor({ state: "detached" });
  assert.equal((await asked()).status, 401);
});
