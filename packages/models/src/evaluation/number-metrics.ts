/** mae, rmse and r2 (0 when the targets do not vary) of predicted against actual numbers. */
export function numberMetrics(
  predicted: ArrayLike<number>,
  actual: ArrayLike<number>,
): Record<string, number> {
  const n = actual.length;
  let mean = 0;
  for (let i = 0; i < n; i++) mean += actual[i] / n;
  let absolute = 0;
  let squared = 0;
  let spread = 0;
  for (let i = 0; i < n; i++) {
    const error = predicted[i] - actual[i];
    absolute += Math.abs(error);
    squared += error * error;
    spread += (actual[i] - mean) ** 2;
  }
  return {
    mae: absolute / n,
    rmse: Math.sqrt(squared / n),
    r2: spread === 0 ? 0 : 1 - squared / spread,
  };
}
