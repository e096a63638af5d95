import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test, type TestContext } from "node:test";
import { createRandomSampler } from "./random.ts";
import { defineSpace } from "./space.ts";
import { readStudy, runStudy, type StudyOptions } from "./study.ts";
import { createTpeSampler } from "./tpe.ts";
import type { Evaluate, Trial } from "./trial.ts";

const dimensions = [
  { name: "x", kind: "number", min: 0, max: 1, scale: "linear", integer: false },
  { name: "kind", kind: "choice", options: ["a", "b"] },
] as const;
const space = defineSpace(dimensions);
const value = (x: unknown): number => (Number(x) - 0.3) ** 2;
const evaluate: Evaluate = async ({ x }) => value(x);

function options(rest: Partial<StudyOptions> = {}): StudyOptions {
  const sampler = createTpeSampler(space, { seed: 7, startup: 5 });
  return { space, sampler, direction: "minimise", trials: 20, evaluate, ...rest };
}

async function journalPath(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "souk-tuning-"));
  t.after(() => rm(folder, { recursive: true }));
  return join(folder, "study.jsonl");
}

function essence(trials: readonly Trial[]): unknown[] {
  return trials.map((trial) => JSON.parse(JSON.stringify({ ...trial, seconds: 0 })));
}

/** Runs a study in a child process whose trial `last` never ends, and kills it with SIGKILL there. */
async function killedAt(
  last: number,
  { journal, parallel }: { journal: string; parallel: number },
): Promise<void> {
  const module = (name: string): string =>
    JSON.stringify(new URL(`./${name}`, import.meta.url).href);
  const source = `
    const { runStudy } = await import(${module("study.ts")});
    const { defineSpace } = await import(${module("space.ts")});
    const { createTpeSampler } = await import(${module("tpe.ts")});
    const space = defineSpace(${JSON.stringify(dimensions)});
    setInterval(() => {}, 1000);
    await runStudy({
      space, sampler: createTpeSampler(space, { seed: 7, startup: 5 }), direction: "minimise",
      trials: 20, parallel: ${parallel}, journal: ${JSON.stringify(journal)},
      async evaluate({ x }, { trial }) {
        if (trial >= ${last}) { console.log("hanging"); await new Promise(() => {}); }
        return (x - 0.3) ** 2;
      },
    });`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", source], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  let hanging = 0;
  for await (const _ of createInterface({ input: child.stdout }))
    if (++hanging === parallel) child.kill("SIGKILL");
  const [, signal] = await ended;
  assert.equal(signal, "SIGKILL");
}

test("a study killed with SIGKILL and run again has the trials of one that was never killed", async (t) => {
  const journal = await journalPath(t);
  await killedAt(9, { journal, parallel: 1 });
  const before = await readStudy(journal);
  assert.equal(before.trials.length, 9);
  const ran: number[] = [];
  const resumed = await runStudy(
    options({ journal, onEvent: (event) => event.kind === "started" && ran.push(event.trial) }),
  );
  const whole = await runStudy(options());
  assert.deepEqual(essence(resumed.trials), essence(whole.trials));
  assert.deepEqual(ran, [9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
  assert.deepEqual(essence((await readStudy(journal)).trials), essence(whole.trials));
});

test("with trials in parallel every one that ended before the kill is kept and every other run", async (t) => {
  const journal = await journalPath(t);
  await killedAt(8, { journal, parallel: 3 });
  const before = await readStudy(journal);
  assert.equal(before.trials.length, 8);
  const ran: number[] = [];
  const { trials } = await runStudy(
    options({
      journal,
      parallel: 3,
      onEvent: (event) => event.kind === "started" && ran.push(event.trial),
    }),
  );
  assert.deepEqual(trials.slice(0, 8), before.trials);
  assert.deepEqual(
    ran.toSorted((a, b) => a - b),
    [8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19],
  );
  assert.equal(trials.length, 20);
});

test("a journal cut at any byte resumes to the same trials", async (t) => {
  const journal = await journalPath(t);
  const sampler = () => createRandomSampler(space, { seed: 3 });
  const whole = await runStudy(options({ sampler: sampler(), trials: 4, journal }));
  const bytes = await readFile(journal);
  for (let length = 0; length < bytes.length; length += 7) {
    await writeFile(journal, bytes.subarray(0, length));
    const again = await runStudy(options({ sampler: sampler(), trials: 4, journal }));
    assert.deepEqual(essence(again.trials), essence(whole.trials), `cut at ${length}`);
    const lines = (await readFile(journal, "utf8")).trimEnd().split("\n");
    assert.equal(lines.length, 1 + 2 * 4);
    assert.deepEqual(essence((await readStudy(journal)).trials), essence(whole.trials));
  }
});

test("a finished study runs nothing again, and goes on when more trials are wanted", async (t) => {
  const journal = await journalPath(t);
  await runStudy(options({ journal, trials: 6 }));
  const never: Evaluate = async () => Promise.reject(new Error("ran again"));
  const same = await runStudy(options({ journal, trials: 6, evaluate: never }));
  assert.equal(same.trials.length, 6);
  const more = await runStudy(options({ journal, trials: 20 }));
  assert.deepEqual(essence(more.trials), essence((await runStudy(options())).trials));
});

test("a file of something else is refused and left as it is", async (t) => {
  const journal = await journalPath(t);
  for (const text of [
    "my notes",
    "my notes\n",
    '{"a":1}\n',
    "[]\n",
    '{"kind":"study","format":2}\n',
  ]) {
    await writeFile(journal, text);
    await assert.rejects(runStudy(options({ journal })), { code: "TUNE_JOURNAL" });
    assert.equal(await readFile(journal, "utf8"), text);
    if (text.endsWith("\n")) await assert.rejects(readStudy(journal), { code: "TUNE_JOURNAL" });
  }
});

test("a journal of another space, sampler or direction is refused, as are lines that do not fit", async (t) => {
  const journal = await journalPath(t);
  await runStudy(options({ journal, trials: 3 }));
  const others: Partial<StudyOptions>[] = [
    { direction: "maximise" },
    { sampler: createTpeSampler(space, { seed: 8, startup: 5 }) },
    { space: defineSpace([dimensions[0]]) },
  ];
  for (const other of others)
    await assert.rejects(runStudy(options({ journal, ...other })), { code: "TUNE_JOURNAL_OTHER" });
  const good = await readFile(journal, "utf8");
  const start = { kind: "start", trial: 3, settings: { x: 2, kind: "a" } };
  await appendFile(journal, `${JSON.stringify(start)}\n`);
  await assert.rejects(runStudy(options({ journal })), { code: "TUNE_JOURNAL_OTHER" });
  const end = { ...start, kind: "end", state: "done", value: 1, reports: [], seconds: 1 };
  for (const line of [end, { ...end, value: undefined }, { ...start, settings: { x: {} } }, 7]) {
    await writeFile(journal, `${good}${JSON.stringify(line)}\n`);
    await assert.rejects(runStudy(options({ journal })), { code: "TUNE_JOURNAL" });
  }
});

test("a trial that was stopped with its study did not end: it is run again", async (t) => {
  const journal = await journalPath(t);
  const abort = new AbortController();
  const stopped: Evaluate = async ({ x }, { trial, signal }) => {
    if (trial === 6) abort.abort();
    signal.throwIfAborted();
    return value(x);
  };
  await assert.rejects(
    runStudy(options({ journal, evaluate: stopped, signal: abort.signal })),
    (error) => error === abort.signal.reason,
  );
  assert.equal((await readStudy(journal)).trials.length, 6);
  const resumed = await runStudy(options({ journal }));
  assert.deepEqual(essence(resumed.trials), essence((await runStudy(options())).trials));
});
