import { Readable } from "node:stream";
import { SoukError } from "@souk/core";
import type { Call, HandlersOf } from "../call.ts";
import { invocationLines } from "../invocation-lines.ts";
import { ingestMultipart } from "../multipart.ts";
import { batchOfTexts, defaultModel, predictBatch } from "../predicting.ts";
import { isShuttingDown, type ServerState } from "../state.ts";
import { ingestOptions, uploadSource } from "../uploads.ts";
import { featureEmbedding, predictText } from "./loose-predictions.ts";
import { readiness } from "./probes.ts";

export function compatHandlers(state: ServerState): HandlersOf<"compat"> {
  return {
    predictNumber: (call) => predictNumber(state, call),
    invocations: (call) => invocations(state, call),
    predictText: (call) => predictText(state, call),
    featureEmbedding: (call) => featureEmbedding(state, call),
    dataIngest: (call) => dataIngest(state, call),
    monitor: () => monitor(state),
  };
}

async function predictNumber(
  state: ServerState,
  { body, principal }: Call<"predictNumber">,
): Promise<object> {
  const text = body.text ?? "";
  if (text.trim() === "") throw new SoukError("PREDICT_NO_TEXT", "No text provided");
  const model = await defaultModel(state);
  const card = await state.souk.serving.card(model);
  const batch = batchOfTexts(card, [text]);
  const { predictions } = await predictBatch(state, principal, { model, batch });
  const [prediction] = predictions;
  const number = prediction?.value ?? Number(prediction?.label);
  if (!Number.isFinite(number))
    throw new SoukError(
      "PREDICT_NOT_NUMBER",
      `Model "${model}" answers with a class, not a number`,
    );
  return { prediction: [[number]] };
}

/** One line out for each line in; a line's first text counts, as in the shape's origin (one text a line). */
async function invocations(
  state: ServerState,
  { body, query, principal, reply }: Call<"invocations">,
): Promise<string> {
  const texts = invocationLines(body);
  const model = query.model ?? (await defaultModel(state));
  const card = await state.souk.serving.card(model);
  const batch = batchOfTexts(card, texts);
  const { predictions } = await predictBatch(state, principal, { model, batch });
  void reply.type("application/jsonlines");
  return predictions.map(({ label }) => `${JSON.stringify({ predicted_label: label })}\n`).join("");
}

async function dataIngest(
  state: ServerState,
  { body, query, request, signal, actor }: Call<"dataIngest">,
): Promise<object> {
  const { datasets } = state.souk;
  const outcome = request.isMultipart()
    ? await ingestMultipart(state, { query, request, signal })
    : typeof body === "object"
      ? await datasets.ingest(body.dataset, rowsSource(body.rows), {
          ...ingestOptions(query, signal),
          format: "jsonl",
        })
      : await datasets.ingest(
          requireDataset(query.dataset),
          uploadSource(state, request, query.fileName),
          ingestOptions(query, signal),
        );
  const { dataset, batchId, rows, quarantined } = outcome;
  const details = { batchId, rows, quarantined };
  await state.souk.audit.record({ action: "dataset.ingest", subject: dataset, details }, actor);
  return outcome;
}

/** @throws SoukError `HTTP_INVALID`. */
function requireDataset(name: string | undefined): string {
  if (name) return name;
  throw new SoukError("HTTP_INVALID", "Name the dataset: ?dataset=reviews");
}

/** Rows as the JSON Lines the lake reads. */
function rowsSource(rows: readonly object[]) {
  const lines = Readable.from(
    rows.map((row) => Buffer.from(`${JSON.stringify(row)}\n`)),
    { objectMode: true },
  );
  return { kind: "stream", stream: lines, fileName: "rows.jsonl" } as const;
}

async function monitor(state: ServerState): Promise<object> {
  const { souk } = state;
  const { ready, reasons } = readiness(state);
  return {
    status: ready ? "ok" : isShuttingDown(state) ? "shutting down" : "not ready",
    ready,
    reasons,
    version: souk.version,
    uptimeSeconds: (souk.clock.now() - state.startedAt) / 1000,
    models: souk.serving.models(),
    stats: await souk.serving.stats(),
  };
}
