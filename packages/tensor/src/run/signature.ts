/** What goes into a model and what comes out, and the check that given tensors fit before anything native sees them. */
import { SoukError } from "@souk/core";
import type { Dim, ValueInfo } from "../onnx/model.ts";
import { formatShape, sizeOf, type Tensor, tensor } from "../onnx/tensor.ts";

/** Named tensors in or out. */
export type Tensors = Readonly<Record<string, Tensor>>;

/** What exporters write for "any length": not names, each may be another. */
const anonymous = new Set(["", "?", "-1", "None"]);

/**
 * Inputs and outputs of a loaded model. A named length ("batch") may be any, but the same everywhere it stands; one
 * without a name may be any each time; no shape means that ONNX Runtime tells nothing (a scalar, or an open rank).
 */
export interface Signature {
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
}

/**
 * Checks names, element types, shapes and sizes of the inputs of a run.
 *
 * @throws SoukError `SESSION_INPUT` with the input, what was expected and what came.
 */
export function checkInputs({ inputs }: Signature, given: Tensors): void {
  checkNames(inputs, given);
  const bound = new Map<string, { input: string; length: number }>();
  for (const info of inputs) {
    checkContent(info, given[info.name]);
    checkLengths(info, given[info.name].shape, bound);
  }
}

/**
 * Checks that a model has the outputs asked for.
 *
 * @throws SoukError `SESSION_OUTPUT` when one is unknown, or none is wanted.
 */
export function checkWanted({ outputs }: Signature, wanted: readonly string[]): void {
  const unknown = wanted.filter((name) => !outputs.some((output) => output.name === name));
  if (unknown.length === 0 && wanted.length > 0) return;
  throw new SoukError(
    "SESSION_OUTPUT",
    `expected some of the outputs ${namesOf(outputs)}; got ${unknown.join(", ") || "none"}`,
  );
}

function checkNames(inputs: readonly ValueInfo[], given: Tensors): void {
  const missing = inputs.filter(({ name }) => !Object.hasOwn(given, name));
  const unknown = Object.keys(given).filter((name) => !inputs.some((one) => one.name === name));
  if (missing.length === 0 && unknown.length === 0) return;
  throw new SoukError(
    "SESSION_INPUT",
    `expected inputs ${namesOf(inputs)}; missing ${namesOf(missing)}, unknown ${unknown.join(", ") || "none"}`,
  );
}

function checkContent({ name, type, shape }: ValueInfo, given: Tensor): void {
  if (given.type !== type) fail(name, `${type} ${shape ? formatShape(shape) : ""}`, given);
  if (given.shape.some((length) => !Number.isSafeInteger(length) || length < 0))
    fail(name, "lengths that are whole numbers", given);
  try {
    tensor(given.type, given.data, given.shape);
  } catch (cause) {
    fail(name, `${sizeOf(given.shape)} elements`, given, cause);
  }
  if (type === "bool" && given.data.some((element: number | bigint) => element > 1))
    fail(name, "every bool to be 0 or 1", given);
}

function checkLengths(
  { name, type, shape }: ValueInfo,
  given: readonly number[],
  bound: Map<string, { input: string; length: number }>,
): void {
  if (!shape) return;
  const fits = given.length === shape.length && shape.every((dim, axis) => fit(dim, given[axis]));
  if (!fits) {
    throw new SoukError(
      "SESSION_INPUT",
      `input ${name}: expected ${type} ${formatShape(shape)}, got ${formatShape(given)}`,
    );
  }
  shape.forEach((dim, axis) => {
    if (typeof dim === "number" || anonymous.has(dim)) return;
    const first = bound.get(dim) ?? { input: name, length: given[axis] };
    bound.set(dim, first);
    if (first.length === given[axis]) return;
    throw new SoukError(
      "SESSION_INPUT",
      `input ${name}: expected ${dim} to be ${first.length} as in ${first.input}, got ${formatShape(given)}`,
    );
  });
}

function fit(dim: Dim, length: number): boolean {
  return typeof dim === "string" || dim === length;
}

function fail(name: string, expected: string, given: Tensor, cause?: unknown): never {
  throw new SoukError(
    "SESSION_INPUT",
    `input ${name}: expected ${expected.trim()}, got ${given.type} ${formatShape(given.shape)} of ${given.data.length} elements`,
    { cause },
  );
}

function namesOf(infos: readonly ValueInfo[]): string {
  return infos.map(({ name }) => name).join(", ") || "none";
}
