import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type TestContext, test } from "node:test";
import { findBrokenWalls, importsOf } from "./floors.ts";

async function house(t: TestContext, files: Record<string, string>): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), "souk-floors-"));
  t.after(() => rm(root, { recursive: true }));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  return root;
}

const store = {
  "packages/store/package.json": '{"dependencies":{"@souk/core":"0"}}',
  "packages/store/tsconfig.json": '{"references":[{"path":"../core"}]}',
};

test("an import that points down is allowed", async (t) => {
  const root = await house(t, {
    ...store,
    "packages/store/src/a.ts": 'import { x } from "@souk/core";\n',
  });
  assert.deepEqual(await findBrokenWalls(root), []);
});

test("an import of a neighbour on the same floor is found, also when it is dynamic or only a type", async (t) => {
  for (const source of [
    'import { x } from "@souk/lake";',
    'export { x } from "@souk/lake";',
    'import type { X } from "@souk/lake";',
    'const lake = await import("@souk/lake");',
  ]) {
    const root = await house(t, { ...store, "packages/store/src/a.ts": source });
    assert.match(
      (await findBrokenWalls(root)).join(),
      /imports @souk\/lake, which is not below store/,
    );
  }
});

test("a tsconfig reference that the manifest does not declare is found", async (t) => {
  const root = await house(t, { ...store, "packages/store/tsconfig.json": '{"references":[]}' });
  assert.match(
    (await findBrokenWalls(root)).join(),
    /dependencies \[core\] and tsconfig references \[\] differ/,
  );
});

test("two files that import each other are a cycle", async (t) => {
  const root = await house(t, {
    ...store,
    "packages/store/src/a.ts": 'import { b } from "./b.ts";\n',
    "packages/store/src/b.ts": 'import { a } from "./a.ts";\n',
  });
  assert.match(
    (await findBrokenWalls(root)).join(),
    /import cycle: packages\/store\/src\/a\.ts -> .*b\.ts -> .*a\.ts/,
  );
});

test("a file of 401 lines and an import out of the package are found", async (t) => {
  const root = await house(t, {
    ...store,
    "packages/store/src/long.ts": "\n".repeat(400),
    "packages/store/src/out.ts": 'import { x } from "../../core/src/x.ts";\n',
  });
  const broken = (await findBrokenWalls(root)).join("\n");
  assert.match(broken, /long\.ts has 401 lines/);
  assert.match(broken, /out\.ts reaches out of its package/);
});

test("a page that imports another page's files is found; a room that has no page is open to all", async (t) => {
  const root = await house(t, {
    "packages/web/package.json": '{"dependencies":{"@souk/api":"0"}}',
    "packages/web/tsconfig.json": '{"references":[{"path":"../api"}]}',
    "packages/web/src/pages/run/page.tsx":
      'import "../learning/words.ts";\nimport "../../parts/card.tsx";\n',
    "packages/web/src/pages/runs/page.tsx": 'import "../run/page.tsx";\n',
    "packages/web/src/pages/runs/list.test.ts": 'import "../../testing/shop.ts";\n',
    "packages/web/src/pages/learning/words.ts": "",
    "packages/web/src/pages/pages.ts": 'const load = () => import("./run/page.tsx");\n',
    "packages/web/src/parts/card.tsx": 'import "../app/shell.tsx";\n',
  });
  assert.deepEqual((await findBrokenWalls(root)).toSorted(), [
    "packages/web/src/pages/runs/page.tsx imports packages/web/src/pages/run/page.tsx, which belongs to a page",
    "packages/web/src/parts/card.tsx imports packages/web/src/app/shell.tsx: parts may not import app",
  ]);
});

test("imports over several lines are read", () => {
  assert.deepEqual(
    importsOf('import {\n  a,\n  type B,\n} from "@souk/core";\nimport "./x.ts";\n'),
    ["@souk/core", "./x.ts"],
  );
});
