import type { Examples, FamilyContext, FamilyData } from "../family.ts";
import { type Candidate, rankWays } from "./choose.ts";
import { accuracyOf, combine, lossOf, searchStacking, searchWeight } from "./combine.ts";
import type { Fused } from "./fused-model.ts";
import { rowsWithBoth } from "./fused-predictor.ts";
import { askParts, type Parts, selectAnswers } from "./part-answers.ts";
import { type Joint, type JointRows, trainJoint } from "./train-joint.ts";

/** The way chosen, and what was seen on the validation rows with both. */
export interface Fusing {
  readonly combination: Fused["combination"];
  readonly validation: Readonly<Record<string, number>>;
}

/** Fewer rows with both than this say nothing about ways: half of each part is taken. */
const FEWEST = 20;

/** Finds how to answer rows that have text and photo; the setting `fusion` names a way, or `auto` the best of all. */
export async function fuse(
  parts: Parts,
  { data, context }: { data: FamilyData; context: FamilyContext },
): Promise<Fusing> {
  const { settings, signal, onEvent } = context;
  signal?.throwIfAborted();
  const isClass = data.labels !== undefined;
  const asked = settings.choice("fusion");
  const validation = await jointRows(parts, data.validation);
  const rows = validation.both;
  if (rows.length < FEWEST)
    return { combination: { kind: "weights", weight: 0.5 }, validation: {} };
  const answers = selectAnswers(validation.answers, rows);
  const targets = Float64Array.from(rows, (row) => data.validation.targets[row]);
  const trained =
    asked === "joint" || asked === "auto"
      ? await jointOf(parts, validation, { data, context })
      : undefined;
  const trial = { answers, targets, isClass, ...(trained && { joint: trained.scores }) };
  const ways = rankWays(trial);
  const way = ways.find(({ kind }) => asked === "auto" || kind === asked) ?? ways[0];
  const combination = combinationOf(way.kind, { ...trial, trained: trained?.joint });
  const figures = {
    ...Object.fromEntries(ways.map(({ kind, loss }) => [`${kind}Loss`, loss])),
    textLoss: lossOf(answers.text, targets, isClass),
    imageLoss: lossOf(answers.image, targets, isClass),
    ...(combination.kind === "weights" ? { photoWeight: combination.weight } : {}),
    ...(isClass ? accuraciesOf(trial, combination) : {}),
  };
  const values = Object.fromEntries(
    Object.entries(figures).map(([name, value]) => [`validation.${name}`, value]),
  );
  onEvent({ kind: "metrics", step: data.train.batch.length, epoch: 1, values });
  return { combination, validation: figures };
}

function combinationOf(
  kind: Candidate["kind"],
  {
    answers,
    targets,
    isClass,
    trained,
  }: Omit<Parameters<typeof rankWays>[0], "joint"> & { trained: Joint | undefined },
): Fused["combination"] {
  if (kind === "joint" && trained !== undefined) return { kind: "joint", joint: trained };
  if (kind === "stacking") return searchStacking(answers, targets, isClass);
  return searchWeight(answers, targets, isClass);
}

function accuraciesOf(
  { answers, targets, joint }: Parameters<typeof rankWays>[0],
  combination: Fused["combination"],
): Record<string, number> {
  const scores =
    combination.kind === "joint" ? (joint ?? answers.text) : combine(answers, combination, true);
  return {
    textAccuracy: accuracyOf(answers.text, targets),
    imageAccuracy: accuracyOf(answers.image, targets),
    accuracy: accuracyOf(scores, targets),
  };
}

async function jointOf(
  parts: Parts,
  validation: JointRows,
  { data, context }: { data: FamilyData; context: FamilyContext },
): Promise<Awaited<ReturnType<typeof trainJoint>> | undefined> {
  const train = await jointRows(parts, data.train);
  if (train.both.length === 0) return undefined;
  return trainJoint({ train, validation }, { data, context });
}

async function jointRows(parts: Parts, examples: Examples): Promise<JointRows> {
  const answers = await askParts(parts, examples.batch);
  const { targets } = examples;
  const both = rowsWithBoth(answers).filter((row) => parts.prior.length === 1 || targets[row] >= 0);
  return { examples, answers, both };
}
