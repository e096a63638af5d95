import { SoukError } from "@souk/core";

/** Bytes of photos that all requests together may hold in memory while they are read and predicted. */
const MOST_BYTES = 512 * 2 ** 20;

/** A shared purse of memory: many photos at a time must not fill the process. */
export interface PhotoBudget {
  /** An account for one request; `close` gives everything back. */
  open(): { take(bytes: number): void; close(): void };
}

/** `take` throws SoukError `SERVING_OVERLOADED` when the purse is empty. */
export function createPhotoBudget(most = MOST_BYTES): PhotoBudget {
  let held = 0;
  return {
    open() {
      let own = 0;
      return {
        take(bytes) {
          if (held + bytes > most)
            throw new SoukError(
              "SERVING_OVERLOADED",
              `${held} bytes of photos are being read already (at most ${most}): try again later`,
            );
          held += bytes;
          own += bytes;
        },
        close() {
          held -= own;
          own = 0;
        },
      };
    },
  };
}
