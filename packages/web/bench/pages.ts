/**
 * Do pages stay smooth? Frames of headless Chromium, drawn by the processor, while 50 curves of 2,000 points get ten points a
 * second each, and while a table of 100,000 rows is scrolled from end to end. A frame is late when the one before it was more
 * than 50 ms ago: below 20 a second people see steps.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { buildDashboard } from "../build/build.ts";
import { openBrowser, openPage } from "../src/testing/browser.ts";
import { startShop } from "../src/testing/running-shop.ts";

const WATCHED_MS = 10_000;
const WANTED_FRAMES_A_SECOND = 50;

interface Smoothness {
  readonly framesPerSecond: number;
  readonly lateFrames: number;
  /** The 95th percentile of the time between frames. */
  readonly p95Ms: number;
}

/** What `npm run bench` asks for. */
export async function run() {
  const folder = await mkdtemp(join(tmpdir(), "souk-bench-"));
  await buildDashboard({ folder: join(folder, "dist"), page: "gallery.html" });
  const shop = await startShop({ reviews: 0, dashboard: join(folder, "dist") });
  const browser = await openBrowser();
  try {
    const { page } = await openPage(browser);
    await page.goto(`${shop.url}/?part=live`);
    await page.locator("figure canvas").waitFor();
    const live = await frames(page, false);
    await page.goto(`${shop.url}/?part=table`);
    await page.getByRole("grid").waitFor();
    const scrolling = await frames(page, true);
    const sortMs = await timeToSort(page);
    return {
      name: "pages",
      ratio: live.framesPerSecond / WANTED_FRAMES_A_SECOND,
      goal: 1,
      peer: `${WANTED_FRAMES_A_SECOND} frames a second in Chromium ${browser.version()}`,
      figures: { live, scrolling, sortOf100kRowsMs: Math.round(sortMs) },
    };
  } finally {
    await browser.close();
    await shop.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Counts frames for a while, scrolling the grid a screen each frame when asked to. */
async function frames(page: Page, scrolls: boolean): Promise<Smoothness> {
  const gaps = await page.evaluate(
    async ({ watchedMs, scrolls: isScrolling }) => {
      const grid = document.querySelector("[role=grid]");
      const seen: number[] = [];
      const startedMs = performance.now();
      let lastMs = startedMs;
      while (lastMs - startedMs < watchedMs) {
        const nowMs = await new Promise<number>((resolve) => requestAnimationFrame(resolve));
        seen.push(nowMs - lastMs);
        lastMs = nowMs;
        if (isScrolling && grid) grid.scrollTop = (grid.scrollTop + 400) % grid.scrollHeight;
      }
      return seen.slice(1);
    },
    { watchedMs: WATCHED_MS, scrolls },
  );
  const sorted = gaps.toSorted((a, b) => a - b);
  const totalMs = gaps.reduce((sum, gap) => sum + gap, 0);
  return {
    framesPerSecond: Math.round((gaps.length / totalMs) * 10_000) / 10,
    lateFrames: gaps.filter((gap) => gap > 50).length,
    p95Ms: Math.round((sorted[Math.floor(sorted.length * 0.95)] ?? 0) * 10) / 10,
  };
}

/** From the click on a title to the first row of the new order. */
async function timeToSort(page: Page): Promise<number> {
  const button = page.getByRole("columnheader", { name: "Number" }).getByRole("button");
  const startedMs = performance.now();
  await button.click();
  await page.getByRole("gridcell", { name: "99,999", exact: true }).waitFor();
  return performance.now() - startedMs;
}
