import type { RouteAnswer } from "@souk/api";
import { type Mapping, neededMapping } from "./mapping.ts";
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

/** The arguments of a dry run or an ingest. */
export function uploadOf(
  { file, dataset, format, mode }: Plan,
  mapping: Mapping,
  progressId: string,
) {
  const needed = neededMapping(mapping);
  return {
    params: { name: dataset },
    query: {
      mode,
      fileName: safeName(file.name),
      progressId,
      ...(formatOf(file.name) === undefined && { format }),
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
