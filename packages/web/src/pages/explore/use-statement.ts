import type { RouteAnswer } from "@souk/api";
import { useCallback, useEffect, useRef, useState } from "react";
import { type ApiError, apiErrorOf } from "../../wire/answers.ts";
import { callApi } from "../../wire/hooks.ts";

type SqlAnswer = RouteAnswer<"runSql">;

/** One statement's life, as the page shows it. */
export type Statement =
  | { readonly state: "none" }
  | { readonly state: "running"; readonly sql: string }
  | { readonly state: "cancelled" }
  | { readonly state: "failed"; readonly sql: string; readonly error: ApiError }
  | { readonly state: "done"; readonly sql: string; readonly answer: SqlAnswer };

/** Runs one statement at a time: a new one ends the one before, `cancel` ends the one under way, on the server too. */
export function useStatement(): {
  readonly statement: Statement;
  readonly run: (sql: string, maxRows: number) => Promise<void>;
  readonly cancel: () => void;
} {
  const [statement, setStatement] = useState<Statement>({ state: "none" });
  const underWay = useRef<AbortController>(undefined);
  useEffect(() => () => underWay.current?.abort(), []);

  const run = useCallback(async (sql: string, maxRows: number): Promise<void> => {
    underWay.current?.abort();
    const stop = new AbortController();
    underWay.current = stop;
    setStatement({ state: "running", sql });
    try {
      const answer = await callApi("runSql", { body: { sql, maxRows }, signal: stop.signal });
      if (underWay.current === stop) setStatement({ state: "done", sql, answer });
    } catch (thrown) {
      if (underWay.current !== stop) return;
      setStatement(
        stop.signal.aborted
          ? { state: "cancelled" }
          : { state: "failed", sql, error: apiErrorOf(thrown) },
      );
    }
  }, []);

  const cancel = useCallback(() => underWay.current?.abort(), []);
  return { statement, run, cancel };
}
