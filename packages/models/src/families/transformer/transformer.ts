import {
  dense,
  dropout,
  int64,
  type Network,
  op,
  transformerEncoder,
  type TransformerSettings,
} from "@souk/tensor";
import { SoukError } from "@souk/core";
import type { Family } from "../family.ts";
import type { Settings, SettingSpec } from "../settings.ts";
import type { Pace } from "../neural/fit-network.ts";
import { networkEpochs, textSettings } from "../neural/network-settings.ts";
import { trainOnWords } from "../neural/text-family.ts";
import { restoreTextPredictor } from "../neural/text-predictor.ts";
import { PADDING } from "../neural/word-index.ts";
import { trainPretrained } from "./pretrained.ts";

const settings = {
  pretrained: {
    kind: "text",
    default: "",
    description:
      "name of a configured folder with a published encoder (BERT, DistilBERT, MiniLM) to train on; empty: from zero",
  },
  trainableLayers: {
    kind: "number",
    default: 2,
    min: 0,
    max: 48,
    integer: true,
    description:
      "last layers of a published encoder that are trained with the head; 0: only the head, on features computed once",
  },
  headHidden: {
    kind: "number",
    default: 0,
    min: 0,
    max: 4096,
    integer: true,
    description: "features between a published encoder and the last layer; 0: none",
  },
  layers: {
    kind: "number",
    default: 2,
    min: 1,
    max: 12,
    integer: true,
    description: "encoder layers",
  },
  heads: {
    kind: "number",
    default: 4,
    min: 1,
    max: 16,
    integer: true,
    description: "attention heads of a layer",
  },
  hidden: {
    kind: "number",
    default: 128,
    min: 8,
    max: 4096,
    integer: true,
    description: "features between the two dense halves of a layer",
  },
  ...textSettings,
  width: {
    ...textSettings.width,
    default: 64,
    description: "features of a word, a multiple of heads",
  },
  lr: {
    ...textSettings.lr,
    default: 0,
    min: 0,
    description:
      "largest step of Adam; 0: 0.0005 from zero, 0.0001 for layers of a published encoder, 0.001 for a head alone",
  },
  batchSize: {
    ...textSettings.batchSize,
    default: 0,
    min: 0,
    description: "rows of one step; 0: 64, or 16 when layers of a published encoder are trained",
  },
  epochs: {
    ...textSettings.epochs,
    description:
      "most passes over the training rows; 0: by their number, 4 to 20, 3 for layers of a published encoder, 10 to 100 for a head alone",
  },
  dropout: { ...textSettings.dropout, default: 0.1 },
} as const satisfies Record<string, SettingSpec>;

const name = "transformer";
const FROM_ZERO = { batchSize: 64, learningRate: 0.0005 };

/**
 * A transformer encoder: a small one from zero, or a published one that is trained on. Every word sees every other;
 * the mean over the words is classified.
 */
export const transformer: Family = {
  name,
  summary:
    "A transformer encoder, small and learnt from zero or a published one trained on; every word sees every other.",
  inputKinds: ["text"],
  settings,
  train: (data, context) =>
    context.settings.text("pretrained") === ""
      ? trainOnWords({ name, network: smallEncoder, pace }, data, context)
      : trainPretrained(name, data, context),
  restore: (saved, _task, labels) => restoreTextPredictor(saved, labels?.length ?? 1),
};

function pace(chosen: Settings, rows: number): Pace {
  return {
    epochs: networkEpochs(chosen.number("epochs"), rows),
    batchSize: chosen.number("batchSize") || FROM_ZERO.batchSize,
    learningRate: chosen.number("lr") || FROM_ZERO.learningRate,
  };
}

function smallEncoder(
  { vocabulary, classes }: { vocabulary: number; classes: number },
  chosen: Settings,
): Network {
  const width = chosen.number("width");
  const heads = chosen.number("heads");
  if (width % heads !== 0)
    throw new SoukError(
      "SETTING_INVALID",
      `setting width: expected a multiple of heads (${heads}), got ${width}`,
    );
  const rate = chosen.number("dropout");
  const encoder = {
    vocabulary,
    width,
    heads,
    layers: chosen.number("layers"),
    hidden: chosen.number("hidden"),
    positions: chosen.number("maxTokens"),
    dropout: rate,
    attentionDropout: rate,
  };
  return classifier(encoder, classes);
}

/** An encoder that reads `ids` alone: what is padding, it sees itself. */
function classifier(encoder: TransformerSettings, classes: number): Network {
  const whole = transformerEncoder({
    ...encoder,
    family: "distilbert",
    head: { kind: "sentence", normalize: false },
  });
  return {
    inputs: { ids: { type: "int64", shape: ["batch", "length"] } },
    build(scope, { ids }) {
      const padding = op.Equal(ids, ids.graph.constant(int64(PADDING)));
      const mask = op.Cast(op.Not(padding), "int64");
      const { embedding } = whole.build(scope, { input_ids: ids, attention_mask: mask });
      const kept = dropout(scope, embedding, encoder.dropout ?? 0);
      return {
        features: embedding,
        logits: dense(scope.within("classifier"), kept, { features: classes }),
      };
    },
  };
}
