import { after, before, describe, test } from "node:test";
import type { Browser } from "playwright-core";
import { noChromium, openBrowser } from "../../testing/browser.ts";
import { learn, quickFused } from "../../testing/learning.ts";
import { enter } from "../../testing/persona.ts";
import { type RunningShop, startShopWithPeople } from "../../testing/running-shop.ts";
import { analystsDay } from "./analyst.ts";
import { engineersDay } from "./engineer.ts";
import { operatorsDay } from "./operator.ts";
import { productManagersDay } from "./product-manager.ts";

describe("four people at work in one shop, two days old", { skip: noChromium }, () => {
  let shop: RunningShop;
  let browser: Browser;
  before(async () => {
    [shop, browser] = await Promise.all([
      startShopWithPeople({ reviews: 5000, daysAgo: 2 }),
      openBrowser(),
    ]);
    await learn(shop.admin, { task: "price", family: "linear" });
    await learn(shop.admin, { task: "category", family: "baseline" });
    await learn(shop.admin, { task: "category", family: "ngram" });
    await learn(shop.admin, { task: "category", family: "fused", settings: quickFused });
    await shop.admin.computeLeaderboard({ params: { task: "category" }, body: {} });
  });
  after(async () => {
    await browser?.close();
    await shop?.close();
  });

  // Before the analyst brings rows in: the gate compares versions that learnt from the same.
  test("an engineer starts a training, watches it, compares it, promotes it and rolls it back", async () => {
    const engineer = await enter(browser, shop, { name: "emil", role: "operator" });
    await engineersDay(engineer);
    await engineer.leave();
  });

  test("a product manager reads Home, tries a photo, reads why, corrects it and reads the leaderboard's verdict", async () => {
    const manager = await enter(browser, shop, { name: "petra", role: "analyst" });
    await productManagersDay(manager);
    await manager.leave();
  });

  test("an operator adds a user and a key, revokes it, reads the audit log and asks what was served yesterday at noon", async () => {
    const operator = await enter(browser, shop, { name: "olga", role: "admin" });
    await operatorsDay(operator);
    await operator.leave();
  });

  test("an analyst ingests a file, mends a bad row, answers question 4 and saves a chart", async () => {
    const analyst = await enter(browser, shop, { name: "ana", role: "analyst" });
    await analystsDay(analyst);
    await analyst.leave();
  });
});
