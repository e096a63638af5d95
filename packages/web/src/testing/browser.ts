import { existsSync } from "node:fs";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";

const executablePath = process.env["SOUK_CHROMIUM"] ?? "/usr/bin/chromium";

/** Why the tests of the pages are skipped, or false when they can run. */
export const noChromium: string | false = existsSync(executablePath)
  ? false
  : `needs Chromium at ${executablePath} (SOUK_CHROMIUM names another): apt-get install chromium`;

/** A headless Chromium that calls nobody by itself. The caller closes it. */
export async function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/** What a page did that the tests look at. */
export interface Watched {
  readonly context: BrowserContext;
  readonly page: Page;
  /** Every address asked for, in order. */
  readonly requests: readonly string[];
  /** Errors of the console, of scripts and of the Content-Security-Policy. */
  readonly troubles: readonly string[];
}

/** How long a page may take until it shows what is waited for: a busy machine must not fail a test. */
const PATIENCE_MS = 90_000;

/** A fresh page, as a new visitor would have it. Animations are off: tests and pictures wait for nothing. */
export async function openPage(
  browser: Browser,
  {
    width = 1440,
    height = 900,
    scheme = "light",
  }: { width?: number; height?: number; scheme?: "light" | "dark" } = {},
): Promise<Watched> {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: scheme,
    reducedMotion: "reduce",
    locale: "en-GB",
    timezoneId: "UTC",
  });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  const requests: string[] = [];
  const troubles: string[] = [];
  page.on("request", (request) => requests.push(request.url()));
  page.on("console", (message) => {
    if (message.type() === "error") troubles.push(message.text());
  });
  page.on("pageerror", (error) => troubles.push(String(error)));
  return { context, page, requests, troubles };
}

/** Who logs in where, and the page they want. */
interface Login {
  readonly url: string;
  readonly username: string;
  readonly password: string;
  readonly path?: string;
}

/** Opens a page as somebody who is logged in: the cookie is had from the API, for the form takes its time in every test. */
export async function logInAs(
  page: Page,
  { url, username, password, path = "/" }: Login,
): Promise<void> {
  const data = { username, password };
  const answer = await page.request.post(`${url}/api/v1/session`, { data });
  if (!answer.ok()) throw new Error(`${username} could not log in: ${await answer.text()}`);
  await page.goto(`${url}${path}`);
  await page.getByRole("navigation", { name: "Pages" }).waitFor({ state: "attached" });
}

/** Logs in by the form and waits for the page one wanted. */
export async function logInByForm(
  page: Page,
  { url, username, password, path = "/" }: Login,
): Promise<void> {
  await page.goto(`${url}${path}`);
  await page.getByLabel("Username").fill(username);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Log in" }).click();
  await page.getByRole("navigation", { name: "Pages" }).waitFor({ state: "attached" });
}

/** Frames after one another in which nothing moved: then a page is as it stays. */
const CALM_FRAMES = 10;

/** Waits until a page shows what it came for (title, photos, charts), nothing of it loads, and its height stays. */
export async function settled(page: Page): Promise<void> {
  await page.getByRole("heading", { level: 1 }).first().waitFor();
  await page.waitForLoadState("load");
  await page.evaluate(() => delete document.documentElement.dataset["calm"]);
  await page.waitForFunction((frames) => {
    const { dataset, scrollHeight } = document.documentElement;
    const isCalm =
      !document.querySelector(".mantine-Skeleton-root, .mantine-Loader-root, [aria-busy=true]") &&
      [...document.images].every(({ complete }) => complete) &&
      dataset["height"] === String(scrollHeight);
    dataset["height"] = String(scrollHeight);
    dataset["calm"] = String(isCalm ? Number(dataset["calm"] ?? 0) + 1 : 0);
    return Number(dataset["calm"]) >= frames;
  }, CALM_FRAMES);
}
