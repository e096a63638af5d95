/** A linear function of a row of features. */
export interface LinearFunction {
  readonly intercept: number;
  readonly weights: Float64Array;
}

/** Rows of features, row-major [rows, columns], with a target each, [rows]. */
export interface RegressionRows {
  readonly features: Float64Array;
  readonly targets: Float64Array;
  readonly columns: number;
}

/**
 * Prepares ridge regression on standardised features: the returned function gives the minimum of
 * mean (target - intercept - features · weights)² + `penalty` · |weights in standard deviations|², for each penalty > 0
 * at the cost of one Cholesky factorisation, O(columns³). The intercept is free, and a constant feature gets weight 0.
 *
 * Source: Hoerl and Kennard, "Ridge Regression", Technometrics 12 (1970).
 */
export function ridge(data: RegressionRows): (penalty: number) => LinearFunction {
  const { means, scales } = standards(data);
  const { gram, products, targetMean } = moments(data, means, scales);
  return (penalty) => {
    const solved = solveCholesky(gram, products, penalty);
    const weights = solved.map((weight, j) => (scales[j] === 0 ? 0 : weight / scales[j]));
    const shift = weights.reduce((sum, weight, j) => sum + weight * means[j], 0);
    return { intercept: targetMean - shift, weights };
  };
}

/** The function's value of the row that starts at `offset` of `features`. */
export function evaluateLinear(
  { intercept, weights }: LinearFunction,
  features: Float64Array,
  offset = 0,
): number {
  let sum = intercept;
  for (let j = 0; j < weights.length; j++) sum += weights[j] * features[offset + j];
  return sum;
}

/** Mean and standard deviation of each column, the latter 0 where the column does not vary. */
function standards({ features, targets, columns }: RegressionRows): {
  means: Float64Array;
  scales: Float64Array;
} {
  const rows = targets.length;
  const means = new Float64Array(columns);
  const scales = new Float64Array(columns);
  for (let i = 0; i < features.length; i++) means[i % columns] += features[i] / rows;
  for (let i = 0; i < features.length; i++)
    scales[i % columns] += (features[i] - means[i % columns]) ** 2 / rows;
  return {
    means,
    scales: scales.map((variance, j) =>
      variance <= (1e-12 * (1 + Math.abs(means[j]))) ** 2 ? 0 : Math.sqrt(variance),
    ),
  };
}

/** Standardised FᵀF / rows, [columns, columns], and Fᵀ(targets - their mean) / rows. */
function moments(
  { features, targets, columns }: RegressionRows,
  means: Float64Array,
  scales: Float64Array,
): { gram: Float64Array; products: Float64Array; targetMean: number } {
  const rows = targets.length;
  const targetMean = targets.reduce((sum, target) => sum + target, 0) / rows;
  const gram = new Float64Array(columns * columns);
  const products = new Float64Array(columns);
  const row = new Float64Array(columns);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++)
      row[j] = scales[j] === 0 ? 0 : (features[i * columns + j] - means[j]) / scales[j];
    for (let j = 0; j < columns; j++) {
      products[j] += (row[j] * (targets[i] - targetMean)) / rows;
      for (let k = 0; k <= j; k++) gram[j * columns + k] += (row[j] * row[k]) / rows;
    }
  }
  return { gram, products, targetMean };
}

/** x of (A + penalty I) x = b; of A, [n, n], only the lower triangle is read. */
function solveCholesky(a: Float64Array, b: Float64Array, penalty: number): Float64Array {
  const n = b.length;
  const lower = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      let sum = a[i * n + j] + (i === j ? penalty : 0);
      for (let k = 0; k < j; k++) sum -= lower[i * n + k] * lower[j * n + k];
      lower[i * n + j] = i === j ? Math.sqrt(sum) : sum / lower[j * n + j];
    }
  const x = b.slice();
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) x[i] -= lower[i * n + k] * x[k];
    x[i] /= lower[i * n + i];
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) x[i] -= lower[k * n + i] * x[k];
    x[i] /= lower[i * n + i];
  }
  return x;
}
