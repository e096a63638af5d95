/** Trains a network: batches become steps in an engine's thread while the next batches are made here. */
import { performance } from "node:perf_hooks";
import { errorCode, SoukError } from "@souk/core";
import type { Tensor } from "../onnx/tensor.ts";
import type { Tensors } from "../run/signature.ts";
import type { Bucket } from "./bucket.ts";
import { checkpointFile, checkpointMetadata, type Progress, readCheckpoint } from "./checkpoint.ts";
import { type Chunk, chunksOf } from "./chunks.ts";
import { blame } from "./blame.ts";
import { prefetch } from "./dataset.ts";
import { type EngineCalls, openEngine } from "./engine-thread.ts";
import type { TrainAnswer } from "./engine.ts";
import { checkJob, specsOf } from "./check-job.ts";
import type { StepEvent, TrainingEvent, TrainingJob, TrainingResult } from "./job.ts";
import { Rate } from "./pace.ts";
import { isState } from "./step-graph.ts";
import { Programs, type StepProgram } from "./programs.ts";
import { feedsOf } from "./feeds.ts";
import { Recycling } from "./stack.ts";
import { measure } from "./evaluate.ts";
import { ForwardPass } from "./forward.ts";
import { learningRateAt } from "./learning-rate.ts";

/** How to follow and stop a training. */
export interface TrainOptions {
  /** Ends the training after the step under way, with a last checkpoint when there are any. */
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: TrainingEvent) => void;
}

/**
 * Trains a network until its epochs or steps are done, or validation no longer gets better.
 *
 * With `checkpoint` it goes on from the last one in the folder, and ends with the same bits as a training that was never
 * interrupted (same machine and threads).
 *
 * @throws SoukError `TRAIN_JOB` when the job contradicts itself, `TRAIN_BATCH` when a batch does not fit the network,
 * `TRAIN_EMPTY` when an epoch has no batch, `TRAIN_FROZEN` when nothing is left to train, `TRAIN_NOT_FINITE` with step
 * and name of the first value that was NaN or infinite, `TRAIN_CANCELLED` after `signal`, `TRAIN_CHECKPOINT` when the
 * checkpoint is damaged or of another job.
 */
export async function train(
  job: TrainingJob,
  { signal, onEvent = () => {} }: TrainOptions = {},
): Promise<TrainingResult> {
  checkJob(job);
  throwIfCancelled(signal);
  const engine = openEngine({ threads: job.threads ?? 0, spinning: job.spinning });
  try {
    const run = new TrainingRun(job, { engine, signal, onEvent });
    return await run.run();
  } finally {
    await engine.close();
  }
}

interface RunOptions {
  readonly engine: EngineCalls;
  readonly signal: AbortSignal | undefined;
  readonly onEvent: (event: TrainingEvent) => void;
}

/** Calls under way at once: one computes while the next one waits in the engine's thread. */
const CALLS_UNDER_WAY = 2;

class TrainingRun {
  readonly #job: TrainingJob;
  readonly #options: RunOptions;
  readonly #recycling = new Recycling();
  readonly #rate = new Rate(performance.now());
  readonly #underWay: Promise<void>[] = [];
  readonly #weights: Map<string, Tensor>;
  /** Weights, and what the optimizer remembers of them, from before an interruption. */
  readonly #restored = new Map<string, Tensor>();
  readonly #programs: Programs;
  readonly #forward: ForwardPass;
  #progress: Progress = {
    step: 0,
    epoch: 0,
    batches: 0,
    loss: Number.NaN,
    waited: 0,
    validated: 0,
  };
  /** Steps given to the engine, some of which are still under way. */
  #given = 0;
  #stoppedEarly = false;

  constructor(job: TrainingJob, options: RunOptions) {
    this.#job = job;
    this.#options = options;
    this.#weights = new Map(job.weights);
    this.#programs = new Programs({
      job,
      engine: options.engine,
      weights: this.#weights,
      restored: this.#restored,
      onEvent: options.onEvent,
    });
    this.#forward = new ForwardPass({
      ...job,
      learning: job,
      engine: options.engine,
      weights: this.#weights,
    });
  }

  async run(): Promise<TrainingResult> {
    await this.#resume();
    try {
      if (this.#validationMissed) await this.#validate();
      while (!this.#done) await this.#epoch();
      await this.#drain();
    } catch (thrown) {
      const cancelled = this.#options.signal?.aborted && errorCode(thrown) !== "TRAIN_NOT_FINITE";
      if (!cancelled) throw thrown;
      await this.#checkpoint();
      throwIfCancelled(this.#options.signal);
    }
    await this.#checkpoint();
    return this.#result();
  }

  get #done(): boolean {
    const { steps = Infinity, epochs = Infinity } = this.#job;
    return this.#stoppedEarly || this.#given >= steps || this.#progress.epoch >= epochs;
  }

  async #epoch(): Promise<void> {
    const { data, seed, accumulate = 1 } = this.#job;
    const { epoch, batches: skip } = this.#progress;
    const { signal } = this.#options;
    const batches = prefetch(data, { batches: 2 }).epoch(epoch, { seed, skip, signal });
    const room = (bucket: Bucket) => this.#room(bucket);
    let seen = skip;
    for await (const chunk of chunksOf(batches, { specs: specsOf(this.#job), accumulate, room })) {
      seen += chunk.batches.length;
      await this.#give(chunk);
      await this.#atBoundary();
      if (this.#done) return;
    }
    throwIfCancelled(signal);
    if (seen === 0) throw new SoukError("TRAIN_EMPTY", `epoch ${epoch} of the data has no batch`);
    await this.#endEpoch();
  }

  /** Steps until something is to be done between steps, as many as may share a call. */
  #room(bucket: Bucket): number {
    const { steps = Infinity, checkpoint, validation, batchesPerCall } = this.#job;
    const chosen =
      batchesPerCall === undefined
        ? (this.#programs.ready(bucket)?.calls.steps ?? 1)
        : Math.max(1, Math.floor(batchesPerCall / (this.#job.accumulate ?? 1)));
    const untilNext = [checkpoint?.everySteps, validation?.everySteps].map((every) =>
      every === undefined ? Infinity : every - (this.#given % every),
    );
    return Math.min(chosen, steps - this.#given, ...untilNext);
  }

  async #give(chunk: Chunk): Promise<void> {
    throwIfCancelled(this.#options.signal);
    const known = this.#programs.ready(chunk.bucket);
    const program = known ?? (await this.#programs.of(chunk.bucket));
    if (!known) this.#rate.pause(performance.now());
    const steps = chunk.batches.length / chunk.micro;
    const firstStep = this.#given + 1;
    const feeds = feedsOf(chunk, {
      job: this.#job,
      program,
      firstStep,
      recycling: this.#recycling,
    });
    this.#given += steps;
    const answer = this.#options.engine.train({
      program: program.id,
      trips: steps,
      ...(program.step.sums.length > 0 ? { micro: chunk.micro } : {}),
      feeds,
      carried: program.carried,
      norms: program.step.gradientNorm !== undefined,
    });
    const finished = answer.then((told) => this.#take(told, { chunk, program, firstStep }));
    // Whoever waits for the oldest call sees the failure; until then it is nobody's.
    finished.catch(() => undefined);
    this.#underWay.push(finished);
    while (this.#underWay.length >= CALLS_UNDER_WAY) await this.#underWay.shift();
  }

  async #take(
    answer: TrainAnswer,
    { chunk, program, firstStep }: { chunk: Chunk; program: StepProgram; firstStep: number },
  ): Promise<void> {
    const { job, options } = { job: this.#job, options: this.#options };
    if (!answer.finite) throw await blame({ engine: options.engine, job, program, firstStep });
    this.#recycling.give(answer.buffers);
    const steps = answer.losses.length;
    program.calls.measured(steps, answer.ms);
    this.#rate.measured({
      now: performance.now(),
      steps,
      rows: chunk.bucket.rows * chunk.batches.length,
    });
    this.#progress = {
      ...this.#progress,
      step: this.#progress.step + steps,
      batches: this.#progress.batches + chunk.batches.length,
      loss: answer.losses[steps - 1],
    };
    for (let at = 0; at < steps; at++) options.onEvent(this.#stepEvent(answer, firstStep, at));
  }

  #stepEvent(answer: TrainAnswer, firstStep: number, at: number): StepEvent {
    const step = firstStep + at;
    const left = this.#stepsLeft(step);
    return {
      kind: "step",
      step,
      epoch: this.#progress.epoch,
      loss: answer.losses[at],
      learningRate: learningRateAt(this.#job, step),
      ...(answer.norms ? { gradientNorm: answer.norms[at] } : {}),
      rowsPerSecond: this.#rate.rowsPerSecond,
      ...(left === undefined ? {} : { etaMs: this.#rate.etaMs(left) }),
    };
  }

  #stepsLeft(step: number): number | undefined {
    const { steps, epochs, data, accumulate = 1 } = this.#job;
    const total =
      epochs === undefined || data.batches === undefined
        ? undefined
        : epochs * Math.ceil(data.batches / accumulate);
    const end = Math.min(steps ?? Infinity, total ?? Infinity);
    return Number.isFinite(end) ? Math.max(0, end - step) : undefined;
  }

  async #atBoundary(): Promise<void> {
    const { checkpoint, validation, steps } = this.#job;
    const due = (every: number | undefined) => every !== undefined && this.#given % every === 0;
    if (due(validation?.everySteps) || (validation && this.#given === steps))
      await this.#validate();
    if (due(checkpoint?.everySteps)) await this.#checkpoint();
  }

  /** Whether an interruption came between a step and its validation. */
  get #validationMissed(): boolean {
    const { step, validated } = this.#progress;
    const every = this.#job.validation?.everySteps;
    return every !== undefined && step % every === 0 && validated !== step;
  }

  async #endEpoch(): Promise<void> {
    await this.#drain();
    const { validation } = this.#job;
    if (validation && validation.everySteps === undefined) await this.#validate();
    const { step, epoch } = this.#progress;
    this.#progress = { ...this.#progress, epoch: epoch + 1, batches: 0 };
    this.#options.onEvent({ kind: "epoch", epoch, step });
  }

  async #validate(): Promise<void> {
    await this.#drain();
    const { validation } = this.#job;
    if (!validation) return;
    const answers = this.#forward.over(validation.data, this.#options);
    const metrics = await measure(answers, validation.metrics ?? {});
    const { step, epoch } = this.#progress;
    this.#progress = { ...this.#progress, validated: step };
    const { earlyStopping } = this.#job;
    const best = earlyStopping !== undefined && (await this.#judge(metrics));
    this.#options.onEvent({ kind: "validation", step, epoch, metrics, best });
    this.#rate.pause(performance.now());
  }

  /** Keeps the weights when they are the best so far, and stops when they have not been for too long. */
  async #judge(metrics: Readonly<Record<string, number>>): Promise<boolean> {
    const { earlyStopping } = this.#job;
    if (!earlyStopping) return false;
    const { metric = "loss", largerIsBetter = false, patience, minimumChange = 0 } = earlyStopping;
    const value = metrics[metric];
    const { best, step, waited } = this.#progress;
    const gain = best ? (largerIsBetter ? value - best.value : best.value - value) : Infinity;
    if (gain > minimumChange && !Number.isNaN(value)) {
      await this.#options.engine.keepBest();
      this.#progress = { ...this.#progress, best: { step, value }, waited: 0 };
      return true;
    }
    this.#progress = { ...this.#progress, waited: waited + 1 };
    this.#stoppedEarly = waited + 1 >= patience;
    return false;
  }

  async #drain(): Promise<void> {
    while (this.#underWay.length > 0) await this.#underWay.shift();
  }

  async #checkpoint(): Promise<void> {
    await this.#drain();
    const { checkpoint } = this.#job;
    if (!checkpoint) return;
    const path = checkpointFile(checkpoint.folder);
    await this.#options.engine.save({
      path,
      others: this.#madeHere(),
      metadata: checkpointMetadata(this.#job, this.#progress),
    });
    this.#options.onEvent({ kind: "checkpoint", step: this.#progress.step, path });
    this.#rate.pause(performance.now());
  }

  /** Weights that came from initializers and are not trained: neither the job nor the engine has them. */
  #madeHere(): Tensors {
    const given = this.#job.weights;
    return Object.fromEntries(
      [...this.#weights].filter(([name]) => !given?.has(name) && !this.#programs.trains(name)),
    );
  }

  async #resume(): Promise<void> {
    const { checkpoint } = this.#job;
    const found =
      checkpoint && (await readCheckpoint(checkpointFile(checkpoint.folder), this.#job));
    if (!found) return;
    for (const [name, content] of Object.entries(found.current)) {
      this.#restored.set(name, content);
      if (!isState(name)) this.#weights.set(name, content);
    }
    await this.#options.engine.adopt({ tensors: found.current, best: found.best });
    this.#progress = found.progress;
    this.#given = found.progress.step;
    const { earlyStopping } = this.#job;
    this.#stoppedEarly =
      earlyStopping !== undefined && found.progress.waited >= earlyStopping.patience;
    this.#options.onEvent({ kind: "resumed", step: this.#given, epoch: this.#progress.epoch });
  }

  async #result(): Promise<TrainingResult> {
    const { engine } = this.#options;
    const { step, epoch, loss, best } = this.#progress;
    if (best) await engine.restoreBest();
    const trained = await engine.read([...this.#weights.keys()]);
    return {
      weights: new Map([...this.#weights, ...Object.entries(trained)]),
      steps: step,
      epochs: epoch,
      stopped: this.#stoppedEarly ? "early" : "finished",
      loss,
      ...(best ? { best } : {}),
    };
  }
}

function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (!signal?.aborted) return;
  throw new SoukError("TRAIN_CANCELLED", "the training was cancelled", { cause: signal.reason });
}
