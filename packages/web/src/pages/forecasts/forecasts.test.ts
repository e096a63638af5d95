import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Browser } from "playwright-core";
import { seriousFindings } from "../../testing/accessibility.ts";
import { logInAs, noChromium, openBrowser, openPage } from "../../testing/browser.ts";
import { password, type RunningShop, startShopWithPeople } from "../../testing/running-shop.ts";

const DAY_MS = 86_400_000;
const hostile = `<img src=x onerror="window.wasRun=true">`;
const path = "/forecasts?forecast=forecast-units";

/** 200 days of two series with the rhythm of a week; one has a hostile name. */
function soldCsv(): string {
  const lines = ["date,series_id,units"];
  for (let at = 0; at < 200; at += 1)
    for (const [name, base] of [
      ["tea", 50],
      [hostile, 20],
    ] as const) {
      const day = new Date(Date.UTC(2024, 0, 1) + at * DAY_MS).toISOString().slice(0, 10);
      const units = base + ([0, 9, 3, 14, 6, 20, 11][at % 7] ?? 0) + ((at * 7919) % 10) / 10;
      lines.push(`${day},"${name.replaceAll('"', '""')}",${units}`);
    }
  return `${lines.join("\n")}\n`;
}

describe("Forecasts in a browser", { skip: noChromium }, () => {
  let shop: RunningShop;
  let browser: Browser;
  before(async () => {
    [shop, browser] = await Promise.all([startShopWithPeople({ reviews: 0 }), openBrowser()]);
  });
  after(async () => {
    await browser?.close();
    await shop?.close();
  });

  test("without a series one is told what is missing, and brings it in; what has no rows is not trained", async () => {
    const { page, context, troubles } = await openPage(browser);
    await logInAs(page, { url: shop.url, username: "analyst", password, path });
    await page.getByRole("heading", { name: "No series to learn from" }).waitFor();
    assert.equal(await page.getByRole("button", { name: "Train it" }).count(), 0);
    assert.deepEqual(await seriousFindings(page), []);
    await page.getByRole("link", { name: "Bring rows of series in" }).click();
    await page.waitForURL(/ingest\?dataset=series/);
    assert.equal(await page.getByRole("combobox", { name: "Dataset" }).inputValue(), "series");
    assert.deepEqual(
      troubles.filter((one) => !one.includes("404")),
      [],
    );

    await page.goto(`${shop.url}/runs`);
    await page.getByRole("button", { name: "Start a training" }).first().click();
    await page.getByText("The dataset reviews has no rows.").waitFor();
    assert.ok(await page.getByRole("button", { name: "Train", exact: true }).isDisabled());
    await context.close();
    await shop.admin.ingestDataset({
      params: { name: "series" },
      query: { format: "csv", fileName: "series.csv" },
      body: soldCsv(),
    });
  });

  test("a viewer of a forecast that nobody trained is told so and is offered no training", async () => {
    const { page, context } = await openPage(browser, { width: 390 });
    await logInAs(page, { url: shop.url, username: "viewer", password, path });
    await page.getByText("Nothing is forecast yet: no version serves.").waitFor();
    assert.equal(await page.getByRole("button", { name: "Train it" }).count(), 0);
    assert.deepEqual(await seriousFindings(page), []);
    await context.close();
  });

  test("an analyst trains it, and the forecast shows up by itself, with its verdict and its interval", async () => {
    const { page, context, troubles } = await openPage(browser);
    await logInAs(page, { url: shop.url, username: "analyst", password, path });
    await page.getByText("Live", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Train it" }).click();
    await page.getByLabel("Series").waitFor();
    await page.getByRole("img", { name: "forecast-units of" }).waitFor();
    await page.getByText(/beats naive in \d of \d comparisons/).waitFor();
    await page.getByLabel("Series").selectOption(hostile);
    await page.getByRole("heading", { name: hostile }).waitFor();
    assert.equal(new URL(page.url()).searchParams.get("series"), hostile);
    assert.deepEqual(await seriousFindings(page), []);
    assert.equal(await page.evaluate(() => "wasRun" in globalThis), false);
    const violations = troubles.filter((text) => !text.startsWith("Failed to load resource"));
    assert.deepEqual(violations, []);
    await context.close();
  });
});
