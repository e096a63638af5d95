/** Normalisation over channels or over the last axes. */
import { intAttribute } from "../graph/attributes.ts";
import { broadcastsTo, normalizeAxis } from "../graph/dims.ts";
import { formatShape } from "../onnx/tensor.ts";
import { failShape, type ShapeRule } from "./rule.ts";

const batchNormalization: ShapeRule = ({ node, input }) => {
  const { type, shape } = input(0);
  for (let index = 1; index < 5; index++) {
    if (input(index).shape.length !== 1 || input(index).shape[0] !== shape[1])
      failShape(node, `expected [${shape[1]}] at input ${index}`);
  }
  return [{ type, shape }];
};

/** Outputs: the normalised input, and per row the mean and the inverse standard deviation. */
const layerNormalization: ShapeRule = ({ node, input, optional }) => {
  const { type, shape } = input(0);
  const axis = normalizeAxis(intAttribute(node, "axis", -1), shape.length, node.name);
  const normalized = shape.slice(axis);
  for (const [name, part] of Object.entries({ scale: input(1), bias: optional(2) })) {
    if (part && !broadcastsTo(part.shape, normalized))
      failShape(node, `expected a ${name} that broadcasts to ${formatShape(normalized)}`);
  }
  const rows = shape.map((dim, at) => (at < axis ? dim : 1));
  return [
    { type, shape },
    { type, shape: rows },
    { type, shape: rows },
  ];
};

/** Shape rules by operator. */
export const normalizationShapes: Readonly<Record<string, ShapeRule>> = {
  BatchNormalization: batchNormalization,
  LayerNormalization: layerNormalization,
  InstanceNormalization: ({ input }) => [{ type: input(0).type, shape: input(0).shape }],
};
