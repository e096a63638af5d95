import assert from "node:assert/strict";
import type { Role } from "@souk/api";
import type { Browser, Page } from "playwright-core";
import { logInByForm, openPage } from "./browser.ts";
import { password, type RunningShop } from "./running-shop.ts";

/** Somebody at the dashboard: a browser of their own, logged in by the form, on Home. */
export interface Persona {
  readonly name: string;
  readonly page: Page;
  readonly shop: RunningShop;
  /** Walks to a page by the navigation, as people do. */
  readonly walkTo: (title: string) => Promise<void>;
  /**
   * Closes the browser; fails when a script, the console or the Content-Security-Policy complained, or anything
   * was asked of another server.
   */
  readonly leave: () => Promise<void>;
}

/** Gives a person of the shop an account with a role, and sits them down in front of Home. */
export async function enter(
  browser: Browser,
  shop: RunningShop,
  { name, role }: { name: string; role: Role },
): Promise<Persona> {
  await shop.admin.createUser({ body: { username: name, password, role } });
  const { context, page, requests, troubles } = await openPage(browser);
  await logInByForm(page, { url: shop.url, username: name, password });
  return {
    name,
    page,
    shop,
    async walkTo(title) {
      const pages = page.getByRole("navigation", { name: "Pages" });
      await pages.getByRole("link", { name: title, exact: true }).click();
      await page.getByRole("heading", { level: 1, name: title }).waitFor();
    },
    async leave() {
      assert.deepEqual(troubles, []);
      const origins = new Set(requests.map((address) => new URL(address).origin));
      assert.deepEqual([...origins], [shop.url], "nothing is asked of another server");
      await context.close();
    },
  };
}

/** The words of the line below the title, with plain spaces. */
export async function verdictOf(page: Page): Promise<string> {
  const words = await page.locator("header:has(h1) p").first().textContent();
  return (words ?? "").replaceAll(/\s+/g, " ").trim();
}
