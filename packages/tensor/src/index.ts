export { createGraph } from "./graph/create.ts";
export { type Graph, type Node, type Value } from "./graph/graph.ts";
export { toOnnx, type Weights } from "./graph/to-onnx.ts";
export { defineGrad, differentiate } from "./gradients/differentiate.ts";
export {
  createScope,
  type Initializer,
  type InputSpec,
  type Network,
  type Scope,
} from "./layers/scope.ts";
export { op } from "./operators/operators.ts";
export { openSession, type Session } from "./run/session.ts";
