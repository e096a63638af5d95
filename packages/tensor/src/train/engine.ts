/**
 * Holds the weights of a training and computes steps with them. It lives in a worker thread, because a run of ONNX
 * Runtime blocks its thread. Tensors that come out of a run are never written again, so that a set of weights can be
 * kept by keeping references.
 */
import { performance } from "node:perf_hooks";
import { SoukError } from "@souk/core";
import { float32, int64, sizeOf, type Tensor } from "../onnx/tensor.ts";
import { openSession, type Session, type SessionOptions } from "../run/session.ts";
import type { Tensors } from "../run/signature.ts";
import { writeCheckpoint } from "./checkpoint.ts";
import { LOSSES, MICRO, NORMS, outsideName, resultName, TRIPS, WEIGHTS_SUM } from "./loop.ts";

/** A model to load. */
export interface EngineProgram {
  readonly id: string;
  readonly model: Uint8Array;
}

/** Steps to compute in one call. */
export interface TrainCall {
  readonly program: string;
  readonly trips: number;
  /** Batches per step, when the program accumulates. */
  readonly micro?: number;
  /** Stacked batches and step scalars by their names outside the loop. */
  readonly feeds: Tensors;
  /** Names of what is carried from step to step. */
  readonly carried: readonly string[];
  readonly norms: boolean;
}

/** What steps gave. */
export interface TrainAnswer {
  readonly losses: Float32Array;
  readonly norms?: Float32Array;
  readonly ms: number;
  /** Whether all losses and the weights after the last step are finite. When not, no weight has changed. */
  readonly finite: boolean;
  /** The batches' memory, to be filled again. */
  readonly buffers: readonly ArrayBuffer[];
}

/** A run of a model that changes no weight. */
export interface ForwardCall {
  readonly program: string;
  readonly feeds: Tensors;
  /** Names of weights that the model wants as inputs. */
  readonly parameters: readonly string[];
}

/** How to look at a call that was not finite. */
export interface BlameCall {
  /** A model of one batch whose outputs are all values to look at. */
  readonly diagnostic: EngineProgram;
  /** Inputs of the diagnostic model that change with the batch, by their names in the step. */
  readonly columns: readonly string[];
  /** Its inputs that are weights or numbers of the step. */
  readonly parameters: readonly string[];
  readonly scalars: Tensors;
}

/** The first step that went wrong, and the names of all values that were not finite there, in order of computation. */
export interface Blame {
  readonly trip: number;
  readonly names: readonly string[];
}

/** Where to put all that an interrupted training needs. */
export interface SaveCall {
  readonly path: string;
  /** Weights that the engine does not have. */
  readonly others: Tensors;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Computes steps one after the other. */
export class Engine {
  readonly #sessions = new Map<string, Session>();
  readonly #options: SessionOptions;
  #tensors: Tensors = {};
  #best: Tensors | undefined;
  #failed: TrainCall | undefined;

  constructor({ threads, spinning }: { threads: number; spinning: boolean }) {
    this.#options = { threads, spinning };
  }

  /** Loads a model; gives the time it took. */
  async load({ id, model }: EngineProgram): Promise<number> {
    const start = performance.now();
    this.#sessions.set(id, await openSession(model, this.#options));
    return performance.now() - start;
  }

  /** Takes weights, and makes zeros for what begins with them; those it has already are replaced. */
  adopt({
    tensors,
    zeros = {},
    best,
  }: {
    tensors: Tensors;
    zeros?: Readonly<Record<string, readonly number[]>>;
    best?: Tensors;
  }): void {
    const made = Object.entries(zeros).map(([name, shape]) => [
      name,
      float32(new Float32Array(sizeOf(shape)), shape),
    ]);
    this.#tensors = { ...this.#tensors, ...tensors, ...Object.fromEntries(made) };
    this.#best = best ?? this.#best;
  }

  /** Takes those of these weights that it does not have. */
  adoptMissing(tensors: Tensors): void {
    this.#tensors = { ...tensors, ...this.#tensors };
  }

  /**
   * Computes steps and keeps the new weights.
   *
   * @throws SoukError `TRAIN_NOT_FINITE` for every call after one that was not finite.
   */
  async train(call: TrainCall): Promise<TrainAnswer> {
    if (this.#failed) throw new SoukError("TRAIN_NOT_FINITE", "an earlier step was not finite");
    const start = performance.now();
    const outputs = await this.#steps(call, this.#tensors, call.trips);
    const losses = floatsOf(outputs[LOSSES]);
    const norms = call.norms ? floatsOf(outputs[NORMS]) : undefined;
    const finite = isFinite(outputs);
    if (finite) this.#tensors = { ...this.#tensors, ...carriedIn(call, outputs) };
    else this.#failed = call;
    return {
      losses,
      norms,
      finite,
      ms: performance.now() - start,
      buffers: finite ? buffersOf(call.feeds) : [],
    };
  }

  /** Runs a model on a batch with the weights as they are. */
  async forward({ program, feeds, parameters }: ForwardCall): Promise<Tensors> {
    return this.#session(program).run({ ...feeds, ...pick(this.#tensors, parameters) });
  }

  /** The weights as they are are the best so far. */
  keepBest(): void {
    this.#best = this.#tensors;
  }

  /** Puts the best weights back, if any were kept. */
  restoreBest(): void {
    this.#tensors = this.#best ?? this.#tensors;
  }

  /** Those of these weights that the engine has. */
  read(names: readonly string[]): Tensors {
    return pick(
      this.#tensors,
      names.filter((name) => name in this.#tensors),
    );
  }

  /** Writes a checkpoint: from here, because another thread would need a copy of everything. */
  async save({ path, others, metadata }: SaveCall): Promise<void> {
    const current = { ...others, ...this.#tensors };
    await writeCheckpoint(path, { current, best: this.#best, metadata });
  }

  /** Repeats the call that was not finite and finds its first step, and the values there, that were not. */
  async blame({ diagnostic, columns, parameters, scalars }: BlameCall): Promise<Blame> {
    const call = this.#failed;
    if (!call)
      throw new SoukError("TRAIN_ENGINE", "every step was finite, there is nothing to blame");
    await this.load(diagnostic);
    const trip = await this.#firstBadTrip(call);
    const before = trip === 1 ? this.#tensors : await this.#after(call, trip - 1);
    const weights = pick(before, parameters);
    const names = new Set(nonFinite(weights));
    const { micro = 1, feeds } = call;
    for (let at = (trip - 1) * micro; at < trip * micro; at++) {
      const batch = Object.fromEntries(
        columns.map((name) => [name, sliceFirst(feeds[outsideName(name)], at)]),
      );
      const values = await this.#session(diagnostic.id).run({ ...batch, ...weights, ...scalars });
      for (const name of [...nonFinite(batch), ...nonFinite(values)]) names.add(name);
    }
    if (names.size === 0)
      for (const name of nonFinite(await this.#after(call, trip))) names.add(name);
    return { trip, names: [...names] };
  }

  async close(): Promise<void> {
    for (const session of this.#sessions.values()) await session.close();
    this.#sessions.clear();
  }

  /** Once a weight or loss is not finite it stays so: the first step is found by halving. */
  async #firstBadTrip(call: TrainCall): Promise<number> {
    let good = 0;
    let bad = call.trips;
    while (bad - good > 1) {
      const middle = Math.floor((good + bad) / 2);
      if (isFinite(await this.#steps(call, this.#tensors, middle))) good = middle;
      else bad = middle;
    }
    return bad;
  }

  async #after(call: TrainCall, trips: number): Promise<Tensors> {
    const outputs = await this.#steps(call, this.#tensors, trips);
    return { ...this.#tensors, ...carriedIn(call, outputs) };
  }

  #steps(call: TrainCall, from: Tensors, trips: number): Promise<Tensors> {
    return this.#session(call.program).run({
      ...call.feeds,
      ...Object.fromEntries(call.carried.map((name) => [outsideName(name), from[name]])),
      [TRIPS]: int64(trips),
      ...(call.micro === undefined ? {} : { [MICRO]: int64(call.micro) }),
    });
  }

  #session(id: string): Session {
    const session = this.#sessions.get(id);
    if (!session) throw new SoukError("TRAIN_ENGINE", `program ${id} was not loaded`);
    return session;
  }
}

function carriedIn(call: TrainCall, outputs: Tensors): Tensors {
  return Object.fromEntries(call.carried.map((name) => [name, outputs[resultName(name)]]));
}

function isFinite(outputs: Tensors): boolean {
  return allFinite(floatsOf(outputs[LOSSES])) && allFinite(floatsOf(outputs[WEIGHTS_SUM]));
}

function nonFinite(tensors: Tensors): string[] {
  return Object.entries(tensors).flatMap(([name, { type, data }]) =>
    type === "float32" && data instanceof Float32Array && !allFinite(data) ? [name] : [],
  );
}

function allFinite(values: Float32Array): boolean {
  return values.every((value) => Number.isFinite(value));
}

function floatsOf({ data }: Tensor): Float32Array {
  if (data instanceof Float32Array) return data;
  throw new SoukError("TRAIN_ENGINE", `expected float32, got ${data.constructor.name}`);
}

function pick(tensors: Tensors, names: readonly string[]): Tensors {
  return Object.fromEntries(names.map((name) => [name, tensors[name]]));
}

function sliceFirst({ type, shape, data }: Tensor, index: number): Tensor {
  const rest = shape.slice(1);
  const size = sizeOf(rest);
  return { type, shape: rest, data: data.slice(index * size, (index + 1) * size) };
}

function buffersOf(tensors: Tensors): ArrayBuffer[] {
  return Object.values(tensors).flatMap(({ data: { buffer } }) =>
    buffer instanceof ArrayBuffer ? [buffer] : [],
  );
}
