import type { Weights } from "@souk/tensor";
import type { FamilyContext, FamilyData } from "../family.ts";
import { fitNetwork, type NetworkProblem } from "../neural/fit-network.ts";
import { checkpointsOfStage } from "./stages.ts";

/** One training of several that follow each other; its checkpoints and figures are its own. */
export interface Stage extends Pick<
  NetworkProblem,
  "network" | "train" | "validation" | "scale" | "weights"
> {
  readonly name: string;
  readonly epochs: number;
  readonly lr: number;
  /** Share of a label that is given to all. */
  readonly smoothing: number;
  /** Epochs of the stages before: where this one's figures begin. */
  readonly epochsBefore: number;
}

/**
 * Trains a stage until its validation stops getting better; the weights of the best epoch.
 * @throws SoukError `TRAIN_DIVERGED` when a value is not finite, `CHECKPOINT_INVALID`; the signal's reason when aborted.
 */
export function fitStage(
  { name, epochs, lr, smoothing, epochsBefore, ...problem }: Stage,
  { data, context }: { data: FamilyData; context: FamilyContext },
): Promise<Weights> {
  const { checkpoints, settings, onEvent } = context;
  const stepsBefore = epochsBefore * (problem.train.rows ?? 1);
  const pace = {
    epochs,
    batchSize: settings.number("batchSize"),
    learningRate: lr,
    weightDecay: settings.number("l2"),
  };
  return fitNetwork(
    { ...problem, pace },
    {
      data,
      context: {
        ...context,
        settings: {
          ...settings,
          number: (setting) => (setting === "smoothing" ? smoothing : settings.number(setting)),
        },
        ...(checkpoints && { checkpoints: checkpointsOfStage(checkpoints, name) }),
        onEvent: (event) =>
          onEvent(
            event.kind === "metrics"
              ? { ...event, epoch: event.epoch + epochsBefore, step: event.step + stepsBefore }
              : event,
          ),
      },
    },
  );
}
