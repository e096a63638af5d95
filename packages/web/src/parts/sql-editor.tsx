import { Skeleton } from "@mantine/core";
import { type ReactElement, useEffect, useRef, useState } from "react";
import type { Editor, SqlSchema } from "./code-mirror.ts";
import styles from "./sql-editor.module.css";

/**
 * An editor for one SQL statement: colours, completion of tables and columns, Ctrl-Enter or Cmd-Enter runs it. Tab moves on,
 * as it does elsewhere in the page.
 */
export function SqlEditor({
  value,
  onChange,
  onRun,
  schema,
  label = "SQL",
  minHeight = 140,
}: {
  value: string;
  onChange: (sql: string) => void;
  onRun?: (sql: string) => void;
  schema?: SqlSchema;
  label?: string;
  minHeight?: number;
}): ReactElement {
  const host = useRef<HTMLDivElement>(null);
  const editor = useRef<Editor>(undefined);
  const [isReady, setReady] = useState(false);
  const current = useRef({ value, onChange, onRun });
  useEffect(() => {
    current.current = { value, onChange, onRun };
    editor.current?.setText(value);
  }, [value, onChange, onRun]);

  useEffect(() => {
    let stopped = false;
    async function start(): Promise<void> {
      const { openEditor } = await import("./code-mirror.ts");
      if (stopped || !host.current) return;
      editor.current = openEditor(host.current, {
        text: current.current.value,
        label,
        schema: schema ?? {},
        onChange: (text) => current.current.onChange(text),
        onRun: (text) => current.current.onRun?.(text),
      });
      setReady(true);
    }
    void start();
    return () => {
      stopped = true;
      editor.current?.close();
      editor.current = undefined;
    };
  }, [label, schema]);

  return (
    <div className={styles["editor"]} style={{ minHeight }}>
      {!isReady && <Skeleton height={minHeight} />}
      <div ref={host} />
    </div>
  );
}
