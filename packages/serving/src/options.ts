import { type Clock, SoukError } from "@souk/core";
import type { Store } from "@souk/store";
import { availableParallelism } from "node:os";
import type { BatchingOptions } from "./inference/batcher.ts";
import type { Durability } from "./log/prediction-log.ts";
import type { ServingBlobs, ServingRegistry } from "./ports.ts";
import type { VersionPolicy } from "./versions/live-versions.ts";

/** How the prediction log is kept. */
export interface LogOptions {
  /** When an answer may leave. Default `sync`. */
  readonly durability: Durability;
  /** Whether the inputs themselves, photos among them, are stored beside their hash. Default true. */
  readonly keepInputs: boolean;
  /** Inputs of a row whose JSON is longer are not stored, only hashed. Characters, default 16,384. */
  readonly maxInputChars: number;
  /** Predictions older than this are removed, milliseconds; absent: kept for ever. */
  readonly retentionMs?: number;
}

/** What serving is opened with. */
export interface ServingOptions {
  readonly registry: ServingRegistry;
  readonly blobs: ServingBlobs;
  readonly store: Store;
  /**
   * Folder of the photo store: photos that rows name by hash are read there, and photos that come with a logged request
   * are kept there. Absent: photos only come as bytes and are not kept.
   */
  readonly imagesDirectory?: string;
  /**
   * Inference threads; each holds its own copy of every model. Default: one less than the processors, from 2 to 8.
   * With a single thread, answers wait while a new version loads.
   */
  readonly workers?: number;
  /** Cap of the JavaScript heap of one thread, MiB: a request that exceeds it ends the thread, not the process. */
  readonly workerMemoryMb?: number;
  readonly batching?: Partial<BatchingOptions>;
  /** How often the registry is looked at, milliseconds; 0: only on `refresh`. Default 1000. */
  readonly pollMs?: number;
  /** Longest a request may take unless it says otherwise, milliseconds. Default 30,000. */
  readonly deadlineMs?: number;
  readonly policy?: Partial<VersionPolicy>;
  readonly log?: Partial<LogOptions>;
  readonly clock?: Clock;
}

/** Options with every default in its place. */
export interface CompleteOptions {
  readonly workers: number;
  readonly workerMemoryMb: number | undefined;
  readonly imagesDirectory: string | undefined;
  readonly batching: BatchingOptions;
  readonly pollMs: number;
  readonly deadlineMs: number;
  readonly policy: VersionPolicy;
  readonly log: LogOptions;
}

/** @throws SoukError `SERVING_OPTIONS`. */
export function withDefaults(options: ServingOptions): CompleteOptions {
  const complete = {
    workers: options.workers ?? Math.min(8, Math.max(2, availableParallelism() - 1)),
    workerMemoryMb: options.workerMemoryMb,
    imagesDirectory: options.imagesDirectory,
    batching: {
      maxRows: 64,
      maxChars: 1_000_000,
      maxDelayMs: 0,
      maxQueuedRows: 8192,
      maxQueuedChars: 64_000_000,
      ...options.batching,
    },
    pollMs: options.pollMs ?? 1000,
    deadlineMs: options.deadlineMs ?? 30_000,
    policy: { maxOnDemand: 2, idleMs: 600_000, retryMs: 30_000, ...options.policy },
    log: { durability: "sync" as const, keepInputs: true, maxInputChars: 16_384, ...options.log },
  };
  requireFrom(1, "workers", complete.workers);
  requireFrom(1, "batching.maxRows", complete.batching.maxRows);
  requireFrom(1, "batching.maxQueuedRows", complete.batching.maxQueuedRows);
  requireFrom(0, "policy.maxOnDemand", complete.policy.maxOnDemand);
  return complete;
}

function requireFrom(least: number, name: string, value: number): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw new SoukError(
    "SERVING_OPTIONS",
    `expected ${name} to be an integer from ${least}, got ${value}`,
  );
}
