import { rm } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Clock } from "@souk/core";
import { runInChild } from "../jobs/child.ts";
import type { PhotosRequest } from "../jobs/photos-job.ts";
import type { PhotosNoun, PhotosProgress, PhotosReport } from "../photos/photo-values.ts";
import { openThumbnails } from "../photos/thumbnails.ts";
import type { SoukEvent } from "../souk-values.ts";
import { spoolStream } from "./spool.ts";

const photosJob = new URL("../jobs/photos-job.ts", import.meta.url);

/** What the photos noun stands on. */
export interface PhotosOptions {
  readonly dataDirectory: string;
  /** Whether lists may name servers of private networks. */
  readonly allowPrivate: boolean;
  readonly clock: Clock;
  readonly publish: (event: SoukEvent) => void;
}

/** Photos of products: taken in by a child process, shown as thumbnails that another one makes. */
export function createPhotos({
  dataDirectory,
  allowPrivate,
  clock,
  publish,
}: PhotosOptions): PhotosNoun & { close(): void } {
  const thumbnails = openThumbnails(dataDirectory);

  async function take(
    request: Omit<PhotosRequest, "dataDirectory" | "allowPrivate">,
    options: {
      signal?: AbortSignal | undefined;
      onProgress?: ((progress: PhotosProgress) => void) | undefined;
    },
  ): Promise<PhotosReport> {
    const { signal, onProgress } = options;
    // photos-job.ts answers with a report and tells its progress.
    const report = (await runInChild(
      photosJob,
      { ...request, dataDirectory, allowPrivate },
      { signal, onEvent: onProgress && ((event) => onProgress(event as PhotosProgress)) },
    )) as PhotosReport;
    const { bad: _names, ...figures } = report;
    publish({ kind: "ingest", at: clock.now(), data: { dataset: "images", ...figures } });
    return report;
  }

  return {
    async add(source, { rule = "stem", productId, sourceName, ...options } = {}) {
      const shared = { rule, ...(productId !== undefined && { productId }) };
      if (source.kind === "path") {
        const name = sourceName ?? basename(source.path);
        return take({ ...shared, path: source.path, sourceName: name, allowFiles: true }, options);
      }
      const { stream, fileName = "photos" } = source;
      const { signal } = options;
      const spool = await spoolStream(join(dataDirectory, "tmp"), stream, {
        name: "photos",
        clock,
        signal,
      });
      try {
        const request = { path: spool.path, fileName, sourceName: sourceName ?? fileName };
        return await take({ ...shared, ...request, allowFiles: false }, options);
      } finally {
        await rm(spool.folder, { recursive: true, force: true });
      }
    },
    thumbnail: (hash, { width = 320 } = {}) => thumbnails.get(hash, width),
    close: () => thumbnails.close(),
  };
}
