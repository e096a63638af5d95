import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { once } from "node:events";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createMlflowApi, type MlflowApi } from "./api.ts";
import type { Tracking } from "../tracking.ts";

/** Serves the MLflow API of `tracking` on a free local port while `work` runs. */
export async function withServer(
  tracking: Tracking,
  work: (url: string) => Promise<void>,
): Promise<void> {
  const api = createMlflowApi(tracking);
  const server = createServer((request, response) => void answer(api, request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  try {
    await work(`http://127.0.0.1:${port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

async function answer(
  api: MlflowApi,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://local");
  const names = [...new Set(searchParams.keys())];
  const query = Object.fromEntries(
    names.map((name) => {
      const values = searchParams.getAll(name);
      return [name, values.length === 1 ? values[0] : values];
    }),
  );
  const upload = pathname.includes("/mlflow-artifacts/");
  try {
    const body: unknown = upload ? request : await readJson(request);
    const method = request.method ?? "GET";
    const { status, body: reply } = await api.handle({
      method,
      path: pathname,
      query,
      body,
      principal: "ann",
    });
    const streamed = Symbol.asyncIterator in reply;
    response.writeHead(status, {
      "content-type": streamed ? "application/octet-stream" : "application/json",
    });
    if (streamed) await pipeline(Readable.from(reply), response);
    else response.end(JSON.stringify(reply));
  } catch (thrown) {
    response.writeHead(500).end(String(thrown));
  }
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return text === "" ? undefined : JSON.parse(text);
}
