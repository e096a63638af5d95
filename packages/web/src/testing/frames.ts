import type { Browser, Page } from "playwright-core";

/** How smooth a page was, by the browser's own trace. */
export interface Smoothness {
  /** Frames the compositor drew. */
  readonly framesPerSecond: number;
  /** Frames drawn more than 50 ms after the one before: below 20 a second people see steps. */
  readonly lateFrames: number;
  /** The 95th percentile of the time between frames. */
  readonly p95Ms: number;
  /** Tasks of the page's own thread that took more than 50 ms, during which it answers nobody. */
  readonly longTasks: number;
}

const LATE_MS = 50;
const CATEGORIES = [
  "devtools.timeline",
  "disabled-by-default-devtools.timeline",
  "disabled-by-default-devtools.timeline.frame",
];

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds. */
  readonly ts: number;
  readonly dur?: number;
}

/** Traces the browser while `work` goes on (Chromium's Tracing, as its performance panel does) and reads the frames off it. */
export async function traceFrames(
  browser: Browser,
  page: Page,
  work: () => Promise<unknown>,
): Promise<Smoothness> {
  await browser.startTracing(page, { categories: CATEGORIES });
  let trace: Buffer;
  try {
    await work();
  } finally {
    trace = await browser.stopTracing();
  }
  // The browser's own format: https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU
  const { traceEvents }: { traceEvents: TraceEvent[] } = JSON.parse(trace.toString());
  return smoothnessOf(traceEvents);
}

/** The figures of the process that drew most: that of the page. @throws Error when nothing was drawn. */
export function smoothnessOf(events: readonly TraceEvent[]): Smoothness {
  const main = mostCommon(events.filter(({ name }) => name === "FireAnimationFrame"));
  const drawn = events.filter(({ name, pid }) => name === "DrawFrame" && pid === main?.pid);
  const times = drawn.map(({ ts }) => ts / 1000).toSorted((a, b) => a - b);
  const gaps = times.slice(1).map((time, place) => time - (times[place] ?? time));
  const totalMs = (times.at(-1) ?? 0) - (times[0] ?? 0);
  if (!main || totalMs <= 0) throw new Error("expected a trace with frames, got none");
  const sorted = gaps.toSorted((a, b) => a - b);
  return {
    framesPerSecond: round((1000 * gaps.length) / totalMs),
    lateFrames: gaps.filter((gap) => gap > LATE_MS).length,
    p95Ms: round(sorted[Math.floor(sorted.length * 0.95)] ?? 0),
    longTasks: events.filter(
      ({ name, pid, tid, dur = 0 }) =>
        name === "RunTask" && pid === main.pid && tid === main.tid && dur > LATE_MS * 1000,
    ).length,
  };
}

function mostCommon(events: readonly TraceEvent[]): TraceEvent | undefined {
  const counts = new Map<string, { event: TraceEvent; count: number }>();
  for (const event of events) {
    const key = `${event.pid} ${event.tid}`;
    counts.set(key, { event, count: (counts.get(key)?.count ?? 0) + 1 });
  }
  return [...counts.values()].toSorted((a, b) => b.count - a.count)[0]?.event;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
