import type { Browser, Page } from "playwright-core";

/** What the browser's own trace says of a while. */
export interface TraceFigures {
  readonly seconds: number;
  /** Frames the compositor drew, a second. */
  readonly framesPerSecond: number;
  readonly droppedFrames: number;
  /** The longest task of the page's main thread: as long as this, nothing answers. */
  readonly longestTaskMs: number;
  /** Tasks above 50 ms. */
  readonly longTasks: number;
  /** What long tasks take beyond 50 ms, summed. Source: Web Vitals, "Total Blocking Time". */
  readonly blockingMs: number;
  /** Share of the time in which the main thread worked. */
  readonly busy: number;
}

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds. */
  readonly ts: number;
  readonly dur?: number;
  readonly args?: { readonly name?: string };
}

const categories = [
  "toplevel",
  "devtools.timeline",
  "disabled-by-default-devtools.timeline",
  "disabled-by-default-devtools.timeline.frame",
  "__metadata",
];
const LONG_MS = 50;

/** Records the page's performance trace (CDP `Tracing.start`) while `work` runs. */
export async function traceOf(
  browser: Browser,
  page: Page,
  work: () => Promise<unknown>,
): Promise<TraceFigures> {
  await browser.startTracing(page, { categories });
  const startedMs = performance.now();
  let seconds: number;
  let trace: Buffer;
  try {
    await work();
  } finally {
    seconds = (performance.now() - startedMs) / 1000;
    trace = await browser.stopTracing();
  }
  // The format of Chromium's trace files.
  const { traceEvents } = JSON.parse(trace.toString()) as { traceEvents: TraceEvent[] };
  return figuresOf(traceEvents, seconds);
}

/** @throws Error when the trace has no main thread of a page. */
function figuresOf(events: readonly TraceEvent[], seconds: number): TraceFigures {
  const tasks = tasksOfPage(events).map(({ dur = 0 }) => dur / 1000);
  const long = tasks.filter((ms) => ms > LONG_MS);
  const count = (name: string): number => events.filter((event) => event.name === name).length;
  return {
    seconds: rounded(seconds),
    framesPerSecond: rounded(count("DrawFrame") / seconds),
    droppedFrames: count("DroppedFrame"),
    longestTaskMs: rounded(tasks.reduce((most, ms) => Math.max(most, ms), 0)),
    longTasks: long.length,
    blockingMs: rounded(long.reduce((sum, ms) => sum + ms - LONG_MS, 0)),
    busy: rounded(tasks.reduce((sum, ms) => sum + ms, 0) / (seconds * 1000)),
  };
}

/** Tasks of the busiest main thread of a renderer: the page; others are spare. */
function tasksOfPage(events: readonly TraceEvent[]): readonly TraceEvent[] {
  const byThread = new Map<string, TraceEvent[]>();
  for (const { name, args, pid, tid } of events)
    if (name === "thread_name" && args?.name === "CrRendererMain")
      byThread.set(`${pid} ${tid}`, []);
  for (const event of events)
    if (event.ph === "X" && event.name === "RunTask")
      byThread.get(`${event.pid} ${event.tid}`)?.push(event);
  const busiest = [...byThread.values()].toSorted((a, b) => sumOf(b) - sumOf(a))[0];
  if (!busiest) throw new Error("the trace has no main thread of a page");
  return busiest;
}

function sumOf(tasks: readonly TraceEvent[]): number {
  return tasks.reduce((sum, { dur = 0 }) => sum + dur, 0);
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
