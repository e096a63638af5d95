import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Browser } from "playwright-core";
import { noChromium, openBrowser, openPage } from "../testing/browser.ts";
import { password, type RunningShop, startShopWithPeople } from "../testing/running-shop.ts";

describe("the way in", { skip: noChromium }, () => {
  let shop: RunningShop;
  let browser: Browser;
  before(async () => {
    [shop, browser] = await Promise.all([startShopWithPeople({ reviews: 0 }), openBrowser()]);
  });
  after(async () => {
    await browser?.close();
    await shop?.close();
  });

  test("one logs in with the keyboard alone, and a reload keeps the login", async () => {
    const { page, context, troubles } = await openPage(browser);
    await page.goto(shop.url);
    await page.getByLabel("Username").waitFor();
    await page.keyboard.type("analyst");
    await page.keyboard.press("Tab");
    await page.keyboard.type(password);
    await page.keyboard.press("Enter");
    await page.getByRole("navigation", { name: "Pages" }).waitFor();
    assert.equal(new URL(page.url()).pathname, "/");
    await page.reload();
    await page.getByRole("button", { name: /analyst/ }).waitFor();
    assert.deepEqual(troubles, []);
    await context.close();
  });
});
