/** Every gradient rule, by operator. One file per idea; formulas stand above each rule. */
import { elementwiseGradients } from "./elementwise.ts";
import type { GradientRules } from "./rule.ts";

/** Gradient rules by operator. */
export const gradientRules: GradientRules = {
  ...elementwiseGradients,
};
