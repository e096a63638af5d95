import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { seriousFindings } from "../../testing/accessibility.ts";
import { logInAs, noChromium, openBrowser, openPage } from "../../testing/browser.ts";
import { password, type RunningShop, startShopWithPeople } from "../../testing/running-shop.ts";

const hostile = `<img src=x onerror="window.wasRun=true">`;
const byStar = "select star_rating, count(*) as reviews from reviews group by 1 order by 1";
/** Takes minutes when nobody stops it. */
const endless =
  "select count(*) from range(1000000) a, range(1000000) b where a.range + b.range = 7";

/** The words of the line below the title. */
async function verdict(page: Page): Promise<string> {
  return (await page.locator("header:has(h1) p").first().textContent()) ?? "";
}

async function run(page: Page, sql: string): Promise<void> {
  const editor = page.getByRole("textbox", { name: "SQL statement" });
  await editor.click();
  await page.keyboard.press("Control+a");
  await page.keyboard.insertText(sql);
  await page.keyboard.press("Control+Enter");
}

describe("Explore and Questions in a browser", { skip: noChromium, concurrency: 3 }, () => {
  let shop: RunningShop;
  let browser: Browser;
  before(async () => {
    [shop, browser] = await Promise.all([startShopWithPeople({ reviews: 600 }), openBrowser()]);
  });
  after(async () => {
    await browser?.close();
    await shop?.close();
  });

  async function openAs(username: string, path: string, width = 1440) {
    const watched = await openPage(browser, { width });
    await logInAs(watched.page, { url: shop.url, username, password, path });
    return watched;
  }

  test("a viewer sees the saved question and its numbers, and may not write SQL", async () => {
    await shop.admin.saveQuestion({
      body: {
        title: "For all",
        sql: byStar,
        chart: { kind: "bar", x: "star_rating", y: "reviews" },
      },
    });
    const { page, context } = await openAs("viewer", "/questions");
    await page.getByRole("link", { name: "For all" }).click();
    await page.getByRole("img", { name: /Saved by admin/ }).waitFor();
    assert.match(await verdict(page), /^Reviews: highest for 5 /);
    assert.equal(await page.getByRole("link", { name: "Open in Explore" }).count(), 0);
    assert.deepEqual(await seriousFindings(page), []);
    await page.goto(`${shop.url}/explore`);
    await page.getByRole("heading", { name: "You may not see this" }).waitFor();
    await context.close();
  });

  test("a click in the tree writes into the statement, and columns complete", async () => {
    const { page, context } = await openAs("analyst", "/explore");
    const editor = page.getByRole("textbox", { name: "SQL statement" });
    await editor.click();
    await page.keyboard.type("select ");
    await page.getByRole("button", { name: "star_rating integer" }).click();
    await page.keyboard.type(" from ");
    await page.getByRole("button", { name: "reviews", exact: true }).click();
    assert.equal(await editor.innerText(), "select star_rating from reviews");
    await page.keyboard.type(" where reviews.helpful");
    await page.getByRole("option", { name: "helpful_votes" }).waitFor();
    await context.close();
  });

  test("Escape ends a running statement here and on the server, and the next one is answered", async () => {
    const { page, context } = await openAs("analyst", "/explore");
    await run(page, endless);
    await page.getByRole("button", { name: "Stop" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByText("Stopped: nothing runs any more.").waitFor();
    // Two statements run at a time: three that were not ended would leave no room for this one.
    for (let round = 0; round < 2; round += 1) {
      await run(page, endless);
      await page.getByRole("button", { name: "Stop" }).click();
      await page.getByRole("button", { name: "Run" }).waitFor();
    }
    await run(page, byStar);
    await page.getByRole("grid").waitFor();
    await context.close();
  });

  test("chart and statement live in the address: a reload shows the same", async () => {
    const { page, context } = await openAs("analyst", "/explore");
    await run(page, byStar);
    await page.getByRole("img", { name: "The answer" }).waitFor();
    const kind = page.getByRole("group", { name: "Chart" }).getByLabel("Chart");
    assert.equal(await kind.inputValue(), "bar");
    await kind.selectOption("line");
    await page.reload();
    await page.getByRole("img", { name: "The answer" }).waitFor();
    assert.equal(await kind.inputValue(), "line");
    const address = new URL(page.url());
    assert.deepEqual(
      [address.searchParams.get("sql"), address.searchParams.get("chart")],
      [byStar, "line"],
    );
    await context.close();
  });

  test("a statement that fails tells why, and a hostile cell is text, here and in the export", async () => {
    const { page, context } = await openAs("analyst", "/explore");
    await run(page, "select nothing_such from reviews");
    await page.getByRole("alert").getByText("nothing_such").first().waitFor();
    await run(
      page,
      `select '${hostile}' as "${hostile.replaceAll('"', "")}", 2015 as year, 12345678 as id`,
    );
    await page.getByRole("gridcell", { name: hostile }).waitFor();
    await page.getByRole("gridcell", { name: "12345678", exact: true }).waitFor();
    await page.getByRole("button", { name: "Export" }).click();
    const download = page.waitForEvent("download");
    await page.getByRole("menuitem", { name: "JSON" }).click();
    const text = await readFile(await (await download).path(), "utf8");
    assert.equal(Object.values(JSON.parse(text)[0])[0], hostile);
    assert.equal(await page.evaluate(() => "wasRun" in globalThis), false);
    await context.close();
  });

  test("whoever saved a question takes it down from Home and removes it", async () => {
    const { page, context } = await openAs("admin", "/questions");
    const saved = await shop.admin.saveQuestion({
      body: { title: "Short life", sql: byStar, pinned: true },
    });
    await page.reload();
    await page.getByRole("button", { name: "Take down from Home: Short life" }).click();
    await page.getByRole("button", { name: "Pin to Home: Short life" }).waitFor();
    await page.getByRole("button", { name: "Remove Short life" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
    await page.getByRole("link", { name: "Short life" }).waitFor({ state: "detached" });
    const { items } = await shop.admin.listSavedQuestions();
    assert.ok(!items.some(({ id }) => id === saved.id));
    await context.close();
  });

  test("axe finds nothing serious in an answer, and no page is wider than a telephone", async () => {
    const { page, context } = await openAs("admin", "/questions/11", 390);
    for (const path of ["/questions/11", `/explore?sql=${encodeURIComponent(byStar)}`]) {
      await page.goto(`${shop.url}${path}`);
      await page.getByRole("img").first().waitFor();
      await page.waitForFunction(() => !document.querySelector(".mantine-Skeleton-root"));
      assert.deepEqual(await seriousFindings(page), [], path);
      const tooWide = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      assert.equal(tooWide, 0, path);
    }
    await context.close();
  });
});
