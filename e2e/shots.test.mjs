import { after, before, test } from "node:test";
import { go, launchSignedIn, open } from "./journeys/browser.mjs";
let browser, cookies;
before(async () => { ({ browser, cookies } = await launchSignedIn()); });
after(() => browser.close());
test("shots", async () => {
  const api = async (page, path, body) => page.evaluate(async ([path, body]) => {
    const csrf = document.cookie; const r = await fetch("/api/v1" + path, { method: "POST", headers: { "Content-Type": "application/json", Origin: location.origin }, body: JSON.stringify(body) }); return [r.status, await r.text()];
  }, [path, body]);
  for (const [name, look] of [["zh", {}], ["en-dark-phone", { lang: "en", theme: "dark", size: "phone" }]]) {
    const page = await open(browser, look);
    await page.context().addCookies(cookies);
    await go(page, "/compute/sharing");
    if (name === "zh") {
      console.log(await api(page, "/compute/groups", { name: "多模态组", weight: 3 }));
      console.log(await api(page, "/compute/groups", { name: "视频生成", within: "L1", weight: 2 }));
      console.log(await api(page, "/compute/parties", { party: "A1", within: "L2", weight: 2 }));
      const c = await page.evaluate(async () => (await fetch("/api/v1/compute/cluster")).json());
      console.log(await api(page, "/compute/reservations", { holder: "L1", nodes: [c.nodes[0].name], until: "2027-06-30T23:59:59+08:00", lent_after_ms: 0 }));
      console.log(await api(page, "/compute/jobs", { name: "训练", command: ["sleep", "120"], limit_ms: 600000 }));
      await go(page, "/compute/sharing");
    }
    await page.screenshot({ path: `/tmp/s-sharing-${name}.png`, fullPage: true });
    if (name === "zh") { await page.getByRole("button", { name: "新建分组" }).click(); await page.getByRole("button", { name: "预留节点" }).click(); await page.screenshot({ path: `/tmp/s-sharing-form.png`, fullPage: true }); }
    await go(page, "/compute/providers");
    await page.screenshot({ path: `/tmp/s-prov-${name}.png`, fullPage: true });
    await go(page, "/compute");
    await page.screenshot({ path: `/tmp/s-comp-${name}.png`, fullPage: true });
    await page.context().close();
  }
});
