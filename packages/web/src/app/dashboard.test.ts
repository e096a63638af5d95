import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { pages } from "../pages/pages.ts";
import { seriousFindings } from "../testing/accessibility.ts";
import {
  logInAs,
  logInByForm,
  noChromium,
  openBrowser,
  openPage,
  settled,
} from "../testing/browser.ts";
import { corners } from "../testing/page-corners.ts";
import { pageAddresses } from "../testing/page-addresses.ts";
import { password, type RunningShop, startShopWithPeople } from "../testing/running-shop.ts";

/** Bytes that Home may need of scripts, and index.html of everything, gzipped. */
const BUDGET = 250_000;

async function gzippedBytes(addresses: readonly string[]): Promise<number> {
  let bytes = 0;
  for (const address of new Set(addresses)) {
    const answer = await fetch(address, { headers: { "accept-encoding": "gzip" } });
    bytes += Number(answer.headers.get("content-length"));
  }
  return bytes;
}

/** The windows that every page is looked at in. */
const looks = [
  { scheme: "light", width: 1440, height: 900 },
  { scheme: "dark", width: 1440, height: 900 },
  { scheme: "dark", width: 390, height: 844 },
  { scheme: "light", width: 390, height: 844 },
] as const;
type Looks = readonly (typeof looks)[number][];

/** Each scheme and each width once, for what lies deeper in pages. */
const cornerLooks: Looks = [looks[0], looks[2]];

describe("the dashboard in a browser", { skip: noChromium }, () => {
  let shop: RunningShop;
  let browser: Browser;
  before(async () => {
    [shop, browser] = await Promise.all([startShopWithPeople(), openBrowser()]);
  });
  after(async () => {
    await browser?.close();
    await shop?.close();
  });

  test("one logs in with the keyboard alone, and a reload keeps the login", async () => {
    const { page, context, troubles } = await openPage(browser);
    await page.goto(shop.url);
    await page.getByLabel("Username").waitFor();
    await page.keyboard.type("analyst");
    await page.keyboard.press("Tab");
    await page.keyboard.type(password);
    await page.keyboard.press("Enter");
    await page.getByRole("navigation", { name: "Pages" }).waitFor();
    assert.equal(new URL(page.url()).pathname, "/");
    await page.reload();
    await page.getByRole("button", { name: /analyst/ }).waitFor();
    assert.deepEqual(troubles, []);
    await context.close();
  });

  test("a wrong password says so, in the same words as a wrong name, and lets one try again", async () => {
    const { page, context } = await openPage(browser);
    await page.goto(shop.url);
    const said: (string | null)[] = [];
    for (const username of ["analyst", "nobody-here"]) {
      await page.getByLabel("Username").fill(username);
      await page.getByLabel("Password", { exact: true }).fill("wrong wrong wrong");
      const answered = page.waitForResponse((response) =>
        response.url().endsWith("/api/v1/session"),
      );
      await page.keyboard.press("Enter");
      await answered;
      said.push(await page.getByRole("alert").textContent());
    }
    assert.deepEqual(said, ["Wrong username or password.", "Wrong username or password."]);
    await context.close();
  });

  test("after the login one is where one wanted to go, and never on another site", async () => {
    const { page, context } = await openPage(browser);
    await page.goto(`${shop.url}/no/such/page`);
    await page.getByRole("heading", { name: "There is no such page" }).waitFor();
    await page.goto(`${shop.url}/login?next=${encodeURIComponent("//example.com/")}`);
    await page.getByLabel("Username").fill("viewer");
    await page.getByLabel("Password", { exact: true }).fill(password);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Home" }).waitFor();
    assert.equal(page.url(), `${shop.url}/`);
    await context.close();
  });

  test("logging out ends the session in every tab and on the server", async () => {
    const { page, context } = await openPage(browser);
    const sessions = async (): Promise<number> =>
      (await shop.admin.listSessions({ query: { all: true } })).items.filter(
        ({ username }) => username === "viewer",
      ).length;
    const before = await sessions();
    await logInAs(page, { url: shop.url, username: "viewer", password });
    assert.equal(await sessions(), before + 1);
    const other = await context.newPage();
    await other.goto(shop.url);
    await other.getByRole("heading", { name: "Home" }).waitFor();
    await page.getByRole("button", { name: /account menu/ }).click();
    await page.getByRole("menuitem", { name: "Log out" }).click();
    await page.getByLabel("Username").waitFor();
    await other.getByLabel("Username").waitFor();
    assert.equal(await sessions(), before);
    await context.close();
  });

  test("scripts come from files of this server alone, and an inline one does not run", async () => {
    const { page, context } = await openPage(browser);
    const response = await page.goto(shop.url);
    const policy = response?.headers()["content-security-policy"] ?? "";
    assert.match(policy, /default-src 'none'; script-src 'self';/);
    assert.doesNotMatch(policy, /unsafe/);
    await page.getByLabel("Username").waitFor();
    const outcome = await page.evaluate(async () => {
      const refused = new Promise<string>((resolve) =>
        document.addEventListener("securitypolicyviolation", (event) =>
          resolve(event.effectiveDirective),
        ),
      );
      const script = document.createElement("script");
      script.textContent = "document.title = 'ran'";
      document.body.append(script);
      return { directive: await refused, title: document.title };
    });
    assert.equal(outcome.directive, "script-src-elem");
    assert.notEqual(outcome.title, "ran");
    await context.close();
  });

  test("nothing is asked of another server, no policy is violated, and Home fits the budget", async () => {
    const { page, context, requests, troubles } = await openPage(browser);
    await logInByForm(page, { url: shop.url, username: "admin", password });
    await page.getByRole("heading", { name: "What changed" }).waitFor();
    await page.getByText("Live", { exact: true }).waitFor();
    const origins = new Set(requests.map((address) => new URL(address).origin));
    assert.deepEqual([...origins], [shop.url]);
    assert.deepEqual(troubles, []);
    const scripts = await gzippedBytes(requests.filter((address) => address.endsWith(".js")));
    assert.ok(scripts > 100_000, "the scripts were counted");
    assert.ok(scripts <= BUDGET, `${scripts} bytes of gzipped JavaScript, more than ${BUDGET}`);
    const html = await (await fetch(shop.url)).text();
    const named = Array.from(html.matchAll(/"(\/assets\/[^"]+)"/g), ([, path]) => shop.url + path);
    const first = await gzippedBytes(named);
    assert.ok(first <= BUDGET, `index.html loads ${first} bytes, more than ${BUDGET}`);
    await context.close();
  });

  /** What axe and a ruler find on a page as it stands, in each look. */
  async function findingsIn(page: Page, title: string, seen: Looks = looks): Promise<string[]> {
    const found: string[] = [];
    for (const { scheme, width, height } of seen) {
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
      await page.setViewportSize({ width, height });
      await settled(page);
      const tooWide = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      const troubles = await seriousFindings(page);
      if (tooWide > 0) troubles.push(`is ${tooWide} pixels wider than its window`);
      found.push(...troubles.map((trouble) => `${title}, ${scheme}, ${width} pixels: ${trouble}`));
    }
    return found;
  }

  test("axe finds nothing serious on any page and none is too wide, light and dark, 1440 and 390 pixels", async () => {
    const left = [...(await pageAddresses(pages, shop.admin))];
    const found: string[] = [];
    async function visit(): Promise<void> {
      const { page, context } = await openPage(browser);
      await logInAs(page, { url: shop.url, username: "admin", password });
      for (let next = left.shift(); next; next = left.shift()) {
        await page.goto(`${shop.url}${next[1]}`);
        found.push(...(await findingsIn(page, next[0].title)));
      }
      await context.close();
    }
    async function visitLogin(): Promise<void> {
      const { page, context } = await openPage(browser);
      await page.goto(`${shop.url}/login`);
      await page.getByLabel("Username").waitFor();
      found.push(...(await findingsIn(page, "Login")));
      await context.close();
    }
    await Promise.all([visitLogin(), visit(), visit(), visit()]);
    assert.deepEqual(found, []);
  });

  test("axe finds nothing serious in tabs, dialogs and steps of pages either", async () => {
    const left = [...corners];
    const found: string[] = [];
    async function visit(): Promise<void> {
      const { page, context } = await openPage(browser);
      await logInAs(page, { url: shop.url, username: "admin", password });
      for (let next = left.shift(); next; next = left.shift()) {
        await page.setViewportSize({ width: 1440, height: 900 });
        await page.goto(`${shop.url}${next.path}`);
        await page.getByRole("heading", { level: 1 }).waitFor();
        await next.show(page);
        found.push(...(await findingsIn(page, next.name, cornerLooks)));
      }
      await context.close();
    }
    await Promise.all([visit(), visit(), visit()]);
    assert.deepEqual(found, []);
  });

  test("the command palette opens with Ctrl-K and finds a page by another word for it", async () => {
    const { page, context } = await openPage(browser);
    await logInAs(page, { url: shop.url, username: "viewer", password });
    await page.getByRole("heading", { name: "Home" }).waitFor();
    await page.keyboard.press("Control+k");
    await page.getByRole("textbox", { name: "Find anything" }).fill("overview");
    await page.getByRole("button", { name: /Home/ }).first().waitFor();
    await page.keyboard.press("Enter");
    await page.getByRole("textbox", { name: "Find anything" }).waitFor({ state: "detached" });
    await context.close();
  });

  test("the command palette finds the last of all products and runs by name, however many there are", async () => {
    const { page, context } = await openPage(browser);
    const { total } = await shop.admin.listProducts({ query: { limit: 1 } });
    const { items } = await shop.admin.listProducts({ query: { limit: 1, offset: total - 1 } });
    const oldest = (await shop.admin.listRuns({ query: { orderBy: "attributes.start_time ASC" } }))
      .items[0];
    await logInAs(page, { url: shop.url, username: "analyst", password });
    await page.getByRole("heading", { name: "Home" }).waitFor();
    await page.keyboard.press("Control+k");
    const find = page.getByRole("textbox", { name: "Find anything" });
    for (const name of [items[0]?.name, oldest?.name]) {
      await find.fill(name ?? "");
      await page
        .getByRole("dialog")
        .getByRole("button", { name: name ?? "" })
        .first()
        .waitFor();
    }
    await context.close();
  });

  test("what happens in the shop shows up on Home by itself", async () => {
    const { page, context } = await openPage(browser);
    await logInAs(page, { url: shop.url, username: "viewer", password });
    await page.getByText("Live", { exact: true }).waitFor();
    await shop.admin.ingestDataset({
      params: { name: "stock" },
      query: { format: "csv" },
      body: "product,pieces\nlamp,3\nrug,1\n",
    });
    await page.getByText("stock now has 2 rows").waitFor();
    await context.close();
  });
});
