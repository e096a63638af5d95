import { SoukError } from "@souk/core";
import type { SavedPredictor } from "../family.ts";

/** The weights `name` of a checkpoint. @throws SoukError `CHECKPOINT_INVALID` unless they are `length` numbers. */
export function checkpointPart(saved: SavedPredictor, name: string, length: number): Float32Array {
  const data = saved.tensors[name]?.data;
  if (data instanceof Float32Array && data.length === length) return data;
  throw new SoukError(
    "CHECKPOINT_INVALID",
    `expected ${length} weights ${name}, got ${data?.length ?? 0}`,
  );
}
