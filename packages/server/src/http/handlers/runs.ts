import { Readable } from "node:stream";
import { SoukError } from "@souk/core";
import type { Call, HandlersOf } from "../call.ts";
import { PAGE_POLICY } from "../page-policy.ts";
import type { ServerState } from "../state.ts";

export function runHandlers({ souk }: ServerState): HandlersOf<"runs"> {
  const { runs } = souk;
  return {
    listRuns: ({ query }) => runs.list(query),
    getRun: ({ params }) => runs.get(params.id),
    runMetrics: async ({ params, query }) => ({ items: await runs.metrics(params.id, query) }),
    async runReport({ params }) {
      const report = await runs.report(params.id);
      if (report) return report;
      throw new SoukError("RUN_NO_REPORT", `Run "${params.id}" has no evaluation report`);
    },
    async runReportPage({ params, reply }: Call<"runReportPage">) {
      const page = await runs.reportPage(params.id);
      if (!page)
        throw new SoukError("RUN_NO_REPORT", `Run "${params.id}" has no page of an evaluation`);
      void reply.type("text/html; charset=utf-8").header("content-security-policy", PAGE_POLICY);
      return Readable.from(page, { objectMode: false });
    },
    runArtifacts: async ({ params }) => ({ items: await runs.artifacts(params.id) }),
    async runArtifact({ params, reply }: Call<"runArtifact">) {
      const path = safePath(params["*"]);
      const bytes = await runs.artifact(params.id, path);
      const name = path.split("/").at(-1) ?? "artifact";
      void reply.type("application/octet-stream");
      void reply.header(
        "content-disposition",
        `attachment; filename*=UTF-8''${encodeURIComponent(name)}`,
      );
      return Readable.from(bytes, { objectMode: false });
    },
  };
}

/** A path below the artefacts: no way up, no absolute path, no control characters. @throws SoukError `HTTP_PATH`. */
export function safePath(path: string): string {
  const parts = path.split("/");
  const fine = parts.every((part) => part !== "" && part !== "." && part !== "..");
  if (fine && !/[\\\p{Cc}]/u.test(path)) return path;
  throw new SoukError("HTTP_PATH", "Expected a path of plain names, such as model/card.json");
}
