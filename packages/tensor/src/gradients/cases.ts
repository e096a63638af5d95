/**
 * Rows that show an operator at work: a function of random inputs, checked against finite differences (every rule of
 * `gradientRules` needs a row) and against the shapes that ONNX Runtime gives (every operator with a shape rule).
 * Each room keeps its rows beside its rules in `*.cases.ts`.
 */
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

/** Checks a row on its large shapes, along a random direction, with 1 and with 4 threads. */
export async function checkLarge({ build, large, options }: GradientCase): Promise<void> {
  if (!large) throw new RangeError("a row without large shapes");
  for (const threads of [1, 4]) {
    await checkGradient(build, large, { ...options, threads, directions: 1 });
  }
}
