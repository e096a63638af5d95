import { SoukError } from "@souk/core";
import { type Network, networkModel, writeOnnx } from "@souk/tensor";
import type { Family } from "../family.ts";
import type { Settings, SettingSpec } from "../settings.ts";
import { standardiser } from "../standardise.ts";
import { fitNetwork } from "./fit-network.ts";
import { textDataset } from "./text-batches.ts";
import { fitRowEncoder, type RowEncoder, textColumns } from "./text-encoder.ts";
import { createTextPredictor, restoreTextPredictor } from "./text-predictor.ts";

/** What makes one family of networks over words differ from another. */
export interface TextDesign extends Pick<Family, "name" | "summary"> {
  readonly settings: Readonly<Record<string, SettingSpec>>;
  /** `ids` int64 [batch, length] to `logits` [batch, classes] and `features` [batch, dim]; padding is 0. */
  readonly network: (
    size: { readonly vocabulary: number; readonly classes: number },
    settings: Settings,
  ) => Network;
}

/** The family of a design: words by number, softmax cross-entropy for classes, Huber's loss for standardised numbers. */
export function textFamily({ name, summary, settings, network: design }: TextDesign): Family {
  return {
    name,
    summary,
    inputKinds: ["text"],
    settings,
    async train(data, context) {
      const { settings: chosen, signal, onEvent } = context;
      signal?.throwIfAborted();
      const columns = textColumns(data.task, name);
      onEvent({ kind: "phase", phase: "prepare" });
      const encoder = await fitRowEncoder(columns, data.train.batch, {
        minCount: chosen.number("minCount"),
        maxWords: chosen.number("maxWords"),
        maxTokens: chosen.number("maxTokens"),
        signal,
      });
      const classes = data.labels?.length ?? 1;
      const network = design({ vocabulary: encoder.index.size, classes }, chosen);
      const target =
        data.labels === undefined ? standardiser(data.train.targets) : { offset: 0, scale: 1 };
      const batches = await batchesOf(encoder, data, { context, target });
      onEvent({ kind: "phase", phase: "train" });
      const problem = { network, ...batches, scale: target.scale };
      const weights = await fitNetwork(problem, { data, context });
      const model = networkModel(network, weights, { outputs: ["logits", "features"], name });
      return createTextPredictor({
        encoder,
        network: writeOnnx(model),
        outputs: classes,
        ...target,
      });
    },
    restore: (saved, _task, labels) => restoreTextPredictor(saved, labels?.length ?? 1),
  };
}

async function batchesOf(
  encoder: RowEncoder,
  { labels, train, validation }: Parameters<Family["train"]>[0],
  {
    context: { settings, signal },
    target: { offset, scale },
  }: {
    context: Parameters<Family["train"]>[1];
    target: { offset: number; scale: number };
  },
): Promise<Pick<Parameters<typeof fitNetwork>[0], "train" | "validation">> {
  const common = {
    regression: labels === undefined,
    maxTokens: settings.number("maxTokens"),
    batchSize: settings.number("batchSize"),
  };
  const datasets = [];
  for (const [{ batch, targets }, shuffle] of [
    [train, true],
    [validation, false],
  ] as const) {
    const scaled = targets.map((value) => (value - offset) / scale);
    const tokens = await encoder.encode(batch, { signal });
    datasets.push(textDataset(tokens, { ...common, targets: scaled, shuffle }));
  }
  const [learnt, tried] = datasets;
  if (learnt === undefined)
    throw new SoukError("TRAIN_EMPTY", "expected training rows with a target, got none");
  return { train: learnt, validation: tried };
}
