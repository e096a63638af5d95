/**
 * One ONNX model loaded into ONNX Runtime, in the calling thread. `run` blocks that thread while it computes; to keep an
 * event loop free, use a pool of worker threads. Never end a worker or the process while it runs: that aborts the process.
 */
import { errorMessage, SoukError } from "@souk/core";
import { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import type { ValueInfo } from "../onnx/model.ts";
import { type ElementType, elementTypeCodes, type Tensor, tensor } from "../onnx/tensor.ts";
import { checkInputs, checkWanted, type Signature, type Tensors } from "./signature.ts";

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
export interface Session extends Signature {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  /**
   * Computes the outputs named in `wanted` (all by default). Inputs are read in place and must not change meanwhile,
   * outputs are new.
   *
   * @throws SoukError `SESSION_INPUT` when an input is missing, unknown or does not fit, `SESSION_OUTPUT` when an output
   * is unknown, `SESSION_CLOSED` after `close`, `SESSION_RUN` when the computation fails.
   */
  run(inputs: Tensors, wanted?: readonly string[]): Promise<Tensors>;
  /** Waits for the runs under way, then frees the model. Calling it again is the same call. */
  close(): Promise<void>;
}

/**
 * Loads a model from the bytes of an ONNX file, or from a path when it has external data of our own. A file of external
 * data is read wherever the model says, so never give the path of a file from outside.
 *
 * @throws SoukError `SESSION_LOAD` with ONNX Runtime's reason, or when an input is of a type Souk does not have.
 */
export async function openSession(
  model: Uint8Array | string,
  { threads = 0, optimization = "all", spinning = false, optimizedModelPath }: SessionOptions = {},
): Promise<Session> {
  const session = await load(model, {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    graphOptimizationLevel: optimization,
    logSeverityLevel: 4, // what goes wrong is thrown, not printed
    ...(optimizedModelPath === undefined ? {} : { optimizedModelFilePath: optimizedModelPath }),
    extra: { session: { intra_op: { allow_spinning: spinning ? "1" : "0" } } },
  });
  return new LoadedSession(session);
}

class LoadedSession implements Session {
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  readonly #session: InferenceSession;
  readonly #running = new Set<Promise<Tensors>>();
  #closing: Promise<void> | undefined;

  constructor(session: InferenceSession) {
    this.#session = session;
    this.inputs = session.inputMetadata.map((metadata) => valueInfo(metadata) ?? refuse(metadata));
    this.outputs = session.outputMetadata.flatMap((metadata) => valueInfo(metadata) ?? []);
  }

  get inputNames(): readonly string[] {
    return this.inputs.map(({ name }) => name);
  }

  get outputNames(): readonly string[] {
    return this.outputs.map(({ name }) => name);
  }

  async run(inputs: Tensors, wanted: readonly string[] = this.outputNames): Promise<Tensors> {
    if (this.#closing) throw new SoukError("SESSION_CLOSED", "run on a session that is closed");
    checkInputs(this, inputs);
    checkWanted(this, wanted);
    const running = compute(this.#session, inputs, wanted);
    this.#running.add(running);
    try {
      return await running;
    } finally {
      this.#running.delete(running);
    }
  }

  close(): Promise<void> {
    this.#closing ??= Promise.allSettled(this.#running).then(() => this.#session.release());
    return this.#closing;
  }
}

async function load(
  model: Uint8Array | string,
  options: InferenceSession.SessionOptions,
): Promise<InferenceSession> {
  try {
    return typeof model === "string"
      ? await InferenceSession.create(model, options)
      : await InferenceSession.create(unshared(model), options);
  } catch (cause) {
    throw new SoukError("SESSION_LOAD", `ONNX Runtime refused the model: ${errorMessage(cause)}`, {
      cause,
    });
  }
}

/** ONNX Runtime loads no model from memory shared between threads. */
function unshared(bytes: Uint8Array): Uint8Array {
  return bytes.buffer instanceof SharedArrayBuffer ? new Uint8Array(bytes) : bytes;
}

async function compute(
  session: InferenceSession,
  inputs: Tensors,
  wanted: readonly string[],
): Promise<Tensors> {
  try {
    const feeds = Object.entries(inputs).map(([name, content]) => [name, toOrt(content)] as const);
    const outputs = await session.run(Object.fromEntries(feeds), wanted);
    return Object.fromEntries(wanted.map((name) => [name, fromOrt(name, outputs[name])]));
  } catch (cause) {
    throw new SoukError("SESSION_RUN", `ONNX Runtime failed: ${errorMessage(cause)}`, { cause });
  }
}

/** The binding reads nothing from a Float16Array, so `data` of a float16 tensor is replaced by the same 16-bit words. */
function toOrt({ type, data, shape }: Tensor): OrtTensor {
  const fed = new OrtTensor(type as "float32", data as Float32Array, shape);
  return type === "float16" ? Object.defineProperty(fed, "data", { value: data }) : fed;
}

function fromOrt(name: string, value: OrtTensor | undefined): Tensor {
  if (!value || !isElementType(value.type)) {
    throw new SoukError("SESSION_RUN", `output ${name} is ${value?.type ?? "missing"}`);
  }
  const data = value.data as Float32Array;
  const words = () => new Uint16Array(data.buffer, data.byteOffset, data.length);
  return tensor(value.type, value.type === "float16" ? words() : data, [...value.dims]);
}

/** Undefined for sequences, maps and text, which Souk does not have. ONNX Runtime gives `[]` for an unknown rank too. */
function valueInfo(metadata: InferenceSession.ValueMetadata): ValueInfo | undefined {
  if (!metadata.isTensor || !isElementType(metadata.type)) return undefined;
  const { name, type, shape } = metadata;
  return { name, type, ...(shape.length > 0 ? { shape: [...shape] } : {}) };
}

function refuse(metadata: InferenceSession.ValueMetadata): never {
  const got = metadata.isTensor ? metadata.type : "no tensor";
  throw new SoukError("SESSION_LOAD", `input ${metadata.name}: expected numbers, got ${got}`);
}

function isElementType(type: string): type is ElementType {
  return Object.hasOwn(elementTypeCodes, type);
}
