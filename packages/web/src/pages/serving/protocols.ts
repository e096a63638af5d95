import type { CallArguments } from "@souk/api";
import { curlOf, typescriptOf } from "../../parts/call-text.ts";

/** The protocols one can ask a model in. */
export const protocols = [
  { id: "souk", name: "Souk" },
  { id: "tensorflow", name: "TensorFlow Serving" },
  { id: "open-inference", name: "Open Inference" },
] as const;
export type Protocol = (typeof protocols)[number]["id"];

/** What is asked: one row of a model's inputs, of its champion or of a version. */
export interface Asked {
  readonly model: string;
  /** Absent: the champion. */
  readonly version?: number;
  readonly inputs: readonly {
    readonly name: string;
    /** Open Inference's: FP64 for numbers, BYTES for the rest. */
    readonly datatype: string;
    readonly value: string;
  }[];
}

type Datatype = CallArguments<"v2Infer">["body"]["inputs"][number]["datatype"];

/** One row in Souk's own words. */
function soukCall({ model, version, ...asked }: Asked): CallArguments<"predictRows"> {
  return {
    params: { name: model },
    body: { rows: [rowOf(asked)], topK: 5, ...(version !== undefined && { version }) },
  };
}

/** One row as TensorFlow Serving's `instances`. */
function tensorflowCall({ model, ...asked }: Omit<Asked, "version">): CallArguments<"tfPredict"> {
  return { params: { model }, body: { instances: [rowOf(asked)] } };
}

/** One row as Open Inference's tensors. */
function openInferenceCall({ model, inputs }: Omit<Asked, "version">): CallArguments<"v2Infer"> {
  return {
    params: { model },
    body: {
      inputs: inputs.filter(isGiven).map((input) => ({
        name: input.name,
        shape: [1],
        datatype: datatypeOf(input.datatype),
        data: [cellOf(input)],
      })),
    },
  };
}

/** How a question is asked in a protocol: its route and arguments, as one pair. */
export type ProtocolCall =
  | { readonly route: "predictRows"; readonly args: CallArguments<"predictRows"> }
  | { readonly route: "tfPredict"; readonly args: CallArguments<"tfPredict"> }
  | { readonly route: "tfVersionPredict"; readonly args: CallArguments<"tfVersionPredict"> }
  | { readonly route: "v2Infer"; readonly args: CallArguments<"v2Infer"> }
  | { readonly route: "v2VersionInfer"; readonly args: CallArguments<"v2VersionInfer"> };

/** The call that asks this in a protocol. */
export function callOf(protocol: Protocol, asked: Asked): ProtocolCall {
  const { model, version } = asked;
  if (protocol === "souk") return { route: "predictRows", args: soukCall(asked) };
  if (protocol === "tensorflow") {
    const args = tensorflowCall(asked);
    return version === undefined
      ? { route: "tfPredict", args }
      : { route: "tfVersionPredict", args: { ...args, params: { model, version } } };
  }
  const args = openInferenceCall(asked);
  return version === undefined
    ? { route: "v2Infer", args }
    : { route: "v2VersionInfer", args: { ...args, params: { model, version } } };
}

/** The call as a line for a shell and as TypeScript. */
export function textsOf(
  { route, args }: ProtocolCall,
  origin: string,
): { readonly curl: string; readonly typescript: string } {
  return { curl: curlOf(route, args, origin), typescript: typescriptOf(route, args, origin) };
}

function rowOf({ inputs }: Pick<Asked, "inputs">): Record<string, string | number> {
  return Object.fromEntries(inputs.filter(isGiven).map((input) => [input.name, cellOf(input)]));
}

function isGiven({ value }: { value: string }): boolean {
  return value !== "";
}

function cellOf({ value, datatype }: { value: string; datatype: string }): string | number {
  return datatype === "FP64" && Number.isFinite(Number(value)) ? Number(value) : value;
}

function datatypeOf(text: string): Datatype {
  return text === "FP64" ? "FP64" : "BYTES";
}
