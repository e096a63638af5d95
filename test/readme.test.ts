/**
 * Documentation is run, not believed. A block opened with "```ts run" is executed as a module, "```sh run" by bash in the
 * repository with SOUK_DATA pointing to one fresh folder per page; a "```text" block right behind it is what must be
 * printed. In expected text "…" stands for anything within its line.
 */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { type TestContext, test } from "node:test";
import { promisify } from "node:util";

const root = join(import.meta.dirname, "..");
const run = promisify(execFile);

interface Block {
  readonly language: "ts" | "sh";
  readonly line: number;
  readonly code: string;
  readonly expected: string | undefined;
}

/** The blocks of a page that are marked to run. */
function runnableBlocks(page: string): Block[] {
  const fence = /^```(ts|sh) run\n([\s\S]*?)^```\n(?:\s*^```text\n([\s\S]*?)^```)?/gm;
  return Array.from(page.matchAll(fence), (match) => ({
    language: match[1] === "ts" ? "ts" : "sh",
    line: page.slice(0, match.index).split("\n").length,
    code: match[2] ?? "",
    expected: match[3],
  }));
}

function matches(expected: string, got: string): boolean {
  const pattern = expected
    .trimEnd()
    .split("…")
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
    .join("[^\\n]*");
  return new RegExp(`^${pattern}$`).test(got.trimEnd());
}

async function execute(block: Block, page: string, folder: string): Promise<string> {
  const environment = {
    ...process.env,
    SOUK_DATA: join(folder, "data"),
    NO_COLOR: "1",
    COLUMNS: "80",
  };
  const options = { env: environment, maxBuffer: 2 ** 26 };
  if (block.language === "sh") {
    const nodeFolder = dirname(process.execPath);
    const env = {
      ...environment,
      PATH: `${nodeFolder}:${join(root, "node_modules/.bin")}:${process.env["PATH"]}`,
    };
    return (
      await run("bash", ["-euo", "pipefail", "-c", block.code], { ...options, env, cwd: root })
    ).stdout;
  }
  // Beside the package's sources, so that its imports resolve as they would for a user of the workspace.
  const file = join(dirname(page), `.readme-${process.pid}-${block.line}.ts`);
  await writeFile(file, block.code);
  try {
    return (await run(process.execPath, ["--disable-warning=ExperimentalWarning", file], options))
      .stdout;
  } finally {
    await rm(file);
  }
}

async function pages(): Promise<string[]> {
  const packages = await readdir(join(root, "packages"));
  const docs = (await readdir(join(root, "docs"))).filter((name) => name.endsWith(".md"));
  return [
    join(root, "README.md"),
    ...docs.map((name) => join(root, "docs", name)),
    ...packages.map((name) => join(root, "packages", name, "README.md")),
  ].filter((path) => existsSync(path));
}

async function checkPage(t: TestContext, page: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "souk-readme-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await mkdir(join(folder, "data"));
  for (const block of runnableBlocks(await readFile(page, "utf8"))) {
    const got = await execute(block, page, folder);
    if (block.expected === undefined) continue;
    assert.ok(
      matches(block.expected, got),
      `${relative(root, page)}:${block.line} printed\n${got}\nexpected\n${block.expected}`,
    );
  }
}

for (const page of await pages()) {
  test(`what ${relative(root, page)} says to run prints what it says`, (t) => checkPage(t, page));
}

test("a block and its expected text are found, unmarked blocks are not", () => {
  const page = "```ts run\na();\n```\n\n```text\n1 … 3\n```\n\n```sh\nno\n```\n";
  assert.deepEqual(runnableBlocks(page), [
    { language: "ts", line: 1, code: "a();\n", expected: "1 … 3\n" },
  ]);
  assert.ok(matches("1 … 3\n", "1 2 3\n"));
  assert.ok(!matches("1 … 3\n", "1 2\n3\n"));
});
