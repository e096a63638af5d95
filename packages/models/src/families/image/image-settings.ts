import { balanceOptions } from "../balance.ts";
import type { SettingSpec } from "../settings.ts";
import { MOST_VIEWS } from "./crops.ts";

/** Networks trained on ImageNet that may be given as `pretrained` folders. */
const backboneNames = ["mobilenet-v2", "resnet50", "vgg16"] as const;

/** The settings of a network over photos. */
export const imageSettings = {
  backbone: {
    kind: "choice",
    default: "auto",
    options: ["auto", ...backboneNames, "cnn"],
    description:
      "network that sees the photos; auto: mobilenet-v2 when its weights are given, else a small one from zero",
  },
  fineTune: {
    kind: "choice",
    default: "last-block",
    options: ["none", "last-block"],
    description: "what of a pretrained network is trained after its head",
  },
  blocks: {
    kind: "number",
    default: 3,
    min: 1,
    max: 8,
    integer: true,
    description: "blocks at the end of a pretrained network that fine-tuning trains",
  },
  augment: {
    kind: "number",
    default: -1,
    min: -1,
    max: 20,
    integer: true,
    description:
      "changed copies of each training photo (turned, crop, mirror image, light); -1: more of few photos",
  },
  views: {
    kind: "number",
    default: 1,
    min: 1,
    max: MOST_VIEWS,
    integer: true,
    description:
      "views of a photo whose answers are averaged: the whole, then crops; each takes the time of one",
  },
  epochs: {
    kind: "number",
    default: 0,
    min: 0,
    max: 1000,
    integer: true,
    description: "most passes of the head, or of a network from zero; 0: by the number of rows",
  },
  tuneEpochs: {
    kind: "number",
    default: 8,
    min: 1,
    max: 200,
    integer: true,
    description: "most passes of fine-tuning",
  },
  patience: {
    kind: "number",
    default: 5,
    min: 1,
    max: 1000,
    integer: true,
    description: "passes without a better validation before it stops",
  },
  batchSize: {
    kind: "number",
    default: 32,
    min: 1,
    max: 1024,
    integer: true,
    description: "photos of one step",
  },
  lr: { kind: "number", default: 0.001, min: 1e-6, max: 1, description: "Adam's first step" },
  tuneLr: {
    kind: "number",
    default: 0.0001,
    min: 1e-7,
    max: 0.1,
    description: "Adam's first step in fine-tuning",
  },
  dropout: {
    kind: "number",
    default: 0.3,
    min: 0,
    max: 0.9,
    description: "share of features left out at random in training",
  },
  l2: {
    kind: "number",
    default: 0.01,
    min: 0,
    max: 10,
    description: "decay of trained weights, in steps of the learning rate",
  },
  smoothing: {
    kind: "number",
    default: 0.1,
    min: 0,
    max: 0.5,
    description: "share of a label that is given to all, in fine-tuning and from zero",
  },
  balance: {
    kind: "choice",
    default: "none",
    options: balanceOptions,
    description: "weight of rare classes",
  },
  size: {
    kind: "number",
    default: 64,
    min: 16,
    max: 256,
    integer: true,
    description: "height and width a network from zero sees",
  },
} as const satisfies Record<string, SettingSpec>;
