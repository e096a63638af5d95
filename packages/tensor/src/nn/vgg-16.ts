/**
 * VGG16 with torchvision's names, so that its published weights fit (after `fromTorch`).
 * Source: Simonyan and Zisserman, "Very Deep Convolutional Networks", ICLR 2015, configuration D.
 */
import { SoukError } from "@souk/core";
import type { Value } from "../graph/graph.ts";
import { conv2d } from "../layers/convolution.ts";
import { dense } from "../layers/dense.ts";
import { dropout } from "../layers/dropout.ts";
import { normal } from "../layers/initializers.ts";
import type { Network, Scope } from "../layers/scope.ts";
import { op } from "../operators/operators.ts";
import { classifyImage, type ImageNetSettings, imageInput } from "./image-net.ts";

/** Filters of the convolutions between two poolings. */
const stages = [
  [64, 64],
  [128, 128],
  [256, 256, 256],
  [512, 512, 512],
  [512, 512, 512],
] as const;

/** The images its dense layers were made for. */
const SIZE = 224;

/**
 * `image` float32 [batch, 3, 224, 224], normalised as the weights want it, to `features` [batch, 4096] and
 * `logits` [batch, classes].
 *
 * @throws SoukError `NETWORK_SETTINGS` for another size.
 */
export function vgg16(settings: ImageNetSettings = {}): Network {
  if ((settings.size ?? SIZE) !== SIZE) {
    throw new SoukError("NETWORK_SETTINGS", `vgg16: size must be ${SIZE}, got ${settings.size}`);
  }
  return {
    inputs: imageInput(settings),
    build(scope, { image }) {
      let x = op.Flatten(convolve(scope.within("features"), image));
      x = hidden(scope.within("classifier.0"), x);
      x = hidden(scope.within("classifier.3"), dropout(scope, x, settings.dropout ?? 0));
      return classifyImage(scope.within("classifier.6"), x, settings);
    },
  };
}

/** torchvision numbers every layer: a convolution and its ReLU count two, a pooling one. */
function convolve(scope: Scope, image: Value): Value {
  let x = image;
  let layer = 0;
  for (const filters of stages) {
    for (const features of filters) {
      x = conv2d(scope.within(String(layer)), x, { features, kernel: 3, activation: "relu" });
      layer += 2;
    }
    x = op.MaxPool(x, [2, 2]);
    layer += 1;
  }
  return x;
}

function hidden(scope: Scope, x: Value): Value {
  return dense(scope, x, { features: 4096, activation: "relu", initializer: normal(0.01) });
}
