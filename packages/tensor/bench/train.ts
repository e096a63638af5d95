/**
 * Milliseconds per training step against PyTorch on the CPU: the same architecture, first weights, batches, threads and
 * optimizer (Adam), in one run and in turns, after the losses of the first 30 steps were found equal.
 * Ours is `train` with everything automatic; PyTorch's way is the fastest of those each contest names.
 * SOUK_BENCH_MODELS=text-cnn,bilstm chooses models, SOUK_BENCH_ROUNDS the turns, SOUK_BENCH_STEPS their length,
 * SOUK_BENCH_COMPILED=0 leaves out torch.compile, SOUK_BENCH_PROFILE=1 adds the slowest operators. Needs scripts/peers/torch.sh.
 */
import { loadavg } from "node:os";
import { SoukError } from "@souk/core";
import { compare, type Outcome } from "./compare/compare.ts";
import type { Contest } from "./compare/contest.ts";
import { slowestOperators } from "./compare/profile.ts";
import { startTorch } from "./compare/torch.ts";
import { bertMiniContest } from "./train/bert-mini.ts";
import { biLstmContest } from "./train/bilstm.ts";
import { imageCnnContest } from "./train/image-cnn.ts";
import { mobileNetV2Contest } from "./train/mobilenet-v2.ts";
import { resNet50Contest } from "./train/resnet50.ts";
import { textCnnContest } from "./train/text-cnn.ts";

const threads = 4;
const rounds = Number(process.env.SOUK_BENCH_ROUNDS ?? 7);
const compiled = process.env.SOUK_BENCH_COMPILED !== "0";
const profiled = process.env.SOUK_BENCH_PROFILE === "1";
/**
 * Adam's learning rate. An activation within rounding (1e-8) of ReLU's kink has its gradient on one side and not on the
 * other; with a rate ten times as large one such element shows in the fourth digit of the loss some steps later.
 */
const rate = 1e-4;
const options = { start: startTorch, threads, rounds, agreement: 30, tolerance: 1e-4, rate };

const contests: Readonly<Record<string, () => Contest>> = {
  "text-cnn": () => textCnnContest(),
  "text-cnn-words": () => textCnnContest({ trained: true }),
  bilstm: () => biLstmContest(),
  "bilstm-words": () => biLstmContest({ trained: true }),
  "bert-mini": bertMiniContest,
  "image-cnn": imageCnnContest,
  resnet50: resNet50Contest,
  "mobilenet-v2": mobileNetV2Contest,
};

/** Compares the chosen models; the ratio is the smallest share of its goal that any of them reaches. */
export async function run(): Promise<object> {
  const chosen = process.env.SOUK_BENCH_MODELS?.split(",") ?? Object.keys(contests);
  const outcomes: Outcome[] = [];
  for (const model of chosen) outcomes.push(await compareModel(model));
  return {
    name: "train",
    ratio: Math.min(...outcomes.map(({ ratio, goal }) => ratio / goal)),
    goal: 1,
    peer: `PyTorch ${outcomes[0]?.peerVersion}`,
    figures: { threads, rounds, rate, outcomes },
  };
}

async function compareModel(model: string): Promise<Outcome & { loadAverage: number }> {
  if (!Object.hasOwn(contests, model)) {
    const known = Object.keys(contests).join(", ");
    throw new SoukError("BENCH_MODEL", `SOUK_BENCH_MODELS: expected ${known}, got ${model}`);
  }
  const contest = contests[model]();
  const variants = contest.variants.filter((name) => compiled || !name.includes("compiled"));
  const steps = Number(process.env.SOUK_BENCH_STEPS ?? contest.steps);
  const outcome = await compare({ ...contest, variants, steps }, options);
  print(outcome);
  // Well above the number of threads when something else was computing too.
  const [loadAverage] = loadavg();
  if (!profiled) return { ...outcome, loadAverage };
  const slowest = await slowestOperators(contest, { threads });
  console.log(slowest);
  return Object.assign(outcome, { loadAverage, slowest });
}

function print({ model, ratio, goal, ours, peer, variant, lossDifference }: Outcome): void {
  const range = ({ median, min, max }: Outcome["ours"]) =>
    `${median.toFixed(2)} ms (${min.toFixed(2)}–${max.toFixed(2)})`;
  console.log(
    `${model.padEnd(13)} ours ${range(ours)}  PyTorch ${range(peer)} ${variant}  ` +
      `ratio ${ratio.toFixed(2)} (goal ${goal})  loss difference ${lossDifference.toExponential(1)}`,
  );
}
