/**
 * Do pages stay smooth? Frames of headless Chromium, drawn by the processor and counted by the browser's own trace, while a run's
 * page shows 50 series that another program logs ten times a second, and while Runs is scrolled with 100,000 runs behind it, first
 * as its pages come, then with all of them there. The page with the curves is scrolled a little all the while, so that each
 * frame has something to draw.
 */
import type { Browser, Page } from "playwright-core";
import { logInAs, openBrowser, openPage } from "../src/testing/browser.ts";
import { logRun } from "../src/testing/logged-run.ts";
import { addPoints, addRuns } from "../src/testing/many-runs.ts";
import { type TraceFigures, traceOf } from "../src/testing/performance-trace.ts";
import { password, type RunningShop, startShopWithPeople } from "../src/testing/running-shop.ts";

const WATCHED_MS = 10_000;
const WANTED_FRAMES_A_SECOND = 50;
const RUNS = 100_000;
const SERIES = Array.from({ length: 50 }, (_, i) => `series ${i}`);
const POINTS_BEFORE = 2000;
const UPDATE_MS = 100;

/** What `npm run bench` asks for. */
export async function run() {
  const shop = await startShopWithPeople({ reviews: 0 });
  const browser = await openBrowser();
  try {
    const { page } = await openPage(browser);
    await logInAs(page, { url: shop.url, username: "viewer", password });
    const { live, liveUpdates } = await measureLive(browser, page, shop);
    addRuns(shop.dataDirectory, RUNS);
    const { scrollingAsRunsCome, scrollingAllRuns, ...times } = await measureRuns(
      browser,
      page,
      shop.url,
    );
    const smoothness = { live, scrollingAsRunsCome, scrollingAllRuns };
    const slowest = Math.min(
      ...Object.values(smoothness).map(({ framesPerSecond }) => framesPerSecond),
    );
    return {
      name: "pages",
      ratio: Math.round((100 * slowest) / WANTED_FRAMES_A_SECOND) / 100,
      goal: 1,
      peer: `${WANTED_FRAMES_A_SECOND} frames a second in Chromium ${browser.version()}`,
      figures: { ...smoothness, liveUpdates, ...times },
    };
  } finally {
    await browser.close();
    await shop.close();
  }
}

/** A run's page while another program logs a point of each series, ten times a second. */
async function measureLive(
  browser: Browser,
  page: Page,
  shop: RunningShop,
): Promise<{ live: TraceFigures; liveUpdates: number }> {
  const body = { username: "admin", password };
  const { access_token: token } = await shop.admin.login({ body });
  const logged = await logRun(shop, { token, name: "fifty series" });
  addPoints(shop.dataDirectory, { runId: logged.id, series: SERIES, steps: POINTS_BEFORE });
  await page.goto(`${shop.url}/runs/${logged.id}`);
  await page.locator("figure canvas").waitFor();
  await page.getByText("Live", { exact: true }).waitFor();
  const stop = new AbortController();
  const logging = logSteadily(logged.log, stop.signal);
  const live = await traceOf(browser, page, () => scrollSteadily(page, "page"));
  stop.abort();
  const updates = await logging;
  // Every point that was logged is on the page: its value is the step's number.
  await page
    .getByRole("button", { name: `series 49 ${(POINTS_BEFORE + updates).toLocaleString("en")}` })
    .waitFor();
  await logged.end();
  if (updates < 90) throw new Error(`expected 100 updates, got ${updates}`);
  return { live, liveUpdates: updates };
}

/** Logs until told to stop; answers how often. */
async function logSteadily(
  log: (step: number, values: Readonly<Record<string, number>>) => Promise<void>,
  signal: AbortSignal,
): Promise<number> {
  const startedMs = performance.now();
  let updates = 0;
  while (!signal.aborted) {
    updates += 1;
    const step = POINTS_BEFORE + updates;
    await log(step, Object.fromEntries(SERIES.map((name) => [name, step])));
    const waitMs = startedMs + updates * UPDATE_MS - performance.now();
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, waitMs)));
  }
  return updates;
}

/** Runs: scrolled as pages come, then, when all are there, through all of them. */
async function measureRuns(browser: Browser, page: Page, url: string) {
  const startedMs = performance.now();
  await page.goto(`${url}/runs`);
  await page.getByRole("gridcell", { name: `night ${RUNS}`, exact: true }).waitFor();
  const firstRowsMs = Math.round(performance.now() - startedMs);
  const scrollingAsRunsCome = await traceOf(browser, page, () => scrollSteadily(page, "grid"));
  const loadingMs = performance.now();
  await page.evaluate(async () => {
    const grid = document.querySelector("[role=grid]");
    if (!grid) throw new Error("expected the list of runs");
    while (document.body.textContent.includes("more as you scroll")) {
      grid.scrollTop = grid.scrollHeight;
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
  });
  const allRunsLoadedMs = Math.round(performance.now() - loadingMs);
  const scrollingAllRuns = await traceOf(browser, page, () => scrollSteadily(page, "grid"));
  return { scrollingAsRunsCome, scrollingAllRuns, firstRowsMs, allRunsLoadedMs };
}

/**
 * Scrolls: a grid by 100 pixels a frame, ten screens a second, at ten places from its first row to its last; or the page up
 * and down by a few pixels.
 */
async function scrollSteadily(page: Page, what: "grid" | "page"): Promise<void> {
  await page.evaluate(
    async ({ watchedMs, isGrid }) => {
      const grid = document.querySelector("[role=grid]");
      const startedMs = performance.now();
      let place = 0;
      for (let frame = 0; performance.now() - startedMs < watchedMs; frame += 1) {
        await new Promise((resolve) => requestAnimationFrame(resolve));
        if (!isGrid || !grid) {
          scrollTo(0, frame % 40);
          continue;
        }
        const next = Math.floor((10 * (performance.now() - startedMs)) / watchedMs);
        if (next === place) grid.scrollTop += 100;
        else grid.scrollTop = (next / 10) * grid.scrollHeight;
        place = next;
      }
    },
    { watchedMs: WATCHED_MS, isGrid: what === "grid" },
  );
}
