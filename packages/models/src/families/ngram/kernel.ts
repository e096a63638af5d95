import { readFile } from "node:fs/promises";
import { SoukError } from "@souk/core";
import type { Kernel } from "./kernel-interface.ts";
import { PlainKernel } from "./kernel-plain.ts";
import type { Layout } from "./layout.ts";

/** A memory with the way to make kernels over it; can be posted to a worker thread. */
export interface KernelSource {
  readonly layout: Layout;
  readonly regression: boolean;
  /** The SIMD kernel with its memory, or `undefined` for plain JavaScript over `buffer`. */
  readonly wasm:
    | { readonly module: WebAssembly.Module; readonly memory: WebAssembly.Memory }
    | undefined;
  readonly buffer: SharedArrayBuffer;
}

/**
 * Allocates the memory of `layout`. `engine` "auto" takes the SIMD kernel and falls back to plain JavaScript where
 * it cannot be compiled; both give the same bits.
 */
export async function openKernelSource(
  layout: Layout,
  {
    regression = false,
    engine = "auto",
  }: { regression?: boolean; engine?: "auto" | "wasm" | "plain" } = {},
): Promise<KernelSource> {
  const module = engine === "plain" ? undefined : await compile(engine);
  if (module === undefined) {
    const buffer = new SharedArrayBuffer(layout.sizeBytes);
    return { layout, regression, wasm: undefined, buffer };
  }
  const pages = layout.sizeBytes / 65536;
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  const { buffer } = memory;
  if (!(buffer instanceof SharedArrayBuffer))
    throw new SoukError("NGRAM_KERNEL", "expected shared memory, got memory of one thread");
  return { layout, regression, wasm: { module, memory }, buffer };
}

/** A kernel for `thread`, which has its own scratch. */
export function createKernel(source: KernelSource, thread: number): Kernel {
  return source.wasm === undefined
    ? new PlainKernel(source.buffer, source.layout, source.regression)
    : createWasmKernel(source, source.wasm, thread);
}

async function compile(engine: "auto" | "wasm"): Promise<WebAssembly.Module | undefined> {
  const bytes = await readFile(new URL("./kernel.wasm", import.meta.url));
  if (WebAssembly.validate(bytes)) return await WebAssembly.compile(bytes);
  if (engine === "auto") return undefined;
  throw new SoukError(
    "NGRAM_KERNEL",
    "expected a machine with WebAssembly SIMD and threads, got none",
  );
}

function createWasmKernel(
  source: KernelSource,
  wasm: NonNullable<KernelSource["wasm"]>,
  thread: number,
): Kernel {
  const { layout, regression } = source;
  const instance = new WebAssembly.Instance(wasm.module, { env: { memory: wasm.memory, abort } });
  const call = (name: string): ((...args: number[]) => number) => {
    const found = instance.exports[name];
    if (typeof found !== "function")
      throw new SoukError("NGRAM_KERNEL", `expected the kernel to export ${name}, got none`);
    return (...args) => Number(found(...args));
  };
  const { dim, classes, segments } = layout.shape;
  call("setShape")(dim, classes, segments);
  call("setModel")(layout.input, layout.output, layout.squares, layout.soft, layout.weights);
  call("setCorpus")(layout.ids, layout.starts, layout.scales, layout.labels, layout.order);
  call("setScratch")(layout.scratch + thread * layout.scratchBytes);
  const score = call("scoreInto");
  return {
    train: call(regression ? "trainNumber" : "train"),
    score: (from, to) => void score(from, to, layout.scores),
  };
}

function abort(): never {
  throw new SoukError("NGRAM_KERNEL", "the kernel stopped itself");
}
