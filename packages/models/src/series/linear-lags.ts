import { nextDays } from "./calendar.ts";
import { withIntervals } from "./conformal.ts";
import { type FeaturePlan, featurePlan } from "./features.ts";
import type { Forecaster, PointModel } from "./forecaster.ts";
import { evaluateLinear, type LinearFunction, ridge } from "./ridge.ts";
import { type Series, seriesWindow } from "./series.ts";

/** What the regression predicts: the value itself, its difference from the day before, or its log return. */
type Form = "level" | "difference" | "log";

/** One form of the regression on one history. */
interface Rows {
  readonly form: Form;
  readonly plan: FeaturePlan;
  /** Row `r` describes day `plan.reach + r`. */
  readonly features: Float64Array;
  readonly targets: Float64Array;
  readonly columns: number;
}

const PENALTIES = [0.001, 0.01, 0.1, 1, 10, 100];
const VALIDATION_SHARE = 0.2;
const REACH = 21;
const LEAST_ROWS = 30;

/**
 * Ridge regression of the next day on the last days, their changes, volatility and the calendar; later days are
 * forecast from forecasts (recursively), on the weekdays the series is usually kept on. Whether the value, its
 * difference or (where all values are above 0) its log return is regressed, and the penalty, are chosen by the
 * squared one-step error on the last fifth of the history, for which the earlier four fifths are fitted.
 *
 * @throws SoukError when fitted, `SERIES_SHORT`.
 */
export function linearLagsForecaster(): Forecaster {
  return withIntervals({
    name: "linear-lags",
    summary: "Ridge regression on recent days, their changes and the calendar.",
    shortest: REACH + LEAST_ROWS,
    fit(history) {
      const plain = choose(history, ["level", "difference"]);
      if (!history.value.every(isPositive)) return recursiveModel(plain.regression);
      const log = choose(history, ["log"]);
      if (plain.loss <= log.loss) return recursiveModel(plain.regression);
      const models = {
        log: recursiveModel(log.regression),
        plain: recursiveModel(plain.regression),
      };
      return {
        // Days after the fit may fall to 0, of which there is no logarithm.
        points(history, horizon) {
          const recent = history.value.subarray(-REACH);
          return (recent.every(isPositive) ? models.log : models.plain).points(history, horizon);
        },
      };
    },
  });
}

function isPositive(value: number): boolean {
  return value > 0;
}

/** The form and penalty of the lowest one-step error on the last days, fitted on all. */
function choose(
  history: Series,
  forms: readonly Form[],
): { regression: { rows: Rows; learnt: LinearFunction }; loss: number } {
  const kept = history.length - Math.floor((history.length - REACH) * VALIDATION_SHARE);
  const { rows, penalty, loss } = forms
    .flatMap((form) => {
      const rows = formRows(history, form);
      const earlier = ridge(formRows(seriesWindow(history, 0, kept), form));
      return PENALTIES.map((penalty) => {
        const loss = squaredError(history, { rows, learnt: earlier(penalty), from: kept });
        return { rows, penalty, loss };
      });
    })
    .reduce((a, b) => (b.loss < a.loss ? b : a));
  return { regression: { rows, learnt: ridge(rows)(penalty) }, loss };
}

function formRows(history: Series, form: Form): Rows {
  const change = form === "log" ? "log" : "difference";
  const plan = featurePlan(history, { lags: form === "level" ? 5 : 0, change });
  const columns = plan.names.length;
  const count = history.length - plan.reach;
  const features = new Float64Array(count * columns);
  const targets = new Float64Array(count);
  for (let r = 0; r < count; r++) {
    const t = plan.reach + r;
    plan.writeInto(history, t, features.subarray(r * columns, (r + 1) * columns));
    targets[r] = targetOf(form, history.value[t], history.value[t - 1]);
  }
  return { form, plan, features, targets, columns };
}

function squaredError(
  { value, length }: Series,
  { rows, learnt, from }: { rows: Rows; learnt: LinearFunction; from: number },
): number {
  let sum = 0;
  for (let t = from; t < length; t++) {
    const told = evaluateLinear(learnt, rows.features, (t - rows.plan.reach) * rows.columns);
    sum += (value[t] - valueOf(rows.form, told, value[t - 1])) ** 2;
  }
  return sum;
}

function recursiveModel({ rows, learnt }: { rows: Rows; learnt: LinearFunction }): PointModel {
  const { form, plan, columns } = rows;
  return {
    points(history, horizon) {
      const recent = seriesWindow(history, history.length - plan.reach, history.length);
      const extended: Series = {
        length: plan.reach + horizon,
        days: Int32Array.of(...recent.days, ...nextDays(history.days, horizon)),
        value: new Float64Array(plan.reach + horizon),
      };
      extended.value.set(recent.value);
      const row = new Float64Array(columns);
      for (let t = plan.reach; t < extended.length; t++) {
        plan.writeInto(extended, t, row);
        extended.value[t] = valueOf(form, evaluateLinear(learnt, row), extended.value[t - 1]);
      }
      return extended.value.slice(plan.reach);
    },
  };
}

function targetOf(form: Form, value: number, before: number): number {
  if (form === "level") return value;
  return form === "log" ? Math.log(value / before) : value - before;
}

function valueOf(form: Form, told: number, before: number): number {
  if (form === "level") return told;
  return form === "log" ? before * Math.exp(told) : before + told;
}
