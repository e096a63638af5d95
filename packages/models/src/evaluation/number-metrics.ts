type Numbers = ArrayLike<number>;

/** Figures of predicted against actual numbers, one function each; `undefined` where a figure is not defined. */
const figures: Readonly<
  Record<string, (predicted: Numbers, actual: Numbers) => number | undefined>
> = {
  mae: (predicted, actual) => meanOf(actual, (i) => Math.abs(predicted[i] - actual[i])),
  rmse: (predicted, actual) => Math.sqrt(meanOf(actual, (i) => (predicted[i] - actual[i]) ** 2)),
  r2: rSquared,
  medianAE: medianError,
  rmsle: logError,
  mape: percentageError,
  spearman,
};

/**
 * mae, rmse, r2 (0 when the targets do not vary), medianAE (median absolute error) and spearman of predicted against
 * actual numbers; rmsle where no actual number is negative; mape where some actual number is not 0.
 */
export function numberMetrics(predicted: Numbers, actual: Numbers): Record<string, number> {
  const metrics: Record<string, number> = {};
  for (const [name, figure] of Object.entries(figures)) {
    const value = figure(predicted, actual);
    if (value !== undefined) metrics[name] = value;
  }
  return metrics;
}

/** One of `numberMetrics`; NaN where it is not defined. */
export function numberMetric(name: string, predicted: Numbers, actual: Numbers): number {
  return figures[name]?.(predicted, actual) ?? NaN;
}

function meanOf(rows: Numbers, valueAt: (i: number) => number): number {
  let sum = 0;
  for (let i = 0; i < rows.length; i++) sum += valueAt(i);
  return sum / rows.length;
}

function rSquared(predicted: Numbers, actual: Numbers): number {
  const mean = meanOf(actual, (i) => actual[i]);
  const spread = meanOf(actual, (i) => (actual[i] - mean) ** 2);
  const squared = meanOf(actual, (i) => (predicted[i] - actual[i]) ** 2);
  return spread === 0 ? 0 : 1 - squared / spread;
}

function medianError(predicted: Numbers, actual: Numbers): number {
  const errors = Float64Array.from(actual, (value, i) => Math.abs(predicted[i] - value)).sort();
  return (errors[(errors.length - 1) >> 1] + errors[errors.length >> 1]) / 2;
}

/** Root mean square of ln(1 + predicted) - ln(1 + actual); a prediction below 0 counts as 0. */
function logError(predicted: Numbers, actual: Numbers): number | undefined {
  for (let i = 0; i < actual.length; i++) if (actual[i] < 0) return undefined;
  const gap = (i: number): number => Math.log1p(Math.max(0, predicted[i])) - Math.log1p(actual[i]);
  return Math.sqrt(meanOf(actual, (i) => gap(i) ** 2));
}

/** Mean of |error / actual| over the rows whose actual number is not 0: one such row would make it infinite. */
function percentageError(predicted: Numbers, actual: Numbers): number | undefined {
  let sum = 0;
  let rows = 0;
  for (let i = 0; i < actual.length; i++) {
    if (actual[i] === 0) continue;
    sum += Math.abs((predicted[i] - actual[i]) / actual[i]);
    rows++;
  }
  return rows === 0 ? undefined : sum / rows;
}

/** Correlation of the ranks, equal values sharing their mean rank; 0 when either side does not vary. */
function spearman(predicted: Numbers, actual: Numbers): number {
  const a = ranks(predicted);
  const b = ranks(actual);
  const middle = (actual.length - 1) / 2;
  let product = 0;
  let squareA = 0;
  let squareB = 0;
  for (let i = 0; i < actual.length; i++) {
    product += (a[i] - middle) * (b[i] - middle);
    squareA += (a[i] - middle) ** 2;
    squareB += (b[i] - middle) ** 2;
  }
  return squareA === 0 || squareB === 0 ? 0 : product / Math.sqrt(squareA * squareB);
}

/** Rank of each value from 0; equal values share the mean of their ranks. */
function ranks(values: Numbers): Float64Array {
  const order = Uint32Array.from(values, (_, i) => i).sort((a, b) => values[a] - values[b]);
  const found = new Float64Array(values.length);
  for (let from = 0, to = 0; from < order.length; from = to) {
    while (to < order.length && values[order[to]] === values[order[from]]) to++;
    for (let i = from; i < to; i++) found[order[i]] = (from + to - 1) / 2;
  }
  return found;
}
