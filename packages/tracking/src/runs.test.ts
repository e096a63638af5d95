import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { withTracking } from "./opened.fixture.ts";
import { openTracking } from "./tracking.ts";

test("a run comes back with everything it was created with", () =>
  withTracking(async ({ tracking: { runs } }) => {
    const parent = await runs.create({});
    const run = await runs.create({
      experiment: "stars",
      task: "star-rating",
      family: "ngram",
      params: { lr: 0.1, balanced: true },
      tags: { who: "me" },
      data: { dataset: "reviews", version: 7, hash: "abc" },
      command: "souk train star-rating",
      git: { commit: "c0ffee", branch: "main", dirty: true },
      pid: process.pid,
      parentId: parent.id,
      resumedFrom: parent.id,
      createdBy: "ann",
    });
    assert.deepEqual(run, {
      id: run.id,
      experiment: "stars",
      experimentId: run.experimentId,
      name: "star-rating ngram",
      status: "running",
      startedAt: 1_000_000,
      heartbeatAt: 1_000_000,
      attempts: 1,
      pid: process.pid,
      params: { balanced: "true", lr: "0.1" },
      metrics: {},
      tags: { who: "me" },
      data: { dataset: "reviews", version: 7, hash: "abc" },
      command: "souk train star-rating",
      git: { commit: "c0ffee", branch: "main", dirty: true },
      task: "star-rating",
      family: "ngram",
      parentId: parent.id,
      resumedFrom: parent.id,
      createdBy: "ann",
      removed: false,
    });
    assert.deepEqual(await runs.get(run.id), run);
  }));

test("a batch with one bad value writes nothing", () =>
  withTracking(async ({ tracking: { runs } }) => {
    const { id } = await runs.create({ params: { lr: "0.1" } });
    const point = { key: "loss", value: 1, step: 0, timestamp: 1 };
    const bad = [
      { metrics: [point, { ...point, key: "../up" }] },
      { metrics: [point, { ...point, step: 0.5 }] },
      { metrics: [point], tags: [{ key: "t", value: "x".repeat(8001) }] },
      { metrics: [point], params: [{ key: "k".repeat(251), value: "v" }] },
      { metrics: Array.from({ length: 10_001 }, () => point) },
    ];
    for (const batch of bad)
      await assert.rejects(runs.logBatch(id, batch), { code: "TRACKING_INVALID" });
    const changed = {
      metrics: [point],
      params: [
        { key: "new", value: "1" },
        { key: "lr", value: "0.2" },
      ],
    };
    await assert.rejects(runs.logBatch(id, changed), { code: "TRACKING_PARAM_CHANGED" });
    const { metrics, params } = await runs.get(id);
    assert.deepEqual({ metrics, params }, { metrics: {}, params: { lr: "0.1" } });
  }));

test("the latest metric is the one of the highest step, whatever order they arrive in", () =>
  withTracking(async ({ tracking: { runs } }) => {
    const { id } = await runs.create({});
    const point = (step: number, value: number) => ({ key: "acc", value, step, timestamp: 5 });
    await runs.logBatch(id, { metrics: [point(2, 0.8), point(1, 0.5)] });
    await runs.logBatch(id, { metrics: [point(0, 0.9)] });
    assert.deepEqual((await runs.get(id)).metrics, { acc: 0.8 });
    assert.deepEqual(
      (await runs.metricHistory(id, "acc")).map(({ step, value }) => [step, value]),
      [
        [0, 0.9],
        [1, 0.5],
        [2, 0.8],
      ],
    );
  }));

test("NaN stays NaN and infinity becomes the largest double", () =>
  withTracking(async ({ tracking: { runs } }) => {
    const { id } = await runs.create({});
    const values = [Number.NaN, Infinity, -Infinity];
    await runs.logBatch(id, {
      metrics: values.map((value, step) => ({ key: "m", value, step, timestamp: 1 })),
    });
    assert.deepEqual(
      (await runs.metricHistory(id, "m")).map(({ value }) => value),
      [Number.NaN, Number.MAX_VALUE, -Number.MAX_VALUE],
    );
  }));

test("a run whose process was killed is interrupted and can be resumed", () =>
  withTracking(async ({ tracking }) => {
    const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
    await once(child, "spawn");
    const { id } = await tracking.runs.create({ pid: child.pid ?? 0 });
    const mine = await tracking.runs.create({ pid: process.pid });
    assert.deepEqual(await tracking.recoverInterrupted(), []);
    child.kill("SIGKILL");
    await once(child, "exit");
    assert.deepEqual(await tracking.recoverInterrupted(), [id]);
    const interrupted = await tracking.runs.get(id);
    assert.equal(interrupted.status, "interrupted");
    assert.equal(interrupted.endedAt, 1_000_000);
    const resumed = await tracking.runs.resume(id, process.pid);
    assert.deepEqual(
      [resumed.status, resumed.attempts, resumed.endedAt],
      ["running", 2, undefined],
    );
    assert.deepEqual(await tracking.recoverInterrupted(), []);
    await assert.rejects(tracking.runs.resume(mine.id, process.pid), {
      code: "TRACKING_RUN_STATE",
    });
  }));

test("a later process with the same number does not keep a dead run alive", () =>
  withTracking(async ({ tracking, store }) => {
    const { id } = await tracking.runs.create({ pid: process.pid });
    await store.run("UPDATE runs SET process_mark = 'another boot/123'");
    assert.deepEqual(await tracking.recoverInterrupted(), [id]);
  }));

test("a run on another machine is judged by its heartbeat, one without a process by a day of silence", () =>
  withTracking(async ({ tracking, store, clock }) => {
    const far = await tracking.runs.create({ pid: process.pid });
    await store.run("UPDATE runs SET host = 'elsewhere'");
    const loose = await tracking.runs.create({});
    clock.advance(9 * 60_000);
    await tracking.runs.heartbeat(far.id);
    clock.advance(9 * 60_000);
    assert.deepEqual(await tracking.recoverInterrupted(), []);
    clock.advance(2 * 60_000);
    assert.deepEqual(await tracking.recoverInterrupted(), [far.id]);
    clock.advance(24 * 60 * 60_000);
    assert.deepEqual(await tracking.recoverInterrupted(), [loose.id]);
  }));

test("finished runs have an end, an error when there was one, and are not resumed", () =>
  withTracking(async ({ tracking: { runs }, clock }) => {
    const { id } = await runs.create({});
    clock.advance(5);
    const failed = await runs.finish(id, "failed", "out of memory");
    assert.deepEqual(
      [failed.status, failed.endedAt, failed.error],
      ["failed", 1_000_005, "out of memory"],
    );
    await runs.finish(id, "finished");
    await assert.rejects(runs.resume(id, process.pid), { code: "TRACKING_RUN_STATE" });
  }));

test("artefacts go in as a folder and come back by path, as bytes and as a folder", () =>
  withTracking(async ({ tracking: { runs }, folder }) => {
    const { id } = await runs.create({});
    await mkdir(join(folder, "made"));
    await writeFile(join(folder, "made", "w.bin"), "weights");
    await runs.logArtifacts(id, join(folder, "made"), "model");
    await runs.putArtifact(id, "notes.txt", Buffer.from("hi"));
    assert.deepEqual(await runs.artifacts(id), [
      { path: "model/w.bin", sizeBytes: 7 },
      { path: "notes.txt", sizeBytes: 2 },
    ]);
    const local = await runs.artifactDirectory(id, "model");
    assert.equal(await readFile(join(local, "w.bin"), "utf8"), "weights");
    for (const path of ["../../x", "/etc/passwd", "a/../../b"]) {
      await assert.rejects(runs.putArtifact(id, path, Buffer.from("")), { code: "BLOB_KEY" });
      assert.throws(() => runs.artifact(id, path), { code: "BLOB_KEY" });
    }
    await assert.rejects(runs.artifacts("../.."), { code: "TRACKING_RUN_UNKNOWN" });
  }));

test("a report is kept with its run and replaced by the next", () =>
  withTracking(async ({ tracking: { runs } }) => {
    const { id } = await runs.create({});
    assert.equal(await runs.report(id), undefined);
    await runs.logReport(id, { accuracy: 0.5 });
    await runs.logReport(id, { accuracy: 0.7 });
    assert.deepEqual(await runs.report(id), { accuracy: 0.7 });
  }));

test("an unknown run is TRACKING_RUN_UNKNOWN everywhere", () =>
  withTracking(async ({ tracking: { runs } }) => {
    const calls = [
      () => runs.get("no"),
      () => runs.heartbeat("no"),
      () => runs.logBatch("no", {}),
      () => runs.finish("no", "failed"),
      () => runs.resume("no", 1),
      () => runs.metricHistory("no", "m"),
      () => runs.logReport("no", {}),
      () => runs.artifacts("no"),
      () => runs.create({ parentId: "no" }),
    ];
    for (const call of calls) await assert.rejects(call(), { code: "TRACKING_RUN_UNKNOWN" });
  }));

test("points are told once they are there to read, and those of a refused batch never", () =>
  withTracking(async ({ store, blobs, clock }) => {
    const told: string[] = [];
    const { runs } = await openTracking({
      store,
      blobs,
      clock,
      onPoints: (run, points) => told.push(`${run} ${points.map(({ key }) => key).join()}`),
    });
    const { id } = await runs.create({ params: { lr: 1 } });
    const point = (key: string) => ({ key, value: 1, step: 1, timestamp: 1 });
    await runs.logBatch(id, { params: [{ key: "dim", value: "8" }] });
    await runs.logBatch(id, { metrics: [point("loss"), point("acc")] });
    const refused = { metrics: [point("late")], params: [{ key: "lr", value: "2" }] };
    await assert.rejects(runs.logBatch(id, refused), { code: "TRACKING_PARAM_CHANGED" });
    assert.deepEqual(told, [`${id} loss,acc`]);
  }));
