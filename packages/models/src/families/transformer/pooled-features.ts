import { sha256 } from "@souk/core";
import {
  networkModel,
  openFeatureCache,
  openSession,
  type Session,
  type Weights,
  writeOnnx,
} from "@souk/tensor";
import type { FamilyContext } from "../family.ts";
import { createProgress } from "../progress.ts";
import { idsOf } from "../neural/text-batches.ts";
import { paddedLength, type TokenRows } from "../neural/text-encoder.ts";
import { type EncoderShape, pooledEncoder, pooledWidth } from "./pretrained-network.ts";

/** A frozen encoder. */
export interface FrozenEncoder {
  readonly shape: EncoderShape;
  readonly weights: Weights;
  readonly maxTokens: number;
}

/** Pieces of one run, filling included: bounds the time the calling thread is held. */
const TOKENS_PER_RUN = 4096;
const ROWS_PER_BLOCK = 256;

/**
 * What the frozen encoder makes of each row, [rows, pooled width]; rows seen before, in this training or an earlier
 * one, are read from the cache folder, if there is one.
 * @throws the signal's reason when aborted.
 */
export async function pooledFeatures(
  { shape, weights, maxTokens }: FrozenEncoder,
  tokens: readonly TokenRows[],
  context: Pick<FamilyContext, "cacheDirectory" | "threads" | "signal" | "onEvent">,
): Promise<Float32Array[]> {
  const { threads, signal } = context;
  const network = writeOnnx(networkModel(pooledEncoder(shape), weights, { outputs: ["pooled"] }));
  const session = await openSession(network, { threads });
  const total = tokens.reduce((sum, { starts }) => sum + starts.length - 1, 0);
  const progress = createProgress(context.onEvent, { total });
  const folder = context.cacheDirectory;
  const width = pooledWidth(shape);
  const cache =
    folder === undefined
      ? undefined
      : await openFeatureCache(folder, {
          model: sha256(network),
          preprocessing: "pooled word pieces",
          width,
          batchSize: ROWS_PER_BLOCK,
        });
  let done = 0;
  try {
    const found: Float32Array[] = [];
    for (const part of tokens) {
      const order = byLength(part);
      const computed = async (rows: readonly number[]): Promise<Float32Array> => {
        const features = await runRows(session, part, { rows, maxTokens, width, signal });
        progress((done += rows.length));
        return features;
      };
      const rows =
        cache === undefined
          ? await computed(order)
          : (
              await cache.features(
                order.map((row) => keyOf(part, row)),
                (missing) => computed(missing.map((at) => order[at])),
                { signal },
              )
            ).data;
      found.push(inOrder(rows as Float32Array, order, width));
    }
    return found;
  } finally {
    await cache?.close();
    await session.close();
  }
}

/** Rows of like length together, so that little filling is computed. */
function byLength({ starts }: TokenRows): number[] {
  const lengths = Array.from(
    { length: starts.length - 1 },
    (_, row) => starts[row + 1] - starts[row],
  );
  return [...lengths.keys()].toSorted((a, b) => lengths[a] - lengths[b] || a - b);
}

function keyOf({ ids, starts }: TokenRows, row: number): string {
  const own = ids.slice(starts[row], starts[row + 1]);
  return sha256(new Uint8Array(own.buffer));
}

async function runRows(
  session: Session,
  tokens: TokenRows,
  {
    rows,
    maxTokens,
    width,
    signal,
  }: {
    rows: readonly number[];
    maxTokens: number;
    width: number;
    signal: AbortSignal | undefined;
  },
): Promise<Float32Array> {
  const { starts } = tokens;
  const features = new Float32Array(rows.length * width);
  const places = Map.groupBy(rows.keys(), (at) =>
    paddedLength(starts[rows[at] + 1] - starts[rows[at]], maxTokens),
  );
  for (const [length, group] of places) {
    const size = Math.max(1, Math.floor(TOKENS_PER_RUN / length));
    for (let from = 0; from < group.length; from += size) {
      signal?.throwIfAborted();
      const some = group.slice(from, from + size);
      const ids = idsOf(
        tokens,
        some.map((at) => rows[at]),
        length,
      );
      const { pooled } = await session.run({ ids }, ["pooled"]);
      some.forEach((at, i) => {
        features.set(
          (pooled.data as Float32Array).subarray(i * width, (i + 1) * width),
          at * width,
        );
      });
    }
  }
  return features;
}

function inOrder(rows: Float32Array, order: readonly number[], width: number): Float32Array {
  const placed = new Float32Array(rows.length);
  order.forEach((row, at) => placed.set(rows.subarray(at * width, (at + 1) * width), row * width));
  return placed;
}
