import { type Clock, errorMessage, SoukError } from "@souk/core";
import type { ModelCard } from "@souk/models";
import type { ServingBlobs, ServingRegistry } from "../ports.ts";
import { describeVersion, type LiveVersion, newVersion, type ServedModel } from "./live-version.ts";

/** Where models are loaded. */
export interface ModelHost {
  load(key: string, directory: string): Promise<{ card: ModelCard; sizeBytes: number }>;
  unload(key: string): Promise<void>;
}

/** What stays loaded without an alias, and when a failed version is tried again. */
export interface VersionPolicy {
  /** Most versions kept loaded that no alias points to. */
  readonly maxOnDemand: number;
  /** Such a version is unloaded when unused for so long, milliseconds. */
  readonly idleMs: number;
  /** A version that failed to load is left alone for so long, milliseconds. */
  readonly retryMs: number;
}

/** A version that can answer. */
export type AvailableVersion = LiveVersion & { readonly card: ModelCard };

/** Ended versions remembered for the status page. */
const MAX_REMEMBERED = 200;

/** The versions in memory, kept in step with the registry: what aliases point to, and what was asked for by number. */
export class LiveVersions {
  readonly #versions = new Map<string, LiveVersion>();
  /** `model` → alias → version that answers. */
  readonly #routes = new Map<string, Map<string, LiveVersion>>();
  /** `model@alias` → why it does not follow the registry. */
  readonly #problems = new Map<string, string>();
  readonly #registry: ServingRegistry;
  readonly #blobs: ServingBlobs;
  readonly #host: ModelHost;
  readonly #clock: Clock;
  readonly #policy: VersionPolicy;
  #stamp: string | number | undefined;
  #turn: Promise<void> = Promise.resolve();

  constructor(
    ports: { registry: ServingRegistry; blobs: ServingBlobs; host: ModelHost; clock: Clock },
    policy: VersionPolicy,
  ) {
    this.#registry = ports.registry;
    this.#blobs = ports.blobs;
    this.#host = ports.host;
    this.#clock = ports.clock;
    this.#policy = policy;
  }

  /**
   * Follows the registry when it changed (`force`: in any case, failed versions are tried again at once): loads and warms
   * what aliases point to now, then switches each alias, then lets go of what nobody needs. A version that fails to load
   * switches nothing.
   */
  refresh({ force = false } = {}): Promise<void> {
    const mine = this.#turn.then(() => this.#follow(force));
    this.#turn = mine.catch(() => undefined);
    return mine;
  }

  /** Why some alias does not answer with what the registry says, one sentence each. */
  problems(): string[] {
    return [...this.#problems.values()];
  }

  /** Every version known here, by model and number. */
  list(): ServedModel[] {
    return [...this.#versions.values()]
      .map(describeVersion)
      .toSorted((a, b) =>
        a.model === b.model ? a.version - b.version : a.model < b.model ? -1 : 1,
      );
  }

  /**
   * The version to answer a request, held until `release`.
   *
   * @throws SoukError `SERVING_MODEL_UNKNOWN` when no alias of that name leads to a version that works,
   * `SERVING_LOAD_FAILED` when a version asked for by number cannot be loaded, or the registry's own error.
   */
  async lease(model: string, ref: { version?: number; alias?: string }): Promise<AvailableVersion> {
    if (ref.version !== undefined) return this.#byNumber(model, ref.version);
    const live = await this.#byAlias(model, ref.alias ?? "champion");
    return this.#hold(live);
  }

  /** Ends one use of a version. */
  release(live: LiveVersion): void {
    live.inUse--;
    if (live.inUse === 0 && live.aliases.size === 0) this.#evict();
  }

  /** No thread can hold this version any more: it answers nothing until it loads again. */
  lose(key: string, error: Error): void {
    const live = this.#versions.get(key);
    if (!live) return;
    this.#fail(live, error);
    for (const [model, routes] of this.#routes) {
      for (const [alias, routed] of routes) {
        if (routed !== live) continue;
        routes.delete(alias);
        this.#problems.set(`${model}@${alias}`, `${model}@${alias}: ${error.message}`);
      }
    }
    live.aliases.clear();
    this.#stamp = undefined;
  }

  async #follow(force: boolean): Promise<void> {
    const stamp = await this.#registry.changeStamp();
    if (force || stamp !== this.#stamp || this.#problems.size > 0) {
      const models = await this.#registry.models();
      for (const { name, aliases } of models) await this.#followModel(name, aliases, force);
      const names = new Set(models.map((model) => model.name));
      for (const name of this.#routes.keys()) {
        if (!names.has(name)) this.#dropRoutes(name, new Set());
      }
      this.#stamp = stamp;
    }
    this.#evict();
    for (const live of this.#versions.values()) {
      if (live.state === "UNLOADING") await live.change;
    }
    this.#forgetEnded();
  }

  async #followModel(
    model: string,
    aliases: Readonly<Record<string, number>>,
    force: boolean,
  ): Promise<void> {
    for (const [alias, version] of Object.entries(aliases)) {
      const live = this.#version(model, version);
      try {
        await this.#ensure(live, force);
        this.#switch(alias, live);
      } catch (cause) {
        this.#noteProblem(alias, live, cause);
      }
    }
    this.#dropRoutes(model, new Set(Object.keys(aliases)));
  }

  #switch(alias: string, live: LiveVersion): void {
    const routes = this.#routes.get(live.model) ?? new Map<string, LiveVersion>();
    this.#routes.set(live.model, routes);
    routes.get(alias)?.aliases.delete(alias);
    routes.set(alias, live);
    live.aliases.add(alias);
    this.#problems.delete(`${live.model}@${alias}`);
  }

  #noteProblem(alias: string, live: LiveVersion, cause: unknown): void {
    const good = this.#routes.get(live.model)?.get(alias);
    const now = good ? `version ${good.version} keeps answering` : "nothing answers";
    const name = `${live.model}@${alias}`;
    this.#problems.set(
      name,
      `${name} should be version ${live.version}, which failed to load; ${now}: ${errorMessage(cause)}`,
    );
  }

  #dropRoutes(model: string, kept: ReadonlySet<string>): void {
    const routes = this.#routes.get(model);
    for (const [alias, live] of routes ?? []) {
      if (kept.has(alias)) continue;
      live.aliases.delete(alias);
      routes?.delete(alias);
    }
    for (const name of this.#problems.keys()) {
      const at = name.lastIndexOf("@");
      if (name.slice(0, at) === model && !kept.has(name.slice(at + 1))) this.#problems.delete(name);
    }
  }

  async #byAlias(model: string, alias: string): Promise<LiveVersion> {
    const routed = this.#routes.get(model)?.get(alias);
    if (routed) return routed;
    await this.refresh();
    const found = this.#routes.get(model)?.get(alias);
    if (found) return found;
    const problem = this.#problems.get(`${model}@${alias}`);
    if (problem) throw new SoukError("SERVING_LOAD_FAILED", problem);
    throw new SoukError(
      "SERVING_MODEL_UNKNOWN",
      `expected a model with the alias "${alias}", got "${model}"`,
    );
  }

  /** Held before it is loaded, so that no clean-up takes it away in between. */
  async #byNumber(model: string, version: number): Promise<AvailableVersion> {
    if (!Number.isSafeInteger(version) || version < 1) {
      throw new SoukError("SERVING_MODEL_UNKNOWN", `expected a version from 1, got ${version}`);
    }
    const known = this.#versions.get(`${model}@${version}`);
    if (known?.state === "AVAILABLE") return this.#hold(known);
    const registered = await this.#registry.resolve(model, { version });
    const live = this.#version(model, registered.version);
    live.inUse++;
    try {
      await this.#ensure(live, false);
      return this.#hold(live);
    } finally {
      live.inUse--;
    }
  }

  #hold(live: LiveVersion): AvailableVersion {
    if (!isAvailable(live)) throw unavailable(live);
    live.inUse++;
    live.lastUsedMs = this.#clock.now();
    return live;
  }

  #version(model: string, version: number): LiveVersion {
    const fresh = newVersion(model, version);
    const live = this.#versions.get(fresh.key) ?? fresh;
    this.#versions.set(live.key, live);
    return live;
  }

  /** Makes a version AVAILABLE, waiting for what happens to it now; a recent failure is not repeated. */
  async #ensure(live: LiveVersion, force: boolean): Promise<void> {
    if (live.state === "UNLOADING") await live.change;
    if (live.state === "AVAILABLE") return;
    if (live.state !== "LOADING") {
      const isRecent = this.#clock.now() - live.failedAtMs < this.#policy.retryMs;
      if (live.error && isRecent && !force) throw live.error;
      live.change = this.#load(live);
    }
    await live.change;
    if (live.error) throw live.error;
  }

  async #load(live: LiveVersion): Promise<void> {
    live.state = "LOADING";
    live.error = undefined;
    try {
      const { source } = await this.#registry.resolve(live.model, { version: live.version });
      const directory = await this.#blobs.localDirectory(source);
      const { card, sizeBytes } = await this.#host.load(live.key, directory);
      live.card = card;
      live.sizeBytes = sizeBytes;
      live.lastUsedMs = this.#clock.now();
      live.state = "AVAILABLE";
    } catch (cause) {
      this.#fail(live, cause);
    }
  }

  #fail(live: LiveVersion, cause: unknown): void {
    live.state = "END";
    live.error = cause instanceof Error ? cause : new Error(String(cause));
    live.failedAtMs = this.#clock.now();
  }

  /** Unloads what no alias points to, nobody uses, and is too much or too old; the longest unused first. */
  #evict(): void {
    const spare = [...this.#versions.values()]
      .filter((live) => live.state === "AVAILABLE" && live.aliases.size === 0)
      .toSorted((a, b) => b.lastUsedMs - a.lastUsedMs);
    const idleSinceMs = this.#clock.now() - this.#policy.idleMs;
    spare.forEach((live, rank) => {
      const isExcess = rank >= this.#policy.maxOnDemand || live.lastUsedMs < idleSinceMs;
      if (isExcess && live.inUse === 0) live.change = this.#unload(live);
    });
  }

  async #unload(live: LiveVersion): Promise<void> {
    live.state = "UNLOADING";
    await this.#host.unload(live.key);
    live.state = "END";
    live.card = undefined;
  }

  #forgetEnded(): void {
    const ended = [...this.#versions.values()].filter(
      (live) => live.state === "END" && live.aliases.size === 0 && live.inUse === 0,
    );
    for (const live of ended.slice(0, Math.max(0, ended.length - MAX_REMEMBERED))) {
      this.#versions.delete(live.key);
    }
  }
}

function isAvailable(live: LiveVersion): live is AvailableVersion {
  return live.state === "AVAILABLE" && live.card !== undefined;
}

function unavailable(live: LiveVersion): SoukError {
  return new SoukError(
    "SERVING_LOAD_FAILED",
    `expected ${live.key} to be AVAILABLE, got ${live.state}`,
    { cause: live.error },
  );
}
