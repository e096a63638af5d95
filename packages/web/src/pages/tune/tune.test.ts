import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Browser } from "playwright-core";
import { seriousFindings } from "../../testing/accessibility.ts";
import { logInAs, noChromium, openBrowser, openPage, type Watched } from "../../testing/browser.ts";
import { password, type RunningShop, startShopWithPeople } from "../../testing/running-shop.ts";

describe("studies and leaderboards", { skip: noChromium }, () => {
  let shop: RunningShop;
  let browser: Browser;
  before(async () => {
    [shop, browser] = await Promise.all([startShopWithPeople({ reviews: 1000 }), openBrowser()]);
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

  test("a study is started, followed trial by trial, and its best trained", async () => {
    const { page, context, troubles } = await as("analyst", "/tune");
    await page.getByText("No study yet").waitFor();
    await page.getByRole("button", { name: "Start a study" }).click();
    const form = page.getByRole("dialog", { name: "Start a study" });
    await form.getByRole("combobox", { name: "Family" }).click();
    await page.getByRole("option", { name: "linear", exact: true }).click();
    await form.getByRole("textbox", { name: "Trials" }).fill("3");
    await form.getByLabel("Least lr").fill("2");
    await form.getByText("The least lr must be below the greatest.").waitFor();
    await form.getByLabel("Least lr").fill("0.05");
    await form.getByText("--space lr=0.05..1", { exact: false }).waitFor();
    await form.getByRole("button", { name: "Search", exact: true }).click();
    await page.getByText(/After 3 of 3 trials of linear/).waitFor();
    await page.getByRole("grid", { name: "trials" }).getByText("best").waitFor();
    await page
      .getByRole("img", { name: /the best so far/ })
      .locator("canvas")
      .waitFor();
    await page.getByText("Too few trials to tell").waitFor();
    assert.deepEqual(await seriousFindings(page), []);
    await page.getByRole("button", { name: "Train the best" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Train", exact: true }).click();
    await page.getByRole("gridcell", { name: "star-rating linear" }).first().waitFor();
    assert.deepEqual(troubles, []);
    await context.close();
  });

  test("a leaderboard says who is best first, draws intervals, and names who has no place", async () => {
    const { page, context, troubles } = await as("analyst", "/leaderboard/star-rating");
    await page.getByText("Nobody measured the families of star-rating yet.").waitFor();
    await page.getByRole("button", { name: "Measure" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("switch").uncheck({ force: true });
    await dialog.getByRole("button", { name: "Measure" }).click();
    const places = page.getByRole("region", { name: "Places", exact: true });
    await places.getByRole("img", { name: /95 %/ }).first().waitFor();
    await page
      .getByText(/cannot be told apart|is best on|stands alone/)
      .first()
      .waitFor();
    await page.getByRole("heading", { name: "Without a place" }).waitFor();
    await page.getByRole("button", { name: /^Train \d+ missing/ }).waitFor();
    assert.deepEqual(await seriousFindings(page), []);
    // The browser tells of the answer "not measured yet" in its console.
    assert.deepEqual(
      troubles.filter((trouble) => !trouble.includes("404")),
      [],
    );
    await context.close();
  });

  test("a task that is none says so", async () => {
    const { page, context } = await as(
      "viewer",
      "/leaderboard/%3Cimg%20src=x%20onerror=alert(1)%3E",
    );
    await page.getByText("There is no such task").waitFor();
    await page.getByText("<img src=x onerror=alert(1)>").last().waitFor();
    await context.close();
  });

  test("a viewer starts neither", async () => {
    const { page, context } = await as("viewer", "/tune");
    await page.getByRole("grid", { name: "trials" }).waitFor();
    for (const name of ["Start a study", "Go on", "Train the best"])
      assert.equal(await page.getByRole("button", { name }).count(), 0, name);
    await page.goto(`${shop.url}/leaderboard/star-rating`);
    await page.getByRole("region", { name: "Places", exact: true }).waitFor();
    assert.equal(await page.getByRole("button", { name: /^Train|^Measure/ }).count(), 0);
    await context.close();
  });
});
