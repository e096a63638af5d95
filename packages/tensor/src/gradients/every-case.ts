/** The rows of all rooms. */
import { activationCases } from "./activation.cases.ts";
import { arithmeticCases } from "./arithmetic.cases.ts";
import { batchNormalizationCases } from "./batch-normalization.cases.ts";
import type { GradientCase } from "./cases.ts";
import { convolutionCases } from "./convolution.cases.ts";
import { layoutCases } from "./layout.cases.ts";
import { matmulCases } from "./matmul.cases.ts";
import { poolingCases } from "./pooling.cases.ts";
import { recurrentCases } from "./recurrent.cases.ts";

/** Every row. */
export const everyCase: readonly GradientCase[] = [
  ...arithmeticCases,
  ...activationCases,
  ...matmulCases,
  ...layoutCases,
  ...convolutionCases,
  ...poolingCases,
  ...recurrentCases,
  ...batchNormalizationCases,
];
