import type { Weights } from "@souk/tensor";

/** An LSTM over single numbers and a line over its last state, in plain arithmetic. */
export interface LstmCell {
  /** The answer to a sequence. */
  answer(sequence: Float64Array): number;
}

/** Names of the weights in a network. */
export const LSTM_SCOPE = "lstm";
export const HEAD_SCOPE = "head";

/**
 * The forward pass of a trained network with one LSTM layer (scope `lstm`, one channel) and a dense layer (scope
 * `head`, one feature). Forecasts walk step by step through thousands of short sequences, where entering a runtime
 * would cost more than the arithmetic.
 *
 * i, o, f = σ(W x + R h + b), g = tanh(W x + R h + b); c ← f c + i g; h ← o tanh(c). The rows of W, R and b are those of
 * the ONNX operator: gates in the order i, o, f, g; b is the sum of its two halves.
 */
export function lstmCell(weights: Weights, features: number): LstmCell {
  const rows = 4 * features;
  const w = numbers(weights, `${LSTM_SCOPE}.weight`);
  const r = numbers(weights, `${LSTM_SCOPE}.recurrence`);
  const halves = numbers(weights, `${LSTM_SCOPE}.bias`);
  const b = Float64Array.from({ length: rows }, (_, row) => halves[row] + halves[rows + row]);
  const head = numbers(weights, `${HEAD_SCOPE}.weight`);
  const [offset] = numbers(weights, `${HEAD_SCOPE}.bias`);
  const gates = new Float64Array(rows);
  return {
    answer(sequence) {
      const h = new Float64Array(features);
      const c = new Float64Array(features);
      for (const x of sequence) {
        for (let row = 0; row < rows; row++) {
          let sum = w[row] * x + b[row];
          for (let k = 0; k < features; k++) sum += r[row * features + k] * h[k];
          gates[row] = sum;
        }
        for (let k = 0; k < features; k++) {
          const [input, output, forget] = [0, 1, 2].map((g) => sigmoid(gates[g * features + k]));
          c[k] = forget * c[k] + input * Math.tanh(gates[3 * features + k]);
          h[k] = output * Math.tanh(c[k]);
        }
      }
      return h.reduce((sum, state, k) => sum + state * head[k], offset);
    },
  };
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

function numbers(weights: Weights, name: string): Float64Array {
  const found = weights.get(name);
  if (found === undefined) throw new TypeError(`expected a network with a weight ${name}`);
  return Float64Array.from(found.data, Number);
}
