/** Child process: photos of one source into the store and dataset `images`. Hostile files are decoded here, away from the server. */
import { join } from "node:path";
import { systemClock } from "@souk/core";
import { openLake } from "@souk/lake";
import { imageStore } from "@souk/models";
import { takeInPhotos } from "../photos/photo-intake.ts";
import { openPhotos, type PhotoSourceOptions } from "../photos/photo-sources.ts";
import type { PhotosReport } from "../photos/photo-values.ts";
import { serveParent } from "./child-side.ts";

/** What the parent asks for. */
export interface PhotosRequest extends Omit<PhotoSourceOptions, "signal"> {
  readonly dataDirectory: string;
  readonly path: string;
  /** What column `source` says. */
  readonly sourceName: string;
}

async function addPhotos(
  { dataDirectory, path, sourceName, ...source }: PhotosRequest,
  { signal, emit }: { signal: AbortSignal; emit: (event: unknown) => void },
): Promise<PhotosReport> {
  const lake = openLake({ directory: join(dataDirectory, "lake") });
  try {
    return await takeInPhotos(await openPhotos(path, { ...source, signal }), {
      lake,
      store: imageStore(join(dataDirectory, "images")),
      spool: join(dataDirectory, "tmp"),
      clock: systemClock,
      sourceName,
      signal,
      onProgress: emit,
    });
  } finally {
    await lake.close();
  }
}

if (import.meta.main) {
  // The parent is this project's own process: the request is what `PhotosRequest` says.
  serveParent((request, tools) => addPhotos(request as PhotosRequest, tools));
}
