import type { RouteAnswer, RouteName } from "@souk/api";
import type { QueryClient } from "@tanstack/react-query";
import { memberOf } from "./answers.ts";
import { type LiveNews, readNews } from "./live-news.ts";
import { sessionFetch } from "./session.ts";

/** Something that happened in the shop: a job, an ingest, a promotion, a check. */
export type LiveEvent = RouteAnswer<"events">;

/** "live": events come in; "waiting": the stream is being opened, again or for the first time. */
export type LiveState = "live" | "waiting" | "off";

/** What happens within one run: points of its metrics, or a step of the job that works on it. */
export interface RunWatcher {
  readonly run: string;
  readonly hear: (news: LiveEvent["data"]) => void;
  /** The stream is open: from now on nothing is missed. Called again after each break. */
  readonly opened: () => void;
}

/** Answers that may be others after an event of this kind. */
const touchedBy: Readonly<Record<LiveEvent["kind"], readonly RouteName[]>> = {
  job: [
    "listJobs",
    "getJob",
    "jobLog",
    "listRuns",
    "getRun",
    "runMetrics",
    "runReport",
    "runArtifacts",
    "listStudies",
    "getStudy",
    "listLeaderboards",
    "getLeaderboard",
    "readForecast",
    "listModels",
    "getModel",
  ],
  ingest: [
    "listProducts",
    "productCategories",
    "productCurrencies",
    "getProduct",
    "productInputs",
    "listDatasets",
    "describeDataset",
    "listQuarantine",
    "profileDataset",
    "runQuestion",
    "answerSavedQuestion",
  ],
  promotion: [
    "listModels",
    "getModel",
    "modelLog",
    "promotionLog",
    "servedAt",
    "checkGate",
    "listServed",
    "productInputs",
    "readForecast",
  ],
  check: ["checkHistory", "getChecks"],
  progress: [],
  run: [],
};

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 20_000;
/** The server sends a heartbeat every 15 s: three missed mean that nobody is there. */
const SILENCE_MS = 45_000;

let state: LiveState = "off";
const stateListeners = new Set<() => void>();
const listeners = new Set<(event: LiveEvent) => void>();
let watcher: RunWatcher | undefined;
/** Aborted when the stream must be asked for with other words. */
let asked = new AbortController();

/** The state of the stream; for `useSyncExternalStore`. */
export function readLiveState(): LiveState {
  return state;
}

/** Calls `listener` when the stream opens, breaks or ends. */
export function watchLiveState(listener: () => void): () => void {
  stateListeners.add(listener);
  return () => stateListeners.delete(listener);
}

/** Calls `listener` with each event of the shop, from the one stream of this tab. */
export function onLiveEvent(listener: (event: LiveEvent) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/**
 * Adds what happens in one run to the stream of this tab, until the returned function is called. One run at a time: the last
 * that asked.
 */
export function watchRun(next: RunWatcher): () => void {
  askFor(next);
  return () => {
    if (watcher === next) askFor(undefined);
  };
}

function askFor(next: RunWatcher | undefined): void {
  watcher = next;
  asked.abort();
  asked = new AbortController();
}

/**
 * Opens the stream of this tab and keeps it open: after a break it comes back, later each time, and asks for what it missed
 * (Last-Event-ID). Queries whose answers an event may have changed are asked again. Ends with the returned function.
 */
export function startLive(queries: QueryClient): () => void {
  const stop = new AbortController();
  void keepOpen(queries, stop.signal);
  return () => {
    stop.abort();
    changeState("off");
  };
}

async function keepOpen(queries: QueryClient, signal: AbortSignal): Promise<void> {
  let lastId = "";
  let waitMs = FIRST_WAIT_MS;
  let isBroken = false;
  changeState("waiting");
  while (!signal.aborted) {
    const words = asked.signal;
    try {
      for await (const sent of openStream(lastId, AbortSignal.any([signal, words]))) {
        if (sent.kind === "opened") {
          // What happened while the server itself was away is in no stream.
          if (isBroken) void queries.invalidateQueries();
          isBroken = false;
          waitMs = FIRST_WAIT_MS;
          changeState("live");
          watcher?.opened();
        }
        if (sent.kind !== "opened") lastId = sent.id || lastId;
        if (sent.kind === "event") tell(queries, sent.data);
      }
    } catch {
      // The loop tries again; `state` tells the person.
    }
    if (signal.aborted) return;
    if (words.aborted) continue;
    isBroken = true;
    changeState("waiting");
    await pause(waitMs, signal);
    waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
  }
}

async function* openStream(lastId: string, signal: AbortSignal): AsyncGenerator<LiveNews> {
  const silence = new AbortController();
  const headers = { accept: "text/event-stream", ...(lastId && { "last-event-id": lastId }) };
  const both = AbortSignal.any([signal, silence.signal]);
  const query = watcher ? `?run=${encodeURIComponent(watcher.run)}` : "";
  const response = await sessionFetch(`/api/v1/events${query}`, { headers, signal: both });
  if (!response.ok || !response.body) throw new Error(`events answered ${response.status}`);
  yield { kind: "opened" };
  let timer = setTimeout(() => silence.abort(), SILENCE_MS);
  try {
    for await (const sent of readNews(response.body)) {
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(), SILENCE_MS);
      yield sent;
    }
  } finally {
    clearTimeout(timer);
  }
}

function tell(queries: QueryClient, data: unknown): void {
  const kind = memberOf(data, "kind");
  if (typeof kind !== "string" || !isKind(kind)) return;
  // The kind is one of the contract's: the server keeps the rest of it.
  const event = data as LiveEvent;
  for (const route of touchedBy[kind]) void queries.invalidateQueries({ queryKey: [route] });
  for (const listener of listeners) listener(event);
  // The rest of what came for the run before may still be in line.
  if (event.kind === "run" && watcher && memberOf(event.data, "run") === watcher.run)
    watcher.hear(event.data);
}

function isKind(kind: string): kind is LiveEvent["kind"] {
  return Object.hasOwn(touchedBy, kind);
}

function changeState(next: LiveState): void {
  if (state === next) return;
  state = next;
  for (const listener of stateListeners) listener();
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end);
    function end(): void {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    }
  });
}
