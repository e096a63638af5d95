import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Browser } from "playwright-core";
import { logInAs, noChromium, openBrowser, openPage } from "../testing/browser.ts";
import { password, type RunningShop, startShopWithPeople } from "../testing/running-shop.ts";

describe("a login in a browser", { skip: noChromium }, () => {
  let shop: RunningShop;
  let browser: Browser;
  before(async () => {
    [shop, browser] = await Promise.all([startShopWithPeople({ reviews: 0 }), openBrowser()]);
  });
  after(async () => {
    await browser?.close();
    await shop?.close();
  });

  /** Ends every login of a person on the server; no browser is told. */
  async function endLoginsOf(name: string): Promise<void> {
    const { items } = await shop.admin.listSessions({ query: { all: true } });
    for (const { id, username } of items)
      if (username === name) await shop.admin.revokeSession({ params: { id } });
  }

  test("one that was ended elsewhere leads to the form, which says why, and back to where one was", async () => {
    const { page, context } = await openPage(browser);
    await logInAs(page, { url: shop.url, username: "operator", password });
    await page.getByRole("heading", { name: "Home" }).waitFor();
    await endLoginsOf("operator");
    await page.getByRole("link", { name: "Products" }).click();
    await page.getByText("Your session is over.").waitFor();
    await page.getByLabel("Username").fill("operator");
    await page.getByLabel("Password", { exact: true }).fill(password);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Products", level: 1 }).waitFor();
    await context.close();
  });

  test("what was typed into a page is there after the login, and after a look at another page", async () => {
    const { page, context } = await openPage(browser);
    const path = "/explore";
    await logInAs(page, { url: shop.url, username: "analyst", password, path });
    const editor = page.locator(".cm-content");
    await editor.click();
    await page.keyboard.type("select 'typed for an hour'");
    await endLoginsOf("analyst");
    await page.keyboard.press("Control+Enter");
    const again = page.getByRole("dialog", { name: "Log in again" });
    await again.getByText("Your session is over.").waitFor();
    assert.equal(await again.getByLabel("Username").inputValue(), "analyst");
    await again.getByLabel("Password", { exact: true }).fill(password);
    await page.keyboard.press("Enter");
    await again.waitFor({ state: "detached" });
    assert.match(await editor.innerText(), /typed for an hour/);
    await page.getByRole("button", { name: "Run", exact: true }).click();
    await page.getByText("1 row, in").waitFor();
    await editor.click();
    await page.keyboard.press("Control+A");
    await page.keyboard.type("select 'not run yet'");
    await page.getByRole("link", { name: "Datasets", exact: true }).click();
    await page.getByRole("heading", { name: "Datasets", level: 1 }).waitFor();
    await page.getByRole("link", { name: "Explore" }).click();
    await page.getByText("not run yet").waitFor();
    await context.close();
  });

  test("a page whose files do not come opens by itself once the server is back", async () => {
    const { page, context } = await openPage(browser);
    await logInAs(page, { url: shop.url, username: "analyst", password });
    await page.route("**", (route) => route.abort("connectionrefused"));
    await page.getByRole("link", { name: "Quality" }).click();
    await page.getByText("The page could not be fetched").waitFor();
    await page.unroute("**");
    await page.getByRole("heading", { name: "Quality", level: 1 }).waitFor();
    await context.close();
  });

  test("the address one wanted comes back with its filters", async () => {
    const { page, context } = await openPage(browser);
    const path = "/explore?rows=1000&x=a%26b";
    await logInAs(page, { url: shop.url, username: "analyst", password, path });
    await page.getByRole("heading", { name: "Explore" }).waitFor();
    const { pathname, searchParams } = new URL(page.url());
    assert.equal(pathname, "/explore");
    assert.deepEqual(Object.fromEntries(searchParams), { rows: "1000", x: "a&b" });
    await context.close();
  });

  test("when somebody else logs in in another tab, nothing of the one before stays on the page", async () => {
    const { page, context } = await openPage(browser);
    await logInAs(page, { url: shop.url, username: "admin", password, path: "/account" });
    await page.getByText("You are logged in as admin").waitFor();
    await endLoginsOf("admin");
    const other = await context.newPage();
    await logInAs(other, { url: shop.url, username: "viewer", password });
    await page.getByText("You are logged in as viewer").waitFor();
    assert.equal(await page.getByRole("link", { name: "Admin" }).count(), 0);
    await context.close();
  });

  test("a page that is followed has the focus and tells its name in the title of the window", async () => {
    const { page, context } = await openPage(browser);
    await logInAs(page, { url: shop.url, username: "analyst", password });
    await page.getByRole("link", { name: "Datasets" }).click();
    await page.getByRole("heading", { name: "Datasets", level: 1 }).waitFor();
    await page.waitForFunction(() => document.activeElement?.id === "page");
    assert.equal(await page.title(), "Datasets · Souk");
    await page.goto(`${shop.url}/datasets/nothing`);
    await page.waitForFunction(() => document.title === "nothing · Souk");
    await context.close();
  });

  test("a page whose files are gone since an upgrade begins anew, and draws its chart", async () => {
    const { page, context } = await openPage(browser);
    const path = `/explore?sql=${encodeURIComponent("select i as a, i * 2 as b from range(5) t(i)")}`;
    let refused = 0;
    await page.route(/assets\/echarts-.*\.js$/, (route) => {
      refused += 1;
      return refused === 1 ? route.fulfill({ status: 404 }) : route.fallback();
    });
    await logInAs(page, { url: shop.url, username: "analyst", password, path });
    await page.getByRole("img", { name: "The answer" }).locator("canvas").waitFor();
    assert.equal(refused, 2);
    await context.close();
  });
});
