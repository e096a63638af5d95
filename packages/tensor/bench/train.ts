/**
 * Milliseconds per training step against PyTorch on the CPU: the same architecture, first weights, batches, threads and
 * optimizer (Adam), in one run and in turns, after the losses of the first 30 steps were found equal.
 * Ours is `train` with everything automatic; PyTorch's way is the fastest of those each contest names.
 * SOUK_BENCH_MODELS=text-cnn,bilstm chooses models, SOUK_BENCH_ROUNDS the turns, SOUK_BENCH_STEPS their length,
 * SOUK_BENCH_COMPILED=0 leaves out torch.compile, SOUK_BENCH_PROFILE=1 adds the slowest operators. Needs scripts/peers/torch.sh.
 */
import { compare, type Outcome } from "./compare/compare.ts";
import type { Contest } from "./compare/contest.ts";
import { slowestOperators } from "./compare/profile.ts";
import { startTorch } from "./compare/torch.ts";

const threads = 4;
const rounds = Number(process.env.SOUK_BENCH_ROUNDS ?? 7);
const compiled = process.env.SOUK_BENCH_COMPILED !== "0";
const profiled = process.env.SOUK_BENCH_PROFILE === "1";
const models = ["text-cnn", "bilstm", "bert-mini", "image-cnn", "resnet50", "mobilenet-v2"];

/** Compares the chosen models; the ratio is the smallest share of its goal that any of them reaches. */
export async function run(): Promise<object> {
  const chosen = process.env.SOUK_BENCH_MODELS?.split(",") ?? models;
  const outcomes: Outcome[] = [];
  for (const model of chosen) {
    const { contest }: { contest: Contest } = await import(`./train/${model}.ts`);
    const variants = contest.variants.filter((name) => compiled || !name.includes("compiled"));
    const steps = Number(process.env.SOUK_BENCH_STEPS ?? contest.steps);
    const outcome = await compare(
      { ...contest, variants, steps },
      {
        start: startTorch,
        threads,
        rounds,
        agreement: 30,
        tolerance: 1e-4,
        rate: 1e-3,
      },
    );
    const slowest = profiled ? await slowestOperators(contest, { threads }) : undefined;
    outcomes.push(slowest ? Object.assign(outcome, { slowest }) : outcome);
    print(outcome);
  }
  return {
    name: "train",
    ratio: Math.min(...outcomes.map(({ ratio, goal }) => ratio / goal)),
    goal: 1,
    peer: `PyTorch ${outcomes[0]?.peerVersion}`,
    figures: { threads, rounds, outcomes },
  };
}

function print({ model, ratio, goal, ours, peer, variant, lossDifference }: Outcome): void {
  const range = ({ median, min, max }: Outcome["ours"]) =>
    `${median.toFixed(2)} ms (${min.toFixed(2)}–${max.toFixed(2)})`;
  console.log(
    `${model.padEnd(13)} ours ${range(ours)}  PyTorch ${range(peer)} ${variant}  ` +
      `ratio ${ratio.toFixed(2)} (goal ${goal})  loss difference ${lossDifference.toExponential(1)}`,
  );
}
