import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { test } from "node:test";
import { commandList } from "./command-list.ts";
import { runInMemory } from "./test-terminal.ts";

const main = fileURLToPath(new URL("main.ts", import.meta.url));

test("the overview names every command, and no command is a usage error", async () => {
  const { code, stdout } = await runInMemory([]);
  assert.equal(code, 2);
  for (const { name, summary } of commandList)
    assert.ok(stdout.includes(name) && stdout.includes(summary));
  assert.equal((await runInMemory(["--help"])).code, 0);
  assert.equal((await runInMemory(["help"])).code, 0);
});

test("the overview's names and summaries are the files' own, and every command has examples or needs none", async () => {
  for (const entry of commandList) {
    const { command } = await entry.load();
    assert.equal(command.name, entry.name);
    assert.equal(command.summary, entry.summary);
    assert.ok((command.examples ?? []).length > 0, entry.name);
    for (const { line } of command.examples ?? []) assert.match(line, /souk /);
  }
});

test("every command and action answers --help within 80 columns of text", async () => {
  for (const entry of commandList) {
    const { command } = await entry.load();
    for (const words of [
      [entry.name],
      ...(command.actions ?? []).map(({ name }) => [entry.name, name]),
    ]) {
      const { code, stdout } = await runInMemory([...words, "--help"], { columns: 80 });
      assert.equal(code, 0);
      assert.ok(stdout.startsWith(`souk ${words.join(" ")} — `));
      const [text] = stdout.split("\nExamples\n");
      for (const line of text!.split("\n").slice(3)) assert.ok(line.length <= 80, line);
    }
  }
  assert.equal((await runInMemory(["help", "datasets", "undo"])).code, 0);
});

test("a misspelt command, action or option is answered with the right one and exit code 2", async () => {
  for (const [args, hint] of [
    [["trian"], "did you mean train?"],
    [["datasets", "undoo"], "did you mean undo?"],
    [["demo", "--sise", "3"], "did you mean --size?"],
  ] as const) {
    const { code, stdout, stderr } = await runInMemory(args);
    assert.equal(code, 2);
    assert.equal(stdout, "");
    assert.ok(stderr.includes(hint), stderr);
    assert.match(stderr, /→ souk .*--help/);
  }
});

test("with --json stdout holds one JSON value and nothing else, also for a failure", async () => {
  const version: unknown = JSON.parse((await runInMemory(["version", "--json"])).stdout);
  assert.deepEqual(Object.keys(Object(version)), ["version", "node", "platform", "arch"]);
  const { code, stdout } = await runInMemory(["ingest", "reviews", "/nowhere/x.tsv", "--json"]);
  assert.equal(code, 3);
  assert.equal(JSON.parse(stdout).error.code, "CLI_FILE_MISSING");
});

test("colours appear on a terminal, and not with NO_COLOR, --no-color or a pipe", async () => {
  const isColored = async (
    args: string[],
    options: Parameters<typeof runInMemory>[1],
  ): Promise<boolean> => (await runInMemory(args, options)).stdout.includes("\u001B[");
  assert.equal(await isColored(["--help"], { isTTY: true }), true);
  assert.equal(await isColored(["--help", "--no-color"], { isTTY: true }), false);
  assert.equal(await isColored(["--help"], { isTTY: true, environment: { NO_COLOR: "1" } }), false);
  assert.equal(await isColored(["--help"], { isTTY: false }), false);
});

test("the program prints its version and its exit code reaches the shell", async () => {
  const { version } = JSON.parse(
    await readFile(new URL("../package.json", import.meta.url), "utf8"),
  );
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [main, ...args], { encoding: "utf8" });
  const good = run("version");
  assert.equal(good.status, 0);
  assert.ok(good.stdout.startsWith(`souk ${version} (Node `));
  assert.equal(run("--version").stdout, good.stdout);
  assert.equal(run("nonsense").status, 2);
});

test("a quick command loads neither the server nor the lake", () => {
  const script = `const { runSouk } = await import(${JSON.stringify(new URL("program.ts", import.meta.url).href)});
    const screen = { write() {} };
    await runSouk(["version"], { stdout: screen, stderr: screen, stdin: [], environment: {}, signal: AbortSignal.timeout(1e6) });
    const loaded = process.moduleLoadList.filter((name) => /sqlite|worker_threads/.test(name) && name.startsWith("NativeModule"));
    console.log(JSON.stringify(loaded)); process.exit(0);`;
  const { stdout } = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
    encoding: "utf8",
  });
  assert.ok(!stdout.includes("sqlite"), stdout);
});
