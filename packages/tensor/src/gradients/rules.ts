/** Every gradient rule, by operator. One file per idea; formulas stand above each rule. */
import { activationGradients } from "./activation.ts";
import { arithmeticGradients } from "./arithmetic.ts";
import { averagePoolingGradients } from "./average-pooling.ts";
import { batchNormalizationGradients } from "./batch-normalization.ts";
import { convolutionGradients } from "./convolution.ts";
import { indexingGradients } from "./indexing.ts";
import { layerNormalizationGradients } from "./layer-normalization.ts";
import { layoutGradients } from "./layout.ts";
import { gruGradients } from "./gru.ts";
import { lstmGradients } from "./lstm.ts";
import { matmulGradients } from "./matmul.ts";
import { maxPoolingGradients } from "./max-pooling.ts";
import { reductionGradients } from "./reduction.ts";
import { resizeGradients } from "./resize.ts";
import type { GradientRules } from "./rule.ts";
import { selectionGradients } from "./selection.ts";
import { slicingGradients } from "./slicing.ts";
import { softmaxGradients } from "./softmax.ts";

/** Gradient rules by operator. */
export const gradientRules: GradientRules = {
  ...arithmeticGradients,
  ...selectionGradients,
  ...activationGradients,
  ...matmulGradients,
  ...softmaxGradients,
  ...layerNormalizationGradients,
  ...reductionGradients,
  ...layoutGradients,
  ...slicingGradients,
  ...indexingGradients,
  ...convolutionGradients,
  ...maxPoolingGradients,
  ...averagePoolingGradients,
  ...batchNormalizationGradients,
  ...resizeGradients,
  ...lstmGradients,
  ...gruGradients,
};
