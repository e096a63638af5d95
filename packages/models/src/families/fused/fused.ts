import { SoukError } from "@souk/core";
import { fitTemperature } from "../../evaluation/calibration.ts";
import { biLstm } from "../bi-lstm/bi-lstm.ts";
import type { Family, FamilyContext, FamilyData, Predictor, TrainEvent } from "../family.ts";
import { trainImage } from "../image/image.ts";
import { priorOf } from "../image/photo-rows.ts";
import { carriedBy, checkpointsOfStage } from "../image/stages.ts";
import { linear } from "../linear/linear.ts";
import { ngram } from "../ngram/ngram.ts";
import { resolveSettings } from "../settings.ts";
import { textCnn } from "../text-cnn/text-cnn.ts";
import { fuse } from "./fuse.ts";
import { createFusedPredictor } from "./fused-predictor.ts";
import { fusedSettings } from "./fused-settings.ts";
import { askParts, columnsBesidePhotos, type PartAnswers, type Parts } from "./part-answers.ts";
import { restoreFused, textTask } from "./saved-fused.ts";

/** Families that can read what is beside the photo. */
const textFamilies: readonly Family[] = [ngram, linear, textCnn, biLstm];

/** Text and photo, each by a family of its own, made one on the validation rows. */
export const fused: Family = {
  name: "fused",
  summary:
    "Text and photo, each by its own model, combined by what the validation rows show; a row with one of them is answered by that one.",
  inputKinds: ["text", "number", "category", "date", "image"],
  needs: ["image"],
  settings: fusedSettings,
  async train(data, context) {
    const { signal, settings, onEvent } = context;
    signal?.throwIfAborted();
    const textColumns = columnsBesidePhotos(data.task);
    if (textColumns.length === 0)
      throw new SoukError(
        "FAMILY_INPUTS",
        "family fused: expected a task with a photo and another input, got photos only",
      );
    const textFamily = settings.choice("textFamily");
    const text = await trainText(data, context, familyOf(textFamily));
    const { predictor: image, known } = await trainImage(data, {
      ...context,
      ...(context.checkpoints && {
        checkpoints: checkpointsOfStage(context.checkpoints, "image", text.save()),
      }),
      onEvent: named(onEvent, "image"),
    });
    const bare = { text, image, textColumns, prior: priorOf(data), temperatures: ONE };
    // The network need not run again on photos that the training has answers of.
    const lenient = { images: context.images, brokenPhotos: "leave-out", known } as const;
    const asked = { ...bare, image: image.within(lenient) };
    const answers = await askParts(asked, data.validation.batch);
    const parts = { ...bare, temperatures: temperaturesOf(answers, data) };
    const asking = { ...asked, temperatures: parts.temperatures };
    const result = await fuse(asking, { data, context });
    await asking.image.close?.();
    return createFusedPredictor({
      parts,
      isClass: data.labels !== undefined,
      combination: result.combination,
      parameters: { textFamily, validation: result.validation },
    });
  },
  restore: (saved, task, labels, surroundings = {}) =>
    createFusedPredictor(
      restoreFused(saved, { task, labels, surroundings, families: textFamilies }),
    ),
};

const ONE = { text: 1, image: 1 };

function familyOf(name: string): Family {
  return textFamilies.find((family) => family.name === name) ?? ngram;
}

/** Trains the text's part, or takes it from a checkpoint of the photo's part, which comes after. */
async function trainText(
  data: FamilyData,
  context: FamilyContext,
  family: Family,
): Promise<Predictor> {
  const { checkpoints, settings, onEvent } = context;
  const task = textTask(data.task);
  const done = await carriedBy(checkpoints, "image");
  if (done !== undefined) return family.restore(done, task, data.labels);
  const epochs = settings.number("textEpochs");
  return family.train(
    { ...data, task },
    {
      ...context,
      settings: resolveSettings(family.settings, epochs > 0 ? { epochs } : {}),
      ...(checkpoints && { checkpoints: checkpointsOfStage(checkpoints, "text") }),
      onEvent: named(onEvent, "text"),
    },
  );
}

/** Figures of a part go by its name. */
function named(onEvent: FamilyContext["onEvent"], part: string): (event: TrainEvent) => void {
  return (event) => {
    if (event.kind !== "metrics") return onEvent(event);
    const values = Object.entries(event.values).map(([name, value]) => [`${part}.${name}`, value]);
    onEvent({ ...event, values: Object.fromEntries(values) });
  };
}

/** The temperature of each part on the validation rows that it can answer. */
function temperaturesOf(
  { text, image, hasText, hasPhoto, outputs }: PartAnswers,
  { labels, validation: { targets } }: FamilyData,
): Parts["temperatures"] {
  if (labels === undefined) return ONE;
  const fit = (scores: Float64Array, has: readonly boolean[]): number => {
    const rows = has.flatMap((one, row) => (one && targets[row] >= 0 ? [row] : []));
    if (rows.length === 0) return 1;
    const some = rows.flatMap((row) => [...scores.subarray(row * outputs, (row + 1) * outputs)]);
    const wanted = Float64Array.from(rows, (row) => targets[row]);
    return fitTemperature(Float64Array.from(some), wanted, outputs);
  };
  return { text: fit(text, hasText), image: fit(image, hasPhoto) };
}
