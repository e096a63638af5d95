/**
 * `npm run screenshots [-- FOLDER]`: every page, 1440 and 390 pixels wide, light and dark, of a demo shop with some life in
 * it, into docs/images/screens or FOLDER.
 */
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Browser } from "playwright-core";
import { pages } from "../pages/pages.ts";
import { logInAs, noChromium, openBrowser, openPage } from "./browser.ts";
import { pageAddresses } from "./page-addresses.ts";
import { password, type RunningShop, startShopWithPeople } from "./running-shop.ts";
import { enliven } from "./shop-life.ts";
import { learn } from "./shop-learning.ts";

const sizes = [
  { width: 1440, height: 900 },
  { width: 390, height: 844 },
] as const;
const schemes = ["light", "dark"] as const;

async function takeAll(shop: RunningShop, browser: Browser, folder: string): Promise<void> {
  const addresses = await pageAddresses(pages, shop.admin);
  for (const { width, height } of sizes) {
    for (const scheme of schemes) {
      const { page, context } = await openPage(browser, { width, height, scheme });
      const file = (name: string): string => join(folder, `${name}-${width}-${scheme}.png`);
      await page.goto(`${shop.url}/login`);
      await page.getByLabel("Username").waitFor();
      await page.screenshot({ path: file("login") });
      await logInAs(page, { url: shop.url, username: "admin", password });
      for (const [{ path }, address] of addresses) {
        await page.goto(`${shop.url}${address}`);
        await page.getByRole("heading", { level: 1 }).waitFor();
        await page.waitForLoadState("load");
        await page
          .locator(".mantine-Skeleton-root, [role=status]:has-text('Loading')")
          .waitFor({ state: "detached" })
          .catch(() => undefined);
        await page.screenshot({ path: file(nameOf(path)), fullPage: true });
      }
      await context.close();
    }
  }
}

/** "/runs/$id" is "run-id"; "/" is "home". */
function nameOf(path: string): string {
  return path === "/" ? "home" : path.slice(1).replaceAll(/[/$]+/g, "-");
}

if (noChromium) {
  console.error(`no screenshots: ${noChromium}`);
  process.exitCode = 1;
} else {
  const folder = resolve(
    process.argv[2] ?? join(import.meta.dirname, "../../../../docs/images/screens"),
  );
  await mkdir(folder, { recursive: true });
  const [shop, browser] = await Promise.all([
    startShopWithPeople({ reviews: 5000 }),
    openBrowser(),
  ]);
  try {
    await enliven(shop.admin);
    await learn(shop.admin);
    await takeAll(shop, browser, folder);
    console.log(`screenshots in ${folder}`);
  } finally {
    await browser.close();
    await shop.close();
  }
}
