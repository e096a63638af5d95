/** PyTorch as a side. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { SoukError } from "@souk/core";
import { type Peer, type Start, startPeer } from "./process.ts";

const python = join(import.meta.dirname, "../../../../.souk-peers/torch/bin/python");
const server = join(import.meta.dirname, "../peers/server.py");

/**
 * Starts PyTorch; its variants are words of "channels-last", "fused" and "compiled", "eager" is none of them.
 *
 * @throws SoukError `BENCH_PEER_MISSING` when it is not installed, `BENCH_PEER_FAILED` with its reason.
 */
export async function startTorch(start: Start): Promise<Peer> {
  if (!existsSync(python)) {
    throw new SoukError("BENCH_PEER_MISSING", `skipped: no ${python}, run scripts/peers/torch.sh`);
  }
  return startPeer([python, "-B", server], start);
}
