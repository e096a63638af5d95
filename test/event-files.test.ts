import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { buffer } from "node:stream/consumers";
import { test } from "node:test";
import { promisify } from "node:util";
import { openSouk, type Souk } from "@souk/server";

const root = join(import.meta.dirname, "..");
const peer = join(root, ".souk-peers/tensorboard/bin/python");
const python = process.env["SOUK_TENSORBOARD_PYTHON"] ?? (existsSync(peer) ? peer : "");
const skip =
  python === "" &&
  "no TensorBoard: run scripts/peers/tensorboard.sh, or name a Python that has it in SOUK_TENSORBOARD_PYTHON";

const reader = `
import json, sys
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
run = EventAccumulator(sys.argv[1], size_guidance={"scalars": 0, "tensors": 0})
run.Reload()
print(json.dumps({
  "scalars": {tag: [[e.step, e.value] for e in run.Scalars(tag)] for tag in run.Tags()["scalars"]},
  "verdict": run.Tensors("verdict")[0].tensor_proto.string_val[0].decode(),
}))
`;

interface Curves {
  readonly scalars: Readonly<Record<string, readonly (readonly [number, number])[]>>;
  readonly verdict: string;
}

/** The files of a run below `events/`, in a folder of their own. */
async function downloadEvents(souk: Souk, runId: string, folder: string): Promise<string[]> {
  const paths = (await souk.runs.artifacts(runId)).map(({ path }) => path);
  const events = paths.filter((path) => path.startsWith("events/"));
  for (const path of events)
    await writeFile(
      join(folder, basename(path)),
      await buffer(await souk.runs.artifact(runId, path)),
    );
  return events;
}

test("TensorBoard opens the event file of a run", { skip }, async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "souk-curves-"));
  const souk = await openSouk({ dataDirectory: join(folder, "data") });
  t.after(async () => {
    await souk.close();
    await rm(folder, { recursive: true, force: true });
  });
  await souk.operations.demo({ reviews: 3_000, seed: 5 });
  const asked = { task: "star-rating", family: "ngram", settings: { epochs: 3 }, threads: 1 };
  const job = await souk.jobs.startTraining(asked, { by: "test" });
  for await (const event of souk.jobs.events(job.id)) void event;
  const [run] = (await souk.runs.list()).items;
  assert.equal(run?.status, "finished");
  const events = await downloadEvents(souk, run.id, folder);
  assert.equal(events.length, 1);
  const { stdout } = await promisify(execFile)(python, ["-W", "ignore", "-c", reader, folder]);
  const { scalars, verdict }: Curves = JSON.parse(stdout);

  const recorded = await souk.runs.metrics(run.id);
  const points = recorded.map(({ key, step, value }) => ({ key, step, value: Math.fround(value) }));
  const during = points.filter(({ key }) => key.startsWith("validation"));
  assert.ok(during.length >= 3);
  for (const { key, step, value } of during)
    assert.ok(
      scalars[`training/${key}`]?.some(([at, read]) => at === step && read === value),
      `${key} at step ${step} is ${value}, the file has ${JSON.stringify(scalars[`training/${key}`])}`,
    );
  for (const { key, value } of points.filter(({ key }) => key.startsWith("test_")))
    assert.equal(scalars[key.replace("test_", "test/")]?.[0]?.[1], value, key);
  assert.ok(scalars["baseline/accuracy"] !== undefined);
  assert.match(verdict, /baseline|always/i);
});
