import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { test, type TestContext } from "node:test";
import { promisify } from "node:util";
import { manualClock } from "@souk/core";
import { scalarEvent, versionEvent } from "./event.ts";
import { type EventFile, openEventFile } from "./event-file.ts";
import { countValues } from "./histogram.ts";
import { frameRecord } from "./record.ts";

async function temporary(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "souk-events-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function opened(t: TestContext, flushAfterMs?: number) {
  const folder = await temporary(t);
  const clock = manualClock(1_700_000_000_500);
  const events = await openEventFile(folder, { clock, flushAfterMs });
  t.after(() => events.close().catch(() => {}));
  return { folder, clock, events };
}

const sizeOf = async (events: EventFile) => (await readFile(events.path)).length;

test("a scalar event, worked by hand from the field numbers", () => {
  const bytes = scalarEvent("a", 1, { seconds: 2, step: 3 });
  const fields = [
    [0x09, 0, 0, 0, 0, 0, 0, 0, 0x40], // 1: wall time 2.0
    [0x10, 3], // 2: step
    [0x2a, 2 + 23, 0x0a, 3 + 5 + 15], // 5: summary, in it 1: value
    [0x0a, 1, 0x61], // 1: tag "a"
    [0x15, 0, 0, 0x80, 0x3f], // 2: simple value 1.0
    [0x4a, 2 + 9 + 2, 0x0a, 2 + 7], // 9: metadata, in it 1: plugin data
    [0x0a, 7, ...Buffer.from("scalars")], // 1: name
    [0x20, 1], // 4: data class scalar
  ];
  assert.deepEqual([...bytes], fields.flat());
});

test("a file opens with its version and is named for TensorBoard", async (t) => {
  const { events } = await opened(t);
  assert.match(basename(events.path), /^events\.out\.tfevents\.1700000000\..+\.\d+\.0$/);
  const want = frameRecord(versionEvent(1_700_000_000.5));
  assert.deepEqual(await readFile(events.path), Buffer.from(want));
  assert.equal(want.length, 16 + 9 + 15);
});

test("a second file of the same second has a name of its own", async (t) => {
  const { folder, clock } = await opened(t);
  const second = await openEventFile(folder, { clock });
  await second.close();
  assert.equal((await readdir(folder)).length, 2);
});

test("events wait in memory until they are old, or flushed", async (t) => {
  const { events, clock } = await opened(t, 1000);
  const start = await sizeOf(events);
  events.scalar("loss", 1, 0);
  const one = frameRecord(scalarEvent("loss", 1, { seconds: 1_700_000_000.5, step: 0 })).length;
  clock.advance(999);
  events.scalar("loss", 1, 0);
  assert.equal(await sizeOf(events), start);
  clock.advance(1);
  events.scalar("loss", 1, 0);
  await events.flush();
  assert.equal(await sizeOf(events), start + 3 * one);
  events.scalar("loss", 1, 0);
  await events.close();
  assert.equal(await sizeOf(events), start + 4 * one);
});

test("a tag or step that makes no sense is EVENT_VALUE", async (t) => {
  const { events } = await opened(t);
  for (const give of [
    () => events.scalar("", 1, 0),
    () => events.scalar("loss", 1, -1),
    () => events.scalar("loss", 1, 0.5),
    () => events.histogram("weights", [Number.NaN], 0),
  ]) {
    assert.throws(give, { code: "EVENT_VALUE" });
  }
});

test("a closed file takes nothing more, and closing twice is closing once", async (t) => {
  const { events } = await opened(t);
  await events.close();
  await events.close();
  assert.throws(() => events.scalar("loss", 1, 0), { code: "EVENT_FILE_CLOSED" });
});

test("a folder that cannot be made is EVENT_FILE_WRITE", async (t) => {
  const folder = await temporary(t);
  await writeFile(join(folder, "file"), "");
  await assert.rejects(openEventFile(join(folder, "file"), { clock: manualClock() }), {
    code: "EVENT_FILE_WRITE",
  });
});

test("values are counted in buckets of equal width, those that are not finite left out", () => {
  const counted = countValues([0, 1, 1.5, 4, Number.NaN, Infinity], { buckets: 4 });
  assert.deepEqual(counted, {
    minimum: 0,
    maximum: 4,
    count: 4,
    sum: 6.5,
    sumOfSquares: 19.25,
    limits: [1, 2, 3, 4],
    counts: [1, 2, 0, 1],
  });
  assert.deepEqual(countValues([3, 3], { buckets: 2 }).counts, [2, 0]);
});

const root = join(import.meta.dirname, "../../../..");
const peer = join(root, ".souk-peers/tensorboard/bin/python");
const python = process.env["SOUK_TENSORBOARD_PYTHON"] ?? (existsSync(peer) ? peer : "");
const skip =
  python === "" &&
  "no TensorBoard: run scripts/peers/tensorboard.sh, or name a Python that has it in SOUK_TENSORBOARD_PYTHON";

const reader = `
import json, sys
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
run = EventAccumulator(sys.argv[1], size_guidance={"scalars": 0, "histograms": 0, "tensors": 0})
run.Reload()
tags = run.Tags()
histogram = run.Histograms("weights")[0].histogram_value
print(json.dumps({
  "version": run.file_version,
  "scalars": {tag: [[e.wall_time, e.step, e.value] for e in run.Scalars(tag)] for tag in tags["scalars"]},
  "histogram": [histogram.min, histogram.max, histogram.num, histogram.bucket_limit[-1], sum(histogram.bucket)],
  "text": run.Tensors("note")[0].tensor_proto.string_val[0].decode(),
}))
`;

test("TensorBoard reads the curves, the histogram and the text", { skip }, async (t) => {
  const { folder, clock, events } = await opened(t);
  for (let step = 0; step < 4; step++) {
    events.scalar("train/loss", 2 ** -step, step);
    clock.advance(1000);
  }
  events.scalar("accuracy", 0.75, 2 ** 40);
  events.histogram("weights", Float32Array.of(-1, 0, 0.5, 3), 4);
  events.text("note", "**bold** ü", 4);
  await events.close();
  const { stdout } = await promisify(execFile)(python, ["-W", "ignore", "-c", reader, folder]);
  assert.deepEqual(JSON.parse(stdout), {
    version: 2,
    scalars: {
      "train/loss": [1, 0.5, 0.25, 0.125].map((value, step) => [
        1_700_000_000.5 + step,
        step,
        value,
      ]),
      accuracy: [[1_700_000_004.5, 2 ** 40, 0.75]],
    },
    histogram: [-1, 3, 4, 3, 4],
    text: "**bold** ü",
  });
});
