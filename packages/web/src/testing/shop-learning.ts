import type { Client } from "@souk/api";
import { jobEnded, learn as learnOne, quickFused } from "./learning.ts";

const DAY_MS = 86_400_000;
/** Pieces more than on a Monday, by the day of the week. */
const rhythm = [0, 9, 3, 14, 6, 20, 11];

/**
 * Gives a demo shop what an engineer's morning leaves: a model of each task, trainings to compare, a decision taken back, a study,
 * a leaderboard, a forecast. A minute of work.
 */
export async function learn(admin: Client): Promise<void> {
  const task = "star-rating";
  const trainings: readonly { family: string; settings: Record<string, number> }[] = [
    { family: "linear", settings: { epochs: 8 } },
    { family: "ngram", settings: { epochs: 12, dim: 8 } },
    { family: "ngram", settings: { epochs: 20, dim: 16, lr: 0.02 } },
  ];
  const started = [];
  for (const training of trainings)
    started.push(await admin.startTraining({ body: { task, ...training } }));
  started.push(
    await admin.startStudy({
      body: { task, family: "linear", settings: { epochs: 3 }, trials: 16 },
    }),
    await admin.computeLeaderboard({
      params: { task },
      body: { families: ["baseline", "linear", "ngram", "forest"], train: true },
    }),
  );
  for (const { id } of started) await jobEnded(admin, id);
  await decide(admin, task);
  await learnOne(admin, { task: "category", family: "fused", settings: quickFused });
  for (const other of ["price", "engagement"])
    await learnOne(admin, { task: other, family: "linear" });
  await foresee(admin);
}

/** Promotes the second version and takes that back. */
async function decide(admin: Client, name: string): Promise<void> {
  const reason = "It looked better on last week's reviews";
  await admin.promoteVersion({ params: { name, version: 3 }, body: { reason, force: true } });
  await admin.rollbackModel({
    params: { name },
    body: { reason: "Fewer right answers than before" },
  });
}

/** Four hundred invented days of two shelves, with the rhythm of a week, and a forecast of them. */
async function foresee(admin: Client): Promise<void> {
  const lines = ["date,series_id,units"];
  for (let at = 0; at < 400; at += 1)
    for (const [shelf, base] of [
      ["tea", 50],
      ["lamps", 20],
    ] as const) {
      const day = new Date(Date.UTC(2024, 0, 1) + at * DAY_MS).toISOString().slice(0, 10);
      lines.push(`${day},${shelf},${base + (rhythm[at % 7] ?? 0) + ((at * 7919) % 10)}`);
    }
  await admin.ingestDataset({
    params: { name: "series" },
    query: { format: "csv", fileName: "shelves.csv" },
    body: `${lines.join("\n")}\n`,
  });
  const { id } = await admin.startTraining({
    body: { task: "forecast-units", family: "seasonal-naive" },
  });
  await jobEnded(admin, id);
}
