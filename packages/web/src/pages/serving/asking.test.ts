import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";
import type { Browser } from "playwright-core";
import { seriousFindings } from "../../testing/accessibility.ts";
import { logInAs, noChromium, openBrowser, openPage } from "../../testing/browser.ts";
import { password, type RunningShop, startShopWithPeople } from "../../testing/running-shop.ts";

const run = promisify(execFile);
const hostile = `it's <img src=x onerror="window.wasRun=true"> $(id)`;
const protocols = [
  ["Souk", '"predictions"'],
  ["TensorFlow Serving", '"predictions"'],
  ["Open Inference", '"model_name"'],
] as const;

describe("the page of serving", { skip: noChromium }, () => {
  let shop: RunningShop;
  let browser: Browser;
  before(async () => {
    [shop, browser] = await Promise.all([startShopWithPeople({ reviews: 1000 }), openBrowser()]);
  });
  after(async () => {
    await browser?.close();
    await shop?.close();
  });

  test("a model is asked in three protocols, each request works in a shell, and the figures follow by themselves", async () => {
    const { secret } = await shop.admin.createKey({
      body: { name: "shell", scopes: ["predict:run"] },
    });
    const { page, context, troubles } = await openPage(browser);
    const who = { url: shop.url, username: "analyst", password };
    await logInAs(page, { ...who, path: "/serving" });
    await page.getByText("Nobody asked it anything yet").waitFor();
    await page.getByLabel("review_body").fill(hostile);
    for (const [name, expected] of protocols) {
      await page.getByRole("radiogroup", { name: "Protocol" }).getByText(name).click();
      await page.getByRole("button", { name: "Ask", exact: true }).click();
      const answer = page.getByRole("status", { name: "Answer of the model" });
      await answer.getByText(expected).waitFor();
      const request = page.getByLabel(`${name} request for a shell`, { exact: true });
      const text = (await request.textContent()) ?? "";
      assert.ok(text.includes("onerror"), "hostile text is shown as text");
      const env = { ...process.env, SOUK_KEY: secret };
      const { stdout } = await run("sh", ["-c", text], { env });
      assert.ok(stdout.includes(expected.slice(1, -1)), `${name} answered ${stdout}`);
    }
    await page.getByText(/none of 6 requests of the last ten minutes failed/).waitFor();
    const rows = [{ review_headline: "Fine", review_body: "Fine" }];
    for (let i = 0; i < 5; i += 1)
      await shop.admin.predictRows({ params: { name: "star-rating" }, body: { rows } });
    await page.getByText(/none of 11 requests of the last ten minutes failed/).waitFor();
    const versions = page.getByRole("grid", { name: "served versions" });
    await versions.getByText("available").waitFor();
    await page.getByText(/11 batches with 1 row each/).waitFor();
    assert.deepEqual(await seriousFindings(page), []);
    assert.equal(await page.evaluate("window.wasRun"), undefined);
    assert.deepEqual(troubles, []);
    await context.close();
  });

  test("what the server refuses is told in its words", async () => {
    const { page, context } = await openPage(browser);
    await logInAs(page, { url: shop.url, username: "analyst", password, path: "/serving" });
    await page.getByLabel("review_headline").fill("");
    await page.getByLabel("review_body").fill("");
    await page.getByRole("radiogroup", { name: "Protocol" }).getByText("Open Inference").click();
    await page.getByRole("button", { name: "Ask", exact: true }).click();
    await page.getByRole("heading", { name: /^Refused after/ }).waitFor();
    await context.close();
  });

  test("a viewer sees how it goes, but may not ask", async () => {
    const { page, context } = await openPage(browser);
    await logInAs(page, { url: shop.url, username: "viewer", password, path: "/serving" });
    await page.getByRole("figure", { name: /Latency of star-rating version 1/ }).waitFor();
    const playground = page.getByRole("region", { name: "Playground" });
    await playground.getByText("predict:run").waitFor();
    assert.equal(await playground.getByRole("button").count(), 0);
    await context.close();
  });
});
