/** Every operator whose output shapes Souk can infer; operators of other domains as "domain.Operator". */
import { convolutionShapes } from "./convolution.ts";
import { elementwiseShapes } from "./elementwise.ts";
import { indexingShapes } from "./indexing.ts";
import type { ShapeRule } from "./rule.ts";
import { layoutShapes } from "./layout.ts";
import { matmulShapes } from "./matmul.ts";
import { normalizationShapes } from "./normalization.ts";
import { quantizationShapes } from "./quantization.ts";
import { recurrentShapes } from "./recurrent.ts";
import { reductionShapes } from "./reduction.ts";

/** Shape rules by operator. */
export const shapeRules: Readonly<Record<string, ShapeRule>> = {
  ...elementwiseShapes,
  ...matmulShapes,
  ...layoutShapes,
  ...reductionShapes,
  ...indexingShapes,
  ...convolutionShapes,
  ...normalizationShapes,
  ...recurrentShapes,
  ...quantizationShapes,
};
