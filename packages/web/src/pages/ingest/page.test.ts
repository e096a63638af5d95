import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { logInAs, noChromium, openBrowser, openPage } from "../../testing/browser.ts";
import { password, type RunningShop, startShopWithPeople } from "../../testing/running-shop.ts";

const hostile = `<img src=x onerror="document.title='ran'">`;
const reviews = `review_id,product_id,product_category,star_rating,helpful_votes,total_votes,review_headline,review_body,review_date
R1,P1,Books,5,0,0,Nice,"It came, and ${hostile.replaceAll('"', '""')}",2026-01-02
R2,P1,Books,4,1,2,Good,Good,2026-01-03
R3,P2,Toys,1,0,0,Broken,It broke,2026-01-04
`;

describe("a file becomes rows", { skip: noChromium }, () => {
  let shop: RunningShop;
  let browser: Browser;
  before(async () => {
    [shop, browser] = await Promise.all([startShopWithPeople({ reviews: 0 }), openBrowser()]);
  });
  after(async () => {
    await browser?.close();
    await shop?.close();
  });

  async function choose(page: Page, name: string, text: string): Promise<void> {
    const buffer = Buffer.from(text);
    await page.locator("input[type=file]").setInputFiles({ name, mimeType: "text/csv", buffer });
  }

  test("a hostile file is mapped, tried and brought in with its text as text, and its batch can be undone", async () => {
    const { page, context, troubles } = await openPage(browser);
    await logInAs(page, { url: shop.url, username: "analyst", password, path: "/ingest" });
    await choose(page, `reviews ${hostile.replaceAll(/[/]/g, "")}.csv`, reviews);
    await page.getByRole("button", { name: "Look at its columns" }).click();
    await page.getByRole("button", { name: "Try it without storing" }).click();
    await page.getByText("All 3 rows would be taken.").waitFor();
    await page.getByRole("button", { name: "Bring in 3 rows" }).click();
    await page.getByText(/3 rows came into reviews/).waitFor();
    await page.goto(`${shop.url}/datasets/reviews?tab=batches`);
    await page.getByRole("button", { name: /Undo batch .* of reviews/ }).click();
    await page.getByRole("button", { name: "Undo the batch" }).click();
    await page.getByText("3 rows taken out of reviews").waitFor();
    assert.equal((await shop.admin.describeDataset({ params: { name: "reviews" } })).rows, 0);
    await page.getByRole("tab", { name: "Versions" }).click();
    await page.getByText("Batch undone: 3 rows taken out").waitFor();
    await page.getByRole("button", { name: "Look at version 0" }).click();
    await page.getByText(/You look at version 0.*3 rows/).waitFor();
    assert.notEqual(await page.title(), "ran");
    assert.deepEqual(troubles, []);
    await context.close();
  });

  test("a table of any other shape keeps its columns, some under other names", async () => {
    const { page, context } = await openPage(browser);
    await logInAs(page, { url: shop.url, username: "analyst", password, path: "/ingest" });
    await choose(page, "stock.csv", "sku,shelf,pcs\nlamp,A,3\nrug,B,5\n");
    await page.getByRole("combobox", { name: "Dataset" }).fill("stock");
    await page.getByRole("button", { name: "Look at its columns" }).click();
    await page.getByRole("textbox", { name: "Name of pcs" }).fill("pieces");
    await page.getByRole("button", { name: "Try it without storing" }).click();
    await page.getByText("All 2 rows would be taken.").waitFor();
    await page.getByRole("button", { name: "Bring in 2 rows" }).click();
    await page.getByText(/2 rows came into stock/).waitFor();
    const { columns } = await shop.admin.describeDataset({ params: { name: "stock" } });
    assert.deepEqual(
      columns.map(({ name }) => name),
      ["sku", "shelf", "pieces"],
    );
    await page.getByRole("button", { name: "Another file" }).click();
    await choose(page, "stock.csv", "sku,shelf,pcs\nlamp,A,3\nrug,B,5\n");
    await page.getByRole("button", { name: "Look at its columns" }).click();
    await page.getByRole("button", { name: "Try it without storing" }).click();
    await page.getByRole("button", { name: "Bring in 2 rows" }).click();
    await page
      .getByText("This very file is in stock already (version 0): nothing was done.")
      .waitFor();
    await context.close();
  });

  test("what the server refuses is said in its words, and one can go back", async () => {
    const { page, context } = await openPage(browser);
    await logInAs(page, { url: shop.url, username: "analyst", password, path: "/ingest" });
    await choose(page, "posts.csv", "post_id\n1\n");
    await page.getByRole("button", { name: "Look at its columns" }).click();
    await page.getByRole("button", { name: "Try it without storing" }).click();
    await page
      .getByRole("alert")
      .getByText(/LAKE_MAPPING/)
      .waitFor();
    await page.getByRole("button", { name: "Back" }).click();
    await page.getByRole("button", { name: "Look at its columns" }).waitFor();
    await context.close();
  });

  test("a photo comes in, and what is no photo is refused by name", async () => {
    const { page, context } = await openPage(browser, { width: 390 });
    await logInAs(page, {
      url: shop.url,
      username: "analyst",
      password,
      path: "/ingest?kind=photos",
    });
    await choose(page, "dress.jpg", "no photo at all");
    await page.getByRole("textbox", { name: "Product" }).fill("p1");
    await page.getByRole("button", { name: "Bring in" }).click();
    await page.getByText(/1 was refused/).waitFor();
    await page.getByRole("list", { name: "Refused photos" }).getByText("dress.jpg").waitFor();
    await context.close();
  });

  test("who may only look is told so, and sees neither undo nor fields", async () => {
    const { page, context } = await openPage(browser);
    await logInAs(page, { url: shop.url, username: "viewer", password, path: "/ingest" });
    await page.getByText("You may not see this").waitFor();
    await page.getByText("datasets:write").waitFor();
    await page.goto(`${shop.url}/datasets/reviews?tab=batches`);
    await page.getByRole("grid", { name: "batches" }).waitFor();
    assert.equal(await page.getByRole("button", { name: /^Undo/ }).count(), 0);
    await page.goto(`${shop.url}/datasets/nothing-here`);
    await page.getByText("There is no such dataset").waitFor();
    await context.close();
  });
});
