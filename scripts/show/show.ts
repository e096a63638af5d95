import { writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Where a show finds real data, and where it may write. */
export interface Place {
  /** Folder of the data sets. */
  readonly shared: string;
  /** Folder of this show; its data directory is `souk-data` in it. */
  readonly directory: string;
}

/** One thing to show on real data: files made from it, and the commands a shop would type. */
export interface Show {
  /** One sentence. */
  readonly about: string;
  /** Paths below the folder of the data sets that must be there. */
  readonly needs: readonly string[];
  prepare(place: Place): Promise<void>;
  /** Words after `souk`; they run in the show's folder. */
  commands(place: Place): readonly (readonly string[])[];
}

/** Writes `souk.json` into the data directory. */
export async function writeConfig({ directory }: Place, config: object): Promise<void> {
  const path = join(directory, "souk-data", "souk.json");
  await writeFile(path, `${JSON.stringify(config, null, 2)}\n`);
}

/** Writes rows as JSON Lines. */
export async function writeRows(path: string, rows: readonly object[]): Promise<void> {
  await writeFile(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
}
