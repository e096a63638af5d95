/** The compiled programs of a training: one per bucket, made when its first batch comes. */
import { performance } from "node:perf_hooks";
import { SoukError } from "@souk/core";
import { elementBytes, sizeOf, type Tensor } from "../onnx/tensor.ts";
import { writeOnnx } from "../onnx/write.ts";
import type { Bucket } from "./bucket.ts";
import type { EngineCalls } from "./engine-thread.ts";
import type { TrainingEvent, TrainingJob } from "./job.ts";
import { loopModel } from "./loop.ts";
import { CallLength } from "./pace.ts";
import { buildStep, stateName, type StepGraph } from "./step-graph.ts";

/** A compiled bucket. */
export interface StepProgram {
  readonly id: string;
  readonly step: StepGraph;
  readonly carried: readonly string[];
  readonly calls: CallLength;
}

/** What programs are made for. */
export interface ProgramsOptions {
  readonly job: TrainingJob;
  readonly engine: EngineCalls;
  /** Weights before the first step; the network adds those that are missing. */
  readonly weights: Map<string, Tensor>;
  /** What the engine was given already: all that is carried, when an interrupted training goes on. */
  readonly restored: ReadonlyMap<string, Tensor>;
  readonly onEvent: (event: TrainingEvent) => void;
}

/** Programs by bucket. */
export class Programs {
  readonly #options: ProgramsOptions;
  readonly #programs = new Map<string, Promise<StepProgram>>();
  readonly #ready = new Map<string, StepProgram>();
  readonly #adopted = new Set<string>();

  constructor(options: ProgramsOptions) {
    this.#options = options;
  }

  /** The program of a bucket that was compiled already. */
  ready(bucket: Bucket): StepProgram | undefined {
    return this.#ready.get(bucket.key);
  }

  /** The program of a bucket, compiled now if need be. */
  async of(bucket: Bucket): Promise<StepProgram> {
    const known = this.#programs.get(bucket.key);
    if (known) return known;
    const program = this.#compile(bucket);
    this.#programs.set(bucket.key, program);
    this.#ready.set(bucket.key, await program);
    return program;
  }

  /** Whether the engine has a weight. */
  trains(name: string): boolean {
    return this.#adopted.has(name) || this.#options.restored.has(name);
  }

  async #compile(bucket: Bucket): Promise<StepProgram> {
    const { job, engine, weights, onEvent } = this.#options;
    const start = performance.now();
    const step = buildStep(bucket, { job, weights });
    if (step.trained.length === 0) {
      throw new SoukError("TRAIN_FROZEN", "the loss depends on no weight that is not frozen");
    }
    const carried = step.carried.map(({ before }) => before.name);
    const id = `train ${bucket.key}`;
    const model = writeOnnx(loopModel(step));
    const buildMs = performance.now() - start;
    await this.#adopt(step);
    const loadMs = await engine.load({ id, model });
    onEvent({
      kind: "compiled",
      bucket: bucket.key,
      ms: buildMs + loadMs,
      nodes: step.graph.nodes.length,
      trainedWeights: step.trained.length,
    });
    return { id, step, carried, calls: callLength(bucket, { step, job }) };
  }

  /** Hands the engine the weights it does not have yet, and zeros for what the optimizer remembers of them. */
  async #adopt({ trained }: StepGraph): Promise<void> {
    const { job, engine, weights, restored } = this.#options;
    const fresh = trained.filter(({ name }) => !this.#adopted.has(name) && !restored.has(name));
    for (const { name } of fresh) this.#adopted.add(name);
    const slots = fresh.flatMap(({ name, shape }) =>
      job.optimizer.state.map((slot) => [stateName(name, slot), shape.map(Number)] as const),
    );
    await engine.adopt({
      tensors: Object.fromEntries(fresh.map(({ name }) => [name, weightOf(weights, name)])),
      zeros: Object.fromEntries(slots),
    });
  }
}

function weightOf(weights: ReadonlyMap<string, Tensor>, name: string): Tensor {
  const weight = weights.get(name);
  if (!weight) throw new SoukError("TRAIN_WEIGHTS", `the network needs weight ${name}`);
  return weight;
}

function callLength(
  { columns }: Bucket,
  { step, job }: { step: StepGraph; job: TrainingJob },
): CallLength {
  const stepBytes =
    (job.accumulate ?? 1) *
    Object.values(columns).reduce(
      (sum, { type, shape }) => sum + sizeOf(shape) * elementBytes(type),
      0,
    );
  const carriedBytes = step.carried.reduce(
    (sum, { before }) => sum + 4 * sizeOf(before.shape.map(Number)),
    0,
  );
  return new CallLength({ carriedBytes, stepBytes });
}
