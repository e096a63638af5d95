import assert from "node:assert/strict";
import { test } from "node:test";
import { permissionsOf } from "@souk/api";
import { changesOf, foldedChanges, servingFacts, servingSentence } from "./facts.ts";
import { nextSteps } from "./next-steps.ts";

const version = { model: "star-rating", stage: "approved", createdAt: 1 } as const;
const model = {
  name: "star-rating",
  aliases: { champion: 2 },
  versions: [
    {
      ...version,
      version: 2,
      metrics: { accuracy: 0.8 },
      summary: { metric: "accuracy", baseline: { metrics: { accuracy: 0.46 } } },
    },
    { ...version, version: 1, metrics: { accuracy: 0.7 } },
  ],
};
const dataset = {
  name: "reviews",
  version: 0,
  rows: 20_000,
  sizeBytes: 1,
  files: 1,
  partitions: 0,
  updatedAt: 50,
  quarantined: 0,
  key: [],
  partitionBy: [],
  columns: 16,
};

test("the champion is told beside the plainest answer, with the versions before it", () => {
  const [fact] = servingFacts([model]);
  assert.ok(fact);
  assert.deepEqual(fact.trend, [0.7, 0.8]);
  assert.equal(
    servingSentence(fact),
    "The star-rating model is right 80 times out of 100; always giving the commonest answer would be right 46 times.",
  );
});

test("a model that nobody promoted does not serve", () => {
  assert.deepEqual(servingFacts([{ ...model, aliases: {} }]), []);
});

test("a model that predicts rows is told before a forecast, whatever their names", () => {
  const forecast = {
    name: "forecast",
    aliases: { champion: 1 },
    versions: [{ ...version, model: "forecast", version: 1, metrics: { lossRatio: 0.5 } }],
  };
  assert.deepEqual(
    servingFacts([forecast, model]).map((fact) => fact.model),
    ["star-rating", "forecast"],
  );
});

test("what changed is told newest first, a failure with its reason", () => {
  const changes = changesOf({
    promotions: [
      {
        sequence: 1,
        kind: "promote",
        model: "star-rating",
        alias: "champion",
        version: 2,
        by: "ada",
        at: 100,
      },
    ],
    jobs: [
      {
        id: "job_1",
        kind: "training",
        status: "failed",
        by: "ada",
        createdAt: 60,
        endedAt: 70,
        request: { task: "star-rating" },
        error: { code: "X", message: "no rows" },
      },
    ],
    datasets: [dataset],
  });
  assert.deepEqual(
    changes.map(({ text }) => text),
    [
      "star-rating version 2 began to serve as champion",
      "Training of star-rating failed: no rows",
      "reviews now has 20,000 rows",
    ],
  );
});

test("next steps are those one may take: an admin of an empty shop ingests, a viewer is shown none", () => {
  const empty = { datasets: [], serving: [], predictions: 0, users: 1 };
  const steps = (role: "admin" | "viewer") =>
    nextSteps(empty, new Set(permissionsOf(role))).map(({ id }) => id);
  assert.deepEqual(steps("admin"), ["ingest", "people"]);
  assert.deepEqual(steps("viewer"), []);
});

test("trainings in a row are one line with their number; others stand between", () => {
  const change = (id: string, text: string, by = "ada") =>
    ({ id, at: 1, kind: "job", text, by, tone: "plain" }) as const;
  const said = foldedChanges(
    [
      change("1", "Training of price finished"),
      change("2", "Training of price finished"),
      change("3", "Tuning of price finished"),
      change("4", "Training of price finished"),
      change("5", "Training of price finished", "bob"),
    ],
    3,
  );
  assert.deepEqual(
    said.map(({ id, times }) => [id, times]),
    [
      ["1", 2],
      ["3", undefined],
      ["4", undefined],
    ],
  );
});
