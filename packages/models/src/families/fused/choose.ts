import { fitTemperature } from "../../evaluation/calibration.ts";
import { type Combination, combine, lossOf, searchStacking, searchWeight } from "./combine.ts";
import { type PartAnswers, selectAnswers } from "./part-answers.ts";

/** A way to make parts one, with its loss on rows it was not fitted to. */
export interface Candidate {
  readonly kind: "weights" | "stacking" | "joint";
  readonly loss: number;
}

const FOLDS = 5;

/** What the ways are compared on: validation rows that have both. */
export interface Trial {
  readonly answers: PartAnswers;
  readonly targets: Float64Array;
  readonly isClass: boolean;
  /** Scores of the joint network, when it was trained. */
  readonly joint?: Float64Array;
}

/**
 * The ways by their loss, best first: each is fitted to four fifths of the rows and judged on the last, five times. The
 * joint network saw these rows only to stop in time; its temperature is fitted as the others are.
 */
export function rankWays(trial: Trial): readonly Candidate[] {
  const kinds = ["weights", "stacking", ...(trial.joint === undefined ? [] : ["joint"])] as const;
  return kinds
    .map((kind): Candidate => {
      const known = kind === "weights" || kind === "stacking" ? kind : "joint";
      return { kind: known, loss: crossValidated(trial, known) };
    })
    .toSorted((a, b) => a.loss - b.loss);
}

function crossValidated(trial: Trial, kind: Candidate["kind"]): number {
  const { answers, targets, isClass } = trial;
  let sum = 0;
  for (let fold = 0; fold < FOLDS; fold++) {
    const rows = Array.from({ length: answers.rows }, (_, row) => row);
    const fitted = rows.filter((row) => row % FOLDS !== fold);
    const judged = rows.filter((row) => row % FOLDS === fold);
    if (judged.length === 0 || fitted.length === 0) continue;
    const scores =
      kind === "joint"
        ? jointScores(trial, fitted, judged)
        : partScores(trial, { kind, fitted, judged });
    sum += judged.length * lossOf(scores, targetsOf(targets, judged), isClass);
  }
  return sum / answers.rows;
}

function partScores(
  { answers, targets, isClass }: Trial,
  {
    kind,
    fitted,
    judged,
  }: { kind: Combination["kind"]; fitted: readonly number[]; judged: readonly number[] },
): Float64Array {
  const search = kind === "weights" ? searchWeight : searchStacking;
  const found = search(selectAnswers(answers, fitted), targetsOf(targets, fitted), isClass);
  return combine(selectAnswers(answers, judged), found, isClass);
}

function jointScores(
  { joint = new Float64Array(0), answers: { outputs }, targets, isClass }: Trial,
  fitted: readonly number[],
  judged: readonly number[],
): Float64Array {
  const of = (rows: readonly number[]): Float64Array =>
    Float64Array.from(
      rows.flatMap((row) => [...joint.subarray(row * outputs, (row + 1) * outputs)]),
    );
  if (!isClass) return of(judged);
  const temperature = fitTemperature(of(fitted), targetsOf(targets, fitted), outputs);
  return of(judged).map((score) => score / temperature);
}

function targetsOf(targets: Float64Array, rows: readonly number[]): Float64Array {
  return Float64Array.from(rows, (row) => targets[row]);
}
