/** The first five minutes of a stranger: `souk start` on an empty folder, the printed curl lines, the second start. */
import assert from "node:assert/strict";
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { promisify } from "node:util";

const main = join(import.meta.dirname, "../packages/cli/src/main.ts");
const execute = promisify(execFile);

/** Starts Souk and waits until it says how to stop it. */
async function start(
  t: TestContext,
  dataDirectory: string,
): Promise<{ child: ChildProcess; said: string }> {
  const parameters = [main, "start", "--port", "0", "--size", "4000", "--data", dataDirectory];
  const child = spawn(process.execPath, parameters, { stdio: ["ignore", "pipe", "pipe"] });
  t.after(() => child.kill("SIGKILL"));
  let said = "";
  child.stderr.resume();
  // Its output is read to the end: closing the pipe earlier would end the server at its next line.
  child.stdout.on("data", (data) => (said += String(data)));
  while (!said.includes("Ctrl-C stops")) {
    await once(child.stdout, "data", { signal: AbortSignal.timeout(60_000) });
  }
  return { child, said };
}

async function stop(child: ChildProcess): Promise<number | null> {
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  const [code]: (number | null)[] = await ended;
  return code ?? null;
}

test("the first start shows everything and its curl lines work; the second start serves the same shop", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "souk-start-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const first = await start(t, folder);
  assert.match(first.said, /invented/);
  const lines = first.said.split("\n").filter((line) => /^\s*(TOKEN=\$\()?curl /.test(line));
  assert.equal(lines.length, 3);
  const { stdout } = await execute("bash", ["-euo", "pipefail", "-c", lines.join("\n")]);
  const answer = stdout.slice(stdout.lastIndexOf('{"model"'));
  const { model, version, ids, predictions } = JSON.parse(answer);
  assert.deepEqual([model, version, ids.length], ["star-rating", 1, 1]);
  assert.ok([1, 2, 3, 4, 5].includes(predictions[0].label));
  assert.equal(await stop(first.child), 0);

  const second = await start(t, folder);
  assert.doesNotMatch(second.said, /Setup token/, "an admin exists: there is no second setup");
  assert.match(second.said, /star-rating/);
  assert.equal(await stop(second.child), 0);
});
