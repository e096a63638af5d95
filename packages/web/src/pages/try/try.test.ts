import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { seriousFindings } from "../../testing/accessibility.ts";
import { logInAs, noChromium, openBrowser, openPage, settled } from "../../testing/browser.ts";
import { tabTo } from "../../testing/keyboard.ts";
import { learn, quickFused } from "../../testing/learning.ts";
import { productPhoto } from "../../testing/product-photo.ts";
import { password, type RunningShop, startShopWithPeople } from "../../testing/running-shop.ts";

const hostile = "<img src=x onerror=\"document.title='ran'\"> mug";

describe("products and their models in a browser", { skip: noChromium }, () => {
  let shop: RunningShop;
  let browser: Browser;
  before(async () => {
    [shop, browser] = await Promise.all([startShopWithPeople({ reviews: 1000 }), openBrowser()]);
    await learn(shop.admin, { task: "price", family: "linear" });
    await learn(shop.admin, { task: "category", family: "fused", settings: quickFused });
    await shop.admin.ingestDataset({
      params: { name: "products" },
      query: { format: "jsonl", fileName: "hostile.jsonl" },
      body: `${JSON.stringify({ product_id: "evil/1", name: hostile, description: hostile, category_path: hostile, price_minor: 999, currency: "GBP", url: "javascript:document.title='ran'" })}\n`,
    });
  });
  after(async () => {
    await browser?.close();
    await shop?.close();
  });

  async function open(path: string, { username = "analyst", width = 1440 } = {}) {
    const watched = await openPage(browser, { width });
    await logInAs(watched.page, { url: shop.url, username, password, path });
    await watched.page.getByRole("heading", { level: 1 }).waitFor();
    return watched;
  }

  test("a photo of the shop is tried with the keyboard alone: the answer, why, and its correction", async () => {
    const { page, context, troubles } = await open("/try");
    // The browser is told to hand choosers over, and the page has taken the focus it takes, before keys are pressed.
    const chooser = page.waitForEvent("filechooser");
    await settled(page);
    await tabTo(page, page.locator("input[type=file]"));
    await page.keyboard.press("Enter");
    await (await chooser).setFiles(await productPhoto(shop.admin));
    await tabTo(page, page.getByLabel("Name", { exact: true }));
    await page.keyboard.type("Shiny kettle");
    await page.keyboard.press("Control+Enter");
    const category = page.getByRole("region", { name: "Category" });
    await category.getByRole("list", { name: "Text and photo together" }).waitFor();
    assert.equal(await category.getByRole("list").count(), 3);
    await category.getByRole("img", { name: /Places of the photo/ }).waitFor();
    await category.getByText(/What spoke loudest/).waitFor();
    const price = page.getByRole("region", { name: "Price" });
    await price.getByText(/cases like this one the truth lies between/).waitFor();
    await price.getByRole("listitem").filter({ hasText: "alike" }).first().waitFor();

    const right = category.getByRole("combobox", { name: "Right answer for category" });
    await tabTo(page, right);
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await category.getByText(/the next training learns it/).waitFor();
    const { items } = await shop.admin.listCorrections({ query: { model: "category" } });
    assert.deepEqual(
      items.map(({ by }) => by),
      ["analyst"],
    );
    assert.deepEqual(await seriousFindings(page), []);
    assert.deepEqual(troubles, []);
    await context.close();
  });

  test("a file that is no photo is refused in words, and nobody is asked", async () => {
    const { page, context } = await open("/try");
    const name = "<b>notes</b>.jpg";
    const file = { name, mimeType: "image/jpeg", buffer: Buffer.from("no photo") };
    await page.setInputFiles("input[type=file]", file);
    await page.getByRole("alert").getByText(`${name} is no photo`).waitFor();
    assert.equal(await page.getByRole("button", { name: "Ask the models" }).isDisabled(), true);
    await context.close();
  });

  test("a price is corrected in pounds and kept in pence; the call is copied as curl", async () => {
    const { page, context } = await open("/try?about=products");
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.getByLabel("Description").fill("A mug");
    await page.getByRole("combobox", { name: "Currency" }).fill("GBP");
    await page.getByRole("button", { name: "Ask the models" }).click();
    const price = page.getByRole("region", { name: "Price" });
    await price.getByLabel("Right answer for price").fill("12.5");
    await price.getByRole("button", { name: "Correct it" }).click();
    await price.getByText("£12.50").first().waitFor();
    const { items } = await shop.admin.listCorrections({ query: { model: "price" } });
    assert.deepEqual(
      items.map(({ label }) => label),
      [1250],
    );
    await price.getByRole("button", { name: "Copy as" }).click();
    await page.getByRole("menuitem", { name: "Copy as curl" }).click();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    assert.match(copied, /api\/predict.*\n.*\n.*\n.*"model":"price"/);
    await context.close();
  });

  test("products are found by words and category of the address, and walk to the product", async () => {
    const { page, context } = await open("/products");
    await page.getByText(/The shop sells \d+ products in \d+ categories/).waitFor();
    const listed = page.getByRole("list", { name: "Products" }).getByRole("listitem");
    const before = await listed.count();
    await page.getByLabel("Find products").fill("evil");
    await page.getByText(/1 of them fits the search/).waitFor();
    assert.ok(before > 1);
    assert.match(page.url(), /find=evil/);
    await page.reload();
    await page.getByText(hostile).first().waitFor();
    await page.getByLabel("Least price").fill("9");
    await page.waitForURL(/min=.*9/);
    await page.getByRole("button", { name: "Clear" }).click();
    await page.getByText(/products in \d+ categories/).waitFor();
    assert.equal(new URL(page.url()).search, "");
    await page.getByRole("combobox", { name: "Category" }).fill("<img");
    await page.getByRole("option").first().click();
    await page.getByText(/1 of them fits the search/).waitFor();
    await listed.getByRole("link").focus();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: hostile }).waitFor();
    assert.notEqual(await page.title(), "ran");
    assert.equal(await page.locator("a[href^='javascript']").count(), 0);
    await context.close();
  });

  test("a product shows what each model says, asks once, and keeps what was corrected", async () => {
    const id = await productWithPhoto(shop);
    const { page, context, troubles } = await open(`/products/${encodeURIComponent(id)}`);
    const category = page.getByRole("region", { name: "Category" });
    await category.getByRole("list", { name: "Text and photo together" }).waitFor();
    await category.getByRole("img", { name: /Places of the photo/ }).waitFor();
    await category.getByText("Version 1 said").waitFor();
    await page.reload();
    await category.getByText("Version 1 said").waitFor();
    const price = page.getByRole("region", { name: "Price" });
    await price.getByText(/what products like this cost/).waitFor();
    await price.getByLabel("Right answer for price").fill("20");
    await price.getByRole("button", { name: "Correct it" }).click();
    await price.getByText(/^Corrected to/).waitFor();
    const { items } = await shop.admin.productInputs({ params: { id } });
    for (const { inputHash } of items)
      assert.equal((await shop.admin.listPredictions({ query: { inputHash } })).items.length, 1);
    assert.deepEqual(await seriousFindings(page), []);
    assert.deepEqual(troubles, []);
    await context.close();
  });

  test("a viewer sees products but asks no model, and does not see Try it", async () => {
    const { page, context } = await open("/products/evil%2F1", { username: "viewer", width: 390 });
    await page.getByText("You may not ask the models").waitFor();
    assert.equal(await wider(page), 0);
    await page.goto(`${shop.url}/try`);
    await page.getByText("You may not see this").waitFor();
    await context.close();
  });
});

async function wider(page: Page): Promise<number> {
  return page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
}

async function productWithPhoto({ admin }: RunningShop): Promise<string> {
  const { items } = await admin.listProducts({ query: { limit: 50 } });
  return items.find(({ photo }) => photo !== undefined)?.id ?? "";
}
