/** The names of an ONNX file that are in force at one place of an import, and the graph values they stand for. */
import { SoukError } from "@souk/core";
import type { OnnxGraph } from "../onnx/model.ts";
import { sizeOf, type Tensor } from "../onnx/tensor.ts";
import type { FoldBudget } from "./fold.ts";
import type { Graph, Node, Value } from "./graph.ts";

/** How much work an import may still do: a small file can ask for much. */
interface ImportBudget extends FoldBudget {
  /** Nodes to add. Bodies of loops may be imported twice, and so what is in them four times, eight times, … */
  nodes: number;
}

/** What holds for the whole import. */
export interface Importing {
  /** Operator set of the file. */
  readonly version: number;
  readonly budget: ImportBudget;
  /** Names that outputs have outside, which no value may take. */
  readonly reserved: ReadonlySet<string>;
  /** How often each name was asked for, so that a free one is found at once. */
  readonly counters: Map<string, number>;
  /** Makes an initializer a parameter, or gives undefined for a constant. */
  readonly declare: (name: string, content: Tensor) => Value | undefined;
}

/** Names of one ONNX graph, inside those of the graphs around it. Initializers enter our graph when they are first used. */
export class ImportScope {
  readonly graph: Graph;
  readonly importing: Importing;
  readonly #outer: ImportScope | undefined;
  readonly #initializers: OnnxGraph["initializers"];
  readonly #values = new Map<string, Value>();

  constructor(
    graph: Graph,
    onnx: Pick<OnnxGraph, "initializers">,
    { importing, outer }: { importing: Importing; outer?: ImportScope },
  ) {
    this.graph = graph;
    this.importing = importing;
    this.#initializers = onnx.initializers;
    this.#outer = outer;
  }

  /** The value of a name. @throws SoukError `ONNX_MALFORMED` when nothing gives it. */
  valueOf(name: string): Value {
    const value = this.#find(name);
    if (value) return value;
    throw new SoukError("ONNX_MALFORMED", `graph: nothing gives "${name}"`);
  }

  /** Lets a name stand for a value. */
  bind(name: string, value: Value): void {
    this.#values.set(name, value);
  }

  /** A constant, or a parameter when the import wants this one trained. */
  content(name: string, content: Tensor): Value {
    return this.importing.declare(name, content) ?? this.constant(name, content);
  }

  /** A constant; small integers are shared, others keep their name when it is free. */
  constant(name: string, content: Tensor): Value {
    const shared = content.type !== "float32" && sizeOf(content.shape) <= 64;
    if (shared || !this.isFree(name)) return this.graph.constant(content);
    return this.graph.constant(content, name);
  }

  /** Whether our graph can take a name. */
  isFree(name: string): boolean {
    return name !== "" && !this.graph.hasName(name) && !this.importing.reserved.has(name);
  }

  /** A name for an input of a body: that of the file, numbered when it is taken. */
  freeName(name: string): string {
    const { counters } = this.importing;
    for (;;) {
      const count = counters.get(name) ?? 0;
      counters.set(name, count + 1);
      const candidate = count === 0 ? name : `${name}_${count}`;
      if (this.isFree(candidate)) return candidate;
    }
  }

  #find(name: string): Value | undefined {
    const value = this.#values.get(name);
    if (value) return value;
    const content = this.#initializers.get(name);
    if (!content) return this.#outer?.valueOf(name);
    const made = this.content(name, content);
    this.bind(name, made);
    return made;
  }
}

type Described = Pick<Node, "operator" | "name" | "inputs">;

/** Input `index`. @throws SoukError `ONNX_SHAPE` when it is missing. */
export function requiredInput({ operator, name, inputs }: Described, index = 0): Value {
  const value = inputs[index];
  if (value) return value;
  throw new SoukError("ONNX_SHAPE", `${operator} ${name}: expected an input number ${index}`);
}

/** Throws `ONNX_UNSUPPORTED` with the node and why. */
export function unsupported({ operator, name }: Described, why: string): never {
  throw new SoukError("ONNX_UNSUPPORTED", `${operator} ${name}: ${why}`);
}
