import { SoukError } from "@souk/core";
import type { SettingValue } from "../families/settings.ts";
import type { TrialSettings } from "./space.ts";
import type { Report, StartedTrial, Trial } from "./trial.ts";

/** Whether a lower or a higher value is better. */
export type Direction = "minimise" | "maximise";

/** The first line. `mark`: hash of everything that decides which settings are tried. */
export interface JournalHeader {
  readonly kind: "study";
  readonly format: 1;
  readonly direction: Direction;
  readonly mark: string;
}

/** Any other line. */
export type JournalLine =
  | ({ readonly kind: "start" } & StartedTrial)
  | ({ readonly kind: "end" } & Trial);

/** @param place file and line, for the message. @throws SoukError `TUNE_JOURNAL`. */
export function parseJournalLine(text: string, place: string): JournalHeader | JournalLine {
  const line = parseObject(text, place);
  if (line?.kind === "study") return parseHeader(line, place);
  const { trial, settings, budget, continues } = line;
  if (!isCount(trial) || !isSettings(settings))
    throw broken(place, "a trial with its number and settings");
  if (!isOptional(budget, isNumber) || !isOptional(continues, isCount))
    throw broken(place, "budget and continues to be numbers");
  const started = { trial, settings, budget, continues };
  if (line.kind === "start") return { kind: "start", ...started };
  if (line.kind === "end") return { kind: "end", ...started, ...parseEnd(line, place) };
  throw broken(place, "a line of kind study, start or end");
}

function parseHeader(line: Record<string, unknown>, place: string): JournalHeader {
  const { format, direction, mark } = line;
  if (format !== 1) throw broken(place, "format 1");
  if (direction !== "minimise" && direction !== "maximise") throw broken(place, "a direction");
  if (typeof mark !== "string") throw broken(place, "a mark");
  return { kind: "study", format, direction, mark };
}

function parseEnd(
  line: Record<string, unknown>,
  place: string,
): Pick<Trial, "state" | "value" | "reports" | "seconds" | "error"> {
  const { state, value, reports, seconds, error } = line;
  if (state !== "done" && state !== "pruned" && state !== "failed")
    throw broken(place, "a state done, pruned or failed");
  if (!isOptional(value, isNumber) || (state === "done" && value === undefined))
    throw broken(place, "a number as value");
  if (!Array.isArray(reports) || !reports.every(isReport) || !isNumber(seconds))
    throw broken(place, "reports as pairs of numbers, and seconds");
  return { state, value, reports, seconds, error: parseError(error) };
}

function parseError(value: unknown): Trial["error"] {
  if (!isObject(value)) return undefined;
  const { code, message } = value;
  const text = typeof message === "string" ? message : "";
  return typeof code === "string" ? { code, message: text } : { message: text };
}

function parseObject(text: string, place: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return value;
  } catch (cause) {
    throw broken(place, "JSON", cause);
  }
  throw broken(place, "a JSON object");
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isNumber(value: unknown): value is number {
  return typeof value === "number";
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function isOptional<T>(value: unknown, is: (value: unknown) => value is T): value is T | undefined {
  return value === undefined || is(value);
}

function isSettings(value: unknown): value is TrialSettings {
  return isObject(value) && Object.values(value).every(isSettingValue);
}

function isSettingValue(value: unknown): value is SettingValue {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}

function isReport(value: unknown): value is Report {
  return Array.isArray(value) && value.length === 2 && value.every(isNumber);
}

function broken(place: string, expected: string, cause?: unknown): SoukError {
  return new SoukError("TUNE_JOURNAL", `${place}: expected ${expected}`, { cause });
}
