import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { pages } from "../pages/pages.ts";
import {
  logInAs,
  noChromium,
  openBrowser,
  openPage,
  settled,
  type Watched,
} from "../testing/browser.ts";
import { hostileTexts } from "../testing/hostile-texts.ts";
import { pageAddresses } from "../testing/page-addresses.ts";
import { password, type RunningShop, startShopWithPeople } from "../testing/running-shop.ts";

/** Every hostile text as title, category, headline and body of a review, and as the name of a product. */
async function fillDatasets(shop: RunningShop): Promise<void> {
  const lines = (rows: readonly object[]): string =>
    rows.map((row) => `${JSON.stringify(row)}\n`).join("");
  const reviews = hostileTexts.map((text, at) => ({
    review_id: `H${at}`,
    product_id: `H${at}`,
    product_title: text,
    product_category: text,
    star_rating: (at % 5) + 1,
    helpful_votes: 1_000_000 - at,
    total_votes: 1_000_000,
    review_headline: text,
    review_body: text,
    review_date: "2015-08-31",
  }));
  const products = hostileTexts.map((text, at) => ({
    product_id: `H${at}`,
    name: text,
    description: text,
    category_path: text,
    price_minor: 100 + at,
    currency: "EUR",
  }));
  const query = { format: "jsonl", fileName: "hostile.jsonl", maxBadShare: 1 } as const;
  for (const [name, rows] of [
    ["reviews", reviews],
    ["products", products],
  ] as const) {
    const { quarantined, reasons } = await shop.admin.ingestDataset({
      params: { name },
      query,
      body: lines(rows),
    });
    assert.equal(quarantined, 0, `${name}: ${JSON.stringify(reasons)}`);
  }
}

/** Every hostile text as the name of a run, and one as the name of its experiment. */
async function fillRuns(shop: RunningShop): Promise<void> {
  async function mlflow(path: string, body: object): Promise<{ experiment_id?: string }> {
    const response = await fetch(`${shop.url}/api/2.0/mlflow/${path}`, {
      method: "POST",
      headers: {
        authorization: `Basic ${Buffer.from(`admin:${password}`).toString("base64")}`,
        "content-type": "application/json",
      },
      body: JSON.stringify(body),
    });
    assert.equal(response.status, 200, path);
    return response.json();
  }
  const { experiment_id } = await mlflow("experiments/create", { name: hostileTexts[1] });
  for (const [at, text] of hostileTexts.entries())
    await mlflow("runs/create", {
      experiment_id,
      run_name: text,
      start_time: Date.UTC(2026, 0, 1) + at,
      tags: [
        { key: "mlflow.runName", value: text },
        { key: "note", value: text },
      ],
    });
}

const titles =
  "select product_title, review_body, star_rating from reviews where review_id like 'H%'";
const labels = "select product_category, helpful_votes from reviews where review_id like 'H%'";
const lines = `${labels.replace("helpful_votes", "star_rating, helpful_votes")} limit 8`;

/** Every hostile text as the title of a saved question; twelve of them on Home, over hostile labels. */
async function fillQuestions(shop: RunningShop): Promise<void> {
  const bars = { kind: "bar", x: "product_category", y: "helpful_votes" } as const;
  const series = {
    kind: "line",
    x: "star_rating",
    y: "helpful_votes",
    series: "product_category",
  } as const;
  for (const [at, text] of hostileTexts.entries())
    await shop.admin.saveQuestion({
      body: {
        title: text,
        why: text,
        sql: at % 2 === 0 ? labels : lines,
        chart: at % 2 === 0 ? bars : series,
        pinned: at % 9 === 0,
      },
    });
}

describe("a hundred hostile texts in every page", { skip: noChromium, concurrency: true }, () => {
  let shop: RunningShop;
  let browser: Browser;
  before(async () => {
    [shop, browser] = await Promise.all([startShopWithPeople({ reviews: 600 }), openBrowser()]);
    await fillDatasets(shop);
    await Promise.all([fillRuns(shop), fillQuestions(shop)]);
  });
  after(async () => {
    await browser?.close();
    await shop?.close();
  });

  async function opened(): Promise<Watched> {
    const watched = await openPage(browser);
    watched.page.on("dialog", () => assert.fail("a dialog opened"));
    await logInAs(watched.page, { url: shop.url, username: "admin", password });
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
    const elements = await page.evaluate(
      () =>
        document.querySelectorAll(
          'img[src="x"], [onerror], [onload], [ontoggle], [onfocus], iframe, a[href^="javascript:"]',
        ).length,
    );
    assert.equal(elements, 0, `${where}: a text became an element`);
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

  test("on every page, as title, review, name of a run and label, each is text", async () => {
    const watched = await opened();
    for (const [{ title }, path] of await pageAddresses(pages, shop.admin)) {
      await look(watched.page, path);
      await assertHarmless(watched, title);
    }
    await watched.context.close();
  });

  test("as rows, columns and labels in Explore each is text, all hundred of them", async () => {
    const watched = await opened();
    const { page } = watched;
    await look(page, `/explore?sql=${encodeURIComponent(titles)}`);
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
    for (const sql of [labels, lines, `select 1 as "${hostileTexts[1]?.replaceAll('"', '""')}"`])
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
