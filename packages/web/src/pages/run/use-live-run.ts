import { useEffect, useState } from "react";
import { memberOf } from "../../wire/answers.ts";
import { callApi } from "../../wire/hooks.ts";
import { watchRun } from "../../wire/live.ts";
import { type CurveGroup, pointsIn, RunCurves } from "../learning/run-curves.ts";
import { phaseWords } from "../learning/run-words.ts";

/** How far the job is. */
interface Progress {
  readonly done: number;
  readonly total: number;
  readonly etaMs: number | undefined;
}

/** One line of what happened. */
export interface LogLine {
  readonly sequence: number;
  readonly at: number;
  readonly kind: string;
  readonly text: string;
}

export interface LiveRun {
  /** One for each chart; undefined until the points so far have come. */
  readonly groups: readonly CurveGroup[] | undefined;
  readonly phase: string | undefined;
  readonly progress: Progress | undefined;
  /** What happened since the page was opened. */
  readonly lines: readonly LogLine[];
}

const MOST_LINES = 500;
/** Points of each curve that are asked for at first: more than a screen is wide. */
const MOST_POINTS = 4000;
const nothing: LiveRun = { groups: undefined, phase: undefined, progress: undefined, lines: [] };

/**
 * What happens in a run: all points so far, then each as it comes over the stream of the tab. The curves grow without React
 * hearing of it; only a new chart, a phase, progress and lines of the log are told.
 */
export function useLiveRun(id: string): LiveRun {
  const [live, setLive] = useState(nothing);
  useEffect(() => {
    const curves = new RunCurves();
    const stop = new AbortController();
    setLive(nothing);

    function tellGroups(): void {
      const groups = curves.groups();
      setLive((was) => (sameGroups(was.groups, groups) ? was : { ...was, groups }));
    }
    async function readAll(): Promise<void> {
      const { items } = await callApi("runMetrics", {
        params: { id },
        query: { most: MOST_POINTS },
        signal: stop.signal,
      });
      curves.add(items);
      tellGroups();
    }
    // A run nobody can read is told by the page; without a stream the points so far are still shown.
    const read = (): void => void readAll().catch(() => undefined);
    read();
    const leave = watchRun({
      run: id,
      opened: read,
      hear(news) {
        const points = pointsIn(news);
        curves.add(points);
        if (points.length > 0) tellGroups();
        else setLive((was) => afterStep(was, memberOf(news, "step")));
      },
    });
    return () => {
      stop.abort();
      leave();
    };
  }, [id]);
  return live;
}

function sameGroups(a: readonly CurveGroup[] | undefined, b: readonly CurveGroup[]): boolean {
  return a?.length === b.length && a.every((group, place) => group.buffer === b[place]?.buffer);
}

function afterStep(was: LiveRun, step: unknown): LiveRun {
  const line = lineOf(step);
  if (!line) return was;
  const data = memberOf(step, "data");
  if (line.kind === "progress") return { ...was, progress: progressOf(data) };
  const phase = memberOf(data, "phase");
  const lines = [...was.lines, line].slice(-MOST_LINES);
  return { ...was, lines, ...(typeof phase === "string" && { phase, progress: undefined }) };
}

function progressOf(data: unknown): Progress | undefined {
  const done = memberOf(data, "done");
  const total = memberOf(data, "total");
  const etaMs = memberOf(data, "etaMs");
  if (typeof done !== "number" || typeof total !== "number" || total <= 0) return undefined;
  return { done, total, etaMs: typeof etaMs === "number" ? etaMs : undefined };
}

/** A step of a job as a line of its log; undefined when it is none. */
export function lineOf(step: unknown): LogLine | undefined {
  const sequence = memberOf(step, "sequence");
  const at = memberOf(step, "at");
  const kind = memberOf(step, "kind");
  if (typeof sequence !== "number" || typeof at !== "number" || typeof kind !== "string")
    return undefined;
  return { sequence, at, kind, text: textOf(kind, memberOf(step, "data")) };
}

/** "family linear, trial 3". */
function wordsOf(data: unknown): string {
  if (typeof data !== "object" || data === null) return "";
  return Object.entries(data)
    .map(([name, value]) => `${name} ${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join(", ");
}

function textOf(kind: string, data: unknown): string {
  const message = memberOf(data, "message");
  if (typeof message === "string") return message;
  const phase = memberOf(data, "phase");
  if (kind === "phase" && typeof phase === "string") return phaseWords[phase] ?? phase;
  const runId = memberOf(data, "runId");
  if (kind === "run" && typeof runId === "string") return runId;
  const status = memberOf(data, "status");
  const error = memberOf(memberOf(data, "error"), "message");
  if (kind === "status" && typeof status === "string")
    return typeof error === "string" ? `${status}: ${error}` : status;
  return wordsOf(data).slice(0, 300);
}
