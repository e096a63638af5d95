/** Mean and deviation (1 when there is no spread) of a number target, so that learning rates mean the same for any unit. */
export function standardiser(values: Float64Array): { offset: number; scale: number } {
  let offset = 0;
  for (const value of values) offset += value / values.length;
  let variance = 0;
  for (const value of values) variance += (value - offset) ** 2 / values.length;
  return { offset, scale: Math.sqrt(variance) || 1 };
}
