import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { visibleWidth } from "./terminal/style.ts";
import { type Finished, runInMemory } from "./test-terminal.ts";

const REVIEWS = 4_000;

describe("the commands over one data directory with a demo shop", () => {
  let folder = "";
  let data = "";

  const souk = (
    args: readonly string[],
    options: Parameters<typeof runInMemory>[1] = {},
  ): Promise<Finished> => runInMemory([...args, "--data", data], options);

  /** Runs a command that must succeed and gives its JSON. */
  async function json(...args: string[]) {
    const { code, stdout, stderr } = await souk([...args, "--json"]);
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout);
  }

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "souk-cli-"));
    data = join(folder, "data");
    const demo = await souk(["demo", "--size", String(REVIEWS), "--seed", "5"]);
    assert.equal(demo.code, 0, demo.stderr);
    assert.match(demo.stdout, /invented/i);
    const train = await souk(["train", "star-rating", "--seed", "1", "--threads", "1"], {
      columns: 80,
    });
    assert.equal(train.code, 0, train.stderr + train.stdout);
    for (const words of [
      /accuracy/,
      /macroF1/,
      /Confusion/,
      /Gate +passed/,
      /champion of star-rating/,
    ])
      assert.match(train.stdout, words);
    assertWidth(train, 80);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  test("another demo into the same directory is refused with exit code 4", async () => {
    const { code, stderr } = await souk(["demo", "--size", "700"]);
    assert.equal(code, 4);
    assert.match(stderr, /DEMO_NOT_EMPTY/);
  });

  test("datasets lists the five tables with their rows", async () => {
    const rows = Object.fromEntries(
      (await json("datasets")).map((row: { name: string; rows: number }) => [row.name, row.rows]),
    );
    assert.equal(rows["reviews"], REVIEWS);
    const names = Object.keys(rows).toSorted();
    assert.deepEqual(names, ["images", "orders", "posts", "products", "reviews"]);
    const shown = await souk(["datasets", "list"], { columns: 80 });
    assert.match(shown.stdout, /reviews +4,000/);
    assertWidth(shown, 80);
  });

  test("photos add takes a folder once, and names the bad photos of another", async () => {
    const folderOfDemo = join(data, "demo", "photos");
    const again = await souk(["photos", "add", folderOfDemo, "--source", "demo shop"]);
    assert.equal(again.code, 0, again.stderr);
    assert.match(again.stdout, /in images already, nothing to do/);
    const bad = join(folder, "bad");
    await mkdir(bad);
    await writeFile(join(bad, "p1.jpg"), "no photo");
    const report = await json("photos", "add", bad);
    assert.deepEqual(report.reasons, { IMAGE_FORMAT: 1 });
    const shown = await souk(["photos", "add", bad], { columns: 80 });
    assert.match(shown.stdout, /no photo was taken[^]*p1\.jpg/);
    assertWidth(shown, 80);
  });

  test("describe, history, compact and vacuum work on one dataset", async () => {
    const shown = await souk(["datasets", "describe", "reviews"], { columns: 80 });
    assert.match(shown.stdout, /star_rating +INTEGER/);
    assertWidth(shown, 80);
    assert.ok((await json("datasets", "history", "reviews")).length >= 1);
    assert.equal((await souk(["datasets", "compact", "posts"])).code, 0);
    assert.equal((await souk(["datasets", "vacuum", "posts"])).code, 0);
  });

  test("an unknown dataset ends with 3 and names the nearest", async () => {
    const { code, stderr } = await souk(["datasets", "describe", "reviws"]);
    assert.equal(code, 3);
    assert.match(stderr, /did you mean reviews\?/);
  });

  test("questions of each chart kind are answered in 80 columns, and 4 becomes a picture", async () => {
    const questions = await json("questions");
    assert.equal(questions.length, 11);
    for (const id of [1, 3, 4, 8, 11]) {
      const answer = await souk(["question", String(id)], { columns: 80 });
      assert.equal(answer.code, 0, answer.stderr);
      assertWidth(answer, 80);
    }
    const path = join(folder, "four.png");
    assert.equal((await souk(["question", "4", "--chart", path])).code, 0);
    assert.deepEqual([...(await readFile(path)).subarray(1, 4)], [...Buffer.from("PNG")]);
    assert.equal((await souk(["question", "4", "--chart", join(folder, "four.gif")])).code, 2);
    assert.equal((await souk(["question", "99"])).code, 3);
  });

  test("sql counts, writes CSV, reads standard input and refuses to write", async () => {
    const answer = await json("sql", "select count(*) as n from reviews");
    assert.deepEqual(answer["rows"], [[REVIEWS]]);
    const csv = await souk(["sql", "-", "--format", "csv"], { input: "select 'a,b' as x, 1 as y" });
    assert.equal(csv.stdout, 'x,y\n"a,b",1\n');
    assert.notEqual((await souk(["sql", "drop table reviews"])).code, 0);
  });

  test("ingest keeps good rows, quarantines bad ones, replays fixed ones, skips what is there, and undoes", async () => {
    const path = join(folder, "extra.tsv");
    const header = "sku\tstock\tsince";
    await writeFile(path, `${header}\na-1\t5\t2024-01-01\na-2\t7\t2024-01-02\n`);
    const dry = await souk(["ingest", "stock", path, "--dry-run"]);
    assert.equal(dry.code, 0, dry.stderr);
    assert.match(dry.stdout, /nothing is stored/);
    const first = await json("ingest", "stock", path);
    assert.equal(first["rows"], 2);
    assert.equal((await json("ingest", "stock", path))["skipped"], true);
    const bad = await runInMemory(
      ["ingest", "stock", "-", "--format", "tsv", "--json", "--data", data],
      {
        input: `${header}\na-3\tmany\t2024-01-03\na-4\t1\t2024-01-04\n`,
      },
    );
    assert.equal(JSON.parse(bad.stdout).quarantined, 1, bad.stderr);
    const [row] = await json("datasets", "quarantine", "stock");
    assert.match(row.raw, /many/);
    const replayed = await json("datasets", "replay", "stock", "--id", row.id, "--set", "stock=9");
    assert.equal(replayed["rows"], 1);
    const undone = await json("datasets", "undo", "stock", first["batchId"].slice(0, 10));
    assert.equal(undone["rowsRemoved"], 2);
    assert.deepEqual((await json("sql", "select sum(stock) from stock"))["rows"], [[10]]);
  });

  test("checks are suggested, run and remembered", async () => {
    assert.ok((await json("check", "suggest", "products")).length > 0);
    const run = await souk(["check", "run", "products"], { columns: 80 });
    assert.equal(run.code, 0, run.stdout + run.stderr);
    assertWidth(run, 80);
    assert.equal((await json("check", "history", "products")).length, 1);
  });

  test("drift between two years is told in words", async () => {
    const report = await souk([
      "drift",
      "reviews",
      "--from",
      "review_date:2014-01-01:2020-01-01",
      "--to",
      "review_date:2020-01-01:2026-01-01",
    ]);
    assert.equal(report.code, 0, report.stderr);
    assert.match(report.stdout, /star_rating/);
    assert.equal((await souk(["drift", "reviews", "--from", "yesterday"])).code, 2);
  });

  test("runs and models show the training, its data and its figures", async () => {
    const { items } = await json("runs");
    assert.equal(items[0].status, "finished");
    const shown = await souk(["runs", "show", items[0].id], { columns: 120 });
    assert.match(shown.stdout, /reviews version/);
    const model = await json("models", "show", "star-rating");
    assert.equal(model["aliases"].champion, 1);
    assert.match((await souk(["models"])).stdout, /champion → 1/);
    assert.equal((await souk(["runs", "show", "run_nothing"])).code, 3);
  });

  test("the report of a run is written as one page", async () => {
    const { items } = await json("runs");
    const path = join(folder, "report.html");
    const written = await json("runs", "report", items[0].id, "--output", path);
    const page = await readFile(path, "utf8");
    assert.equal(written["sizeBytes"], Buffer.byteLength(page));
    assert.match(page, /^<!doctype html>[\s\S]*Worst errors/);
    assert.equal((await souk(["runs", "report", items[0].id, "--output", "-"])).stdout, page);
    assert.equal((await souk(["runs", "report", "run_nothing"])).code, 3);
  });

  test("a prediction has a label, probabilities and an id; a strange column is refused", async () => {
    const answer = await json(
      "predict",
      "star-rating",
      "Terrible, it broke after two days. Waste of money.",
    );
    assert.equal(answer["ids"].length, 1);
    assert.ok(answer["predictions"][0].label <= 2);
    assert.ok(answer["predictions"][0].top.length === 5);
    assert.equal((await souk(["predict", "star-rating", "--set", "colour=red"])).code, 2);
    assert.equal((await souk(["predict", "star-ratng", "text"])).code, 3);
  });

  test("an explanation shows the words as bars, and as JSON with their places", async () => {
    const text = "Terrible, it broke after two days.";
    const shown = await souk(["explain", "star-rating", text], { columns: 100 });
    assert.equal(shown.code, 0, shown.stderr);
    assert.match(shown.stdout, /Terrible +█+.* \+\d/);
    const { tokens } = await json("explain", "star-rating", text, "--label", "5");
    const first = tokens.find((token: { text: string }) => token.text === "Terrible");
    assert.ok(first.contribution < 0 && first.from === 0 && first.to === 8);
    assert.equal((await souk(["explain", "star-rating", text, "--label", "9"])).code, 2);
  });

  test("a corrected prediction is listed, counted and learnt from", async () => {
    const { ids } = await json("predict", "star-rating", "zyxwv qponm utsrq");
    assert.equal((await souk(["correct", ids[0], "eleven"])).code, 2);
    assert.equal((await json("correct", ids[0], "2")).label, 2);
    const { total, sinceTraining, items } = await json("corrections", "star-rating");
    assert.deepEqual([total, sinceTraining, items[0].predictionId], [1, 1, ids[0]]);
    assert.match((await souk(["corrections", "star-rating"])).stdout, /zyxwv qponm utsrq/);
    const args = ["train", "star-rating", "--family", "linear", "--threads", "1", "--no-promote"];
    // The gate may say no: it is worse than the champion, and trained all the same.
    const trained = await souk([...args, "--correction-weight", "2", "--json"]);
    assert.deepEqual(JSON.parse(trained.stdout).result.report.corrections, {
      given: 1,
      entered: 1,
      rows: 2,
      heldOut: 0,
      unknownLabel: 0,
    });
  });

  test("a price comes with what like products cost", async () => {
    const trained = await souk(["train", "price", "--family", "linear", "--threads", "1"]);
    assert.equal(trained.code, 0, trained.stderr);
    const line = ["predict", "price", "--input", "name=Kettle", "--comparables", "3"];
    const { comparables } = await json(...line);
    assert.equal(comparables.length, 3);
    const shown = await souk(line, { columns: 120 });
    assert.match(shown.stdout, /like it.*value.*similarity/);
    assert.ok(shown.stdout.includes(comparables[0].key));
    const without = await souk(["predict", "star-rating", "text", "--comparables", "3"]);
    assert.match(without.stderr, /keeps no comparable rows/);
  });

  test("a file is predicted line by line", async () => {
    const path = join(folder, "new.jsonl");
    await writeFile(
      path,
      '{"review_headline":"Love it","review_body":"Perfect"}\n{"review_headline":"Junk","review_body":"Broken"}\n',
    );
    const { code, stdout, stderr } = await souk(["predict", "star-rating", "--file", path]);
    assert.equal(code, 0, stderr);
    assert.equal(stdout.trim().split("\n").length, 2);
  });

  test("a training that does not beat the champion is registered, not promoted, and ends with 4", async () => {
    const again = await souk(["train", "star-rating", "--family", "baseline"]);
    assert.equal(again.code, 4, again.stderr);
    assert.match(again.stdout, /not passed/);
    assert.match(again.stdout, /souk promote star-rating \d+/);
    assert.equal((await souk(["promote", "star-rating", "2"])).code, 4);
    assert.equal(
      (await souk(["promote", "star-rating", "2", "--force", "--reason", "a test"])).code,
      0,
    );
    const back = await json("rollback", "star-rating");
    assert.equal(back["version"], 1);
    assert.ok((await json("models", "log", "star-rating")).length >= 3);
    const [span] = await json("served-at", "now");
    assert.equal(span.version, 1);
  });

  test("Ctrl-C cancels a training: exit code 130, and the run says so", async () => {
    const stop = new AbortController();
    const { code, stderr } = await souk(["train", "star-rating", "--no-promote"], {
      signal: stop.signal,
      onStderr: () => stop.abort(),
    });
    assert.equal(code, 130, stderr);
    const { items } = await json("runs");
    assert.ok(
      ["cancelled", "finished"].includes(items[0].status) || items[0].status === "interrupted",
    );
  });

  test("tune prints trials, the best settings and the line that trains them, and goes on when asked to", async () => {
    const line = [
      "tune",
      "star-rating",
      "--family",
      "linear",
      "--set",
      "epochs=1",
      "--threads",
      "1",
    ];
    const space = ["--space", "lr=0.05..0.2:log", "--space", "balance=none,sqrt"];
    const tuned = await souk([...line, ...space, "--trials", "2"], { columns: 80 });
    assert.equal(tuned.code, 0, tuned.stderr);
    assertWidth({ ...tuned, stdout: tuned.stdout.replace(/^souk train .*$/m, "") }, 80);
    assert.match(tuned.stdout, /\(defaults\) lr=0.1 balance=none/);
    assert.match(tuned.stdout, /default settings \(0\.\d+\)/);
    assert.match(tuned.stdout, /souk train star-rating --family linear --set epochs=1 --set lr=/);
    const [study = ""] = /run_\w+/.exec(tuned.stdout) ?? [];
    const more = ["--resume", study, "--trials", "3", "--train"];
    const resumed = await souk(["tune", "star-rating", ...more, "--threads", "1", "--json"]);
    assert.ok([0, 4].includes(resumed.code), resumed.stderr);
    const { study: found, training } = JSON.parse(resumed.stdout);
    assert.deepEqual(found.counts, { wanted: 3, done: 3, pruned: 0, failed: 0 });
    assert.deepEqual(training.request.settings, { epochs: 1, ...found.best.settings });
    assert.equal((await souk(["tune", "star-rating", "--resume", "run_nothing"])).code, 3);
    assert.equal((await souk(["tune", "star-rating", "--space", "lr=a..b"])).code, 2);
  });

  test("leaderboard prints every family that has a model, who has none, and a verdict", async () => {
    assert.equal((await souk(["leaderboard", "sentiment", "--last"])).code, 3);
    const board = await souk(["leaderboard", "star-rating"], { columns: 90 });
    assert.equal(board.code, 0, board.stderr);
    assertWidth(board, 90);
    for (const family of ["baseline", "linear", "ngram"])
      assert.match(board.stdout, new RegExp(`^ *[1-3] +${family} +0\\.\\d+`, "m"));
    assert.match(board.stdout, /no place for [^:]*forest[^:]*:\s+no\s+finished\s+training/);
    assert.match(board.stdout, /baseline\.$/m);
    const { rows } = await json("leaderboard", "star-rating", "--last");
    assert.equal(rows.length, 3);
  });

  test("users come from standard input, keys are shown once, both can be taken away", async () => {
    const added = await souk(["users", "add", "ada", "--role", "analyst"], {
      input: "a-long-password-1\n",
    });
    assert.equal(added.code, 0, added.stderr);
    assert.match((await souk(["users"])).stdout, /ada +analyst +active/);
    const key = await souk([
      "keys",
      "create",
      "checkout",
      "--user",
      "ada",
      "--scope",
      "predict:run",
    ]);
    assert.equal(key.code, 0, key.stderr);
    const secret = key.stdout.trim();
    const [listed] = await json("keys");
    assert.ok(secret.startsWith(listed.prefix));
    assert.ok(!JSON.stringify(await json("keys")).includes(secret));
    assert.equal((await souk(["keys", "revoke", listed.id])).code, 0);
    assert.equal((await souk(["users", "change", "adda", "--disable"])).code, 3);
    assert.equal((await souk(["users", "change", "ada", "--disable"])).code, 0);
  });

  test("doctor finds a healthy installation", async () => {
    const { code, stdout } = await souk(["doctor"]);
    assert.equal(code, 0, stdout);
    assert.match(stdout, /All is well/);
  });
});

function assertWidth({ stdout }: Finished, columns: number): void {
  for (const line of stdout.split("\n")) assert.ok(visibleWidth(line) <= columns, line);
}
