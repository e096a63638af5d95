/**
 * One ONNX model loaded into ONNX Runtime, in the calling thread. `run` blocks that thread while it computes; to keep an
 * event loop free, use a pool of worker threads. Never end a worker or the process while it runs: that aborts the process.
 */
import { SoukError } from "@souk/core";
import { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import { type ElementType, elementTypeCodes, type Tensor, tensor } from "../onnx/tensor.ts";

/** Named tensors in or out. */
export type Tensors = Readonly<Record<string, Tensor>>;

/** How a session computes. */
export interface SessionOptions {
  /** Threads of one operator; 0 means one per core. */
  readonly threads?: number;
  /** Graph optimisation by ONNX Runtime; `basic` keeps the file portable, `all` fits it to this machine. */
  readonly optimization?: "disabled" | "basic" | "extended" | "all";
  /** Whether idle threads spin for the next run: faster alone, slower on a shared machine. */
  readonly spinning?: boolean;
  /** Where to write the optimised model, when wanted. */
  readonly optimizedModelPath?: string;
}

/** A loaded model. */
export interface Session {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  /**
   * Computes the outputs named in `wanted` (all by default). Inputs are read in place, outputs are new.
   *
   * @throws SoukError `SESSION_INPUT` when an input is missing or unknown, `SESSION_RUN` when the computation fails.
   */
  run(inputs: Tensors, wanted?: readonly string[]): Promise<Tensors>;
  /** Frees the model. Not while it runs. */
  close(): Promise<void>;
}

/**
 * Loads a model from the bytes of an ONNX file, or from a path when it has external data of our own.
 *
 * @throws SoukError `SESSION_LOAD` with ONNX Runtime's reason.
 */
export async function openSession(
  model: Uint8Array | string,
  { threads = 0, optimization = "all", spinning = false, optimizedModelPath }: SessionOptions = {},
): Promise<Session> {
  const options: InferenceSession.SessionOptions = {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    graphOptimizationLevel: optimization,
    logSeverityLevel: 3,
    ...(optimizedModelPath === undefined ? {} : { optimizedModelFilePath: optimizedModelPath }),
    extra: { session: { intra_op: { allow_spinning: spinning ? "1" : "0" } } },
  };
  const session = await load(model, options);
  return {
    inputNames: session.inputNames,
    outputNames: session.outputNames,
    run: (inputs, wanted = session.outputNames) => run(session, inputs, wanted),
    close: () => session.release(),
  };
}

async function load(
  model: Uint8Array | string,
  options: InferenceSession.SessionOptions,
): Promise<InferenceSession> {
  try {
    return typeof model === "string"
      ? await InferenceSession.create(model, options)
      : await InferenceSession.create(model, options);
  } catch (cause) {
    throw new SoukError("SESSION_LOAD", `ONNX Runtime refused the model: ${reason(cause)}`, {
      cause,
    });
  }
}

async function run(
  session: InferenceSession,
  inputs: Tensors,
  wanted: readonly string[],
): Promise<Tensors> {
  const missing = session.inputNames.filter((name) => !(name in inputs));
  const unknown = Object.keys(inputs).filter((name) => !session.inputNames.includes(name));
  if (missing.length > 0 || unknown.length > 0) {
    throw new SoukError(
      "SESSION_INPUT",
      `expected inputs ${session.inputNames.join(", ")}; missing ${missing.join(", ") || "none"}, unknown ${unknown.join(", ") || "none"}`,
    );
  }
  const feeds = Object.fromEntries(
    Object.entries(inputs).map(([name, { type, data, shape }]) => [
      name,
      new OrtTensor(type as "float32", data as Float32Array, shape),
    ]),
  );
  try {
    const outputs = await session.run(feeds, wanted);
    return Object.fromEntries(wanted.map((name) => [name, fromOrt(name, outputs[name])]));
  } catch (cause) {
    throw new SoukError("SESSION_RUN", `ONNX Runtime failed: ${reason(cause)}`, { cause });
  }
}

function fromOrt(name: string, value: OrtTensor | undefined): Tensor {
  if (!value || !(value.type in elementTypeCodes)) {
    throw new SoukError("SESSION_RUN", `output ${name} is ${value?.type ?? "missing"}`);
  }
  return tensor(value.type as ElementType, value.data as Float32Array, [...value.dims]);
}

function reason(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
