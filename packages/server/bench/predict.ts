/**
 * Predictions over HTTP against calling the model in process, and what a version swap costs.
 *
 * Both sides predict the same short reviews one at a time with the same champion: in process by `Model.predict` on one
 * thread; over HTTP by `POST /api/predict` with an API key, every prediction stored durably before its answer leaves.
 * The load comes from a process of its own. Rounds are interleaved; medians are reported.
 */
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { quantile } from "@souk/core";
import { loadModel, type Model } from "@souk/models";
import { openBlobs, openStore } from "@souk/store";
import { openTracking } from "@souk/tracking";
import { openSouk, type Souk, startServer } from "../src/index.ts";

const execute = promisify(execFile);
const rounds = Number(process.env["SOUK_BENCH_ROUNDS"] ?? 3);
const seconds = Number(process.env["SOUK_BENCH_SECONDS"] ?? 5);
const swapEverySeconds = 5;

const texts = [
  "great value, works perfectly and arrived early",
  "broke after two days, would not buy again",
  "it is okay for the price but the zip sticks",
  "my daughter loves it, exactly as described, thank you",
  "terrible quality, the colour came off in the first wash",
];

interface Load {
  readonly requests: number;
  readonly failed: number;
  readonly seconds: number;
  readonly latenciesMs: Readonly<Record<"p50" | "p90" | "p99" | "max", number>>;
}

async function load(options: object): Promise<Load> {
  const file = join(import.meta.dirname, "http-load.ts");
  const { stdout } = await execute(process.execPath, [file, JSON.stringify(options)]);
  return JSON.parse(stdout);
}

/** Predictions a second of one thread that calls the model directly. */
async function inProcess(model: Model, forMs: number): Promise<number> {
  const startedMs = performance.now();
  let done = 0;
  while (performance.now() - startedMs < forMs) {
    await model.predict({
      length: 1,
      columns: { review_body: [texts[done % texts.length]!], review_headline: [null] },
    });
    done++;
  }
  return (done * 1000) / (performance.now() - startedMs);
}

async function train(souk: Souk, seed: number): Promise<void> {
  const job = await souk.jobs.startTraining(
    { task: "star-rating", family: "ngram", seed, promote: seed === 1 },
    { by: "bench" },
  );
  for await (const event of souk.jobs.events(job.id)) void event;
  const { status, error } = await souk.jobs.get(job.id);
  if (status !== "finished") throw new Error(`training ${status}: ${error?.message}`);
}

async function championModel(dataDirectory: string): Promise<Model> {
  const store = await openStore({ path: join(dataDirectory, "souk.sqlite") });
  const blobs = await openBlobs({ directory: join(dataDirectory, "blobs") });
  const { registry } = await openTracking({ store, blobs });
  const model = await loadModel(
    await blobs.localDirectory((await registry.resolve("star-rating")).source),
  );
  await store.close();
  return model;
}

async function swapWhile(souk: Souk, work: Promise<Load>): Promise<{ load: Load; swaps: number }> {
  const swaps: Promise<unknown>[] = [];
  let version = 1;
  const timer = setInterval(() => {
    version = 3 - version;
    const decision = { by: "bench", reason: "swap under load", force: true };
    swaps.push(souk.models.promote("star-rating", version, decision));
  }, swapEverySeconds * 1000);
  const result = await work;
  clearInterval(timer);
  await Promise.all(swaps);
  return { load: result, swaps: swaps.length };
}

const middle = (values: readonly number[]): number => Number(quantile(values, 0.5).toFixed(3));

/** Runs the benchmark on a demo shop in a temporary data directory. */
export async function run(): Promise<object> {
  const dataDirectory = await mkdtemp(join(tmpdir(), "souk-bench-predict-"));
  await writeFile(
    join(dataDirectory, "souk.json"),
    JSON.stringify({ http: { requestsPerMinute: 1e9 } }),
  );
  const souk = await openSouk({ dataDirectory, serving: "now" });
  await souk.operations.demo({ reviews: 20_000, seed: 1 });
  await train(souk, 1);
  await train(souk, 2);
  const server = await startServer({ souk, host: "127.0.0.1", port: 0, logger: false });
  const model = await championModel(dataDirectory);
  try {
    const token = await apiKey(souk);
    const bodies = texts.map((text) => JSON.stringify({ text, model: "star-rating" }));
    const target = { url: `${server.url}/api/predict`, token, bodies };
    await load({ ...target, clients: 8, seconds: 2 });
    await inProcess(model, 1000);
    const direct: number[] = [];
    const one: Load[] = [];
    const many: Load[] = [];
    for (let round = 0; round < rounds; round++) {
      direct.push(await inProcess(model, seconds * 1000));
      one.push(await load({ ...target, clients: 1, seconds }));
      many.push(await load({ ...target, clients: 64, seconds }));
    }
    const steady = await load({ ...target, clients: 64, seconds: 4 * swapEverySeconds });
    const swapped = await swapWhile(
      souk,
      load({ ...target, clients: 64, seconds: 4 * swapEverySeconds + 1 }),
    );
    const perSecond = many.map(({ requests, seconds: took }) => requests / took);
    return {
      name: "predict",
      ratio: middle(perSecond) / middle(direct),
      // The floor later changes must keep, as measured when this was written.
      goal: 0.02,
      peer: "the same model called in process on one thread",
      figures: {
        inProcessPerSecond: direct.map(Math.round),
        httpOneClient: one,
        httpSixtyFourClients: many,
        httpPerSecond: perSecond.map(Math.round),
        steady,
        swapping: swapped,
        failedRequests: [...one, ...many, steady, swapped.load].reduce(
          (sum, { failed }) => sum + failed,
          0,
        ),
      },
    };
  } finally {
    model.close();
    await server.close();
    await souk.close();
    await rm(dataDirectory, { recursive: true, force: true });
  }
}

async function apiKey(souk: Souk): Promise<string> {
  const by = { name: "bench", address: "127.0.0.1" };
  const user = await souk.accounts.users.create(
    { username: "bench", password: "a long bench password 1", role: "admin" },
    by,
  );
  const { secret } = await souk.accounts.keys.create(
    { userId: user.id, name: "bench", scopes: ["predict:run"] },
    by,
  );
  return secret;
}
