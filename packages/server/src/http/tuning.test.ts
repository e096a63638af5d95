import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { RouteName } from "@souk/api";
import { fillReviews } from "../jobs/invented-reviews.fixture.ts";
import { bearer, checkAnswer, openShop, type OpenedShop } from "./opened-shop.fixture.ts";

let shop: OpenedShop;
before(async () => {
  shop = await openShop();
  await fillReviews(shop.souk);
});
after(() => shop.close());

async function ask(name: RouteName, method: "GET" | "POST", url: string, payload?: object) {
  const headers = bearer(shop.tokens[method === "GET" ? "viewer" : "analyst"]);
  const response = await shop.app.inject({ method, url, headers, ...(payload && { payload }) });
  checkAnswer(name, response);
  return response;
}

/** Waits for the job of an answer and gives it. */
async function ended(answer: { body: string }) {
  const { id }: { id: string } = JSON.parse(answer.body);
  for await (const event of shop.souk.jobs.events(id)) void event;
  return shop.souk.jobs.get(id);
}

test("a study is started, followed, listed, read and shown as a page", async () => {
  const started = await ask("startStudy", "POST", "/api/v1/studies", {
    task: "star-rating",
    family: "linear",
    settings: { epochs: 1 },
    space: { lr: { min: 0.05, max: 0.2, scale: "log" }, balance: { options: ["none", "sqrt"] } },
    sampler: "random",
    trials: 2,
    threads: 1,
  });
  assert.equal(started.statusCode, 202);
  const job = await ended(started);
  assert.equal(job.status, "finished", job.error?.message);
  assert.equal(job.kind, "tuning");
  const kinds = new Set<string>();
  for await (const { kind } of shop.souk.jobs.events(job.id)) kinds.add(kind);
  for (const kind of ["run", "study", "trial started", "report", "trial ended"])
    assert.ok(kinds.has(kind), kind);
  const list = await ask("listStudies", "GET", "/api/v1/studies?task=star-rating");
  assert.equal(list.json().items[0].trials.done, 2);
  const study = await ask("getStudy", "GET", `/api/v1/studies/${job.runId}`);
  assert.equal(study.statusCode, 200);
  assert.deepEqual(study.json().trials[0].settings, { lr: 0.1, balance: "none" });
  const page = await ask("studyPage", "GET", `/api/v1/studies/${job.runId}/study.html`);
  assert.equal(page.headers["content-type"], "text/html; charset=utf-8");
  assert.match(String(page.headers["content-security-policy"]), /sandbox/);
  assert.match(page.body, /Trials over time/);
  const files = await shop.souk.runs.artifacts(job.runId ?? "");
  assert.deepEqual(files.map(({ path }) => path).toSorted(), [
    "study/journal.jsonl",
    "study/study.html",
    "study/study.json",
    "study/trials.txt",
  ]);
});

test("a leaderboard is computed, kept, and read as it was", async () => {
  const url = "/api/v1/leaderboards/star-rating";
  assert.equal((await ask("getLeaderboard", "GET", url)).statusCode, 404);
  const listed = async () => (await ask("listLeaderboards", "GET", "/api/v1/leaderboards")).json();
  assert.deepEqual(await listed(), { items: [] });
  const body = { families: ["baseline", "linear"], train: true, threads: 1 };
  const started = await ask("computeLeaderboard", "POST", url, body);
  assert.equal(started.statusCode, 202);
  const job = await ended(started);
  assert.equal(job.status, "finished", job.error?.message);
  const board = await ask("getLeaderboard", "GET", url);
  assert.equal(board.statusCode, 200);
  assert.deepEqual(board.json(), JSON.parse(JSON.stringify(job.result)));
  const { computedAt, verdict, rows } = board.json();
  assert.equal(rows.length, 2);
  assert.deepEqual(await listed(), { items: [{ task: "star-rating", computedAt, verdict }] });
});

test("what cannot be is refused with its code: unknown task, study and setting, and a body with other members", async () => {
  const cases: [RouteName, string, object, number][] = [
    ["startStudy", "/api/v1/studies", { task: "nothing" }, 404],
    ["startStudy", "/api/v1/studies", { task: "star-rating", resume: "run_nothing" }, 404],
    ["startStudy", "/api/v1/studies", { task: "star-rating", space: { nothing: {} } }, 400],
    ["startStudy", "/api/v1/studies", { task: "star-rating", command: "rm" }, 400],
    ["startStudy", "/api/v1/studies", { task: "star-rating", trials: 1e9 }, 400],
    ["computeLeaderboard", "/api/v1/leaderboards/nothing", {}, 404],
  ];
  for (const [name, url, body, status] of cases)
    assert.equal((await ask(name, "POST", url, body)).statusCode, status, JSON.stringify(body));
  for (const id of ["nothing", "..%2F..", "run_nothing"]) {
    const { statusCode } = await ask("getStudy", "GET", `/api/v1/studies/${id}`);
    assert.ok([400, 404].includes(statusCode), id);
  }
});

test("families are told with their settings, all of them or those that can learn a task", async () => {
  const all = await ask("listFamilies", "GET", "/api/v1/families");
  assert.equal(all.json().items[0].name, "baseline");
  const some = await ask("listFamilies", "GET", "/api/v1/families?task=star-rating");
  const names = some.json().items.map(({ name }: { name: string }) => name);
  assert.ok(names.includes("ngram") && !names.includes("image"), names.join());
  const ngram = some.json().items.find(({ name }: { name: string }) => name === "ngram");
  assert.equal(ngram.settings.dim.kind, "number");
  assert.deepEqual(ngram.searched.lr, { min: 0.002, max: 0.05, scale: "log" });
  assert.deepEqual(ngram.searched.dim, { options: [8, 16, 32, 64] });
  const unknown = await ask("listFamilies", "GET", "/api/v1/families?task=nothing");
  assert.equal(unknown.json().code, "TASK_UNKNOWN");
});

test("the log of a job tells its phases without the points of its curves, and who watches the run hears both", async () => {
  const started = await ask("startTraining", "POST", "/api/v1/jobs", {
    task: "star-rating",
    family: "linear",
    settings: { epochs: 1 },
  });
  const heard = new Set<string>();
  let stop: (() => void) | undefined;
  const { id }: { id: string } = JSON.parse(started.body);
  for await (const { kind, data } of shop.souk.jobs.events(id))
    if (kind === "run" && "runId" in data)
      stop = shop.souk.events.subscribe(
        (event) => {
          if (event.kind === "run" && "step" in event.data) heard.add(kindOf(event.data.step));
        },
        { run: String(data.runId) },
      );
  stop?.();
  assert.ok(heard.has("metrics") && heard.has("phase"), [...heard].join());
  const log = await ask("jobLog", "GET", `/api/v1/jobs/${id}/log`);
  const kinds = new Set(log.json().items.map(kindOf));
  assert.ok(kinds.has("phase") && kinds.has("status"), [...kinds].join());
  assert.equal(kinds.has("metrics"), false);
  const last = await ask("jobLog", "GET", `/api/v1/jobs/${id}/log?limit=1`);
  assert.deepEqual(last.json().items, log.json().items.slice(-1));
});

function kindOf(step: unknown): string {
  return typeof step === "object" && step !== null && "kind" in step ? String(step.kind) : "";
}
