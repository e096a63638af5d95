import { textCnn as network } from "@souk/tensor";
import type { SettingSpec } from "../settings.ts";
import { ownWordVectors, wordVectorChoices } from "../neural/own-word-vectors.ts";
import { textSettings } from "../neural/network-settings.ts";
import { textFamily } from "../neural/text-family.ts";

const settings = {
  filters: {
    kind: "number",
    default: 128,
    min: 4,
    max: 1024,
    integer: true,
    description: "filters of the first convolution, each further one has half",
  },
  layers: {
    kind: "number",
    default: 1,
    min: 1,
    max: 3,
    integer: true,
    description: "convolutions one after another",
  },
  kernel: {
    kind: "number",
    default: 3,
    min: 1,
    max: 9,
    integer: true,
    description: "words a filter sees at once",
  },
  hidden: {
    kind: "number",
    default: 128,
    min: 4,
    max: 2048,
    integer: true,
    description: "features of a text, before the last layer",
  },
  ...wordVectorChoices,
  ...textSettings,
} as const satisfies Record<string, SettingSpec>;

/** Convolutions over word embeddings, the strongest answer of each filter, one dense layer. */
export const textCnn = textFamily({
  name: "text-cnn",
  summary:
    "Convolutions over word embeddings learnt from zero or begun by Word2Vec; reads word order within a few words.",
  settings,
  begin: ownWordVectors,
  network: (size, chosen) =>
    network({
      ...size,
      width: chosen.number("width"),
      filters: Array.from({ length: chosen.number("layers") }, (_, layer) =>
        Math.max(4, chosen.number("filters") >> layer),
      ),
      kernel: chosen.number("kernel"),
      hidden: chosen.number("hidden"),
      dropout: chosen.number("dropout"),
    }),
});
