/**
 * ResNet50 with torchvision's names, so that its published weights fit (after `fromTorch`).
 * Source: He et al., "Deep Residual Learning for Image Recognition", CVPR 2016, table 1; the stride of a block is at its
 * 3 × 3 convolution, as in torchvision ("v1.5").
 */
import type { Value } from "../graph/graph.ts";
import { conv2d, type Conv2dOptions } from "../layers/convolution.ts";
import { knownLength } from "../layers/dense.ts";
import { batchNormalization } from "../layers/normalization.ts";
import { globalMeanPool } from "../layers/pooling.ts";
import type { Network, Scope } from "../layers/scope.ts";
import { op } from "../operators/operators.ts";
import { classifyImage, type ImageNetSettings, imageInput } from "./image-net.ts";

/** Blocks and inner width of each stage. */
const stages = [
  [3, 64],
  [4, 128],
  [6, 256],
  [3, 512],
] as const;

/** How much wider a block is outside than inside. */
const EXPANSION = 4;

/**
 * `image` float32 [batch, 3, size, size], normalised as the weights want it, to `features` [batch, 2048] and
 * `logits` [batch, classes].
 */
export function resNet50(settings: ImageNetSettings = {}): Network {
  return {
    inputs: imageInput(settings),
    build(scope, { image }) {
      const features = globalMeanPool(convolve(scope, image));
      return classifyImage(scope.within("fc"), features, settings);
    },
  };
}

function convolve(scope: Scope, image: Value): Value {
  const stem = { at: "1", features: 64, kernel: 7, stride: 2 };
  let x = op.Relu(convNorm(scope, image, stem));
  x = op.MaxPool(x, [3, 3], { strides: [2, 2], pads: [1, 1, 1, 1] });
  stages.forEach(([blocks, width], stage) => {
    for (let block = 0; block < blocks; block++) {
      const stride = block === 0 && stage > 0 ? 2 : 1;
      x = bottleneck(scope.within(`layer${stage + 1}.${block}`), x, { width, stride });
    }
  });
  return x;
}

/** relu(x + norm(conv1×1(relu(norm(conv3×3(relu(norm(conv1×1(x))))))))); x is projected where shapes differ. */
function bottleneck(
  scope: Scope,
  x: Value,
  { width, stride }: { width: number; stride: number },
): Value {
  const features = width * EXPANSION;
  let y = op.Relu(convNorm(scope, x, { at: "1", features: width, kernel: 1 }));
  y = op.Relu(convNorm(scope, y, { at: "2", features: width, kernel: 3, stride }));
  y = convNorm(scope, y, { at: "3", features, kernel: 1 });
  if (stride === 1 && knownLength(x, 1) === features) return op.Relu(op.Add(y, x));
  const projection = scope.within("downsample");
  const options = { features, kernel: 1, stride, bias: false };
  const shortcut = conv2d(projection.within("0"), x, options);
  return op.Relu(op.Add(y, batchNormalization(projection.within("1"), shortcut)));
}

function convNorm(
  scope: Scope,
  x: Value,
  { at, ...options }: Conv2dOptions & { at: string },
): Value {
  const y = conv2d(scope.within(`conv${at}`), x, { ...options, bias: false });
  return batchNormalization(scope.within(`bn${at}`), y);
}
