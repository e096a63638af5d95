/** Gradient of nearest-neighbour enlargement by whole factors: every element was copied to a block. */
import { textAttribute } from "../graph/attributes.ts";
import { staticShape, type Value } from "../graph/graph.ts";
import { Reshape } from "../operators/layout.ts";
import { ReduceSum } from "../operators/reduction.ts";
import { failShape } from "../shapes/rule.ts";
import { sumOverBlocks } from "./average-pooling.ts";
import { gradientOf, type GradientContext, type GradientRules, inputOf } from "./rule.ts";

/** Rules by operator. */
export const resizeGradients: GradientRules = {
  // y[q] = x[⌊q / f⌋]: dx[p] = Σ g over the block f p … f p + f - 1
  Resize: (context) => {
    const [g, x] = [gradientOf(context), inputOf(context, 0)];
    const factors = wholeFactors(context);
    const [batch, channels, ...spatial] = factors;
    return [
      batch === 1 && channels === 1 && spatial.length > 0
        ? sumOverBlocks(g, spatial)
        : foldBlocks(g, x),
    ];
  },
};

/** Σ over blocks along any axes. */
function foldBlocks(g: Value, x: Value): Value {
  const [lengths, enlarged] = [staticShape(x), staticShape(g)];
  const split = lengths.flatMap((length, axis) => [length, enlarged[axis] / length]);
  return ReduceSum(Reshape(g, split), { axes: lengths.map((_, axis) => 2 * axis + 1) });
}

/** How many times longer each axis became; only by whole factors is every element copied equally often. */
function wholeFactors({ node, inputs, outputs }: GradientContext): readonly number[] {
  const from = inputs[0] ? staticShape(inputs[0]) : [];
  const factors = staticShape(outputs[0]).map((length, axis) => length / from[axis]);
  const mode = textAttribute(node, "mode", "nearest");
  const places = textAttribute(node, "coordinate_transformation_mode", "half_pixel");
  const rounding = textAttribute(node, "nearest_mode", "round_prefer_floor");
  const copiesBlocks =
    (places === "asymmetric" && rounding === "floor") ||
    (places.endsWith("half_pixel") && rounding.startsWith("round_"));
  return mode === "nearest" && copiesBlocks && factors.every(Number.isInteger)
    ? factors
    : failShape(node, `expected nearest neighbours by whole factors, not ${mode} ${places}`);
}
