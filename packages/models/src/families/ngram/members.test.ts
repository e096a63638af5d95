import assert from "node:assert/strict";
import { test } from "node:test";
import { createRng } from "@souk/core";
import { BestWeights, type Member, runTogether, scoreTogether } from "./members.ts";
import { type NgramProblem, openNgramSession } from "./session.ts";

const ROWS = 40;
const DOCUMENTS = 200;

function madeUp(): NgramProblem {
  const rng = createRng("members");
  const ids = Int32Array.from({ length: 4 * DOCUMENTS }, () => rng.integer(ROWS));
  const starts = Int32Array.from({ length: DOCUMENTS + 1 }, (_, d) => 4 * d);
  const scales = new Float32Array(DOCUMENTS).fill(0.5);
  const corpus = { documents: DOCUMENTS, segments: 1, ids, starts, scales };
  const targets = Float64Array.from({ length: DOCUMENTS }, (_, d) => ids[4 * d] % 3);
  const shape = { rows: ROWS, trainDocuments: DOCUMENTS, classes: 3, regression: false };
  return { corpus, targets, ...shape };
}

async function trained(
  problem: NgramProblem,
  { sideBySide, epochs = 3 }: { sideBySide: boolean; epochs?: number },
): Promise<Member[]> {
  const common = { seed: 3, threads: 1 };
  const rate = { lr: 0.1, warmUp: 0, decay: "constant" } as const;
  const embedding = await openNgramSession(problem, { dim: 8, ...common });
  const linear = await openNgramSession(problem, { dim: 4, linear: true, ...common });
  const members: Member[] = [
    { name: "embedding", share: 0.25, dim: 8, rate, session: embedding },
    { name: "linear", share: 0.75, dim: 4, rate, session: linear },
  ];
  for (let epoch = 0; epoch < epochs; epoch++) {
    const onProgress = (done: number): void => assert.ok(done <= DOCUMENTS);
    await runTogether(members, { epoch, epochs, sideBySide, signal: undefined, onProgress });
  }
  return members;
}

function close(members: readonly Member[]): Promise<unknown> {
  return Promise.all(members.map(({ session }) => session.close()));
}

test("members trained in turns and side by side end with the same bits", async () => {
  const problem = madeUp();
  const turns = await trained(problem, { sideBySide: false });
  const beside = await trained(problem, { sideBySide: true });
  const tables = [turns, beside].map(
    (members) => new BestWeights(members, problem).weights().table,
  );
  assert.deepEqual(tables[0], tables[1]);
  await close([...turns, ...beside]);
});

test("one table gives the weighted sum of the members' logits", async () => {
  const problem = madeUp();
  const members = await trained(problem, { sideBySide: false });
  const scores = new Float64Array(3 * DOCUMENTS);
  scoreTogether(members, { from: 0, to: DOCUMENTS, scores });
  const { table, width } = new BestWeights(members, problem).weights();
  assert.equal(width, 3);
  for (let d = 0; d < DOCUMENTS; d++)
    for (let c = 0; c < 3; c++) {
      let sum = 0;
      for (let i = 4 * d; i < 4 * d + 4; i++) sum += 0.5 * table[3 * problem.corpus.ids[i] + c];
      assert.ok(Math.abs(sum - scores[3 * d + c]) < 1e-5, `${sum} and ${scores[3 * d + c]}`);
    }
  await close(members);
});

test("the best weights stay when the members go on, until they are taken again", async () => {
  const problem = madeUp();
  const members = await trained(problem, { sideBySide: false, epochs: 1 });
  const best = new BestWeights(members, problem);
  const { input } = members[1].session.views;
  const before = input[0];
  input[0] += 1;
  assert.equal(
    new BestWeights(members, problem).weights().table[0] > best.weights().table[0],
    true,
  );
  best.take();
  assert.deepEqual(best.weights(), new BestWeights(members, problem).weights());
  assert.notEqual(before, input[0]);
  await close(members);
});
