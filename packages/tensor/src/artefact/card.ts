/** What a saved model says about itself: everything but its weights. */
import { SoukError } from "@souk/core";
import type { ValueInfo } from "../onnx/model.ts";

/** Any JSON value. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [name: string]: Json };

/** What the maker of a model tells about it. */
export interface CardFacts {
  readonly name: string;
  /** How raw data becomes the inputs: tokenizer, image transform, order of features. Kept as it is. */
  readonly preprocessing?: Json;
  /** Class names, in the order of the last axis of an output. */
  readonly labels?: readonly string[];
  /** Finite numbers by name. */
  readonly metrics?: Readonly<Record<string, number>>;
  /** Of the weights: an SPDX identifier or a sentence. */
  readonly license?: string;
  /** The settings that make the network again. Kept as they are. */
  readonly network?: Json;
}

/** The card of a saved model, as in card.json. */
export interface ArtefactCard extends CardFacts {
  readonly format: 1;
  /** ISO 8601, by the clock of whoever saved it. */
  readonly createdAt: string;
  readonly model: {
    readonly file: "model.onnx";
    readonly sizeBytes: number;
    readonly sha256: string;
    /** Versions of the operator sets by domain; "" is the standard one. */
    readonly opsets: Readonly<Record<string, number>>;
  };
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
}

/**
 * Checks what the types cannot say about facts.
 *
 * @throws SoukError `ARTEFACT_CARD` when labels repeat or no output has room for them, or a metric is not finite.
 */
export function checkFacts(
  { name, labels, metrics = {} }: CardFacts,
  outputs: readonly ValueInfo[],
): void {
  if (name === "") throw cardError("name", "a name", "an empty text");
  for (const [metric, value] of Object.entries(metrics)) {
    if (!Number.isFinite(value)) throw cardError(`metrics.${metric}`, "a finite number", value);
  }
  if (!labels) return;
  if (new Set(labels).size !== labels.length) throw cardError("labels", "no label twice", labels);
  if (!outputs.some(({ shape }) => [labels.length, open].includes(lastAxis(shape))))
    throw cardError("labels", "as many as the last axis of an output", labels.length);
}

/** An `ARTEFACT_CARD` error about one member of a card. */
export function cardError(member: string, expected: string, got: unknown): SoukError {
  const shown = JSON.stringify(got)?.slice(0, 80) ?? String(got);
  return new SoukError("ARTEFACT_CARD", `card: ${member} must be ${expected}, got ${shown}`);
}

/** A length known only at run time. */
const open = -1;

function lastAxis(shape: ValueInfo["shape"]): number {
  const last = shape?.at(-1);
  return typeof last === "number" ? last : open;
}
