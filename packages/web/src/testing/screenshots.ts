/**
 * `npm run screenshots [-- FOLDER [PAGE…]]`: every page, or those whose names contain a PAGE, 1440 and 390 pixels wide, light
 * and dark, of a demo shop with some life in it, into docs/images/screens or FOLDER. `SOUK_SHOP` names a running shop to
 * picture instead; its administrator is `admin` with the password of the tests.
 */
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { type Client, createClient } from "@souk/api";
import type { Browser, Page } from "playwright-core";
import { pages } from "../pages/pages.ts";
import { logInAs, noChromium, openBrowser, openPage, settled } from "./browser.ts";
import { pageAddresses } from "./page-addresses.ts";
import { productPhoto } from "./product-photo.ts";
import { password, type RunningShop, startShop, startShopWithPeople } from "./running-shop.ts";
import { enliven } from "./shop-life.ts";
import { learn } from "./shop-learning.ts";

const sizes = [
  { width: 1440, height: 900 },
  { width: 390, height: 844 },
] as const;
const schemes = ["light", "dark"] as const;

/** A window no higher than this, px. */
const HIGHEST = 4000;

type Shop = Pick<RunningShop, "url" | "admin">;

function isWanted(name: string, wanted: readonly string[]): boolean {
  return wanted.length === 0 || wanted.some((part) => name.includes(part));
}

async function takeAll(
  shop: Shop,
  { browser, folder, wanted }: { browser: Browser; folder: string; wanted: readonly string[] },
): Promise<void> {
  const addresses = Array.from(
    await pageAddresses(pages, shop.admin),
    ([{ path }, address]) => [nameOf(path), address] as const,
  ).filter(([name]) => isWanted(name, wanted));
  for (const { width, height } of sizes) {
    for (const scheme of schemes) {
      const { page, context } = await openPage(browser, { width, height, scheme });
      const file = (name: string): string => join(folder, `${name}-${width}-${scheme}.png`);
      await page.goto(`${shop.url}/login`);
      await page.getByLabel("Username").waitFor();
      if (isWanted("login", wanted)) await page.screenshot({ path: file("login") });
      await logInAs(page, { url: shop.url, username: "admin", password });
      for (const [name, address] of addresses) {
        await page.goto(`${shop.url}${address}`);
        await settled(page);
        if (name === "try") await askTheModels(page, shop.admin);
        await unrolled(page, { width, height });
        await page.screenshot({ path: file(name), fullPage: true });
        await page.setViewportSize({ width, height });
      }
      await context.close();
    }
  }
}

/** Try it with a photo, words and what the models said of them. */
async function askTheModels(page: Page, admin: Client): Promise<void> {
  await page.setInputFiles("input[type=file]", await productPhoto(admin, "board game"));
  await page.getByLabel("Name", { exact: true }).fill("Wooden board game");
  await page.getByLabel("Description").fill("A careful game with magnets, for the whole family");
  await page.getByRole("button", { name: "Ask the models" }).click();
  await page
    .getByText(/What spoke loudest/)
    .first()
    .waitFor();
  await page.evaluate(() => scrollTo(0, 0));
  await settled(page);
}

/** A window as high as the page, so that the navigation beside it does not end half way down. */
async function unrolled(
  page: Page,
  { width, height }: { width: number; height: number },
): Promise<void> {
  let shown = height;
  for (;;) {
    const whole = await page.evaluate(() => document.documentElement.scrollHeight);
    if (whole <= shown || shown === HIGHEST) return;
    shown = Math.min(whole, HIGHEST);
    await page.setViewportSize({ width, height: shown });
    await settled(page);
  }
}

/** "/runs/$id" is "run-id"; "/" is "home". */
function nameOf(path: string): string {
  return path === "/" ? "home" : path.slice(1).replaceAll(/[/$]+/g, "-");
}

/** The first run, of a shop that nobody claimed yet. */
async function takeSetup(browser: Browser, folder: string): Promise<void> {
  const shop = await startShop({ reviews: 0 });
  for (const { width, height } of sizes)
    for (const scheme of schemes) {
      const { page, context } = await openPage(browser, { width, height, scheme });
      await page.goto(`${shop.url}/setup`);
      await settled(page);
      await page.screenshot({ path: join(folder, `setup-${width}-${scheme}.png`) });
      await context.close();
    }
  await shop.close();
}

/** A shop that runs already, or a new one that lives as long as the pictures take. */
async function shopToPicture(url: string | undefined): Promise<Shop & { close(): Promise<void> }> {
  if (url === undefined) {
    const shop = await startShopWithPeople({ reviews: 5000 });
    await enliven(shop.admin);
    await learn(shop.admin);
    return shop;
  }
  const body = { username: "admin", password };
  const { access_token: token } = await createClient({ baseUrl: url }).login({ body });
  return { url, admin: createClient({ baseUrl: url, token }), close: async () => undefined };
}

if (noChromium) {
  console.error(`no screenshots: ${noChromium}`);
  process.exitCode = 1;
} else {
  const [given, ...wanted] = process.argv.slice(2);
  const folder = resolve(given ?? join(import.meta.dirname, "../../../../docs/images/screens"));
  await mkdir(folder, { recursive: true });
  const [shop, browser] = await Promise.all([
    shopToPicture(process.env["SOUK_SHOP"]),
    openBrowser(),
  ]);
  try {
    await takeAll(shop, { browser, folder, wanted });
    if (isWanted("setup", wanted)) await takeSetup(browser, folder);
    console.log(`screenshots in ${folder}`);
  } finally {
    await browser.close();
    await shop.close();
  }
}
