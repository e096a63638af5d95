/**
 * A saved model is a folder that holds
 *
 *   model.onnx   the network with its weights, one plain ONNX file that any ONNX tool opens
 *   card.json    what it is: inputs, outputs, labels, preprocessing, metrics, and the SHA-256 of model.onnx
 *
 * It appears whole or not at all, and is never changed afterwards.
 */
import { readFile, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import {
  type Clock,
  errorCode,
  errorMessage,
  sha256,
  SoukError,
  writeFolderAtomic,
} from "@souk/core";
import type { OnnxLimits } from "../onnx/limits.ts";
import type { OnnxModel, ValueInfo } from "../onnx/model.ts";
import { readOnnx } from "../onnx/read.ts";
import { writeOnnx } from "../onnx/write.ts";
import { type ArtefactCard, cardError, type CardFacts, checkFacts } from "./card.ts";
import { parseCard } from "./parse-card.ts";

/** Danger: a card from outside is held in memory as text and as objects. */
const MAX_CARD_BYTES = 16 * 2 ** 20;

/** A model loaded from its folder. */
export interface Artefact {
  readonly card: ArtefactCard;
  /** The bytes of model.onnx: for `openSession`, `openPool`. */
  readonly bytes: Uint8Array;
  /** The same as values: for `fromOnnx`, `quantizeDynamic`. Its initializers are the weights by name. */
  readonly model: OnnxModel;
}

/**
 * Saves a model into a new folder. `networkModel(network, weights)` gives the model of a trained network.
 *
 * @param facts what to keep beside the network; see `CardFacts`.
 * @throws SoukError `ARTEFACT_EXISTS` when the folder is there already, `ARTEFACT_CARD` when a fact makes no sense or
 * is no JSON, `ARTEFACT_WRITE` when the disk refuses, `ONNX_LIMIT` when the model exceeds 2 GB.
 */
export async function saveModel(
  folder: string,
  model: OnnxModel,
  { clock, ...facts }: CardFacts & { readonly clock: Clock },
): Promise<ArtefactCard> {
  checkFacts(facts, model.graph.outputs);
  const bytes = writeOnnx(model);
  const card: ArtefactCard = {
    format: 1,
    ...facts,
    createdAt: new Date(clock.now()).toISOString(),
    model: {
      file: "model.onnx",
      sizeBytes: bytes.byteLength,
      sha256: sha256(bytes),
      opsets: model.opsets,
    },
    inputs: inputsOf(model),
    outputs: model.graph.outputs,
  };
  const text = textOf(card);
  await writeFolder(folder, { "model.onnx": bytes, "card.json": text });
  return parseCard(text);
}

/**
 * Loads a model from its folder, which is not trusted: sizes, checksum, structure and card are checked.
 *
 * @throws SoukError `ARTEFACT_NOT_FOUND`, `ARTEFACT_FORMAT`, `ARTEFACT_CARD`, `ARTEFACT_CHECKSUM` when model.onnx is
 * not the file the card was written for, `ARTEFACT_TOO_LARGE`, and what `readOnnx` throws.
 */
export async function loadModel(
  folder: string,
  { limits = {} }: { readonly limits?: Partial<OnnxLimits> } = {},
): Promise<Artefact> {
  const maxBytes = limits.fileBytes ?? 2 ** 31 - 1;
  const card = parseCard((await readLimited(join(folder, "card.json"), MAX_CARD_BYTES)).toString());
  const bytes = await readLimited(join(folder, card.model.file), maxBytes);
  const got = sha256(bytes);
  if (bytes.byteLength !== card.model.sizeBytes || got !== card.model.sha256) {
    const { sizeBytes, sha256: want } = card.model;
    throw new SoukError(
      "ARTEFACT_CHECKSUM",
      `model.onnx: expected ${sizeBytes} bytes with SHA-256 ${want.slice(0, 12)}, got ${bytes.byteLength} with ${got.slice(0, 12)}`,
    );
  }
  const model = readOnnx(bytes, { limits });
  checkSame("inputs", card.inputs, inputsOf(model));
  checkSame("outputs", card.outputs, model.graph.outputs);
  return { card, bytes, model };
}

/** Inputs without those that an initializer gives. */
function inputsOf({ graph }: OnnxModel): readonly ValueInfo[] {
  return graph.inputs.filter(({ name }) => !graph.initializers.has(name));
}

function checkSame(member: string, card: readonly ValueInfo[], model: readonly ValueInfo[]): void {
  const names = (infos: readonly ValueInfo[]) => infos.map(({ name, type }) => `${name} ${type}`);
  const [want, got] = [names(model).join(", "), names(card).join(", ")];
  if (want !== got) throw cardError(member, `as in model.onnx (${want})`, got);
}

function textOf(card: ArtefactCard): string {
  try {
    return `${JSON.stringify(card, null, 2)}\n`;
  } catch (cause) {
    throw new SoukError("ARTEFACT_CARD", `card: expected JSON values, ${errorMessage(cause)}`, {
      cause,
    });
  }
}

async function writeFolder(
  folder: string,
  files: Readonly<Record<string, string | Uint8Array>>,
): Promise<void> {
  try {
    await writeFolderAtomic(folder, files);
  } catch (cause) {
    if (["ENOTEMPTY", "EEXIST"].includes(errorCode(cause) ?? ""))
      throw new SoukError("ARTEFACT_EXISTS", `expected no ${folder} yet, it is there`, { cause });
    throw new SoukError("ARTEFACT_WRITE", `${folder}: ${errorMessage(cause)}`, { cause });
  }
}

async function readLimited(path: string, maxBytes: number): Promise<Buffer> {
  try {
    const { size } = await stat(path);
    if (size <= maxBytes) return await readFile(path);
    throw new SoukError(
      "ARTEFACT_TOO_LARGE",
      `${basename(path)}: expected at most ${maxBytes} bytes, got ${size}`,
    );
  } catch (cause) {
    if (cause instanceof SoukError) throw cause;
    throw new SoukError(
      "ARTEFACT_NOT_FOUND",
      `expected a saved model with ${basename(path)} in ${dirname(path)}`,
      { cause },
    );
  }
}
