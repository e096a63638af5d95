import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { seriousFindings } from "../../testing/accessibility.ts";
import { logInAs, noChromium, openBrowser, openPage, type Watched } from "../../testing/browser.ts";
import { logRun } from "../../testing/logged-run.ts";
import { password, type RunningShop, startShopWithPeople } from "../../testing/running-shop.ts";

const hostile = `<img src=x onerror="window.wasRun=true">`;

describe("runs: watched, stopped, found", { skip: noChromium }, () => {
  let shop: RunningShop;
  let browser: Browser;
  let token = "";
  before(async () => {
    [shop, browser] = await Promise.all([startShopWithPeople(), openBrowser()]);
    const body = { username: "admin", password };
    token = (await shop.admin.login({ body })).access_token;
  });
  after(async () => {
    await browser?.close();
    await shop?.close();
  });

  async function as(username: string, path: string): Promise<Watched> {
    const watched = await openPage(browser);
    await logInAs(watched.page, { url: shop.url, username, password, path });
    await watched.page.getByRole("heading", { level: 1 }).waitFor();
    return watched;
  }

  /** Starts a training by the form; many epochs, so that it can be stopped amid them. */
  async function train(page: Page): Promise<void> {
    await page.getByRole("button", { name: "Start a training" }).click();
    const form = page.getByRole("dialog", { name: "Start a training" });
    await form.getByRole("button", { name: /^Settings: \d+, all by default/ }).click();
    for (const setting of ["epochs", "patience"])
      await form.getByLabel(setting, { exact: true }).fill("300");
    await form.getByRole("button", { name: "Train", exact: true }).click();
    await page.getByRole("heading", { level: 1, name: "star-rating ngram" }).waitFor();
  }

  test("points that another program logs move the curves without a reload, and hostile names stay text", async () => {
    const run = await logRun(shop, { token, name: hostile, params: { note: hostile } });
    await run.log(1, { loss: 3 });
    const { page, context, troubles, requests } = await as("viewer", `/runs/${run.id}`);
    await page.getByRole("heading", { level: 1, name: hostile }).waitFor();
    await page.getByText("It is running", { exact: false }).waitFor();
    await page.getByText("Live", { exact: true }).waitFor();
    await run.log(2, { loss: 2 });
    await page.getByRole("button", { name: "loss 2" }).waitFor();
    const streams = requests.filter((address) => address.includes("/api/v1/events"));
    assert.equal(new URL(streams.at(-1) ?? "").searchParams.get("run"), run.id);
    await run.log(3, { loss: 0.125 });
    await page.getByRole("button", { name: "loss 0.125" }).waitFor();
    await page.getByRole("gridcell", { name: hostile, exact: true }).waitFor();
    await run.end();
    await page.goto(`${shop.url}/runs`);
    await page.getByRole("gridcell", { name: hostile, exact: true }).waitFor();
    await page.goto(`${shop.url}/compare?runs=${run.id},${(await newest()).id}`);
    await page.getByRole("columnheader", { name: hostile }).first().waitFor();
    assert.equal(await page.evaluate(() => "wasRun" in globalThis), false);
    assert.deepEqual(troubles, []);
    await context.close();
  });

  async function newest() {
    const { items } = await shop.admin.listRuns({
      query: { status: "finished", filter: "attributes.task = 'star-rating'", limit: 1 },
    });
    assert.ok(items[0]);
    return items[0];
  }

  test("the report is shown in a frame that keeps the policy, and every view passes axe", async () => {
    const { id } = await newest();
    const { page, context, troubles } = await as("viewer", `/runs/${id}?view=report`);
    const frame = page.frameLocator("iframe");
    await frame.getByRole("heading", { level: 1 }).waitFor();
    const width = await frame
      .locator("table")
      .first()
      .evaluate((table) => table.clientWidth);
    assert.ok(width > 300, "the report has its styles");
    const shown = {
      overview: page.getByText("The same again"),
      log: page.getByRole("list", { name: "Log" }),
      files: page.getByRole("grid", { name: "files" }),
    };
    for (const [view, part] of Object.entries(shown)) {
      await page.goto(`${shop.url}/runs/${id}?view=${view}`);
      await part.waitFor();
      assert.deepEqual(await seriousFindings(page), [], view);
    }
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "Download model/card.json" }).click();
    assert.equal((await download).suggestedFilename(), "card.json");
    assert.deepEqual(troubles, []);
    await context.close();
  });

  test("the report follows the look of the dashboard, not that of the system", async () => {
    const { id } = await newest();
    const { page, context, troubles } = await as("viewer", `/runs/${id}?view=report`);
    const shade = () =>
      page
        .frameLocator("iframe")
        .locator("body")
        .evaluate((body) => getComputedStyle(body).backgroundColor);
    assert.equal(await shade(), "rgb(251, 250, 247)");
    await page.evaluate(() => localStorage.setItem("mantine-color-scheme-value", "dark"));
    await page.reload();
    await page.frameLocator("iframe").getByRole("heading", { level: 1 }).waitFor();
    assert.equal(await shade(), "rgb(21, 23, 27)");
    await page.emulateMedia({ colorScheme: "dark" });
    await page.evaluate(() => localStorage.setItem("mantine-color-scheme-value", "light"));
    await page.reload();
    await page.frameLocator("iframe").getByRole("heading", { level: 1 }).waitFor();
    assert.equal(await shade(), "rgb(251, 250, 247)");
    assert.deepEqual(troubles, []);
    await context.close();
  });

  test("a stopped training says how to go on, and goes on with a click in the same run", async () => {
    const { page, context, troubles } = await as("analyst", "/runs");
    await train(page);
    const address = page.url();
    await page.getByRole("button", { name: /^train\.loss/ }).waitFor();
    await page.getByRole("button", { name: "Stop", exact: true }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Stop it" }).click();
    await page.getByText("Somebody stopped it", { exact: false }).waitFor();
    await page.getByText(`--resume ${address.split("/").at(-1)}`, { exact: false }).waitFor();
    await page.getByRole("button", { name: "Resume", exact: true }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Resume" }).click();
    const verdict = page.getByText(/^Accuracy [\d.]+ % on \d+ rows it never saw/);
    await verdict.waitFor({ timeout: 90_000 });
    assert.equal(page.url(), address);
    assert.equal(await page.getByRole("button", { name: "Resume", exact: true }).count(), 0);
    assert.deepEqual(troubles, []);
    await context.close();
  });

  test("filters and order are in the address, and a condition that is none says what was expected", async () => {
    const { page, context } = await as("viewer", "/runs?task=price");
    await page.getByText("Nothing fits these filters").waitFor();
    await page.goto(`${shop.url}/runs?task=star-rating`);
    await page.getByRole("columnheader", { name: "On test rows" }).getByRole("button").click();
    await page.waitForURL(/sort=-metric/);
    await page.getByRole("textbox", { name: "Condition" }).fill("metrics.test_accuracy >");
    await page.getByText("expected a number or a quoted text in the filter").waitFor();
    await page.getByRole("textbox", { name: "Condition" }).fill("metrics.test_accuracy > 0.01");
    await page.getByRole("gridcell", { name: "star-rating ngram" }).first().waitFor();
    await page.waitForURL(/where=metrics/);
    await context.close();
  });

  test("a viewer reads everything and starts nothing", async () => {
    const { page, context } = await as("viewer", "/runs");
    await page.getByRole("gridcell", { name: "star-rating ngram" }).first().waitFor();
    assert.equal(await page.getByRole("button", { name: "Start a training" }).count(), 0);
    await context.close();
  });

  test("rows are walked, marked and opened by keys alone", async () => {
    const { page, context } = await as("viewer", "/runs");
    await page.getByRole("gridcell", { name: "star-rating ngram" }).first().waitFor();
    await page.getByRole("grid", { name: "runs" }).focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Space");
    await page.waitForURL(/pick=/);
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/runs\/run_/);
    await context.close();
  });
});
