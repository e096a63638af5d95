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
import type { SettingSpec } from "../settings.ts";
import { textSettings } from "../neural/network-settings.ts";
import { textFamily } from "../neural/text-family.ts";
import { PADDING } from "../neural/word-index.ts";

const settings = {
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
  lr: { ...textSettings.lr, default: 0.0005 },
  dropout: { ...textSettings.dropout, default: 0.1 },
} as const satisfies Record<string, SettingSpec>;

/** A small transformer encoder, from zero: every word sees every other; the mean over the words is classified. */
export const transformer = textFamily({
  name: "transformer",
  summary: "A small transformer encoder learnt from zero; every word sees every other.",
  settings,
  network({ vocabulary, classes }, chosen) {
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
  },
});

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
