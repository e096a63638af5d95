import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { pages } from "../pages/pages.ts";
import {
  logInAs,
  noChromium,
  openBrowser,
  openPage,
  settled,
  type Watched,
} from "../testing/browser.ts";
import { fillWithHostileTexts, hostileStatements } from "../testing/hostile-shop.ts";
import { hostileTexts } from "../testing/hostile-texts.ts";
import { pageAddresses } from "../testing/page-addresses.ts";
import { password, type RunningShop, startShopWithPeople } from "../testing/running-shop.ts";

/** What a hostile text becomes where a page takes it for more than text. Reports stand in frames that run nothing. */
const ranAway = `img[src="x"], [onerror], [onload], [ontoggle], [onfocus], iframe:not([sandbox=""]), a[href^="javascript:"]`;

const hostileImage = `<img src=x onerror="window.wasRun=true"`;
const svg = "<svg onload=window.wasRun=true>";

describe("a hundred hostile texts in every page", { skip: noChromium, concurrency: 3 }, () => {
  let shop: RunningShop;
  let browser: Browser;
  let cookies: Awaited<ReturnType<BrowserContext["cookies"]>>;
  before(async () => {
    [shop, browser] = await Promise.all([startShopWithPeople({ reviews: 600 }), openBrowser()]);
    await fillWithHostileTexts(shop);
    const { page, context } = await openPage(browser);
    await logInAs(page, { url: shop.url, username: "admin", password });
    cookies = await context.cookies();
    await context.close();
  });
  after(async () => {
    await browser?.close();
    await shop?.close();
  });

  /** A fresh page of the administrator. */
  async function opened(): Promise<Watched> {
    const watched = await openPage(browser);
    watched.page.on("dialog", () => assert.fail("a dialog opened"));
    await watched.context.addCookies(cookies);
    return watched;
  }

  /** Goes there, waits for what is shown, moves over it. */
  async function look(page: Page, path: string): Promise<void> {
    await page.goto(`${shop.url}${path}`);
    await settled(page);
    for (const canvas of (await page.locator("canvas").all()).slice(0, 3)) {
      const box = await canvas.boundingBox();
      if (box) await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    }
  }

  /** Fails when a text ran, tried to, or became an element. */
  async function assertHarmless(
    { page, requests, troubles }: Watched,
    where: string,
  ): Promise<void> {
    assert.equal(await page.evaluate(() => "wasRun" in globalThis), false, where);
    for (const frame of page.frames())
      assert.equal(await frame.locator(ranAway).count(), 0, `${where}: a text became an element`);
    const violations = troubles.filter((text) => !text.startsWith("Failed to load resource"));
    assert.deepEqual(violations, [], where);
    assert.deepEqual(
      requests.filter((address) => address.endsWith("/x")),
      [],
      where,
    );
  }

  test("there are a hundred, no two alike", () => {
    assert.equal(new Set(hostileTexts).size, 100);
  });

  test("none is taken for the name of a dataset", async () => {
    for (const name of hostileTexts)
      await assert.rejects(
        shop.admin.ingestDataset({ params: { name }, query: { format: "csv" }, body: "a\n1\n" }),
        name,
      );
    const { items } = await shop.admin.listDatasets();
    assert.deepEqual(
      items.filter(({ name }) => !/^[\w.-]+$/.test(name)),
      [],
    );
  });

  test("on every page, as title, review, name of a run, label and answer of a model, each is text", async () => {
    const watched = await opened();
    for (const [{ title }, path] of await pageAddresses(pages, shop.admin)) {
      await look(watched.page, path);
      await assertHarmless(watched, title);
    }
    await watched.context.close();
  });

  test("in every tab of a run, a dataset and the administration each is text", async () => {
    const watched = await opened();
    const { page } = watched;
    const [run] = (await shop.admin.listRuns({ query: { filter: "attributes.task = 'category'" } }))
      .items;
    const tabs = [
      ...["overview", "report", "log", "files"].map((view) => `/runs/${run?.id}?view=${view}`),
      ...["profile", "batches", "versions"].map((tab) => `/datasets/reviews?tab=${tab}`),
      ...["people", "keys", "sessions", "audit", "system"].map((tab) => `/admin?tab=${tab}`),
      "/datasets/products?tab=profile&column=category_path",
      "/products?category=%3Cimg",
      "/registry/category",
      "/registry/category/1",
      "/registry/star-rating",
      "/leaderboard/category",
      "/quality?dataset=products",
    ];
    for (const path of tabs) {
      await look(page, path);
      await assertHarmless(watched, path);
    }
    await watched.context.close();
  });

  test("a report with hostile labels, opened as the file it is saved as, shows them and runs nothing", async () => {
    const { page, context } = await openPage(browser);
    for (const task of ["category", "star-rating"]) {
      const [run] = (
        await shop.admin.listRuns({ query: { filter: `attributes.task = '${task}'` } })
      ).items;
      await page.setContent(await shop.admin.runReportPage({ params: { id: run?.id ?? "" } }));
      await page.getByText("window.wasRun=true").first().waitFor({ state: "attached" });
      assert.equal(await page.evaluate(() => "wasRun" in globalThis), false, task);
      assert.equal(await page.locator(ranAway).count(), 0, task);
    }
    await context.close();
  });

  test("all hundred reasons why rows were refused are read as they are", async () => {
    const watched = await opened();
    const { page } = watched;
    await look(page, "/datasets/reviews?tab=quarantine");
    await page.getByRole("button", { name: /Show more of/ }).click();
    const shown = (await page.locator("ol > li pre").allTextContents()).join("\n");
    assert.deepEqual(
      hostileTexts.filter((text) => !shown.includes(JSON.stringify(text))),
      [],
    );
    await assertHarmless(watched, "Quarantine");
    await watched.context.close();
  });

  test("what a model says of hostile words, and answers with hostile labels, is text; so is a correction", async () => {
    const watched = await opened();
    const { page } = watched;
    await look(page, "/try");
    await page.getByLabel("Name", { exact: true }).fill(hostileTexts.slice(0, 20).join(" "));
    await page.getByLabel("Description").fill(hostileTexts.slice(20, 60).join("\n"));
    await page.keyboard.press("Control+Enter");
    const category = page.getByRole("region", { name: "Category" });
    await category.getByText(/What spoke loudest/).waitFor();
    await category.locator("mark").first().hover();
    await category.getByRole("combobox", { name: "Right answer for category" }).click();
    await page.getByRole("option").filter({ hasText: hostileImage }).first().click();
    await assertHarmless(watched, "Try it");
    await category.getByRole("button", { name: "Correct it" }).click();
    await category.getByText(/the next training learns it/).waitFor();
    await look(page, "/products/L1");
    await page
      .getByText(/What spoke loudest/)
      .first()
      .waitFor();
    await assertHarmless(watched, "Product");
    await watched.context.close();
  });

  test("in dialogs, notices and the title of the window each is text", async () => {
    const watched = await opened();
    const { page } = watched;
    const { items } = await shop.admin.listRuns({
      query: { filter: "attributes.name like '%<svg onload%'" },
    });
    const run = items.find(({ name }) => name === svg);
    await look(page, `/runs/${run?.id}`);
    assert.equal(await page.title(), `${svg} · Souk`);
    await look(page, "/questions");
    await page.getByRole("button", { name: `Remove ${svg}`, exact: true }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText(`“${svg}” goes for everybody`).waitFor();
    await assertHarmless(watched, "a dialog");
    // A server that is no friend answers: its words stand in the dialog, and in a notice.
    await page.route("**/api/v1/**", async (route) =>
      route.request().method() === "GET" || route.request().url().includes("/session")
        ? route.fallback()
        : route.fulfill({ status: 409, json: { code: svg, detail: hostileImage } }),
    );
    await dialog.getByRole("button", { name: "Remove", exact: true }).click();
    await dialog.getByRole("alert").getByText(hostileImage).waitFor();
    await look(page, "/quality");
    await page.getByRole("button", { name: "Run now" }).click();
    await page
      .locator(".mantine-Notification-root")
      .getByText(`${hostileImage} (${svg})`)
      .waitFor();
    await assertHarmless(watched, "notices");
    await watched.context.close();
  });

  test("as rows, columns and labels in Explore each is text, all hundred of them", async () => {
    const watched = await opened();
    const { page } = watched;
    await look(page, `/explore?sql=${encodeURIComponent(hostileStatements.titles)}`);
    const { bars, lines } = hostileStatements;
    const grid = page.getByRole("grid");
    const seen = new Set<string>();
    await grid.focus();
    for (let step = 0; step < 12; step += 1) {
      for (const text of await grid.getByRole("gridcell").allTextContents()) seen.add(text);
      await page.keyboard.press("PageDown");
    }
    assert.deepEqual(
      hostileTexts.filter((text) => !seen.has(text)),
      [],
    );
    for (const sql of [bars, lines, `select 1 as "${hostileTexts[1]?.replaceAll('"', '""')}"`])
      await look(page, `/explore?sql=${encodeURIComponent(sql)}`);
    await assertHarmless(watched, "Explore");
    await watched.context.close();
  });

  test("the hundred titles are read as they are in Questions and found by the palette", async () => {
    const watched = await opened();
    const { page } = watched;
    await look(page, "/questions");
    const shown = await page.locator('a[href^="/saved/"]').allTextContents();
    assert.deepEqual(new Set(shown), new Set(hostileTexts));
    await assertHarmless(watched, "Questions");
    await page.keyboard.press("Control+k");
    await page.getByRole("textbox", { name: "Find anything" }).fill("<svg");
    await page.getByRole("button", { name: "<svg onload=window.wasRun=true>" }).first().waitFor();
    await assertHarmless(watched, "palette");
    await watched.context.close();
  });

  test("in an address each is text too", async () => {
    const watched = await opened();
    for (const text of hostileTexts.filter((_text, at) => at % 25 === 1)) {
      const word = encodeURIComponent(text);
      for (const path of [`/questions/${word}`, `/explore?sql=${word}&chart=${word}`, `/${word}`])
        await watched.page.goto(`${shop.url}${path}`);
      await watched.page
        .getByRole("heading", { level: 1 })
        .or(watched.page.getByRole("alert"))
        .first()
        .waitFor();
      await assertHarmless(watched, text);
    }
    await watched.context.close();
  });
});
