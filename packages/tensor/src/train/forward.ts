/** The forward pass over a dataset, in an engine's thread, without learning anything. */
import { SoukError } from "@souk/core";
import { createGraph } from "../graph/create.ts";
import { toOnnx } from "../graph/to-onnx.ts";
import type { InputSpec, Network } from "../layers/scope.ts";
import type { Tensor } from "../onnx/tensor.ts";
import { writeOnnx } from "../onnx/write.ts";
import type { Tensors } from "../run/signature.ts";
import { type Bucket, bucketOf } from "./bucket.ts";
import { specsOf } from "./check-job.ts";
import type { ColumnBatch, Dataset } from "./dataset.ts";
import type { EngineCalls } from "./engine-thread.ts";
import type { Learning } from "./job.ts";
import { buildForward, buildLoss, inputsOf } from "./step-graph.ts";

/** What a network says of one batch. */
export interface Answered {
  readonly batch: ColumnBatch;
  readonly outputs: Tensors;
  /** The loss, when there is one. */
  readonly loss: number | undefined;
  readonly rows: number;
}

/** What is run, and where. */
export interface ForwardOptions {
  readonly network: Network;
  /** Given when the loss is wanted too. */
  readonly learning?: Learning;
  readonly engine: EngineCalls;
  /** All weights; the engine's own come first. */
  readonly weights: Map<string, Tensor>;
  readonly freeze?: (name: string) => boolean;
}

interface ForwardProgram {
  readonly id: string;
  readonly columns: readonly string[];
  readonly parameters: readonly string[];
}

/** The name of the loss among the outputs of a model. */
const LOSS = "forward/loss";

/** Compiles a network for each bucket it meets, and runs it. */
export class ForwardPass {
  readonly #options: ForwardOptions;
  readonly #specs: Readonly<Record<string, InputSpec>>;
  readonly #programs = new Map<string, Promise<ForwardProgram>>();

  constructor(options: ForwardOptions) {
    this.#options = options;
    const { learning, network } = options;
    this.#specs = learning ? specsOf(learning) : network.inputs;
  }

  /** One pass over a dataset, in its order. The next batch is on its way while one computes. */
  async *over(data: Dataset, { signal }: { signal?: AbortSignal } = {}): AsyncGenerator<Answered> {
    let before: Promise<Answered> | undefined;
    for await (const batch of data.epoch(0, { seed: 0, signal })) {
      signal?.throwIfAborted();
      const answer = this.#answer(batch);
      answer.catch(() => undefined); // thrown where it is awaited
      if (before) yield await before;
      before = answer;
    }
    if (before) yield await before;
  }

  async #answer(batch: ColumnBatch): Promise<Answered> {
    const bucket = bucketOf(batch, this.#specs);
    const { id, columns, parameters } = await this.#program(bucket);
    const feeds = Object.fromEntries(columns.map((name) => [name, batch[name]]));
    const found = await this.#options.engine.forward({ program: id, feeds, parameters });
    const { [LOSS]: loss, ...outputs } = found;
    return { batch, outputs, loss: loss && Number(loss.data[0]), rows: bucket.rows };
  }

  #program(bucket: Bucket): Promise<ForwardProgram> {
    const program = this.#programs.get(bucket.key) ?? this.#compile(bucket);
    this.#programs.set(bucket.key, program);
    return program;
  }

  async #compile(bucket: Bucket): Promise<ForwardProgram> {
    const { network, learning, engine, weights, freeze } = this.#options;
    const graph = createGraph("forward");
    const known = new Set(weights.keys());
    const place = { bucket, weights, freeze };
    const { outputs, loss } = learning
      ? buildLoss(graph, { ...place, learning })
      : { ...buildForward(graph, { ...place, network }), loss: undefined };
    const made = [...weights.keys()].filter((name) => !known.has(name));
    if (made.length > 0) {
      throw new SoukError("TRAIN_WEIGHTS", `the network needs weights ${made.join(", ")}`);
    }
    for (const [name, value] of Object.entries(outputs)) graph.output(value, name);
    if (loss) graph.output(loss, LOSS);
    const model = toOnnx(graph);
    const wanted = new Set(model.graph.inputs.map(({ name }) => name));
    const parameters = inputsOf(graph, "parameter")
      .map(({ name }) => name)
      .filter((name) => wanted.has(name));
    const id = `forward ${bucket.key}`;
    await engine.adoptMissing(
      Object.fromEntries(parameters.map((name) => [name, weights.get(name)!])),
    );
    await engine.load({ id, model: writeOnnx(model) });
    return {
      id,
      parameters,
      columns: Object.keys(bucket.columns).filter((name) => wanted.has(name)),
    };
  }
}
