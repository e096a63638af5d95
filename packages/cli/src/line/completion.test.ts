import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { commandList } from "../command-list.ts";
import { completionScript, completionTable, shells } from "./completion.ts";

const loaded = await Promise.all(commandList.map((entry) => entry.load()));
const table = completionTable(loaded.map(({ command }) => command));

function hasShell(shell: string): boolean {
  return spawnSync(shell, ["-c", "exit 0"]).status === 0;
}

/** What bash offers for a line whose last word is being typed. */
function offeredByBash(...words: string[]): string[] {
  const line = words.map((word) => `'${word}'`).join(" ");
  const program = `${completionScript("bash", table)}
COMP_WORDS=(${line}); COMP_CWORD=${words.length - 1}; _souk; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return spawnSync("bash", ["-c", program], { encoding: "utf8" }).stdout.trim().split("\n");
}

test("the table offers commands, then actions, then options", () => {
  const words = (path: string): string[] => (table.get(path) ?? []).map(({ word }) => word);
  assert.deepEqual(
    words("").slice(0, commandList.length),
    commandList.map(({ name }) => name),
  );
  assert.ok(words("datasets").includes("undo"));
  assert.ok(words("datasets vacuum").includes("--older-than"));
  assert.ok(words("ingest").includes("--dry-run") && words("ingest").includes("--data"));
});

test(
  "bash completes commands, actions and options",
  { skip: !hasShell("bash") && "no bash here" },
  () => {
    assert.deepEqual(offeredByBash("souk", "qu"), ["questions", "question"]);
    assert.deepEqual(offeredByBash("souk", "datasets", "un"), ["undo"]);
    assert.deepEqual(offeredByBash("souk", "ingest", "reviews", "--dr"), ["--dry-run"]);
    assert.deepEqual(offeredByBash("souk", "datasets", "vacuum", "--old"), ["--older-than"]);
  },
);

for (const shell of shells)
  test(`${shell} accepts its script`, { skip: !hasShell(shell) && `no ${shell} here` }, () => {
    const { status, stderr } = spawnSync(shell, ["-n"], {
      input: completionScript(shell, table),
      encoding: "utf8",
    });
    assert.equal(status, 0, stderr);
  });

test("another shell is refused with the known ones", () => {
  assert.throws(() => completionScript("tcsh", table), {
    code: "CLI_OPTION_VALUE",
    message: /expected a shell of bash, zsh, fish, got "tcsh"/,
  });
});
