import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { buildDashboard } from "../../build/build.ts";
import { seriousFindings } from "../testing/accessibility.ts";
import { noChromium, openBrowser, openPage, type Watched } from "../testing/browser.ts";
import { type RunningShop, startShop } from "../testing/running-shop.ts";

describe("the shared parts in a browser, under the real policy", { skip: noChromium }, () => {
  let folder = "";
  let shop: RunningShop;
  let browser: Browser;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "souk-gallery-"));
    await buildDashboard({ folder: join(folder, "dist"), page: "gallery.html" });
    [shop, browser] = await Promise.all([
      startShop({ reviews: 0, dashboard: join(folder, "dist") }),
      openBrowser(),
    ]);
  });
  after(async () => {
    await browser?.close();
    await shop?.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** A page with one part, or with all of them. */
  async function gallery(part: string, scheme: "light" | "dark" = "light"): Promise<Watched> {
    const watched = await openPage(browser, { scheme });
    await watched.page.goto(`${shop.url}/${part === "all" ? "" : `?part=${part}`}`);
    await watched.page.getByRole("main").waitFor();
    return watched;
  }

  async function drawn(page: Page): Promise<void> {
    await page.locator("figure canvas").nth(1).waitFor();
    await page.locator(".cm-content").waitFor();
  }

  test("text that looks like HTML stays text, and nothing breaks the policy", async () => {
    const { page, context, troubles } = await gallery("all");
    await drawn(page);
    await page.getByRole("heading", { name: /<img src=x/ }).waitFor();
    await page.getByRole("img", { name: "Counts by category" }).hover();
    assert.equal(await page.evaluate(() => "wasRun" in globalThis), false);
    assert.deepEqual(troubles, []);
    await context.close();
  });

  for (const scheme of ["light", "dark"] as const)
    test(`axe finds nothing serious in any part, ${scheme}`, async () => {
      const { page, context } = await gallery("all", scheme);
      await drawn(page);
      assert.deepEqual(await seriousFindings(page), []);
      await context.close();
    });

  test("a table of 100,000 rows holds only those in sight, and sorts and filters by the address", async () => {
    const { page, context } = await gallery("table");
    const grid = page.getByRole("grid", { name: "items" });
    assert.equal(await grid.getAttribute("aria-rowcount"), "100001");
    assert.ok((await grid.getByRole("row").count()) < 60);
    await grid.getByRole("columnheader", { name: "Number" }).getByRole("button").click();
    await grid.getByRole("row").nth(1).getByText("99,999", { exact: true }).waitFor();
    assert.equal(new URL(page.url()).searchParams.get("items-sort"), "-id");
    await page.getByRole("textbox", { name: "Filter items" }).fill("Item 77777");
    await page.getByText("1 of 100,000 rows").waitFor();
    await page.reload();
    await page.getByText("1 of 100,000 rows").waitFor();
    await context.close();
  });

  test("the arrow keys walk the rows and Enter opens one", async () => {
    const { page, context } = await gallery("table");
    await page.getByRole("grid", { name: "items" }).focus();
    await page.keyboard.press("End");
    await page.getByRole("gridcell", { name: "99,999", exact: true }).waitFor();
    await page.keyboard.press("Home");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.getByText("opened 1", { exact: true }).waitFor();
    await context.close();
  });

  test("fifty curves are drawn and one is switched off by its name", async () => {
    const { page, context } = await gallery("live");
    await page.getByRole("figure", { name: "Fifty curves" }).locator("canvas").waitFor();
    const button = page.getByRole("button", { name: /^series 7 / });
    await button.click();
    assert.equal(await button.getAttribute("aria-pressed"), "false");
    await context.close();
  });

  test("a chart shows its numbers as a table", async () => {
    const { page, context } = await gallery("chart");
    await page.getByRole("button", { name: "Show the numbers" }).click();
    await page.getByRole("cell", { name: "three" }).waitFor();
    await page.getByRole("button", { name: "Show the chart" }).click();
    await page.getByRole("img", { name: "Counts by category" }).locator("canvas").waitFor();
    await context.close();
  });

  test("Ctrl-Enter runs the SQL of the editor", async () => {
    const { page, context } = await gallery("sql");
    await page.getByRole("textbox", { name: "SQL" }).click();
    await page.keyboard.press("Control+End");
    await page.keyboard.type(" limit 3");
    await page.keyboard.press("Control+Enter");
    await page.getByTestId("ran").getByText("select star_rating from reviews limit 3").waitFor();
    await context.close();
  });

  test("a promotion is not confirmed without a reason", async () => {
    const { page, context } = await gallery("head");
    await page.getByRole("button", { name: "Promote" }).click();
    const dialog = page.getByRole("dialog", { name: "Promote version 2?" });
    assert.equal(await dialog.getByRole("button", { name: "Promote" }).isDisabled(), true);
    await dialog.getByLabel("Why this version?").fill("It is better on shoes");
    await dialog.getByRole("button", { name: "Promote" }).click();
    await page.getByTestId("reason").getByText("It is better on shoes").waitFor();
    await context.close();
  });

  test("a file that is too large is refused in words, a fitting one is taken", async () => {
    const { page, context } = await gallery("file");
    const input = page.getByLabel("Drop a file");
    await input.setInputFiles({
      name: "big.csv",
      mimeType: "text/csv",
      buffer: Buffer.alloc(1001),
    });
    await page.getByText("big.csv has 1.0 kB; at most 1.0 kB fit.").waitFor();
    await input.setInputFiles({
      name: "small.csv",
      mimeType: "text/csv",
      buffer: Buffer.alloc(10),
    });
    await page.getByTestId("file").getByText("small.csv").waitFor();
    await context.close();
  });
});
