/**
 * Keeps the house: arrows between packages point down only, manifests and tsconfig references say what the imports do,
 * no file is part of an import cycle, none has outgrown one idea. Run by `npm run floors`; prints what it found and
 * exits 1 when a wall is broken. The table is the one in ARCHITECTURE.md.
 */
import { readdir, readFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";

/** What each package may import. Neighbours on a floor never import each other. */
export const floors: Readonly<Record<string, readonly string[]>> = {
  core: [],
  store: ["core"],
  lake: ["core"],
  api: ["core"],
  tensor: ["core"],
  models: ["core", "tensor"],
  tracking: ["core", "store"],
  serving: ["core", "store", "models", "tracking"],
  server: ["core", "store", "lake", "api", "models", "tracking", "serving"],
  cli: ["core", "api", "server"],
  web: ["api"],
};

/**
 * What folders of a package's src may import besides themselves; those not named may import any. Tests may too.
 * Folders of pages that hold a page.tsx never import each other: what they share lies in a folder without one.
 */
const rooms: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  web: { wire: [], parts: ["wire"], pages: ["parts", "wire"] },
};

const MAX_LINES = 400;
const MAX_FOLDER_LEVELS = 2;

interface SourceFile {
  readonly path: string;
  readonly package: string;
  readonly imports: readonly string[];
  readonly lines: number;
  readonly starExports: number;
}

/** Every broken wall under `root`, one sentence each; empty when the house stands. */
export async function findBrokenWalls(root: string): Promise<string[]> {
  const broken: string[] = [];
  const found = (await readdir(join(root, "packages"), { withFileTypes: true })).filter((entry) =>
    entry.isDirectory(),
  );
  for (const { name } of found) {
    const allowed = floors[name];
    if (!allowed) {
      broken.push(`packages/${name} is not in the floors table`);
      continue;
    }
    const files = await readSources(root, name);
    broken.push(...(await checkManifests(root, name, allowed)));
    for (const file of files) broken.push(...checkFile(file, allowed));
    broken.push(...findCycles(files), ...checkRooms(files, rooms[name] ?? {}));
  }
  return broken;
}

async function readSources(root: string, name: string): Promise<SourceFile[]> {
  const folder = join(root, "packages", name);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter(
      (entry) =>
        entry.isFile() && /\.tsx?$/.test(entry.name) && !entry.parentPath.includes("node_modules"),
    )
    .map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(
    paths.map(async (path) => {
      const text = await readFile(path, "utf8");
      const starExports = text.match(/^export \* from/gm)?.length ?? 0;
      return {
        path: relative(root, path),
        package: name,
        imports: importsOf(text),
        lines: text.split("\n").length,
        starExports,
      };
    }),
  );
}

/** Module names in `import … from "x"`, `export … from "x"`, `import "x"` and `import("x")`. */
export function importsOf(source: string): string[] {
  const statement =
    /^\s*(?:import|export)\b[^;"'`]*?\bfrom\s*"([^"]+)"|^\s*import\s*"([^"]+)"|\bimport\(\s*"([^"]+)"/gm;
  return Array.from(source.matchAll(statement), (match) => match[1] ?? match[2] ?? match[3] ?? "");
}

function checkFile(file: SourceFile, allowed: readonly string[]): string[] {
  const broken: string[] = [];
  const isTest = isTestFile(file) || file.path.endsWith(".as.ts");
  for (const name of file.imports) {
    const [, target] = /^@souk\/([^/]+)/.exec(name) ?? [];
    if (target && target !== file.package && !allowed.includes(target)) {
      broken.push(`${file.path} imports @souk/${target}, which is not below ${file.package}`);
    }
    if (
      name.startsWith("..") &&
      !resolve("/", dirname(file.path), name).startsWith(`/packages/${file.package}/`)
    ) {
      broken.push(`${file.path} reaches out of its package with "${name}"`);
    }
  }
  if (!isTest && file.lines > MAX_LINES)
    broken.push(`${file.path} has ${file.lines} lines, more than ${MAX_LINES}`);
  if (file.starExports > 0)
    broken.push(`${file.path} uses "export *"; list each public name by hand`);
  const levels = file.path.split("/").length - 4;
  if (file.path.includes("/src/") && levels > MAX_FOLDER_LEVELS) {
    broken.push(
      `${file.path} lies ${levels} folders deep under src, more than ${MAX_FOLDER_LEVELS}`,
    );
  }
  return broken;
}

function isTestFile({ path }: SourceFile): boolean {
  return path.endsWith(".test.ts");
}

function checkRooms(
  files: readonly SourceFile[],
  allowed: Readonly<Record<string, readonly string[]>>,
): string[] {
  const broken: string[] = [];
  const pages = new Set(
    files.filter(({ path }) => path.endsWith("/page.tsx")).map(({ path }) => dirname(path)),
  );
  for (const file of files) {
    const folder = dirname(file.path);
    const room = roomOf(file.path);
    const open = isTestFile(file) ? undefined : allowed[room];
    for (const name of file.imports.filter((one) => one.startsWith("."))) {
      const target = join(folder, name);
      const there = roomOf(target);
      if (open && there !== room && !open.includes(there))
        broken.push(`${file.path} imports ${target}: ${room} may not import ${there}`);
      const isBeside = dirname(folder) === dirname(dirname(target)) && folder !== dirname(target);
      if (isBeside && pages.has(dirname(target)))
        broken.push(`${file.path} imports ${target}, which belongs to a page`);
    }
  }
  return broken;
}

/** The folder of src that a file lies in; "" for files in none. */
function roomOf(path: string): string {
  return /^packages\/[^/]+\/src\/([^/]+)\//.exec(path)?.[1] ?? "";
}

async function checkManifests(
  root: string,
  name: string,
  allowed: readonly string[],
): Promise<string[]> {
  const folder = join(root, "packages", name);
  const manifest = await readJson(join(folder, "package.json"));
  const tsconfig = await readJson(join(folder, "tsconfig.json"));
  const declared = Object.keys({
    ...recordOf(manifest["dependencies"]),
    ...recordOf(manifest["devDependencies"]),
  })
    .filter((dependency) => dependency.startsWith("@souk/"))
    .map((dependency) => dependency.slice("@souk/".length));
  const references = (Array.isArray(tsconfig["references"]) ? tsconfig["references"] : []).map(
    (reference: unknown) => String(recordOf(reference)["path"]).replace("../", ""),
  );
  const broken = declared
    .filter((dependency) => !allowed.includes(dependency))
    .map(
      (dependency) =>
        `packages/${name}/package.json depends on @souk/${dependency}, which is not below it`,
    );
  if (declared.toSorted().join() !== references.toSorted().join()) {
    broken.push(
      `packages/${name}: dependencies [${declared.toSorted().join()}] and tsconfig references [${references.toSorted().join()}] differ`,
    );
  }
  return broken;
}

function findCycles(files: readonly SourceFile[]): string[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) {
      cycles.push(`import cycle: ${[...trail.slice(trail.indexOf(path)), path].join(" -> ")}`);
      return;
    }
    if (done.has(path)) return;
    for (const name of byPath.get(path)?.imports ?? []) {
      if (name.startsWith(".")) visit(join(dirname(path), name), [...trail, path]);
    }
    done.add(path);
  };
  for (const file of files) visit(file.path, []);
  return cycles;
}

async function readJson(path: string): Promise<Record<string, unknown>> {
  return recordOf(JSON.parse(await readFile(path, "utf8")));
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null
    ? Object.fromEntries(Object.entries(value))
    : {};
}

if (import.meta.main) {
  const broken = await findBrokenWalls(join(import.meta.dirname, ".."));
  for (const sentence of broken) console.error(sentence);
  console.log(
    broken.length === 0 ? "floors: every wall stands" : `floors: ${broken.length} broken`,
  );
  process.exitCode = broken.length === 0 ? 0 : 1;
}
