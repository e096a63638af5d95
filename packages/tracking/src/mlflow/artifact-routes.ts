import { SoukError } from "@souk/core";
import { invalid } from "../limits.ts";
import type { Tracking } from "../tracking.ts";
import type { MlflowAnswer, MlflowRequest } from "./answer.ts";

/** A file or folder directly inside another. */
export interface Child {
  /** Its own name. */
  readonly path: string;
  readonly is_dir: boolean;
  readonly file_size?: number;
}

/**
 * Answers `/api/2.0/mlflow-artifacts/artifacts[/RUN/artifacts/PATH]`: MLflow's artefact proxy, where the files of a run
 * live at `RUN/artifacts/…`. Uploads stream; nothing else of the data directory can be named.
 */
export async function handleArtifacts(
  tracking: Tracking,
  { method, query, body }: MlflowRequest,
  { path, maxBytes }: { path: string; maxBytes: number },
): Promise<MlflowAnswer> {
  if (path === "" && method === "GET") {
    const listed = query?.["path"];
    const { runId, file } = place(typeof listed === "string" ? listed : "");
    return { status: 200, body: { files: await childrenOf(tracking, runId, file) } };
  }
  const { runId, file } = place(decodePath(path));
  switch (method) {
    case "GET":
      return download(tracking, runId, file);
    case "PUT":
      await tracking.runs.putArtifact(runId, file, atMost(bytesOf(body), maxBytes));
      return { status: 200, body: {} };
    case "DELETE":
      await tracking.runs.removeArtifacts(runId, file);
      return { status: 200, body: {} };
    default:
      throw new SoukError(
        "TRACKING_ENDPOINT_UNKNOWN",
        `artefacts know GET, PUT and DELETE, got ${method}`,
      );
  }
}

/** What is directly inside a folder of a run, by name. */
export async function childrenOf(
  tracking: Tracking,
  runId: string,
  path: string,
): Promise<Child[]> {
  const folder = path.replace(/\/+$/, "");
  const skip = folder === "" ? 0 : folder.length + 1;
  const children = new Map<string, Child>();
  for (const file of await tracking.runs.artifacts(runId, folder)) {
    const [name = "", ...deeper] = file.path.slice(skip).split("/");
    if (name === "") continue;
    if (deeper.length > 0) children.set(name, { path: name, is_dir: true });
    else children.set(name, { path: name, is_dir: false, file_size: file.sizeBytes });
  }
  return [...children.values()];
}

async function download(tracking: Tracking, runId: string, file: string): Promise<MlflowAnswer> {
  const found = await tracking.runs.artifacts(runId, file);
  if (!found.some(({ path }) => path === file))
    throw new SoukError("BLOB_NOT_FOUND", `run ${runId} has no file ${JSON.stringify(file)}`);
  return {
    status: 200,
    body: tracking.runs.artifact(runId, file),
    contentType: "application/octet-stream",
  };
}

function place(path: string): { runId: string; file: string } {
  const [runId = "", root, ...names] = path.replace(/^\/+|\/+$/g, "").split("/");
  if (runId === "" || root !== "artifacts") throw invalid("a path RUN/artifacts/…", path);
  return { runId, file: names.join("/") };
}

function decodePath(path: string): string {
  try {
    return path.split("/").map(decodeURIComponent).join("/");
  } catch {
    throw invalid("a percent-encoded path", path);
  }
}

function bytesOf(body: unknown): AsyncIterable<Uint8Array> {
  if (body === undefined || body === null) return single(new Uint8Array());
  if (body instanceof Uint8Array) return single(body);
  if (typeof body === "object" && Symbol.asyncIterator in body)
    return body as AsyncIterable<Uint8Array>;
  throw invalid("the bytes of a file", typeof body);
}

async function* single(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}

async function* atMost(bytes: AsyncIterable<Uint8Array>, most: number): AsyncIterable<Uint8Array> {
  let size = 0;
  for await (const chunk of bytes) {
    size += chunk.byteLength;
    if (size > most) throw invalid(`a file of at most ${most} bytes`, "more");
    yield chunk;
  }
}
