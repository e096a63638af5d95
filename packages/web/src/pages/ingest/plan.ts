import type { RouteAnswer } from "@souk/api";
import { type Mapping, neededMapping } from "./mapping.ts";
import type { ReadAs } from "./read-as.ts";
import { type Format, formatOf, readHead, type SourceHead } from "./source-head.ts";

export type DryRun = RouteAnswer<"dryRunDataset">;
export type Outcome = RouteAnswer<"ingestDataset">;

/** What one has decided so far. */
export interface Plan {
  readonly file: File;
  readonly dataset: string;
  readonly format: Format;
  readonly mode: "append" | "upsert";
  /** Undefined for Parquet until the server has looked. */
  readonly head: SourceHead | undefined;
}

/** A plan for a file that was just chosen: its columns are read here, before anything is sent. */
export async function planFor(
  file: File,
  { dataset, format, mode }: { dataset: string; format: Format; mode: "append" | "upsert" },
): Promise<Plan> {
  return { file, dataset, format, mode, head: await readHead(file, format) };
}

/** The plan with its file read in another way. */
export async function readAgain(plan: Plan, readAs: ReadAs): Promise<Plan> {
  return { ...plan, head: await readHead(plan.file, plan.format, readAs) };
}

/** The arguments of a dry run or an ingest. */
export function uploadOf(
  { file, dataset, format, mode, head }: Plan,
  mapping: Mapping,
  progressId: string,
) {
  const needed = neededMapping(mapping);
  const { delimiter, encoding = "utf-8" } = head?.readAs ?? {};
  return {
    params: { name: dataset },
    query: {
      mode,
      fileName: safeName(file.name),
      progressId,
      ...(formatOf(file.name) !== format && { format }),
      ...(delimiter && delimiter !== "comma" && { delimiter }),
      ...(encoding !== "utf-8" && { encoding }),
      ...(Object.keys(needed).length > 0 && { mapping: JSON.stringify(needed) }),
    },
    body: file,
  };
}

/** The server takes names without control characters or folders, of up to 255 characters; the ending must stay. */
export function safeName(name: string): string {
  return name.replaceAll(/[/\\\p{Cc}]/gu, "_").slice(-255) || "upload";
}

/** The columns of a source as a dry run found them, for those that cannot be read here. */
export function headOf({ columns, ignored }: DryRun): SourceHead {
  const names = [...columns.flatMap(({ source }) => source ?? []), ...ignored];
  return { names, samples: names.map(() => []) };
}
