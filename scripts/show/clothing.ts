import { execFileSync } from "node:child_process";
import { basename, join } from "node:path";
import { unit } from "./records.ts";
import { type Place, type Show, writeConfig, writeRows } from "./show.ts";

const archive = "clothing-small-cc0/images256.tar";
/** Share of the published training part that is left to choose by. */
const VALIDATION = 0.1;

async function prepare(place: Place): Promise<void> {
  const paths = execFileSync("tar", ["tf", join(place.shared, archive)], { encoding: "utf8" });
  const rows = paths
    .split("\n")
    .filter((path) => path.endsWith(".jpg"))
    .map((path) => {
      const [part = "", label = ""] = path.split("/");
      const id = basename(path, ".jpg");
      const trained = unit(id) < VALIDATION ? "validation" : "train";
      return { product_id: id, label, side: part === "train" ? trained : "test" };
    });
  await writeRows(join(place.directory, "clothes.jsonl"), rows);
  await writeConfig(place, {
    pretrained: { "mobilenet-v2": join(place.shared, "image-weights-mobilenet") },
    datasets: [
      {
        name: "clothes",
        key: ["product_id"],
        columns: ["product_id", "label", "side"].map((name) => ({ name, type: "VARCHAR" })),
      },
    ],
    tasks: [
      {
        name: "garment",
        title: "One of ten kinds of garment, from a photo its owner took",
        dataset: "clothes",
        inputs: [{ column: "photo", kind: "image" }],
        photos: { dataset: "images", by: "product_id" },
        target: { column: "label", kind: "class" },
        split: { kind: "given", by: "side" },
        metric: "accuracy",
        key: "product_id",
      },
    ],
  });
}

/** Ten kinds of garment; the published validation part is the test part here. */
export const clothing: Show = {
  about: "ten kinds of garment from photos of their owners: frozen network, then its last block",
  needs: [archive, "image-weights-mobilenet"],
  prepare,
  commands: ({ shared }) => [
    ["ingest", "clothes", "clothes.jsonl"],
    ["photos", "add", join(shared, archive)],
    ["train", "garment", "--family", "image", "--set", "fineTune=none"],
    ["train", "garment", "--family", "image"],
    ["leaderboard", "garment"],
  ],
};
