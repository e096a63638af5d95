import { Skeleton } from "@mantine/core";
import { type ReactElement, type RefObject, useEffect, useRef, useState } from "react";
import type { Editor, SqlSchema } from "./code-mirror.ts";
import styles from "./sql-editor.module.css";
import { useThrown } from "./use-thrown.ts";

const noSchema: SqlSchema = {};

interface SqlEditorProps {
  readonly value: string;
  readonly onChange: (sql: string) => void;
  readonly onRun?: (sql: string) => void;
  /** Pass a stable one (`useMemo`). */
  readonly schema?: SqlSchema;
  /** Is given what puts text where the cursor is. */
  readonly inserter?: RefObject<((text: string) => void) | undefined>;
  readonly label?: string;
  readonly minHeight?: number;
}

/**
 * An editor for one SQL statement: colours, completion of tables and columns, Ctrl-Enter or Cmd-Enter runs it. Tab moves on,
 * as it does elsewhere in the page.
 */
export function SqlEditor({ minHeight = 140, ...props }: SqlEditorProps): ReactElement {
  const { host, isReady } = useEditor(props);
  return (
    <div className={styles["editor"]} style={{ minHeight }}>
      {!isReady && <Skeleton height={minHeight} />}
      <div ref={host} />
    </div>
  );
}

/** Opens the editor in `host`, whose code comes as a chunk of its own, and keeps it as the properties say. */
function useEditor({
  value,
  onChange,
  onRun,
  schema = noSchema,
  inserter,
  label = "SQL",
}: Omit<SqlEditorProps, "minHeight">) {
  const fail = useThrown();
  const host = useRef<HTMLDivElement>(null);
  const editor = useRef<Editor>(undefined);
  const [isReady, setReady] = useState(false);
  const current = useRef({ value, schema, onChange, onRun });
  useEffect(() => {
    current.current = { value, schema, onChange, onRun };
    editor.current?.setText(value);
  }, [value, schema, onChange, onRun]);
  useEffect(() => editor.current?.setSchema(schema), [schema]);

  useEffect(() => {
    let stopped = false;
    async function start(): Promise<void> {
      const { openEditor } = await import("./code-mirror.ts");
      if (stopped || !host.current) return;
      editor.current = openEditor(host.current, {
        text: current.current.value,
        label,
        schema: current.current.schema,
        onChange: (text) => current.current.onChange(text),
        onRun: (text) => current.current.onRun?.(text),
      });
      if (inserter) inserter.current = (text) => editor.current?.insert(text);
      setReady(true);
    }
    start().catch(fail);
    return () => {
      stopped = true;
      editor.current?.close();
      editor.current = undefined;
    };
  }, [label, inserter, fail]);

  return { host, isReady };
}
