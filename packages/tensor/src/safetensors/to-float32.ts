/** Half-precision weights as float32. */
import { SoukError } from "@souk/core";
import type { Tensor } from "../onnx/tensor.ts";

/**
 * A float16, bfloat16, float64 or float32 tensor as float32, exactly (float64 is rounded). A float32 one is returned
 * as it is.
 *
 * @throws SoukError `TENSOR_TYPE` for integers and booleans.
 */
export function toFloat32(content: Tensor): Tensor {
  const { type, shape, data } = content;
  switch (type) {
    case "float32":
      return content;
    case "float64":
      return { type: "float32", shape, data: Float32Array.from(data as Float64Array) };
    case "float16": {
      const halves = new Float16Array(data.buffer, data.byteOffset, data.length);
      return { type: "float32", shape, data: Float32Array.from(halves) };
    }
    case "bfloat16": {
      // A bfloat16 is the upper half of a float32.
      const bits = Uint32Array.from(data as Uint16Array, (half) => half << 16);
      return { type: "float32", shape, data: new Float32Array(bits.buffer) };
    }
    default:
      throw new SoukError("TENSOR_TYPE", `expected a floating-point tensor, got ${type}`);
  }
}
