import assert from "node:assert/strict";
import { test } from "node:test";
import { openStore } from "@souk/store";
import { join } from "node:path";
import { evaluateGate, type GateResult } from "./gate.ts";
import { newVersion, type Opened, withTracking } from "./opened.fixture.ts";
import { openTracking } from "./tracking.ts";

const passed: GateResult = { passed: true, rules: [] };
const ann = { by: "ann", reason: "better" };

async function threeVersions({ tracking }: Opened): Promise<void> {
  await tracking.registry.createModel("stars", { task: "star-rating" });
  for (const acc of [0.6, 0.7, 0.8]) await newVersion(tracking, "stars", { acc });
}

test("versions count from 1 and a removed number is not used again", () =>
  withTracking(async (opened) => {
    await threeVersions(opened);
    const { registry } = opened.tracking;
    await registry.removeVersion("stars", 3);
    assert.equal(await newVersion(opened.tracking, "stars"), 4);
    const { versions } = await registry.model("stars");
    assert.deepEqual(
      versions.map(({ version }) => version),
      [1, 2, 4],
    );
    assert.deepEqual(versions[0]?.metrics, { acc: 0.6 });
    await assert.rejects(registry.version("stars", 3), { code: "TRACKING_VERSION_UNKNOWN" });
  }));

test("a promotion without a passed gate is refused and changes nothing, force with a reason is logged as forced", () =>
  withTracking(async (opened) => {
    await threeVersions(opened);
    const { registry } = opened.tracking;
    const failed = evaluateGate(
      { metric: "acc" },
      { metrics: { acc: 0.4 }, baseline: { metrics: { acc: 0.5 } } },
    );
    for (const gate of [failed, undefined])
      await assert.rejects(registry.promote("stars", 1, { ...ann, gate }), {
        code: "TRACKING_GATE_FAILED",
      });
    await assert.rejects(registry.promote("stars", 1, { by: "ann", reason: " ", force: true }), {
      code: "TRACKING_INVALID",
    });
    assert.deepEqual(await registry.log(), []);
    assert.equal((await registry.version("stars", 1)).stage, "pending");
    await registry.promote("stars", 1, {
      by: "ann",
      reason: "the old one is broken",
      gate: failed,
      force: true,
    });
    const [entry] = await registry.log("stars");
    assert.deepEqual(
      [entry?.forced, entry?.reason, entry?.gate?.passed],
      [true, "the old one is broken", false],
    );
  }));

test("a gate that compared with a version that no longer serves is stale", () =>
  withTracking(async (opened) => {
    await threeVersions(opened);
    const { registry } = opened.tracking;
    await registry.promote("stars", 1, { ...ann, gate: passed });
    await registry.promote("stars", 2, { ...ann, gate: { ...passed, incumbentVersion: 1 } });
    await assert.rejects(
      registry.promote("stars", 3, { ...ann, gate: { ...passed, incumbentVersion: 1 } }),
      {
        code: "TRACKING_GATE_STALE",
      },
    );
  }));

test("rollback goes one version further back each time and is itself logged", () =>
  withTracking(async (opened) => {
    await threeVersions(opened);
    const { registry } = opened.tracking;
    for (const version of [1, 2, 3])
      await registry.promote("stars", version, { ...ann, gate: passed });
    const back = async () =>
      (await registry.rollback("stars", { by: "bob", reason: "worse" })).version;
    assert.equal(await back(), 2);
    assert.equal(await back(), 1);
    await assert.rejects(back(), { code: "TRACKING_NOTHING_BEFORE" });
    await registry.promote("stars", 3, { ...ann, gate: passed });
    assert.equal(await back(), 1);
    assert.deepEqual(
      (await registry.log()).map(({ kind, version, previousVersion }) => [
        kind,
        version,
        previousVersion,
      ]),
      [
        ["rollback", 1, 3],
        ["promote", 3, 1],
        ["rollback", 1, 2],
        ["rollback", 2, 3],
        ["promote", 3, 2],
        ["promote", 2, 1],
        ["promote", 1, undefined],
      ],
    );
  }));

test("served-at answers model, alias, version, run, data, who, why and the span", () =>
  withTracking(async (opened) => {
    await threeVersions(opened);
    const { clock, tracking } = opened;
    const { registry } = tracking;
    clock.advance(1000);
    await registry.promote("stars", 1, { ...ann, gate: passed });
    clock.advance(1000);
    await registry.promote("stars", 2, { by: "bob", reason: "new data", gate: passed });
    clock.advance(1000);
    await registry.unset("stars", { by: "eve", reason: "stop" });
    const { runId } = await registry.version("stars", 1);
    const data = { dataset: "reviews", version: 3, hash: "h3" };
    const first = {
      model: "stars",
      alias: "champion",
      version: 1,
      runId,
      data,
      promotedBy: "ann",
      reason: "better",
    };
    assert.deepEqual(await registry.servedAt(1_000_999), []);
    assert.deepEqual(await registry.servedAt(1_001_999), [
      { ...first, forced: false, from: 1_001_000, until: 1_002_000 },
    ]);
    assert.equal((await registry.servedAt(1_002_000))[0]?.promotedBy, "bob");
    assert.deepEqual(await registry.servedAt(1_003_000), []);
    assert.deepEqual(await registry.servedAt(1_001_999, { alias: "challenger" }), []);
  }));

test("the promotion log refuses every UPDATE and DELETE", () =>
  withTracking(async (opened) => {
    await threeVersions(opened);
    await opened.tracking.registry.promote("stars", 1, { ...ann, gate: passed });
    for (const sql of ["UPDATE registry_log SET by_whom = 'x'", "DELETE FROM registry_log"])
      await assert.rejects(opened.store.run(sql), {
        code: "STORE_CONSTRAINT",
        message: /append-only/,
      });
  }));

test("the log keeps its order when the clock goes back", () =>
  withTracking(async (opened) => {
    await threeVersions(opened);
    const { registry } = opened.tracking;
    await registry.promote("stars", 1, { ...ann, gate: passed });
    opened.clock.advance(-500_000);
    await registry.promote("stars", 2, { ...ann, gate: passed });
    assert.deepEqual(
      (await registry.log()).map(({ at }) => at),
      [1_000_000, 1_000_000],
    );
    assert.deepEqual(
      (await registry.servedAt(1_000_000)).map(({ version }) => version),
      [2],
    );
  }));

test("a rejected version is not promoted, a serving one is not rejected or removed", () =>
  withTracking(async (opened) => {
    await threeVersions(opened);
    const { registry } = opened.tracking;
    const rejected = await registry.reject("stars", 1, { by: "ann", reason: "leaks the target" });
    assert.deepEqual(
      [rejected.stage, rejected.stageBy, rejected.stageReason, rejected.stageAt],
      ["rejected", "ann", "leaks the target", 1_000_000],
    );
    await assert.rejects(registry.promote("stars", 1, { ...ann, gate: passed, force: true }), {
      code: "TRACKING_VERSION_REJECTED",
    });
    await registry.promote("stars", 2, { ...ann, gate: passed });
    assert.equal((await registry.version("stars", 2)).stage, "approved");
    await assert.rejects(registry.reject("stars", 2, ann), { code: "TRACKING_VERSION_SERVING" });
    await assert.rejects(registry.removeVersion("stars", 2), { code: "TRACKING_VERSION_SERVING" });
    const { runId = "" } = await registry.version("stars", 2);
    for (const path of ["", "model", "model/card.json"]) {
      await assert.rejects(opened.tracking.runs.removeArtifacts(runId, path), {
        code: "TRACKING_ARTIFACT_IN_USE",
      });
    }
  }));

test("the files of a version can no longer be replaced or added to, files beside them can", () =>
  withTracking(async (opened) => {
    await threeVersions(opened);
    const { registry, runs } = opened.tracking;
    const { runId = "" } = await registry.version("stars", 1);
    const closed = { code: "TRACKING_ARTIFACT_IN_USE" };
    for (const path of ["model/card.json", "model/extra.bin"])
      await assert.rejects(runs.putArtifact(runId, path, Buffer.from("evil")), closed);
    await assert.rejects(runs.logArtifacts(runId, opened.folder), closed);
    await assert.rejects(runs.logArtifacts(runId, opened.folder, "model"), closed);
    await runs.putArtifact(runId, "models/notes.txt", Buffer.from("fine"));
    const files = await runs.artifacts(runId);
    assert.deepEqual(
      files.map(({ path }) => path),
      ["model/card.json", "models/notes.txt"],
    );
  }));

test("another process sees the change stamp move and resolves the new champion", () =>
  withTracking(async (opened) => {
    await threeVersions(opened);
    const store = await openStore({ path: join(opened.folder, "souk.sqlite") });
    const other = await openTracking({ store, blobs: opened.blobs });
    const before = await other.registry.changeStamp();
    await opened.tracking.runs.create({});
    assert.equal(await other.registry.changeStamp(), before);
    await assert.rejects(other.registry.resolve("stars"), { code: "TRACKING_ALIAS_UNKNOWN" });
    await opened.tracking.registry.promote("stars", 2, { ...ann, gate: passed });
    assert.notEqual(await other.registry.changeStamp(), before);
    assert.equal((await other.registry.resolve("stars")).version, 2);
    assert.equal((await other.registry.resolve("stars", { version: 3 })).version, 3);
    await store.close();
  }));

test("a name is taken until its model is removed; the log of the removed one stays", () =>
  withTracking(async (opened) => {
    await threeVersions(opened);
    const { registry } = opened.tracking;
    await registry.promote("stars", 1, { ...ann, gate: passed });
    await assert.rejects(registry.createModel("stars"), { code: "TRACKING_MODEL_EXISTS" });
    await registry.createModel("other");
    await assert.rejects(registry.updateModel("other", { name: "stars" }), {
      code: "TRACKING_MODEL_EXISTS",
    });
    await registry.removeModel("stars", ann);
    await registry.updateModel("other", { name: "stars", description: "second" });
    assert.deepEqual((await registry.model("stars")).versions, []);
    assert.deepEqual(
      (await registry.log("stars")).map(({ kind }) => kind),
      ["unset", "promote"],
    );
    for (const name of ["", "a/b", "a:b", " a", "x".repeat(257), "a%2f"])
      await assert.rejects(registry.createModel(name), { code: "TRACKING_INVALID" });
  }));

test("a version needs files: a run without them, or an unknown run, is refused", () =>
  withTracking(async ({ tracking: { registry, runs } }) => {
    await registry.createModel("stars");
    const { id } = await runs.create({});
    const made = registry.createVersion("stars", { runId: id, artifactPrefix: "model" });
    await assert.rejects(made, { code: "TRACKING_ARTIFACT_MISSING" });
    await assert.rejects(registry.createVersion("stars", { runId: "no" }), {
      code: "TRACKING_RUN_UNKNOWN",
    });
  }));
