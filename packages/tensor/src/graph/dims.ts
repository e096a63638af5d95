/**
 * Arithmetic of axis lengths. A length is a number, or a product of a number and named lengths written "4*batch*length",
 * factors sorted by name so that equal products are equal strings.
 */
import { SoukError } from "@souk/core";
import type { Dim } from "../onnx/model.ts";

/** Characters of a formula of lengths; those of real graphs stay under 100. */
const LONGEST_NAME = 1000;

interface Product {
  readonly coefficient: number;
  readonly symbols: readonly string[];
}

/** The product of lengths; 1 for none. */
export function multiplyDims(dims: readonly Dim[]): Dim {
  const products = dims.map(parse);
  return format({
    coefficient: products.reduce((all, one) => all * one.coefficient, 1),
    symbols: products.flatMap((one) => one.symbols),
  });
}

/** `total` divided by `part`, or undefined when it does not go evenly. */
export function divideDims(total: Dim, part: Dim): Dim | undefined {
  const { coefficient, symbols } = parse(total);
  const divisor = parse(part);
  const left = [...symbols];
  for (const symbol of divisor.symbols) {
    const at = left.indexOf(symbol);
    if (at < 0) return undefined;
    left.splice(at, 1);
  }
  if (divisor.coefficient === 0 || coefficient % divisor.coefficient !== 0) return undefined;
  return format({ coefficient: coefficient / divisor.coefficient, symbols: left });
}

/** The sum of lengths. Sums with a named length become a new name. */
export function addDims(dims: readonly Dim[]): Dim {
  const known = dims.filter((dim) => typeof dim === "number").reduce((sum, dim) => sum + dim, 0);
  const named = dims.filter((dim) => typeof dim === "string").toSorted();
  if (named.length === 0) return known;
  if (named.length === 1 && known === 0) return named[0];
  return checkName(`(${[...named, ...(known === 0 ? [] : [known])].join("+")})`);
}

/**
 * The common shape of two that broadcast, aligned at the last axis: lengths are equal or one of them is 1.
 * A named length against a number above 1 is taken to be that number.
 *
 * @returns undefined when they do not broadcast.
 */
export function broadcastShapes(a: readonly Dim[], b: readonly Dim[]): Dim[] | undefined {
  const rank = Math.max(a.length, b.length);
  const shape: Dim[] = [];
  for (let axis = 0; axis < rank; axis++) {
    const left = a[a.length - rank + axis] ?? 1;
    const right = b[b.length - rank + axis] ?? 1;
    if (left === right || right === 1) shape.push(left);
    else if (left === 1) shape.push(right);
    else if (typeof left === "string") shape.push(right);
    else if (typeof right === "string") shape.push(left);
    else return undefined;
  }
  return shape;
}

/** Whether two lengths cannot be equal: both are known, and differ. */
export function differ(a: Dim | undefined, b: Dim | undefined): boolean {
  return typeof a === "number" && typeof b === "number" && a !== b;
}

/** Whether a value of shape `small` broadcasts to `shape` without changing it. */
export function broadcastsTo(small: readonly Dim[], shape: readonly Dim[]): boolean {
  const common = broadcastShapes(small, shape);
  return common?.length === shape.length && !common.some((dim, axis) => differ(dim, shape[axis]));
}

/**
 * `axis` counted from the front.
 *
 * @throws SoukError `ONNX_SHAPE` when it is outside [-rank, rank).
 */
export function normalizeAxis(axis: number, rank: number, node = "axis"): number {
  if (!Number.isInteger(axis) || axis < -rank || axis >= rank) {
    throw new SoukError(
      "ONNX_SHAPE",
      `${node}: axis must be in [${-rank}, ${rank - 1}], got ${axis}`,
    );
  }
  return axis < 0 ? axis + rank : axis;
}

function parse(dim: Dim): Product {
  if (typeof dim === "number") return { coefficient: dim, symbols: [] };
  const numbers: number[] = [];
  const symbols: string[] = [];
  for (const factor of factorsOf(dim)) {
    if (/^\d+$/.test(factor)) numbers.push(Number(factor));
    else symbols.push(factor);
  }
  return { coefficient: numbers.reduce((product, number) => product * number, 1), symbols };
}

/** Parts between the "*" that stand in no brackets. */
function factorsOf(name: string): readonly string[] {
  const factors: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < name.length; at++) {
    if (name[at] === "(") depth++;
    else if (name[at] === ")") depth--;
    else if (name[at] === "*" && depth === 0) {
      factors.push(name.slice(start, at));
      start = at + 1;
    }
  }
  return [...factors, name.slice(start)];
}

function format({ coefficient, symbols }: Product): Dim {
  if (symbols.length === 0 || coefficient === 0) return coefficient;
  return checkName([...(coefficient === 1 ? [] : [coefficient]), ...symbols.toSorted()].join("*"));
}

/** A graph that doubles a length in every node would double its name too. */
function checkName(name: string): string {
  if (name.length <= LONGEST_NAME) return name;
  throw new SoukError(
    "ONNX_DYNAMIC",
    `a length known only at run time has a formula of ${name.length} characters; give shapes in numbers`,
  );
}
