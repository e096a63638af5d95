import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { test } from "node:test";

const root = join(import.meta.dirname, "..");

async function sourceFiles(): Promise<string[]> {
  const entries = await readdir(join(root, "packages"), { recursive: true, withFileTypes: true });
  return entries
    .filter(
      (entry) => entry.isFile() && entry.name.endsWith(".ts") && !entry.name.endsWith(".test.ts"),
    )
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => /\/(src|bench)\//.test(path) && !path.includes("node_modules"));
}

/** Every code in `new SoukError("CODE"` or another literal that is passed on as one. */
async function codesInSource(): Promise<Map<string, string>> {
  const codes = new Map<string, string>();
  for (const path of await sourceFiles()) {
    const text = await readFile(path, "utf8");
    for (const [, code] of text.matchAll(/new SoukError\(\s*"([A-Z][A-Z0-9_]+)"/g)) {
      if (code) codes.set(code, relative(root, path));
    }
  }
  return codes;
}

async function codesInDocs(): Promise<string[]> {
  const page = await readFile(join(root, "docs/errors.md"), "utf8");
  return Array.from(page.matchAll(/^\| `([A-Z][A-Z0-9_]+)` \|/gm), ([, code]) => code ?? "");
}

test("docs/errors.md lists every code the sources throw", async () => {
  const listed = new Set(await codesInDocs());
  const missing = [...(await codesInSource())]
    .filter(([code]) => !listed.has(code))
    .map(([code, path]) => `${code} (${path})`);
  assert.deepEqual(missing, []);
});

test("docs/errors.md lists nothing that no source mentions, and nothing twice", async () => {
  const listed = await codesInDocs();
  assert.equal(new Set(listed).size, listed.length, "a code is listed twice");
  const sources = (
    await Promise.all((await sourceFiles()).map((path) => readFile(path, "utf8")))
  ).join("\n");
  assert.deepEqual(
    listed.filter((code) => !sources.includes(`"${code}"`)),
    [],
  );
});

test("every path in ARCHITECTURE.md and CONTRIBUTING.md opens", async () => {
  for (const page of ["ARCHITECTURE.md", "CONTRIBUTING.md", "README.md"]) {
    const text = await readFile(join(root, page), "utf8");
    const links = Array.from(
      text.matchAll(/\]\((?!https?:|#)([^)#]+)(?:#[^)]*)?\)/g),
      ([, path]) => path ?? "",
    );
    assert.deepEqual(
      links.filter((path) => !existsSync(join(root, path))),
      [],
      page,
    );
  }
});

test("the tables of the package READMEs name files that exist", async () => {
  for (const name of await readdir(join(root, "packages"))) {
    const text = await readFile(join(root, "packages", name, "README.md"), "utf8");
    const links = Array.from(
      text.matchAll(/\]\((?!https?:|#)([^)#]+)\)/g),
      ([, path]) => path ?? "",
    );
    assert.deepEqual(
      links.filter((path) => !existsSync(join(root, "packages", name, path))),
      [],
      name,
    );
  }
});

test("docs/dependencies.md has one line for every dependency, and no other", async () => {
  const manifests = [
    "package.json",
    ...(await readdir(join(root, "packages"))).map((name) => `packages/${name}/package.json`),
  ];
  const used = new Set<string>();
  for (const manifest of manifests) {
    const {
      dependencies = {},
      devDependencies = {},
    }: Record<string, Record<string, string>> = JSON.parse(
      await readFile(join(root, manifest), "utf8"),
    );
    for (const name of Object.keys({ ...dependencies, ...devDependencies }))
      if (!name.startsWith("@souk/")) used.add(name);
  }
  const page = await readFile(join(root, "docs/dependencies.md"), "utf8");
  const listed = Array.from(page.matchAll(/^\| `([^`]+)` \|/gm), ([, name]) => name ?? "");
  assert.deepEqual(listed.toSorted(), [...used].toSorted());
});
