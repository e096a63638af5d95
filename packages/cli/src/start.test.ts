import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test, type TestContext } from "node:test";

const main = fileURLToPath(new URL("main.ts", import.meta.url));

/** Starts the real program and waits for its whole banner. */
async function start(
  t: TestContext,
  args: readonly string[],
): Promise<{ child: ChildProcess; banner: string; log: () => string }> {
  const child = spawn(process.execPath, [main, "start", "--port", "0", ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  t.after(() => child.kill("SIGKILL"));
  let log = "";
  child.stderr.on("data", (data: Buffer) => (log += data.toString()));
  let banner = "";
  for await (const data of child.stdout as AsyncIterable<Buffer>) {
    banner += data.toString();
    if (banner.includes("Ctrl-C stops")) return { child, banner, log: () => log };
  }
  throw new Error(`souk start ended early: ${log}`);
}

async function stopped(child: ChildProcess): Promise<number | null> {
  child.kill("SIGTERM");
  const [code]: (number | null)[] = await once(child, "exit");
  return code ?? null;
}

function pasted(lines: readonly string[]): string {
  const { stdout, stderr } = spawnSync("bash", ["-c", lines.join("\necho\n")], {
    encoding: "utf8",
  });
  return stdout + stderr;
}

test("the first start invents, trains and serves; its three curl lines work; SIGTERM ends with 0; the second only serves", async (t) => {
  const data = await mkdtemp(join(tmpdir(), "souk-start-"));
  t.after(() => rm(data, { recursive: true, force: true }));
  const first = await start(t, ["--data", data, "--size", "2000"]);
  assert.match(first.banner, /every product, customer and review in it is invented/);
  assert.match(first.banner, /Setup token/);
  const lines = first.banner.split("\n").filter((line) => line.includes("curl -s"));
  assert.equal(lines.length, 3);
  const answer = pasted(lines);
  assert.match(answer, /"access_token"/);
  assert.match(answer, /"predictions?":/);
  assert.equal(await stopped(first.child), 0, first.log());

  const second = await start(t, ["--data", data]);
  assert.doesNotMatch(second.banner, /Setup token/);
  assert.doesNotMatch(second.log(), /inventing|Training/);
  assert.equal(await stopped(second.child), 0);
});

test("with --no-demo an empty data directory stays empty", async (t) => {
  const data = await mkdtemp(join(tmpdir(), "souk-start-"));
  t.after(() => rm(data, { recursive: true, force: true }));
  const { child, banner } = await start(t, ["--data", data, "--no-demo"]);
  assert.doesNotMatch(banner, /demo shop/);
  assert.match(banner, /none yet/);
  assert.equal(await stopped(child), 0);
});
