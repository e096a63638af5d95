import { biLstm as network } from "@souk/tensor";
import type { SettingSpec } from "../settings.ts";
import { ownWordVectors, wordVectorChoices } from "../neural/own-word-vectors.ts";
import { textSettings } from "../neural/network-settings.ts";
import { textFamily } from "../neural/text-family.ts";

const settings = {
  features: {
    kind: "number",
    default: 64,
    min: 4,
    max: 1024,
    integer: true,
    description: "features of one direction",
  },
  layers: {
    kind: "number",
    default: 1,
    min: 1,
    max: 4,
    integer: true,
    description: "recurrent layers one after another",
  },
  summary: {
    kind: "choice",
    default: "mean",
    options: ["mean", "last"],
    description: "mean over the words, or the last state of each direction",
  },
  ...wordVectorChoices,
  ...textSettings,
  lr: { ...textSettings.lr, default: 0.003 },
} as const satisfies Record<string, SettingSpec>;

/** A recurrent network that reads the words forwards and backwards. */
export const biLstm = textFamily({
  name: "bilstm",
  summary:
    "A recurrent network over word embeddings learnt from zero or begun by Word2Vec; reads the whole text both ways.",
  settings,
  begin: ownWordVectors,
  network: (size, chosen) =>
    network({
      ...size,
      width: chosen.number("width"),
      features: chosen.number("features"),
      layers: chosen.number("layers"),
      summary: chosen.choice("summary") === "last" ? "last" : "mean",
      dropout: chosen.number("dropout"),
      padding: 0,
    }),
});
