/** How much of a file is read before it is refused: a file from outside may claim anything. */
import { SoukError } from "@souk/core";

/** Limits on one ONNX file; counts are over the whole file, bodies included. */
export interface OnnxLimits {
  /** Length of the file: memory. */
  readonly fileBytes: number;
  /** Nodes: time and memory. */
  readonly nodes: number;
  /** Bodies inside bodies: the stack. */
  readonly nesting: number;
  /** Inputs and outputs of nodes. */
  readonly connections: number;
  /** Attributes of nodes. */
  readonly attributes: number;
  /** Elements of attributes that are lists, which take up to 8 times their bytes in the file. */
  readonly listElements: number;
  /** Inputs, outputs, intermediate values with a type, and initializers. */
  readonly values: number;
  /** UTF-8 bytes of a name. */
  readonly nameBytes: number;
  /** UTF-8 bytes of any other text. */
  readonly textBytes: number;
  /** Axes of a tensor. */
  readonly rank: number;
  /** Elements of one tensor. */
  readonly tensorElements: number;
  /** Bytes of all tensors, external ones included. */
  readonly tensorBytes: number;
  /** Entries of the metadata, and opsets. */
  readonly metadata: number;
}

/**
 * Five times what the largest graphs in use have (a 70-layer transformer is about 10,000 nodes). With them, what is read
 * takes at most 8 times the bytes of the file for tensors (a varint becomes an int64) and 250 MB for all the rest.
 */
export const onnxLimits: OnnxLimits = {
  fileBytes: 2 ** 31 - 1,
  nodes: 50_000,
  nesting: 16,
  connections: 500_000,
  attributes: 100_000,
  listElements: 4_000_000,
  values: 100_000,
  nameBytes: 4096,
  textBytes: 1 << 20,
  rank: 32,
  tensorElements: 2 ** 31 - 1,
  tensorBytes: 8 * 2 ** 30,
  metadata: 10_000,
};

type Counted =
  | "nodes"
  | "connections"
  | "attributes"
  | "listElements"
  | "values"
  | "tensorBytes"
  | "metadata";

/** What one file has used of its limits. */
export class Budget {
  readonly limits: OnnxLimits;
  readonly #used = new Map<Counted, number>();

  constructor(limits: OnnxLimits) {
    this.limits = limits;
  }

  /** Counts what was read. @throws SoukError `ONNX_LIMIT` when it is too much. */
  spend(what: Counted, count = 1): void {
    const used = (this.#used.get(what) ?? 0) + count;
    this.#used.set(what, used);
    this.check(what, used);
  }

  /** @throws SoukError `ONNX_LIMIT` when `got` is above the limit. */
  check(what: keyof OnnxLimits, got: number): void {
    if (got <= this.limits[what]) return;
    throw new SoukError(
      "ONNX_LIMIT",
      `the file has at least ${got} ${what}, at most ${this.limits[what]} are read`,
    );
  }
}
