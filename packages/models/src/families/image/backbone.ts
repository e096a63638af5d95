/** A pretrained image network in a folder: one ONNX file, and how photos are prepared for it. */
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { errorMessage, sha256, SoukError } from "@souk/core";
import { type OnnxModel, readOnnx } from "@souk/tensor";
import type { Normalisation } from "../../images/pixels.ts";

/** A network and what it wants. */
export interface Backbone {
  readonly name: string;
  readonly model: OnnxModel;
  /** Of the file as it was read. */
  readonly sha256: string;
  /** The file's one input. */
  readonly input: string;
  /** Height and width of a photo. */
  readonly size: number;
  readonly normalisation: Normalisation;
  /** The value that describes a photo. */
  readonly featureOutput: string;
}

/** A file above this is no image network; it would be held in memory whole. */
const MAX_BYTES = 1 << 30;
const WEIGHTED = new Set(["Conv", "Gemm", "MatMul"]);

/**
 * Reads the one `.onnx` or `.onnx.gz` file of a folder. MobileNet's photos are prepared as TensorFlow does (in [-1, 1]),
 * those of other networks as torchvision does. The description of a photo is the output `embedding` or `features`, or else
 * what the last layer reads.
 * @throws SoukError `PRETRAINED_FILE` when there is not just one such file, or it is too large; `PRETRAINED_NETWORK` when
 * it holds no network of one square photo.
 */
export async function loadBackbone(name: string, folder: string): Promise<Backbone> {
  const bytes = await readFileOf(name, folder);
  const model = parse(name, bytes);
  const { input, size } = inputOf(name, model);
  return {
    name,
    model,
    sha256: sha256(bytes),
    input,
    size,
    normalisation: name.startsWith("mobilenet") ? "symmetric" : "imagenet",
    featureOutput: featureOutputOf(name, model),
  };
}

async function readFileOf(name: string, folder: string): Promise<Uint8Array> {
  const files = (await namesIn(folder)).filter((file) => /\.onnx(\.gz)?$/.test(file));
  const [file] = files;
  if (file === undefined || files.length > 1)
    throw new SoukError(
      "PRETRAINED_FILE",
      `pretrained ${name}: expected one .onnx or .onnx.gz file in its folder, got ${files.length}`,
    );
  const path = join(folder, file);
  const { size } = await stat(path);
  if (size > MAX_BYTES)
    throw new SoukError(
      "PRETRAINED_FILE",
      `pretrained ${name}: expected at most ${MAX_BYTES} bytes, got ${size}`,
    );
  const bytes = await readFile(path);
  return file.endsWith(".gz") ? unpack(name, bytes) : bytes;
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch {
    return [];
  }
}

async function unpack(name: string, bytes: Uint8Array): Promise<Uint8Array> {
  try {
    return await promisify(gunzip)(bytes, { maxOutputLength: MAX_BYTES });
  } catch (cause) {
    throw new SoukError("PRETRAINED_FILE", `pretrained ${name}: ${errorMessage(cause)}`, { cause });
  }
}

function parse(name: string, bytes: Uint8Array): OnnxModel {
  try {
    return readOnnx(bytes);
  } catch (cause) {
    throw new SoukError("PRETRAINED_NETWORK", `pretrained ${name}: ${errorMessage(cause)}`, {
      cause,
    });
  }
}

function inputOf(
  name: string,
  { graph: { inputs, initializers } }: OnnxModel,
): { input: string; size: number } {
  const open = inputs.filter((one) => !initializers.has(one.name));
  const [, channels, height, width] = open[0]?.shape ?? [];
  if (open.length === 1 && channels === 3 && typeof height === "number" && height === width)
    return { input: open[0].name, size: height };
  throw new SoukError(
    "PRETRAINED_NETWORK",
    `pretrained ${name}: expected one input [batch, 3, size, size], got ${JSON.stringify(open)}`,
  );
}

function featureOutputOf(name: string, { graph: { nodes, outputs } }: OnnxModel): string {
  const named = outputs.find((output) => /^(embedding|features)$/i.test(output.name));
  if (named !== undefined) return named.name;
  let value = outputs[0]?.name;
  for (;;) {
    const node = nodes.find((one) => value !== undefined && one.outputs.includes(value));
    const input = node?.inputs[0];
    if (node === undefined || input === undefined)
      throw new SoukError(
        "PRETRAINED_NETWORK",
        `pretrained ${name}: expected an output embedding or features, or a last dense layer, got neither`,
      );
    if (WEIGHTED.has(node.operator)) return input;
    value = input;
  }
}
