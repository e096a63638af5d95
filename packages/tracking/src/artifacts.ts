import { SoukError } from "@souk/core";
import { type Blobs, checkKey as checkBlobKey, type Sql, type Store } from "@souk/store";
import { readRun } from "./run.ts";

/**
 * The files of runs. Paths are relative to the run. Files a model version is made of do not change any more: writing or
 * removing them throws SoukError `TRACKING_ARTIFACT_IN_USE`.
 */
export interface RunArtifacts {
  /** Copies a local folder to the run, under `prefix` when given. */
  logArtifacts(id: string, localDirectory: string, prefix?: string): Promise<void>;
  /** Stores one file of the run. */
  putArtifact(
    id: string,
    path: string,
    data: Uint8Array | AsyncIterable<Uint8Array>,
  ): Promise<{ sizeBytes: number; sha256: string }>;
  /** Every file of the run, or those under `prefix`, by ascending path. */
  artifacts(id: string, prefix?: string): Promise<{ path: string; sizeBytes: number }[]>;
  /** The bytes of one file. @throws SoukError `BLOB_NOT_FOUND`. */
  artifact(id: string, path: string): AsyncIterable<Uint8Array>;
  /** A local folder with the run's files, to read only. @throws SoukError `BLOB_NOT_FOUND`. */
  artifactDirectory(id: string, prefix?: string): Promise<string>;
  /** Removes what is under `path`. */
  removeArtifacts(id: string, path: string): Promise<void>;
}

/** The blob prefix of a run's files, or of one of them. @throws SoukError `BLOB_KEY`. */
export function artifactKey(runId: string, path = ""): string {
  const key = `runs/${checkBlobKey(runId)}/artifacts`;
  return path === "" ? key : `${key}/${checkBlobKey(path)}`;
}

/** The artefacts of the runs of `store` in `blobs`. */
export function createArtifacts({ store, blobs }: { store: Store; blobs: Blobs }): RunArtifacts {
  return {
    async logArtifacts(id, localDirectory, prefix) {
      await readRun(store, id);
      await checkUnused(store, id, artifactKey(id, prefix));
      await blobs.putDirectory(artifactKey(id, prefix), localDirectory);
    },
    async putArtifact(id, path, data) {
      await readRun(store, id);
      const key = artifactKey(id, checkBlobKey(path));
      await checkUnused(store, id, key);
      return blobs.put(key, data);
    },
    async artifacts(id, prefix) {
      await readRun(store, id);
      const skip = artifactKey(id).length + 1;
      const found = await blobs.list(artifactKey(id, prefix));
      return found.map(({ key, sizeBytes }) => ({ path: key.slice(skip), sizeBytes }));
    },
    artifact: (id, path) => blobs.stream(artifactKey(id, checkBlobKey(path))),
    artifactDirectory: (id, prefix) => blobs.localDirectory(artifactKey(id, prefix)),
    async removeArtifacts(id, path) {
      await readRun(store, id);
      const key = artifactKey(id, path);
      await checkUnused(store, id, key);
      await blobs.remove(key);
    },
  };
}

/** A version that was evaluated and approved must stay what it was, so its files are closed. */
async function checkUnused(sql: Sql, runId: string, key: string): Promise<void> {
  const used = await sql.all<{ source: string }>(
    "SELECT source FROM model_versions WHERE run_id = ? AND removed_at IS NULL",
    [runId],
  );
  const within = (inner: string, outer: string): boolean => `${inner}/`.startsWith(`${outer}/`);
  if (!used.some(({ source }) => within(source, key) || within(key, source))) return;
  throw new SoukError(
    "TRACKING_ARTIFACT_IN_USE",
    `expected files no model version is made of, got ${key.slice(artifactKey(runId).length + 1) || "all of the run"}`,
  );
}
