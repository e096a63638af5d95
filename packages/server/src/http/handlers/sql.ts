import type { Call, HandlersOf } from "../call.ts";
import type { ServerState } from "../state.ts";
import { savedQuestionHandlers } from "./saved-questions.ts";

/** A drawing may style itself and nothing else: no script, no link, no frame. */
export const DRAWING_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

export function sqlHandlers(state: ServerState): HandlersOf<"sql"> {
  const { sql, questions } = state.souk;
  return {
    ...savedQuestionHandlers(state),
    runSql({ body, signal }) {
      const { sql: text, maxRows, timeMs, versions } = body;
      return sql.run(text, {
        signal,
        ...(maxRows !== undefined && { maxRows }),
        ...(versions && { versions }),
        ...(timeMs !== undefined && { limits: { timeMs } }),
      });
    },
    listQuestions: () => ({ items: questions.list() }),
    runQuestion: ({ params, signal }) => questions.run(params.question, { signal }),
    async questionSvg({ params, query, signal, reply }: Call<"questionSvg">) {
      const options = { format: "svg", statement: query.statement, signal } as const;
      const bytes = await questions.chart(params.question, options);
      void reply.type("image/svg+xml").header("content-security-policy", DRAWING_POLICY);
      return Buffer.from(bytes);
    },
    async questionPng({ params, query, signal, reply }: Call<"questionPng">) {
      const options = { format: "png", statement: query.statement, signal } as const;
      const bytes = await questions.chart(params.question, options);
      void reply.type("image/png");
      return Buffer.from(bytes);
    },
  };
}
