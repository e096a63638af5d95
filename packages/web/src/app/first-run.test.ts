import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Browser } from "playwright-core";
import { seriousFindings } from "../testing/accessibility.ts";
import { noChromium, openBrowser, openPage, settled } from "../testing/browser.ts";
import { password, startShop } from "../testing/running-shop.ts";

describe("the first run in a browser", { skip: noChromium }, () => {
  let shop: Awaited<ReturnType<typeof startShop>>;
  let browser: Browser;
  before(async () => {
    [shop, browser] = await Promise.all([startShop({ reviews: 0 }), openBrowser()]);
  });
  after(async () => {
    await browser?.close();
    await shop?.close();
  });

  test("whoever opens the shop first is led to make the administrator; a wrong token is refused in words", async () => {
    const { page, context } = await openPage(browser);
    await page.goto(shop.url);
    await page.getByLabel("Setup token").fill("not the token");
    await page.getByLabel("Username").fill("ada");
    await page.getByLabel("Password", { exact: true }).fill(password);
    await page.getByLabel("The password again").fill("another password");
    await page.getByRole("button", { name: "Create the administrator" }).click();
    await page.getByText("The two passwords differ.").waitFor();
    await page.getByLabel("The password again").fill(password);
    await page.getByRole("button", { name: "Create the administrator" }).click();
    await page.getByText("Expected the setup token printed by the last start").waitFor();
    assert.deepEqual(await seriousFindings(page), []);
    await context.close();
  });

  for (const scheme of ["light", "dark"] as const)
    for (const width of [1440, 390])
      test(`axe finds nothing serious, ${scheme}, ${width} pixels`, async () => {
        const { page, context } = await openPage(browser, { scheme, width });
        await page.goto(`${shop.url}/setup`);
        await settled(page);
        assert.deepEqual(await seriousFindings(page), []);
        await context.close();
      });

  test("the printed link fills the token in, hides it from the address, and leads to an empty Home", async () => {
    const { page, context, troubles } = await openPage(browser);
    await page.goto(`${shop.url}/setup#token=${shop.setupToken}`);
    assert.equal(await page.getByLabel("Setup token").inputValue(), shop.setupToken);
    assert.ok(!page.url().includes(shop.setupToken));
    await page.keyboard.type("ada");
    await page.getByLabel("Password", { exact: true }).fill(password);
    await page.getByLabel("The password again").fill(password);
    await page.keyboard.press("Enter");
    await page.getByText("The shop is empty: bring in your reviews to begin.").waitFor();
    await page.getByRole("heading", { name: "Bring in your reviews" }).waitFor();
    assert.deepEqual(troubles, []);
    await page.goto(`${shop.url}/setup`);
    await page.getByRole("heading", { name: "Home" }).waitFor();
    await context.close();
  });
});
