import { invalid } from "./limits.ts";

/** What a candidate must show before it may serve. */
export interface GateRules {
  /** The metric that decides, by its name in the report. */
  readonly metric: string;
  /** Whether more or less of it is better; by default less for errors (mae, rmse, loss, ece…), else more. */
  readonly better?: "higher" | "lower";
  /** Must be strictly better than the naive baseline, default true. */
  readonly beatBaseline?: boolean;
  /** Must be strictly better than the serving version on the same test rows, default true. */
  readonly beatIncumbent?: boolean;
  /** How much better than baseline and incumbent, in the metric's unit, default 0. */
  readonly margin?: number;
  /** Least acceptable values by metric. */
  readonly minimum?: Readonly<Record<string, number>>;
  /** Greatest acceptable values by metric. */
  readonly maximum?: Readonly<Record<string, number>>;
  /** Longest acceptable latency of one prediction, in milliseconds. */
  readonly maximumLatencyMs?: number;
  /** Largest acceptable artefact. */
  readonly maximumSizeBytes?: number;
}

/** The parts of an evaluation report a gate looks at. */
export interface GateCandidate {
  readonly metrics: Readonly<Record<string, number>>;
  readonly baseline?: { readonly metrics: Readonly<Record<string, number>> };
  readonly testRowsHash?: string;
  readonly latencyMs?: number;
  readonly sizeBytes?: number;
}

/** What serves now, evaluated on the candidate's test rows. */
export interface GateIncumbent {
  readonly metrics: Readonly<Record<string, number>>;
  readonly testRowsHash?: string;
  /** Its version: a promotion is refused when another one serves by then. */
  readonly version?: number;
}

/** One rule's outcome, as sentences. */
export interface GateRule {
  readonly name: string;
  readonly passed: boolean;
  readonly expected: string;
  readonly got: string;
}

/** The outcome of every rule. */
export interface GateResult {
  readonly passed: boolean;
  readonly rules: readonly GateRule[];
  /** The version the candidate was compared with. */
  readonly incumbentVersion?: number;
}

const LOWER_IS_BETTER = /(^|[^a-z])(mae|mse|rmse|mape|loss|logloss|error|ece|brier|latency)/i;

/**
 * Decides whether a candidate may be promoted. A figure that is missing or not a number fails its rule, and figures on
 * different test rows are never compared. Without an incumbent there is nothing to beat.
 *
 * @throws SoukError `TRACKING_INVALID` when the rules name no metric.
 */
export function evaluateGate(
  rules: GateRules,
  candidate: GateCandidate,
  incumbent?: GateIncumbent,
): GateResult {
  if (rules.metric === "") throw invalid("gate rules with a metric", "none");
  const checked = [
    ...(rules.beatBaseline === false ? [] : [beatsBaseline(rules, candidate)]),
    ...(rules.beatIncumbent === false ? [] : beatsIncumbent(rules, candidate, incumbent)),
    ...bounds(rules, candidate),
  ];
  return {
    passed: checked.every((rule) => rule.passed),
    rules: checked,
    ...(incumbent?.version === undefined ? {} : { incumbentVersion: incumbent.version }),
  };
}

function beatsBaseline(rules: GateRules, candidate: GateCandidate): GateRule {
  return beats("beats the baseline", rules, [
    candidate.metrics[rules.metric],
    candidate.baseline?.metrics[rules.metric],
  ]);
}

function beatsIncumbent(
  rules: GateRules,
  candidate: GateCandidate,
  incumbent: GateIncumbent | undefined,
): GateRule[] {
  if (incumbent === undefined) {
    const got = "nothing serves yet";
    return [{ name: "beats the incumbent", passed: true, expected: "an incumbent to beat", got }];
  }
  const same =
    candidate.testRowsHash !== undefined && candidate.testRowsHash === incumbent.testRowsHash;
  return [
    {
      name: "same test rows as the incumbent",
      passed: same,
      expected: `test rows ${short(incumbent.testRowsHash)}`,
      got: short(candidate.testRowsHash),
    },
    beats("beats the incumbent", rules, [
      candidate.metrics[rules.metric],
      incumbent.metrics[rules.metric],
    ]),
  ];
}

function beats(
  name: string,
  { metric, margin = 0, better = LOWER_IS_BETTER.test(metric) ? "lower" : "higher" }: GateRules,
  [mine, theirs]: [number | undefined, number | undefined],
): GateRule {
  const gain =
    mine === undefined || theirs === undefined
      ? Number.NaN
      : (better === "higher" ? mine - theirs : theirs - mine) - margin;
  const sign = better === "higher" ? ">" : "<";
  const by = margin === 0 ? "" : ` by ${margin}`;
  return {
    name,
    passed: gain > 0,
    expected: `${metric} ${sign} ${figure(theirs)}${by}`,
    got: figure(mine),
  };
}

function bounds(rules: GateRules, { metrics, latencyMs, sizeBytes }: GateCandidate): GateRule[] {
  const at = (name: string, sign: "≥" | "≤", limit: number, got: number | undefined): GateRule => ({
    name: `${sign === "≥" ? "minimum" : "maximum"} ${name}`,
    passed: got !== undefined && (sign === "≥" ? got >= limit : got <= limit),
    expected: `${name} ${sign} ${limit}`,
    got: figure(got),
  });
  const found = [
    ...Object.entries(rules.minimum ?? {}).map(([key, limit]) => at(key, "≥", limit, metrics[key])),
    ...Object.entries(rules.maximum ?? {}).map(([key, limit]) => at(key, "≤", limit, metrics[key])),
  ];
  const { maximumLatencyMs, maximumSizeBytes } = rules;
  if (maximumLatencyMs !== undefined)
    found.push(at("latency in ms", "≤", maximumLatencyMs, latencyMs));
  if (maximumSizeBytes !== undefined)
    found.push(at("size in bytes", "≤", maximumSizeBytes, sizeBytes));
  return found;
}

function figure(value: number | undefined): string {
  return value === undefined ? "nothing" : String(Number(value.toPrecision(6)));
}

function short(hash: string | undefined): string {
  return hash === undefined ? "unknown" : hash.slice(0, 12);
}
