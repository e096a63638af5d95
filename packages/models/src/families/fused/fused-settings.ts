import { imageSettings } from "../image/image-settings.ts";
import type { SettingSpec } from "../settings.ts";

/** How the parts can be made one. */
const fusionKinds = ["weights", "stacking", "joint"] as const;

/** The settings of the photo's part, and how text and photo are made one. */
export const fusedSettings = {
  fusion: {
    kind: "choice",
    default: "auto",
    options: ["auto", ...fusionKinds],
    description:
      "weights: a share of each part's probabilities; stacking: learnt weights of each label; joint: a network over both; auto: the best on the validation rows",
  },
  textFamily: {
    kind: "choice",
    default: "ngram",
    options: ["ngram", "linear", "text-cnn", "bilstm"],
    description: "family that reads everything but the photo",
  },
  textEpochs: {
    kind: "number",
    default: 0,
    min: 0,
    max: 1000,
    integer: true,
    description: "most passes of the text's part; 0: its family's own",
  },
  ...imageSettings,
  // With a text beside it the photo gains little from these, and they are most of the time.
  fineTune: { ...imageSettings.fineTune, default: "none" },
  augment: { ...imageSettings.augment, default: 0 },
} as const satisfies Record<string, SettingSpec>;
