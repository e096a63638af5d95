/**
 * MobileNetV2 with torchvision's names, so that its published weights fit (after `fromTorch`).
 * Source: Sandler et al., "MobileNetV2: Inverted Residuals and Linear Bottlenecks", CVPR 2018, table 2.
 */
import type { Value } from "../graph/graph.ts";
import { conv2d, type Conv2dOptions } from "../layers/convolution.ts";
import { batchNormalization } from "../layers/normalization.ts";
import { activate } from "../layers/activation.ts";
import { globalMeanPool } from "../layers/pooling.ts";
import { knownLength } from "../layers/dense.ts";
import type { Network, Scope } from "../layers/scope.ts";
import { op } from "../operators/operators.ts";
import { classifyImage, type ImageNetSettings, imageInput } from "./image-net.ts";

/** Expansion, channels, repeats and first stride of each stage. */
const stages = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
] as const;

/**
 * `image` float32 [batch, 3, size, size], normalised as the weights want it, to `features` [batch, 1280] and
 * `logits` [batch, classes].
 */
export function mobileNetV2(settings: ImageNetSettings = {}): Network {
  return {
    inputs: imageInput(settings),
    build(scope, { image }) {
      const features = globalMeanPool(convolve(scope.within("features"), image));
      return classifyImage(scope.within("classifier.1"), features, settings);
    },
  };
}

function convolve(scope: Scope, image: Value): Value {
  let x = convNormRelu(scope.within("0"), image, { features: 32, kernel: 3, stride: 2 });
  let block = 1;
  for (const [expansion, features, repeats, stride] of stages) {
    for (let repeat = 0; repeat < repeats; repeat++) {
      const options = { expansion, features, stride: repeat === 0 ? stride : 1 };
      x = invertedResidual(scope.within(`${block}.conv`), x, options);
      block += 1;
    }
  }
  return convNormRelu(scope.within(String(block)), x, { features: 1280, kernel: 1 });
}

/** Widens by `expansion`, filters each channel, narrows without activation; adds its input where shapes allow. */
function invertedResidual(
  scope: Scope,
  x: Value,
  { expansion, features, stride }: { expansion: number; features: number; stride: number },
): Value {
  const channels = knownLength(x, 1);
  const wide = channels * expansion;
  let y = x;
  let layer = 0;
  if (expansion > 1) {
    y = convNormRelu(scope.within(String(layer)), y, { features: wide, kernel: 1 });
    layer += 1;
  }
  const depthwise = { features: wide, kernel: 3, stride, groups: wide };
  y = convNormRelu(scope.within(String(layer)), y, depthwise);
  y = conv2d(scope.within(String(layer + 1)), y, { features, kernel: 1, bias: false });
  y = batchNormalization(scope.within(String(layer + 2)), y);
  return stride === 1 && channels === features ? op.Add(x, y) : y;
}

function convNormRelu(scope: Scope, x: Value, options: Conv2dOptions): Value {
  const y = conv2d(scope.within("0"), x, { ...options, bias: false });
  return activate(batchNormalization(scope.within("1"), y), "relu6");
}
