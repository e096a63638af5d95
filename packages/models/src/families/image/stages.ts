import type { Checkpoints, SavedPredictor } from "../family.ts";

/**
 * The checkpoints of one stage of a training: those of other stages are not seen. A stage that has ended before is
 * trained again when the training resumes in a later one, so stages before the last are to be short, or deterministic and
 * kept by `carried`.
 * @param carried what is kept beside each checkpoint of the stage, read back by `carriedBy`.
 */
export function checkpointsOfStage(
  checkpoints: Checkpoints,
  stage: string,
  carried: SavedPredictor = { parameters: {}, tensors: {} },
): Checkpoints {
  return {
    save: ({ parameters, tensors }) =>
      checkpoints.save({
        parameters: { stage, parameters, carried: carried.parameters },
        tensors: { ...prefixed(tensors, "own."), ...prefixed(carried.tensors, "carried.") },
      }),
    async load() {
      const state = await checkpoints.load();
      if (state?.parameters["stage"] !== stage) return undefined;
      return {
        parameters: record(state.parameters["parameters"]),
        tensors: unprefixed(state.tensors, "own."),
      };
    },
  };
}

/** What was kept beside the last checkpoint when it is one of `stage`. */
export async function carriedBy(
  checkpoints: Checkpoints | undefined,
  stage: string,
): Promise<SavedPredictor | undefined> {
  const state = await checkpoints?.load();
  if (state?.parameters["stage"] !== stage) return undefined;
  return {
    parameters: record(state.parameters["carried"]),
    tensors: unprefixed(state.tensors, "carried."),
  };
}

type TensorRecord = SavedPredictor["tensors"];

/** Tensors with a prefix to their names. */
export function prefixed(tensors: TensorRecord, prefix: string): TensorRecord {
  return Object.fromEntries(Object.entries(tensors).map(([name, value]) => [prefix + name, value]));
}

/** The tensors whose names have a prefix, without it. */
export function unprefixed(tensors: TensorRecord, prefix: string): TensorRecord {
  return Object.fromEntries(
    Object.entries(tensors).flatMap(([name, value]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), value]] : [],
    ),
  );
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
