import type { FastifyRequest } from "fastify";
import type { ServerState } from "./state.ts";

/** Ten times a second is as often as the lake tells, and as often as eyes can use. */
const EVERY_MS = 100;

/** Tells of one upload, as events of the kind "progress": first how much has come, then how much is read. */
export interface UploadProgress {
  /** The same bytes; each piece that passes is told of. */
  counting(stream: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array>;
  /** For the lake, and for the intake of photos. */
  readonly read: (facts: object) => void;
}

/**
 * Events carry `{ id, dataset, phase: "receive" | "read", bytes?, totalBytes? }`, and while rows are read what the lake tells
 * (`rows`, `ratePerSecond`, `etaMs`) or the intake of photos (`photos`, `refused`).
 */
export function uploadProgress(
  { souk }: ServerState,
  { dataset, id, request }: { dataset: string; id: string; request: FastifyRequest },
): UploadProgress {
  const told = Number(request.headers["content-length"]);
  const totalBytes = Number.isSafeInteger(told) && told > 0 ? told : undefined;
  const tell = (phase: "receive" | "read", facts: object): void =>
    souk.events.publish({
      kind: "progress",
      at: souk.clock.now(),
      data: { id, dataset, phase, ...facts },
    });
  return {
    async *counting(stream) {
      let bytes = 0;
      let last = -Infinity;
      for await (const piece of stream) {
        bytes += piece.length;
        yield piece;
        const now = performance.now();
        if (now - last < EVERY_MS) continue;
        last = now;
        tell("receive", { bytes, ...(totalBytes !== undefined && { totalBytes }) });
      }
      tell("receive", { bytes, totalBytes: bytes });
    },
    read: (facts) => tell("read", facts),
  };
}
