import { readFile, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { sha256, SoukError, writeFolderAtomic } from "@souk/core";
import type { ReportCurves } from "../evaluation/curves.ts";
import type { EvaluationReport } from "../evaluation/report.ts";
import type { ImageSource, SavedPredictor, Surroundings } from "../families/family.ts";
import { familyOf } from "../families/registry.ts";
import { reportPage } from "../report-page/report-page.ts";
import { thumbnailsOf } from "../report-page/thumbnails.ts";
import { type FileFacts, type ModelCard, parseCard } from "./card.ts";
import { decodeComparables } from "./comparables.ts";
import { createModel, type Model, withComparables } from "./model.ts";
import { modelText } from "./model-text.ts";
import { decodeTensors, encodeTensors } from "./tensors.ts";

// An artefact folder:
//   card.json    ModelCard; holds the size and SHA-256 of weights.bin
//   weights.bin  named arrays (safetensors layout) with the predictor's parameters
//   comparables.bin  training rows by what they say, where the task asks for comparable ones
//   report.json  EvaluationReport
//   report.html  the same as a page with charts
//   README.md    the same in short

const MAX_CARD_BYTES = 1 << 20;
const MAX_WEIGHTS_BYTES = 2 ** 31;

/** Bytes of a weights file. */
export function encodeWeights(saved: SavedPredictor): Uint8Array {
  return encodeTensors(saved.tensors, saved.parameters);
}

/**
 * Writes the folder whole or not at all. An artefact that was there before is replaced.
 * @returns the card that was written.
 */
export async function writeArtefact(
  directory: string,
  {
    card,
    report,
    curves,
    weights,
    comparables,
    images,
  }: {
    card: ModelCard;
    report: EvaluationReport;
    curves: ReportCurves;
    weights: Uint8Array;
    comparables?: Uint8Array;
    /** Where the photos of the page are. */
    images?: ImageSource;
  },
): Promise<ModelCard> {
  const thumbnails = images === undefined ? {} : await thumbnailsOf(report.worst, images);
  const finished =
    comparables === undefined
      ? card
      : { ...card, comparables: { sizeBytes: comparables.length, sha256: sha256(comparables) } };
  const files = {
    "weights.bin": weights,
    ...(comparables === undefined ? {} : { "comparables.bin": comparables }),
    "report.json": `${JSON.stringify(report, null, 2)}\n`,
    "report.html": reportPage(report, { card, curves, thumbnails }),
    "card.json": `${JSON.stringify(finished, null, 2)}\n`,
    "README.md": modelText(card, report),
  };
  await writeFolderAtomic(directory, files, { replace: true });
  return finished;
}

/**
 * Loads a model from its folder; nothing else is needed but, for rows that name photos by hash, the photos. The folder is not trusted: sizes, checksum, types and shapes
 * are checked before use.
 * @throws SoukError `MODEL_NOT_FOUND`, `MODEL_FORMAT`, `MODEL_CARD`, `MODEL_CHECKSUM`, `MODEL_WEIGHTS`,
 * `MODEL_TOO_LARGE`, `MODEL_TOKENIZER`, `MODEL_VOCABULARY`, `FAMILY_UNKNOWN`, `TASK_INVALID`.
 */
export async function loadModel(
  directory: string,
  surroundings: Surroundings = {},
): Promise<Model> {
  const card = parseCard(
    parseJson(await readLimited(join(directory, "card.json"), MAX_CARD_BYTES)),
  );
  const weights = await readChecked(directory, "weights.bin", card.weights);
  const { tensors, metadata } = decodeTensors(weights);
  if (typeof metadata !== "object" || metadata === null)
    throw new SoukError("MODEL_WEIGHTS", "weights.bin: expected parameters, got none");
  const saved = { tensors, parameters: Object.fromEntries(Object.entries(metadata)) };
  const predictor = familyOf(card.family).restore(saved, card.task, card.labels, surroundings);
  const model = createModel(card, predictor, weights.length);
  if (card.comparables === undefined) return model;
  const index = decodeComparables(
    await readChecked(directory, "comparables.bin", card.comparables),
    card.task,
  );
  return withComparables(model, index);
}

async function readChecked(
  directory: string,
  name: string,
  { sizeBytes, sha256: wanted }: FileFacts,
): Promise<Buffer> {
  const bytes = await readLimited(join(directory, name), MAX_WEIGHTS_BYTES);
  const got = sha256(bytes);
  if (bytes.length === sizeBytes && got === wanted) return bytes;
  throw new SoukError(
    "MODEL_CHECKSUM",
    `${name}: expected ${sizeBytes} bytes with SHA-256 ${wanted.slice(0, 12)}, got ${bytes.length} with ${got.slice(0, 12)}`,
  );
}

async function readLimited(path: string, maxBytes: number): Promise<Buffer> {
  try {
    const { size } = await stat(path);
    if (size > maxBytes)
      throw new SoukError(
        "MODEL_TOO_LARGE",
        `${basename(path)}: expected at most ${maxBytes} bytes, got ${size}`,
      );
    return await readFile(path);
  } catch (cause) {
    if (cause instanceof SoukError) throw cause;
    throw new SoukError(
      "MODEL_NOT_FOUND",
      `expected a model folder with ${basename(path)}, got none at ${dirname(path)}`,
      { cause },
    );
  }
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch (cause) {
    throw new SoukError("MODEL_CARD", "card.json: expected JSON, got other text", { cause });
  }
}
