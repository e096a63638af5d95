/**
 * Rows that show an operator at work: a function of random inputs, checked against finite differences (every rule of
 * `gradientRules` needs a row) and against the shapes that ONNX Runtime gives (every operator with a shape rule).
 * Each room keeps its rows beside its rules in `*.cases.ts`.
 */
import { strict as assert } from "node:assert";
import { bytesOf } from "../onnx/tensor.ts";
import { checkGradient, type CheckedFunction, type GradientCheckOptions } from "./check.ts";

/** One row. */
export interface GradientCase {
  /** The operator whose rule is checked, as `gradientRules` calls it. */
  readonly operator: string;
  /** What is special about this row. */
  readonly about: string;
  readonly build: CheckedFunction;
  /** Shapes of the inputs: small, every element is moved. */
  readonly shapes: readonly (readonly number[])[];
  /** Shapes for which the kernels use several threads; moved in random directions with 1 and with 4 threads. */
  readonly large?: readonly (readonly number[])[];
  readonly options?: GradientCheckOptions;
}

/** Checks a row on its small shapes. */
export async function checkSmall({ build, shapes, options }: GradientCase): Promise<void> {
  await checkGradient(build, shapes, options);
}

/** Checks a row on its large shapes with 1 and 4 threads, and that 4 threads give the same bits twice. */
export async function checkLarge({ build, large, options }: GradientCase): Promise<void> {
  if (!large) throw new RangeError("a row without large shapes");
  const check = (threads: number, directions: number) =>
    checkGradient(build, large, { ...options, threads, directions });
  await check(1, 2);
  const [first, second] = [await check(4, 2), await check(4, 1)];
  for (const [index, gradient] of first.gradients.entries()) {
    const again = second.gradients[index];
    assert.ok(Buffer.compare(bytesOf(gradient), bytesOf(again)) === 0, `input ${index} differs`);
  }
}
