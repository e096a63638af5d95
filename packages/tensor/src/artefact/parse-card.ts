/** Reads the card of a file from outside. */
import { SoukError } from "@souk/core";
import type { Dim, ValueInfo } from "../onnx/model.ts";
import { type ElementType, elementTypeCodes } from "../onnx/tensor.ts";
import { type ArtefactCard, cardError, checkFacts, type Json } from "./card.ts";

/**
 * A card from the text of card.json, every member checked; members it does not know are dropped.
 *
 * @throws SoukError `ARTEFACT_FORMAT` for another format number, `ARTEFACT_CARD` when a member is not as it must be.
 */
export function parseCard(text: string): ArtefactCard {
  const card = record(parseJson(text), "card.json");
  if (card["format"] !== 1) {
    throw new SoukError("ARTEFACT_FORMAT", `expected format 1, got ${String(card["format"])}`);
  }
  const { createdAt, license, labels, metrics, preprocessing, network } = card;
  const parsed: ArtefactCard = {
    format: 1,
    name: words(card["name"], "name"),
    createdAt: words(createdAt, "createdAt"),
    model: parseModel(record(card["model"], "model")),
    inputs: list(card["inputs"], "inputs").map((one) => parseValue(one, "inputs")),
    outputs: list(card["outputs"], "outputs").map((one) => parseValue(one, "outputs")),
    ...(license === undefined ? {} : { license: words(license, "license") }),
    ...(labels === undefined ? {} : { labels: parseLabels(labels) }),
    ...(metrics === undefined ? {} : { metrics: parseMetrics(metrics) }),
    ...(preprocessing === undefined ? {} : { preprocessing: preprocessing as Json }), // JSON.parse gives nothing else
    ...(network === undefined ? {} : { network: network as Json }),
  };
  checkFacts(parsed, parsed.outputs);
  return parsed;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new SoukError("ARTEFACT_CARD", "card.json: expected JSON, got other text", { cause });
  }
}

function parseModel(model: Record<string, unknown>): ArtefactCard["model"] {
  const { file, sha256 } = model;
  if (file !== "model.onnx") throw cardError("model.file", "model.onnx", file);
  if (typeof sha256 !== "string" || !/^[0-9a-f]{64}$/.test(sha256))
    throw cardError("model.sha256", "64 hex digits", sha256);
  const opsets = Object.entries(record(model["opsets"], "model.opsets"));
  return {
    file,
    sizeBytes: count(model["sizeBytes"], "model.sizeBytes"),
    sha256,
    opsets: Object.fromEntries(opsets.map(([name, one]) => [name, count(one, "model.opsets")])),
  };
}

function parseValue(value: unknown, member: string): ValueInfo {
  const { name, type, shape } = record(value, member);
  if (!isElementType(type)) throw cardError(`${member}.type`, "an element type", type);
  const lengths =
    shape === undefined ? {} : { shape: list(shape, `${member}.shape`).map(parseDim) };
  return { name: words(name, `${member}.name`), type, ...lengths };
}

function parseDim(dim: unknown): Dim {
  return typeof dim === "string" ? words(dim, "shape") : count(dim, "shape");
}

function parseLabels(value: unknown): readonly string[] {
  return list(value, "labels").map((label) => words(label, "labels"));
}

function parseMetrics(value: unknown): Record<string, number> {
  const metrics = Object.entries(record(value, "metrics"));
  for (const [name, metric] of metrics)
    if (typeof metric !== "number") throw cardError(`metrics.${name}`, "a number", metric);
  return Object.fromEntries(metrics.map(([name, metric]) => [name, Number(metric)]));
}

function isElementType(value: unknown): value is ElementType {
  return typeof value === "string" && Object.hasOwn(elementTypeCodes, value);
}

function record(value: unknown, member: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw cardError(member, "an object", value);
  return { ...value };
}

function list(value: unknown, member: string): readonly unknown[] {
  if (!Array.isArray(value)) throw cardError(member, "a list", value);
  return value;
}

function words(value: unknown, member: string): string {
  if (typeof value !== "string" || value.length > 10_000)
    throw cardError(member, "a text of at most 10,000 characters", value);
  return value;
}

function count(value: unknown, member: string): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0)
    throw cardError(member, "a whole number of at least 0", value);
  return value;
}
