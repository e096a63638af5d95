import type { ModelCard } from "@souk/models";

/**
 * Where a version is in its life, in the words of TensorFlow Serving.
 *
 *     LOADING ─► AVAILABLE ─► UNLOADING ─► END
 *        └────────── failed, with an error ──► END
 */
export type VersionState = "LOADING" | "AVAILABLE" | "UNLOADING" | "END";

/** One version of one model, as serving holds it. */
export interface LiveVersion {
  readonly model: string;
  readonly version: number;
  /** `model@version`: its name in the threads. */
  readonly key: string;
  state: VersionState;
  error: Error | undefined;
  failedAtMs: number;
  card: ModelCard | undefined;
  sizeBytes: number;
  /** Aliases that lead here now. */
  readonly aliases: Set<string>;
  /** Requests under way. */
  inUse: number;
  lastUsedMs: number;
  /** Loading or unloading under way. */
  change: Promise<void> | undefined;
}

/** What the outside sees of a version. */
export interface ServedModel {
  readonly model: string;
  readonly version: number;
  /** Aliases answered by this version now, sorted. */
  readonly aliases: readonly string[];
  readonly state: VersionState;
  /** Why loading failed, in words. */
  readonly error?: string;
  /** Memory of one copy, as the model tells it; each thread has one. */
  readonly sizeBytes: number;
}

/** A version nobody has asked for yet. */
export function newVersion(model: string, version: number): LiveVersion {
  return {
    model,
    version,
    key: `${model}@${version}`,
    state: "END",
    error: undefined,
    failedAtMs: 0,
    card: undefined,
    sizeBytes: 0,
    aliases: new Set(),
    inUse: 0,
    lastUsedMs: 0,
    change: undefined,
  };
}

/** The public view of a version. */
export function describeVersion(live: LiveVersion): ServedModel {
  return {
    model: live.model,
    version: live.version,
    aliases: [...live.aliases].toSorted(),
    state: live.state,
    ...(live.error && { error: live.error.message }),
    sizeBytes: live.sizeBytes,
  };
}
