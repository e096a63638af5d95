import { readFile } from "node:fs/promises";
import { SoukError } from "@souk/core";
import type { Kernel } from "./kernel-interface.ts";
import { PlainKernel } from "./kernel-plain.ts";
import { type Layout, type Views, viewsOf } from "./layout.ts";

/**
 * Allocates the memory of `layout`, all zeros, with a kernel over it. "auto" takes the SIMD kernel and falls back to
 * plain JavaScript where it cannot be compiled; both give the same bits.
 * @throws SoukError `WORD2VEC_KERNEL` when "wasm" is asked for and cannot be had.
 */
export async function openKernel(
  layout: Layout,
  { engine = "auto" }: { engine?: string } = {},
): Promise<{ kernel: Kernel; views: Views }> {
  const module = engine === "plain" ? undefined : await compile(engine);
  if (module === undefined) {
    const buffer = new ArrayBuffer(layout.sizeBytes);
    return { kernel: new PlainKernel(buffer, layout), views: viewsOf(buffer, layout) };
  }
  const pages = layout.sizeBytes / 65536;
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  return {
    kernel: createWasmKernel(module, memory, layout),
    views: viewsOf(memory.buffer, layout),
  };
}

async function compile(engine: string): Promise<WebAssembly.Module | undefined> {
  const bytes = await readFile(new URL("./kernel.wasm", import.meta.url));
  if (WebAssembly.validate(bytes)) return await WebAssembly.compile(bytes);
  if (engine !== "wasm") return undefined;
  throw new SoukError("WORD2VEC_KERNEL", "expected a machine with WebAssembly SIMD, got none");
}

function createWasmKernel(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  layout: Layout,
): Kernel {
  const instance = new WebAssembly.Instance(module, { env: { memory, abort } });
  const call = (name: string): ((...args: number[]) => number) => {
    const found = instance.exports[name];
    if (typeof found !== "function")
      throw new SoukError("WORD2VEC_KERNEL", `expected the kernel to export ${name}, got none`);
    return (...args) => Number(found(...args));
  };
  const { words, stride, window, negatives, method } = layout.shape;
  call("setShape")(words, stride, window, negatives, Number(method === "cbow"));
  call("setWeights")(layout.input, layout.output, layout.hidden, layout.gradient);
  const { keep, limits, aliases, sigmoid, logLoss } = layout;
  call("setTables")(keep, limits, aliases, sigmoid, logLoss);
  call("setCorpus")(layout.ids, layout.starts, layout.sentence);
  return { train: call("train"), pairs: call("pairs") };
}

function abort(): never {
  throw new SoukError("WORD2VEC_KERNEL", "the kernel stopped itself");
}
