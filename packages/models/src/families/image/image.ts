import { SoukError } from "@souk/core";
import type { Family, FamilyContext, FamilyData } from "../family.ts";
import { type Backbone, loadBackbone } from "./backbone.ts";
import {
  createImagePredictor,
  type ImagePredictor,
  type KnownAnswers,
  restoreImagePredictor,
} from "./image-predictor.ts";
import { imageSettings } from "./image-settings.ts";
import { photoData } from "./photo-rows.ts";
import { photoColumn } from "./photos.ts";
import { trainCnn } from "./train-cnn.ts";
import { trainFrozen } from "./train-frozen.ts";

/** A network over photos: pretrained with a new head and a trained end, or a small one from zero. */
export const image: Family = {
  name: "image",
  summary:
    "A network over photos: a pretrained one with a new head and its last blocks trained, or a small one from zero.",
  inputKinds: ["image"],
  settings: imageSettings,
  train: async (data, context) => (await trainImage(data, context)).predictor,
  restore: (saved, _task, labels, surroundings) =>
    restoreImagePredictor(saved, labels?.length ?? 1, surroundings ?? {}),
};

/**
 * Trains the family `image`; `known` is what the network says of the photos it was trained and tried on, to rounding.
 * @throws SoukError `FAMILY_INPUTS`, `TRAIN_PHOTOS`, `PRETRAINED_*`, `TRAIN_DIVERGED`; the signal's reason when aborted.
 */
export async function trainImage(
  data: FamilyData,
  context: FamilyContext,
): Promise<{ readonly predictor: ImagePredictor; readonly known: KnownAnswers }> {
  context.signal?.throwIfAborted();
  const column = photoColumn(data.task, "image");
  const backbone = await backboneOf(context);
  const photos = await photoData(data, column, context);
  const trained =
    backbone === undefined
      ? await trainCnn({ data, context, photos })
      : await trainFrozen(backbone, { data, context, photos });
  const { rowsWithoutPhoto } = trained.training;
  if (typeof rowsWithoutPhoto === "number" && rowsWithoutPhoto > 0)
    context.onEvent({ kind: "metrics", step: 0, epoch: 0, values: { rowsWithoutPhoto } });
  const { offset, scale, prior } = photos;
  const outputs = data.labels?.length ?? 1;
  const { known, ...network } = trained;
  const views = context.settings.number("views");
  const predictor = createImagePredictor(
    { ...network, column, views, outputs, prior, offset, scale },
    { images: context.images },
  );
  // They are of whole photos.
  return { predictor, known: views === 1 ? known : new Map() };
}

async function backboneOf({ settings, pretrained }: FamilyContext): Promise<Backbone | undefined> {
  const asked = settings.choice("backbone");
  if (asked === "cnn") return undefined;
  const name = asked === "auto" ? "mobilenet-v2" : asked;
  const folder = pretrained?.[name];
  if (folder !== undefined) return loadBackbone(name, folder);
  if (asked === "auto") return undefined;
  throw new SoukError(
    "PRETRAINED_UNKNOWN",
    `backbone ${name}: expected its folder among the pretrained weights, got none: configure pretrained.${name}`,
  );
}
