/** Puts batches one behind the other, in memory that is used again call after call. */
import { bytesOf, elementBytes, sizeOf, type Tensor, tensorOver } from "../onnx/tensor.ts";

/** Pieces of memory that wait for another use. Their content is not cleared. */
export class Recycling {
  readonly #free: ArrayBuffer[] = [];

  /** Memory of at least `bytes`. */
  take(bytes: number): ArrayBuffer {
    const at = this.#free.findIndex(
      ({ byteLength }) => byteLength >= bytes && byteLength <= 2 * bytes + SMALL,
    );
    const [found] = at < 0 ? [] : this.#free.splice(at, 1);
    return found ?? new ArrayBuffer(bytes);
  }

  /** Gives memory back. Small pieces are not worth keeping, and old ones make way. */
  give(buffers: readonly ArrayBuffer[]): void {
    this.#free.push(...buffers.filter(({ byteLength }) => byteLength > SMALL));
    this.#free.splice(0, Math.max(0, this.#free.length - KEPT));
  }
}

/** Below this many bytes new memory costs less than looking for old. */
const SMALL = 4096;
/** Pieces kept: enough for two calls under way with eight columns each. */
const KEPT = 16;

/** Tensors of one type and shape behind each other: [count, …shape]. */
export function stackTensors(tensors: readonly Tensor[], recycling: Recycling): Tensor {
  const [{ type, shape }] = tensors;
  const bytes = sizeOf(shape) * elementBytes(type);
  const memory = recycling.take(bytes * tensors.length);
  const all = new Uint8Array(memory);
  tensors.forEach((one, at) => all.set(bytesOf(one), at * bytes));
  return tensorOver(memory, { type, shape: [tensors.length, ...shape] });
}
