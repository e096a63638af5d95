/** Rows for reductions, and for what moves, reads or writes elements. */
import { int, text } from "../onnx/model.ts";
import { int32, int64 } from "../onnx/tensor.ts";
import { op } from "../operators/operators.ts";
import type { GradientCase } from "./cases.ts";
import type { GradientCheckOptions } from "./check.ts";

function reduction(name: string, options: GradientCheckOptions = {}): GradientCase[] {
  const operator = `Reduce${name}`;
  const row = (about: string, axes: readonly number[] | undefined, keepdims: boolean) => ({
    operator,
    about,
    build: ((graph, [x]) =>
      graph.apply(operator, axes ? [x, graph.integers(axes)] : [x], {
        attributes: { keepdims: int(Number(keepdims)) },
      })) satisfies GradientCase["build"],
    shapes: [[2, 3, 4]],
    options,
  });
  return [
    row("all axes", undefined, false),
    row("all axes, kept", undefined, true),
    { ...row("last axis", [-1], true), large: [[40, 50, 60]] },
    { ...row("first and last axis", [0, 2], false), large: [[10, 80, 60]] },
    row("middle axis", [1], false),
  ];
}

function moves(
  operator: string,
  about: string,
  build: GradientCase["build"],
  shapes: GradientCase["shapes"],
  large?: GradientCase["large"],
): GradientCase {
  return { operator, about, build, shapes, large };
}

const slices: readonly { starts: number[]; ends: number[]; axes: number[]; steps?: number[] }[] = [
  { starts: [1, 0], ends: [3, 2], axes: [0, 2] },
  { starts: [-3], ends: [-1], axes: [-1] },
  { starts: [1], ends: [1000], axes: [1] },
  { starts: [0], ends: [1000], axes: [1], steps: [2] },
  { starts: [1], ends: [1000], axes: [2], steps: [3] },
  { starts: [-1], ends: [-1000], axes: [1], steps: [-1] },
  { starts: [-1], ends: [-1000], axes: [2], steps: [-2] },
  { starts: [3, 1], ends: [0, 4], axes: [2, 1], steps: [-1, 2] },
];

const pads = (mode: string, list: readonly number[], large: boolean): GradientCase => ({
  operator: "Pad",
  about: `${mode} [${list.join(", ")}]`,
  build: (graph, [x]) =>
    graph.apply("Pad", [x, graph.integers(list)], { attributes: { mode: text(mode) } }),
  shapes: [[3, 4, 5]],
  large: large ? [[30, 40, 50]] : undefined,
});

/** Rows. */
export const layoutCases: readonly GradientCase[] = [
  ...["Sum", "Mean", "SumSquare", "LogSumExp"].flatMap((name) => reduction(name)),
  ...["LogSum", "L2"].flatMap((name) => reduction(name, { sample: "positive" })),
  ...reduction("L1", { sample: "away" }),
  ...reduction("Prod", { sample: "positive" }).map((row) => ({ ...row, large: undefined })),
  ...["Max", "Min"].flatMap((name) => reduction(name, { sample: "distinct" })),
  {
    operator: "ReduceProd",
    about: "a short axis",
    build: (_, [x]) => op.ReduceProd(x, { axes: [1] }),
    shapes: [[5, 3]],
    large: [[20000, 4]],
  },
  {
    operator: "ReduceSum",
    about: "nothing to fold",
    build: (graph, [x]) =>
      graph.apply("ReduceSum", [x], { attributes: { noop_with_empty_axes: int(1) } }),
    shapes: [[2, 3]],
  },
  ...[0, 1, -1].map((axis) =>
    moves("CumSum", `axis ${axis}`, (_, [x]) => op.CumSum(x, axis), [[2, 3, 4]], [[30, 40, 50]]),
  ),
  moves(
    "CumSum",
    "exclusive, reversed",
    (_, [x]) => op.CumSum(x, 1, { exclusive: true, reverse: true }),
    [[2, 5]],
  ),
  ...[true, false].map((largest): GradientCase => ({
    operator: "TopK",
    about: largest ? "largest" : "smallest",
    build: (_, [x]) => op.TopK(x, 3, { axis: 1, largest }).values,
    shapes: [[2, 6, 3]],
    large: [[40, 50, 30]],
    options: { sample: "distinct" },
  })),
  moves("Reshape", "other rank", (_, [x]) => op.Reshape(x, [12, -1]), [[2, 3, 4]], [[12, 3, 999]]),
  moves("Flatten", "axis 2", (_, [x]) => op.Flatten(x, 2), [[2, 3, 4]], [[30, 40, 50]]),
  moves("Unsqueeze", "two axes", (_, [x]) => op.Unsqueeze(x, [0, -1]), [[2, 3]], [[200, 300]]),
  moves(
    "Squeeze",
    "two axes",
    (_, [x]) => op.Squeeze(x, [0, -2]),
    [[1, 2, 1, 3]],
    [[1, 200, 1, 300]],
  ),
  moves(
    "Transpose",
    "three axes turn",
    (_, [x]) => op.Transpose(x, [2, 0, 1]),
    [[2, 3, 4]],
    [[30, 40, 50]],
  ),
  moves("Transpose", "no perm", (graph, [x]) => graph.apply("Transpose", [x]), [[2, 3, 4]]),
  moves("Expand", "rank grows", (_, [x]) => op.Expand(x, [2, 3, 4]), [[3, 1]]),
  moves(
    "Expand",
    "columns",
    (_, [x]) => op.Expand(x, [5, Number(x.shape[0]), 7]),
    [[4, 1]],
    [[3000, 1]],
  ),
  moves("Tile", "every axis", (_, [x]) => op.Tile(x, [2, 1, 3]), [[2, 3, 2]], [[20, 30, 20]]),
  moves(
    "Concat",
    "along axis 1",
    (_, values) => op.Concat(values, 1),
    [
      [2, 3],
      [2, 1],
      [2, 4],
    ],
    [
      [200, 300],
      [200, 10],
      [200, 400],
    ],
  ),
  moves(
    "Concat",
    "one part is constant",
    (graph, [x]) => op.Concat([graph.constant(int1x2), x], -1),
    [[1, 3]],
  ),
  moves("Split", "all parts", (_, [x]) => op.Split(x, [2, 3, 1], 1), [[2, 6]]),
  moves(
    "Split",
    "one part unused",
    (_, [x]) => op.Split(x, [20, 30, 10], -1).slice(1),
    [[2, 60]],
    [[2000, 60]],
  ),
  ...slices.map((cut) =>
    moves(
      "Slice",
      `${cut.starts.join(" ")} to ${cut.ends.join(" ")} by ${cut.steps?.join(" ") ?? 1}`,
      (_, [x]) => op.Slice(x, cut),
      [[4, 5, 6]],
      cut.axes.length > 1 || cut.steps ? [[40, 50, 60]] : undefined,
    ),
  ),
  pads("constant", [0, 1, 2, 0, 3, 1], true),
  pads("constant", [0, -1, 2, 0, 0, -1], false),
  pads("reflect", [0, 1, 2, 0, 3, 1], true),
  pads("edge", [0, 1, 2, 0, 3, 1], true),
  pads("wrap", [0, 1, 2, 0, 3, 1], false),
  {
    operator: "Pad",
    about: "chosen axes, a trained filling",
    build: (graph, [x, value]) =>
      graph.apply("Pad", [x, graph.integers([1, 2]), value, graph.integers([-1])]),
    shapes: [[2, 3], []],
  },
  ...[0, 1, -1].map((axis): GradientCase => ({
    operator: "Gather",
    about: `axis ${axis}, with repetitions`,
    build: (graph, [x]) => op.Gather(x, graph.constant(repeated), axis),
    shapes: [[4, 5, 4]],
    large: [[40, 50, 60]],
  })),
  {
    operator: "Gather",
    about: "one index, which drops the axis",
    build: (graph, [x]) => op.Gather(x, graph.constant(int64(-1)), 1),
    shapes: [[2, 3, 4]],
  },
  ...[40, 200].map((rows): GradientCase => ({
    operator: "Gather",
    about: `a table of ${rows} embeddings`,
    build: (graph, [x]) => op.Gather(x, graph.constant(manyRows)),
    shapes: [[rows, 2]],
    large: [[rows, 100]],
  })),
  {
    operator: "Gather",
    about: "a run of indices",
    build: (graph, [x]) => op.Gather(x, graph.constant(int64([1, 2, -1])), 1),
    shapes: [[2, 4, 3]],
  },
  {
    operator: "GatherElements",
    about: "with repetitions",
    build: (graph, [x]) =>
      op.GatherElements(x, graph.constant(int64([0, 2, 2, -1, 0, 0], [2, 3])), 1),
    shapes: [[2, 4]],
    large: [[2, 60_000]],
  },
  {
    operator: "GatherND",
    about: "pairs, one from the end",
    build: (graph, [x]) =>
      op.GatherND(x, graph.constant(int64([0, 1, -1, 2, 0, 1, 1, -3], [4, 2]))),
    shapes: [[2, 3, 4]],
    large: [[20, 30, 200]],
  },
  {
    operator: "GatherND",
    about: "per batch",
    build: (graph, [x]) => op.GatherND(x, graph.constant(int64([1, 0, 1, 1], [2, 2, 1])), 1),
    shapes: [[2, 3, 4]],
  },
  ...(["none", "add"] as const).map((reduction): GradientCase => ({
    operator: "ScatterElements",
    about: `reduction ${reduction}`,
    build: (graph, [x, updates]) => {
      const indices = graph.constant(int64([0, 2, 1, 0], [2, 2]));
      return op.ScatterElements(x, { indices, updates, axis: 1, reduction });
    },
    shapes: [
      [2, 3],
      [2, 2],
    ],
    large: [
      [2, 60_000],
      [2, 2],
    ],
  })),
  {
    operator: "ScatterND",
    about: "rows",
    build: (graph, [x, updates]) => op.ScatterND(x, graph.constant(int64([2, 0], [2, 1])), updates),
    shapes: [
      [3, 4],
      [2, 4],
    ],
    large: [
      [300, 400],
      [2, 400],
    ],
  },
];

const int1x2 = { type: "float32", shape: [1, 2], data: Float32Array.of(1, 2) } as const;
const repeated = int32(Int32Array.of(1, 3, 1, 0, 1, -1), [2, 3]);
const manyRows = int64(
  Array.from({ length: 2000 }, (_, at) => (at * at + 3 * at) % 40),
  [40, 50],
);
