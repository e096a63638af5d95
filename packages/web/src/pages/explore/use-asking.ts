import { useNavigate } from "@tanstack/react-router";
import { useCallback, useEffect, useRef } from "react";
import { useUrlState } from "../../parts/url-state.ts";
import { useDraft } from "./use-draft.ts";
import { useStatement } from "./use-statement.ts";

/** Statements longer than this do not fit an address. */
const LONGEST_IN_ADDRESS = 4000;

/** The statement in the editor and in the address, and its run: an address with a statement is asked at once. */
export function useAsking() {
  const navigate = useNavigate();
  const [inAddress] = useUrlState("sql");
  const [most, setMost] = useUrlState("rows", "10000");
  const [text, setText] = useDraft(inAddress);
  const { statement, run: start, cancel } = useStatement();
  const asked = useRef("");
  const run = useCallback(
    (sql: string) => {
      if (sql.trim() === "") return;
      setText(sql);
      const isOther = sql !== asked.current;
      asked.current = sql;
      void start(sql, Number(most));
      const kept = { ...(most !== "10000" && { rows: most }) };
      const isShort = sql.length <= LONGEST_IN_ADDRESS;
      // Another statement begins with the chart that fits it.
      if (isOther) void navigate({ to: ".", search: { ...kept, ...(isShort && { sql }) } });
    },
    [start, navigate, most],
  );
  useEffect(
    () => () => {
      // What was asked ends with the page: shown again, it is asked again.
      asked.current = "";
    },
    [],
  );
  useEffect(() => {
    if (inAddress === "" || inAddress === asked.current) return;
    asked.current = inAddress;
    setText(inAddress);
    void start(inAddress, Number(most));
  }, [inAddress, most, start]);
  useEscape(statement.state === "running", cancel);
  return { statement, run, cancel, text, setText, most, setMost };
}

/** Calls `stop` when Escape is pressed, while `isOn`. */
function useEscape(isOn: boolean, stop: () => void): void {
  useEffect(() => {
    if (!isOn) return undefined;
    function hear(event: KeyboardEvent): void {
      if (event.key === "Escape" && !event.defaultPrevented) stop();
    }
    document.addEventListener("keydown", hear);
    return () => document.removeEventListener("keydown", hear);
  }, [isOn, stop]);
}
