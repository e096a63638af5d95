/** Convolution and pooling over [batch, channels, ...spatial]. Names and meaning are ONNX's. */
import { graphOf, type Value } from "../graph/graph.ts";
import { type Attribute, int, ints } from "../onnx/model.ts";

/** Geometry: one entry per spatial axis; `pads` are all begins, then all ends. */
export interface WindowOptions {
  readonly strides?: readonly number[];
  readonly pads?: readonly number[];
  readonly dilations?: readonly number[];
}

/** Correlates `x` [batch, in, ...] with `w` [out, in / group, ...kernel], plus a bias [out]. */
export function Conv(
  x: Value,
  w: Value,
  { b = null, group = 1, ...window }: WindowOptions & { b?: Value | null; group?: number } = {},
): Value {
  return graphOf([x, w, b]).apply("Conv", b ? [x, w, b] : [x, w], {
    attributes: {
      kernel_shape: ints(w.shape.slice(2).map(Number)),
      group: int(group),
      ...windowAttributes(window),
    },
  });
}

/** The transpose of Conv: `w` is [in, out / group, ...kernel]. */
export function ConvTranspose(
  x: Value,
  w: Value,
  {
    group = 1,
    outputPadding,
    ...window
  }: WindowOptions & {
    group?: number;
    outputPadding?: readonly number[];
  } = {},
): Value {
  return graphOf([x, w]).apply("ConvTranspose", [x, w], {
    attributes: {
      kernel_shape: ints(w.shape.slice(2).map(Number)),
      group: int(group),
      ...(outputPadding ? { output_padding: ints(outputPadding) } : {}),
      ...windowAttributes(window),
    },
  });
}

/** The largest element of each window; strides default to the kernel. */
export function MaxPool(x: Value, kernel: readonly number[], window: WindowOptions = {}): Value {
  return x.graph.apply("MaxPool", [x], {
    attributes: { kernel_shape: ints(kernel), ...windowAttributes({ strides: kernel, ...window }) },
  });
}

/** The mean of each window; strides default to the kernel, padding does not count. */
export function AveragePool(
  x: Value,
  kernel: readonly number[],
  window: WindowOptions = {},
): Value {
  return x.graph.apply("AveragePool", [x], {
    attributes: { kernel_shape: ints(kernel), ...windowAttributes({ strides: kernel, ...window }) },
  });
}

/** The mean over all spatial axes, which keep length 1. */
export function GlobalAveragePool(x: Value): Value {
  return x.graph.apply("GlobalAveragePool", [x]);
}

/** The largest over all spatial axes, which keep length 1. */
export function GlobalMaxPool(x: Value): Value {
  return x.graph.apply("GlobalMaxPool", [x]);
}

function windowAttributes(window: WindowOptions): Record<string, Attribute<never>> {
  return Object.fromEntries(
    Object.entries(window).flatMap(([name, list]) => (list ? [[name, ints(list)]] : [])),
  );
}
