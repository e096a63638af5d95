/** Shapes of the inputs of an imported model. */
import { SoukError } from "@souk/core";
import type { Dim, ValueInfo } from "../onnx/model.ts";
import { formatShape } from "../onnx/tensor.ts";

/**
 * The shape of each input: what `shapes` says, else what the file says. A name in the file that `shapes` gives a number
 * has that number in every input. Names become such that a formula over them reads without doubt.
 *
 * @throws SoukError `ONNX_SHAPE` when a shape is missing, of another rank, or against a number in the file.
 */
export function inputShapes(
  inputs: readonly ValueInfo[],
  shapes: Readonly<Record<string, readonly Dim[]>>,
): readonly (readonly Dim[])[] {
  const names = inputs.map(({ name }) => name);
  const unknown = Object.keys(shapes).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    fail(unknown, `the model has no such input, it has ${names.join(", ")}`);
  }
  const bound = new Map<string, Dim>();
  for (const input of inputs) bindNames(input, shapeGiven(shapes, input.name), bound);
  return inputs.map(({ name, shape: declared }) => {
    const shape = shapeGiven(shapes, name) ?? declared;
    if (!shape) return fail(name, "its shape is not in the file; give one in `shapes`");
    return shape.map((dim, axis) => lengthOf(dim, `${name}.${axis}`, bound));
  });
}

function shapeGiven(
  shapes: Readonly<Record<string, readonly Dim[]>>,
  name: string,
): readonly Dim[] | undefined {
  return Object.hasOwn(shapes, name) ? shapes[name] : undefined;
}

/** Notes what the names of the file stand for. */
function bindNames(
  { name, shape: declared }: ValueInfo,
  given: readonly Dim[] | undefined,
  bound: Map<string, Dim>,
): void {
  if (!given || !declared) return;
  if (given.length !== declared.length) {
    fail(name, `the file has ${formatShape(declared)}, got ${formatShape(given)}`);
  }
  declared.forEach((dim, axis) => {
    const length = given[axis];
    if (typeof dim === "number") {
      if (typeof length === "number" && length !== dim) {
        fail(name, `the file has ${formatShape(declared)}, got ${formatShape(given)}`);
      }
    } else if (dim !== "") {
      const before = bound.get(dim) ?? length;
      if (before !== length) fail(name, `${dim} is ${before} already, got ${length}`);
      bound.set(dim, length);
    }
  });
}

function lengthOf(dim: Dim, place: string, bound: ReadonlyMap<string, Dim>): Dim {
  const length = typeof dim === "string" && dim !== "" ? (bound.get(dim) ?? dim) : dim;
  if (typeof length === "number") return length;
  const plain = (length === "" ? place : length).replace(/[^\w.]/g, "_");
  return /^\d/.test(plain) ? `n${plain}` : plain;
}

function fail(name: string, message: string): never {
  throw new SoukError("ONNX_SHAPE", `input ${name}: ${message}`);
}
