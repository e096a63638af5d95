import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Browser } from "playwright-core";
import { seriousFindings } from "../../testing/accessibility.ts";
import { logInAs, noChromium, openBrowser, openPage } from "../../testing/browser.ts";
import { password, type RunningShop, startShopWithPeople } from "../../testing/running-shop.ts";

const hostile = `<img src=x onerror="document.title='ran'">`;

/** 400 rows a side: colours A and B in turn before, all a hostile name after; sizes stay; the price is the day. */
function batch(color: (row: number) => string): string {
  const rows = Array.from({ length: 400 }, (_, row) => {
    const day = new Date(Date.UTC(2024, 0, 1 + (row % 100))).toISOString().slice(0, 10);
    return `${color(row)},${row % 4},${row % 100},${day}`;
  });
  return `color,size,price,day\n${rows.join("\n")}\n`;
}

describe("quality", { skip: noChromium }, () => {
  let shop: RunningShop;
  let browser: Browser;
  before(async () => {
    [shop, browser] = await Promise.all([startShopWithPeople({ reviews: 0 }), openBrowser()]);
    const quoted = `"${hostile.replaceAll('"', '""')}"`;
    for (const [fileName, color] of [
      ["before.csv", (row: number) => (row % 2 === 0 ? "A" : "B")],
      ["after.csv", () => quoted],
    ] as const)
      await shop.admin.ingestDataset({
        params: { name: "stock" },
        query: { fileName },
        body: batch(color),
      });
  });
  after(async () => {
    await browser?.close();
    await shop?.close();
  });

  test("suggestions are accepted, made errors, run, and their history is told", async () => {
    const { page, context, troubles } = await openPage(browser);
    await logInAs(page, { url: shop.url, username: "operator", password, path: "/quality" });
    await page.getByText("The checks of stock have not run yet.").waitFor();
    await page.getByRole("button", { name: "Accept: size is between 0 and 3" }).click();
    const checks = page.getByRole("region", { name: "Checks" });
    await checks.getByText("size is between 0 and 3", { exact: true }).waitFor();
    await page.getByText("error", { exact: true }).click();
    await page.getByRole("button", { name: "Run now" }).click();
    await page.getByText("All 1 check of stock passed just now.").waitFor();
    await shop.admin.ingestDataset({
      params: { name: "stock" },
      query: { fileName: "wrong.csv" },
      body: "color,size,price,day\nA,7,1,2024-01-01\n",
    });
    await page.getByRole("button", { name: "Run now" }).click();
    await page.getByText(/1 of 1 check of stock failed just now.*The gate is closed/).waitFor();
    await page
      .getByRole("img", { name: "size is between 0 and 3: failed in 1 of the last 2 runs" })
      .waitFor();
    await page.reload();
    await page.getByRole("button", { name: "Remove: size is between 0 and 3" }).click();
    await checks.getByText(/No check is kept yet/).waitFor();
    assert.deepEqual((await shop.admin.getChecks({ params: { name: "stock" } })).items, []);
    assert.deepEqual(troubles, []);
    await context.close();
  });

  test("drift says what moved, and a click shows both distributions", async () => {
    const { page, context, troubles } = await openPage(browser, { scheme: "dark" });
    await logInAs(page, {
      url: shop.url,
      username: "analyst",
      password,
      path: "/quality?dataset=stock&view=sides&by=version&from=0&to=1",
    });
    await page.getByText(/^Drift: 1 of 3 columns moved/).waitFor();
    const rows = page.getByRole("row");
    assert.match((await rows.nth(1).textContent()) ?? "", /color/);
    await page.getByRole("button", { name: "color" }).focus();
    await page.keyboard.press("Enter");
    const shown = page.getByRole("region", { name: "Distributions of color" });
    await shown.getByText(/^It moved: /).waitFor();
    await shown.getByRole("button", { name: "Show the numbers" }).click();
    await shown.getByRole("cell", { name: hostile }).waitFor();
    assert.deepEqual(
      await shown
        .getByRole("row", { name: /onerror/ })
        .getByRole("cell")
        .allTextContents(),
      [hostile, "0", "0.5"],
    );
    assert.match(page.url(), /column=color/);
    assert.deepEqual(await seriousFindings(page), []);
    await page.getByText("Periods", { exact: true }).click();
    await page.getByText(/^Drift: 1 of 3 columns moved .*price \(mean 2/).waitFor();
    assert.equal(new URL(page.url()).search, "?dataset=stock&view=sides&column=color&by=date");
    await page.getByLabel("until").first().fill("2023-01-01");
    await page.getByText("Choose two sides").waitFor();
    assert.notEqual(await page.title(), "ran");
    assert.deepEqual(troubles, []);
    await context.close();
  });

  test("the map says when a column moved; arrows walk it, and a cell shows both distributions", async () => {
    const { page, context, troubles } = await openPage(browser);
    await logInAs(page, {
      url: shop.url,
      username: "analyst",
      password,
      path: "/quality?dataset=stock&on=versions",
    });
    await page.getByText(/^Drift: 1 of 3 columns moved against version 0: color \(/).waitFor();
    const cell = (name: string) => page.getByRole("button", { name });
    await cell("color, version 0: stable, stability index 0.00").focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Enter");
    const shown = page.getByRole("region", { name: "Distributions of color, version 1" });
    await shown.getByText("It moved, against version 0.").waitFor();
    await shown.getByText("Population stability index").waitFor();
    assert.match(page.url(), /column=color&step=version/);
    assert.equal(await cell("color, version 1: moved").getAttribute("aria-pressed"), "true");
    assert.deepEqual(await seriousFindings(page), []);
    await page.goto(`${shop.url}/quality?dataset=stock&on=day&unit=month`);
    // The price is the day of 100: it moves with the months, colours and sizes do not.
    await page
      .getByText(/^Drift: 1 of 3 columns moved against 2024-01: price \(3 of 4 periods/)
      .waitFor();
    await page.getByRole("combobox", { name: "Against" }).click();
    await page.getByRole("option", { name: "2024-02", exact: true }).click();
    await page.getByText(/moved against 2024-02-01 to 2024-03-01: price/).waitFor();
    assert.match(page.url(), /against=2024-02-01/);
    assert.notEqual(await page.title(), "ran");
    assert.deepEqual(troubles, []);
    await context.close();
  });

  test("who may only look sees checks without buttons, and why there is no drift", async () => {
    const { page, context } = await openPage(browser, { width: 390 });
    await logInAs(page, { url: shop.url, username: "viewer", password, path: "/quality" });
    await page.getByText("checks:run").waitFor();
    await page
      .getByRole("region", { name: "Suggestions" })
      .getByText("is filled")
      .first()
      .waitFor();
    assert.equal(await page.getByRole("button", { name: /^(Accept|Run|Remove)/ }).count(), 0);
    await context.close();
  });
});
