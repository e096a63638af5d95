import { SoukError } from "@souk/core";
import { parseTaskInputs } from "../task/parse.ts";
import type { EncoderParameters } from "./encoder.ts";

const MAX_TOKENS = 100_000;
const MAX_BINS = 1000;

/**
 * Encoder parameters out of an artefact, checked.
 * @throws SoukError `MODEL_WEIGHTS`, or `TASK_INVALID` for the inputs.
 */
export function parseEncoderParameters(value: unknown): EncoderParameters {
  const encoder = record(value, "encoder");
  const inputs = parseTaskInputs(encoder["inputs"], "encoder.inputs");
  const numbers: Record<string, { mean: number; deviation: number }> = {};
  const bins: Record<string, number[]> = {};
  const givenNumbers = record(encoder["numbers"], "encoder.numbers");
  const givenBins = record(encoder["bins"], "encoder.bins");
  for (const { column, kind } of inputs) {
    if (kind !== "number" && kind !== "date") continue;
    const { mean, deviation } = record(givenNumbers[column], `encoder.numbers.${column}`);
    numbers[column] = { mean: finite(mean, column), deviation: finite(deviation, column) || 1 };
    bins[column] = edges(givenBins[column], column);
  }
  return {
    tokenizer: integer(encoder["tokenizer"], { name: "tokenizer", min: 1, max: 1e6 }),
    inputs,
    wordNgrams: integer(encoder["wordNgrams"], { name: "wordNgrams", min: 1, max: 3 }),
    maxTokens: integer(encoder["maxTokens"], { name: "maxTokens", min: 1, max: MAX_TOKENS }),
    numbers,
    bins,
  };
}

function edges(value: unknown, column: string): number[] {
  if (!Array.isArray(value) || value.length > MAX_BINS)
    throw misfit(`encoder.bins.${column}: at most ${MAX_BINS} edges`);
  return value.map((edge: unknown) => finite(edge, column));
}

function integer(
  value: unknown,
  { name, min, max }: { name: string; min: number; max: number },
): number {
  if (typeof value !== "number" || !Number.isInteger(value) || value < min || value > max)
    throw misfit(`encoder.${name}: an integer in [${min}, ${max}]`);
  return value;
}

function finite(value: unknown, name: string): number {
  if (typeof value !== "number" || !Number.isFinite(value)) throw misfit(`${name}: a number`);
  return value;
}

function record(value: unknown, path: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw misfit(`${path}: an object`);
  return Object.fromEntries(Object.entries(value));
}

function misfit(expected: string): SoukError {
  return new SoukError("MODEL_WEIGHTS", `expected ${expected}, got something else`);
}
