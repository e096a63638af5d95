/** The operators as one object, so that a network reads `op.Relu(op.Conv(x, w))`. */
import * as activation from "./activation.ts";
import * as arithmetic from "./arithmetic.ts";
import * as convolution from "./convolution.ts";
import * as indexing from "./indexing.ts";
import * as layout from "./layout.ts";
import * as matmul from "./matmul.ts";
import * as normalization from "./normalization.ts";
import * as recurrent from "./recurrent.ts";
import * as reduction from "./reduction.ts";

/** ONNX operators by their ONNX names: each adds a node to the graph of its inputs and gives the node's output. */
export const op = {
  ...arithmetic,
  ...activation,
  ...matmul,
  ...layout,
  ...reduction,
  ...indexing,
  ...convolution,
  ...normalization,
  ...recurrent,
};
