import type { Client } from "@souk/api";
import { jobEnded } from "./learning.ts";

/** Gives a demo shop what an engineer's morning leaves: trainings to compare, a study, a leaderboard. Half a minute of work. */
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
}
