import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Browser } from "playwright-core";
import { seriousFindings } from "../../testing/accessibility.ts";
import { logInAs, noChromium, openBrowser, openPage } from "../../testing/browser.ts";
import { password, type RunningShop, startShopWithPeople } from "../../testing/running-shop.ts";

describe("a shop without products and models in a browser", { skip: noChromium }, () => {
  let shop: RunningShop;
  let browser: Browser;
  before(async () => {
    [shop, browser] = await Promise.all([startShopWithPeople({ reviews: 0 }), openBrowser()]);
  });
  after(async () => {
    await browser?.close();
    await shop?.close();
  });

  test("Try it says that nothing answers yet, and how to train", async () => {
    const { page, context } = await openPage(browser, { width: 390 });
    await logInAs(page, { url: shop.url, username: "analyst", password, path: "/try" });
    await page.getByRole("heading", { name: "There is no model to try" }).waitFor();
    await page.getByText("npx souk train price").waitFor();
    assert.deepEqual(await seriousFindings(page), []);
    await context.close();
  });

  test("Products says how to bring them in, and shows them by itself when they come", async () => {
    const { page, context } = await openPage(browser);
    await logInAs(page, { url: shop.url, username: "analyst", password, path: "/products" });
    await page.getByRole("heading", { name: "Nothing on the shelves" }).waitFor();
    await page.getByText("Live", { exact: true }).waitFor();
    await shop.admin.ingestDataset({
      params: { name: "products" },
      query: { format: "csv" },
      body: "product_id,name,price_minor,currency\na,Lamp,1250,GBP\n",
    });
    await page.getByRole("link", { name: /Lamp.*£12\.50/ }).click();
    await page.getByText("Sold for £12.50 in no category. Nobody reviewed it yet.").waitFor();
    await page.getByRole("heading", { name: "No model knows products yet" }).waitFor();
    await page.goto(`${shop.url}/products/none`);
    await page.getByRole("heading", { name: "There is no such product" }).waitFor();
    await context.close();
  });
});
