import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, test } from "node:test";
import { openLake } from "./lake.ts";

const data =
  process.env["SOUK_SHARED_DATA"] ?? resolve(import.meta.dirname, "../../../../shared/data");
const skip = existsSync(join(data, "amazon-digital-software-2015"))
  ? false
  : `no review data in ${data}; set SOUK_SHARED_DATA`;
const root = await mkdtemp(join(tmpdir(), "souk-real-"));
after(() => rm(root, { recursive: true, force: true }));

test(
  "both review files are accepted row by row: 89,895 and 6,348, none in quarantine",
  { skip },
  async () => {
    const lake = openLake({ directory: root });
    try {
      const amazon = await lake.ingest("reviews", {
        kind: "folder",
        path: join(data, "amazon-digital-software-2015"),
      });
      const domains = await lake.ingest("reviews", {
        kind: "file",
        path: join(data, "amazon-multidomain-2007/reviews.tsv.gz"),
      });
      assert.deepEqual(
        [amazon.rows, amazon.quarantined, domains.rows, domains.quarantined],
        [89_895, 0, 6348, 0],
      );
      const [reviews] = await lake.list();
      assert.deepEqual([reviews?.rows, reviews?.partitions, reviews?.quarantined], [96_243, 5, 0]);
      assert.ok(!reviews?.columns.some(({ name }) => name === "polarity"));
      const dry = await lake.dryRun("reviews", {
        kind: "file",
        path: join(data, "amazon-multidomain-2007/reviews.tsv.gz"),
      });
      assert.deepEqual([dry.rows, dry.refused, dry.ignored], [6348, 0, ["polarity"]]);
    } finally {
      await lake.close();
    }
  },
);
