/** A side in a process of its own: it trains on command, one JSON line each way. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { SoukError } from "@souk/core";
import type { Side } from "./contest.ts";

/** What a process starts from. */
export interface Start {
  readonly model: string;
  /** Paths of safetensors files: weights by our names, batches stacked along a new first axis. */
  readonly weights: string;
  readonly batches: string;
  /** Which of its ways of doing it the peer takes. */
  readonly variant: string;
  readonly threads: number;
  /** Learning rate of Adam. */
  readonly rate: number;
}

/** A process, ready to train. */
export interface Peer extends Side {
  readonly version: string;
}

/**
 * Starts `command` and loads a training into it.
 *
 * @throws SoukError `BENCH_PEER_FAILED` with the reason that the process gives.
 */
export async function startPeer(command: readonly string[], start: Start): Promise<Peer> {
  const [file, ...args] = command;
  const child = spawn(file, args, { stdio: ["pipe", "pipe", "inherit"] });
  const exited = once(child, "exit");
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = async (request: object): Promise<Readonly<Record<string, unknown>>> => {
    child.stdin.write(`${JSON.stringify(request)}\n`);
    const { value, done } = await lines.next();
    return readReply(done ? '{"error":"it ended"}' : value);
  };
  const close = async (): Promise<void> => {
    child.stdin.end();
    await exited;
  };
  try {
    const { version } = await ask({ do: "load", ...start });
    return {
      version: String(version),
      losses: async (steps) => readNumbers((await ask({ do: "losses", steps })).losses),
      time: async (steps) => Number((await ask({ do: "time", steps })).ms),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function readReply(line: string): Readonly<Record<string, unknown>> {
  const reply: unknown = JSON.parse(line);
  if (typeof reply !== "object" || reply === null) {
    throw new SoukError("BENCH_PEER_FAILED", `expected an object, got ${line}`);
  }
  if ("error" in reply) throw new SoukError("BENCH_PEER_FAILED", String(reply.error));
  return { ...reply };
}

function readNumbers(value: unknown): number[] {
  return Array.isArray(value) ? value.map(Number) : [];
}
