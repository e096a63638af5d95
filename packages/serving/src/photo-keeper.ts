import { SoukError } from "@souk/core";
import type { ColumnBatch } from "@souk/models";
import type { CallOptions, DirectCalls } from "./inference/direct-calls.ts";

type Cell = ColumnBatch["columns"][string][number];

/** Bytes of photos on their way to the store at one time, all requests together. */
const MOST_BYTES = 256 * 2 ** 20;
/** Photos a thread is handed at once. */
const PHOTOS_A_CALL = 4;

/**
 * Puts the photos of requests into the photo store before they are predicted: a thread decodes each whole, so that a
 * hostile one is refused here and never joins a batch, and from then on its hash stands for it.
 */
export class PhotoKeeper {
  readonly #calls: DirectCalls;
  #bytes = 0;

  constructor(calls: DirectCalls) {
    this.#calls = calls;
  }

  /**
   * The batch with hashes in place of photos.
   * @throws SoukError `IMAGE_FORMAT`, `IMAGE_LIMIT`, `IMAGE_BROKEN`, `SERVING_REQUEST_TOO_LARGE`, `SERVING_OVERLOADED`.
   */
  async keep(batch: ColumnBatch, options: CallOptions): Promise<ColumnBatch> {
    const names = Object.keys(batch.columns).filter((name) => hasPhotos(batch.columns[name]!));
    if (names.length === 0) return batch;
    const bytes = names.reduce((sum, name) => sum + bytesOf(batch.columns[name]!), 0);
    if (options.isPatient !== true) this.#admit(bytes);
    this.#bytes += bytes;
    try {
      const columns: Record<string, ArrayLike<Cell>> = { ...batch.columns };
      for (const name of names) columns[name] = await this.#keepColumn(columns[name]!, options);
      return { length: batch.length, columns };
    } finally {
      this.#bytes -= bytes;
    }
  }

  #admit(bytes: number): void {
    if (bytes > MOST_BYTES) {
      throw new SoukError(
        "SERVING_REQUEST_TOO_LARGE",
        `expected at most ${MOST_BYTES} bytes of photos, got ${bytes}`,
      );
    }
    if (this.#bytes + bytes > MOST_BYTES) {
      throw new SoukError(
        "SERVING_OVERLOADED",
        `${this.#bytes} bytes of photos wait already: try again later`,
      );
    }
  }

  async #keepColumn(column: ArrayLike<Cell>, options: CallOptions): Promise<Cell[]> {
    const cells: Cell[] = Array.from(column);
    const rows = [...cells.keys()].filter((row) => cells[row] instanceof Uint8Array);
    for (let from = 0; from < rows.length; from += PHOTOS_A_CALL) {
      const some = rows.slice(from, from + PHOTOS_A_CALL);
      const photos = some.map((row) => cells[row]).filter((cell) => cell instanceof Uint8Array);
      const hashes = await this.#calls.run(undefined, (thread) => thread.keep(photos), options);
      some.forEach((row, i) => (cells[row] = hashes[i] ?? null));
    }
    return cells;
  }
}

function hasPhotos(column: ArrayLike<Cell>): boolean {
  return Array.prototype.some.call(column, (cell) => cell instanceof Uint8Array);
}

function bytesOf(column: ArrayLike<Cell>): number {
  let bytes = 0;
  for (let row = 0; row < column.length; row++) {
    const cell = column[row];
    if (cell instanceof Uint8Array) bytes += cell.byteLength;
  }
  return bytes;
}
