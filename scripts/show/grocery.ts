import { execFileSync } from "node:child_process";
import { cp, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type Place, type Show, writeConfig, writeRows } from "./show.ts";

const archive = "grocery-store-mit/images256.tar";
/**
 * Photos of a class number 1..14 in the training part, one scene after another: the last is left to choose by. More would
 * cost more than they tell, as photos of one shop are named .9 right and those of the judged part .7.
 */
const VALIDATION_NUMBERS = new Set(["014"]);
/** The network as it is (trained further, its validation got worse), and ten views of each photo. */
const settings = ["--set", "fineTune=none", "--set", "views=10"];

/** The coarse class is the kind of fruit or vegetable, the fine one its variety. */
function classesOf(path: string): { fine: string; coarse: string } {
  const [, , coarse = "", fine = ""] = path.split("/");
  return fine.endsWith(".jpg") ? { fine: coarse, coarse } : { fine, coarse };
}

async function prepare(place: Place): Promise<void> {
  const unpacked = join(place.directory, "unpacked");
  const photos = join(place.directory, "photos");
  await mkdir(unpacked, { recursive: true });
  await mkdir(photos, { recursive: true });
  execFileSync("tar", ["xf", join(place.shared, archive), "-C", unpacked]);
  const listed = execFileSync("tar", ["tf", join(place.shared, archive)], { encoding: "utf8" });
  const paths = listed.split("\n").filter((path) => /^(?:train|val)\/.*\.jpg$/u.test(path));
  const rows = [];
  for (const path of paths) {
    const name = path.replaceAll("/", "~").replace(/\.jpg$/u, "");
    await cp(join(unpacked, path), join(photos, `${name}.jpg`));
    const isChoice = VALIDATION_NUMBERS.has(/_(\d+)\.jpg$/u.exec(path)?.[1] ?? "");
    const trained = isChoice ? "validation" : "train";
    const side = path.startsWith("val/") ? "test" : trained;
    rows.push({ product_id: name, ...classesOf(path), side });
  }
  await writeRows(join(place.directory, "groceries.jsonl"), rows);
  const task = (target: string) => ({
    name: `grocery-${target}`,
    dataset: "groceries",
    inputs: [{ column: "photo", kind: "image" }],
    photos: { dataset: "images", by: "product_id" },
    target: { column: target, kind: "class" },
    split: { kind: "given", by: "side" },
    metric: "accuracy",
    key: "product_id",
  });
  await writeConfig(place, {
    pretrained: { "mobilenet-v2": join(place.shared, "image-weights-mobilenet") },
    datasets: [
      {
        name: "groceries",
        key: ["product_id"],
        columns: ["product_id", "fine", "coarse", "side"].map((name) => ({
          name,
          type: "VARCHAR",
        })),
      },
    ],
    tasks: [task("fine"), task("coarse")],
  });
}

/** 81 fine and 43 coarse classes of groceries on a shelf; the published validation part is the test part here. */
export const grocery: Show = {
  about: "81 fine and 43 coarse classes of groceries, from photos taken in shops",
  needs: [archive, "image-weights-mobilenet"],
  prepare,
  commands: () => [
    ["ingest", "groceries", "groceries.jsonl"],
    ["photos", "add", "photos"],
    ["train", "grocery-fine", "--family", "image", ...settings],
    ["train", "grocery-coarse", "--family", "image", ...settings],
  ],
};
