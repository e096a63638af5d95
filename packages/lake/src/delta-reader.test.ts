import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { checkpoint } from "./delta/commit.ts";
import { openLake } from "./lake.ts";

/** An independent reader, optional: `pip install deltalake pyarrow` for this interpreter. */
const python = process.env["SOUK_DELTA_PYTHON"] ?? "python3";
const found =
  spawnSync(python, ["-c", "import deltalake, pyarrow"], { stdio: "ignore" }).status === 0;
const skip = found ? false : "no Python with deltalake and pyarrow; set SOUK_DELTA_PYTHON";
const root = await mkdtemp(join(tmpdir(), "souk-delta-reader-"));
after(() => rm(root, { recursive: true, force: true }));

const SCRIPT = `
import json, sys, deltalake
table = deltalake.DeltaTable(sys.argv[1])
rows = table.to_pyarrow_table(columns=["id", "shelf", "at"]).to_pylist()
print(json.dumps([table.version(), sorted([r["id"], r["shelf"], r["at"].isoformat()] for r in rows)]))
`;

test(
  "delta-rs reads the same rows as Souk, from commits and from a checkpoint",
  { skip },
  async () => {
    const lake = openLake({ directory: root, threads: 1 });
    const shape = {
      name: "seen",
      columns: [
        { name: "id", type: "VARCHAR" as const },
        { name: "shelf", type: "VARCHAR" as const },
        { name: "at", type: "TIMESTAMPTZ" as const },
      ],
      key: ["id"],
      partitionBy: ["shelf"],
    };
    const write = async (batchId: string, ids: string[], mode: "append" | "upsert") =>
      lake.write(
        "seen",
        shape,
        [
          {
            length: ids.length,
            columns: {
              id: ids,
              shelf: ids.map((id) => (id === "d" ? null : "A & B/ü")),
              at: ids.map(() => "2024-02-29 12:00:00"),
            },
          },
        ],
        { batchId, mode },
      );
    await write("1", ["a", "b"], "append");
    await write("2", ["b", "c", "d"], "upsert");
    await lake.undo("seen", "1");
    const at = "2024-02-29T12:00:00+00:00";
    const want = [
      3,
      [
        ["b", "A & B/ü", at],
        ["c", "A & B/ü", at],
        ["d", null, at],
        ["e", "A & B/ü", at],
      ],
    ];
    await write("3", ["e"], "append");
    await lake.close();
    const read = (): unknown =>
      JSON.parse(execFileSync(python, ["-c", SCRIPT, join(root, "seen")], { encoding: "utf8" }));
    assert.deepEqual(read(), want);
    await checkpoint(join(root, "seen"), 3);
    assert.deepEqual(read(), want);
  },
);
