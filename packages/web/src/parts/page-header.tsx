import { Button, Group, Menu, Text, Title } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { type ReactElement, type ReactNode, useEffect } from "react";
import { apiErrorOf } from "../wire/answers.ts";
import { CopyAs, type CopyTexts } from "./copy-as.tsx";
import { csvOf, type ExportColumn, jsonOf, saveFile } from "./export.ts";
import { Icon } from "./icon.tsx";
import styles from "./page-header.module.css";

/** What a page has that can be taken away as a file. */
export interface Exportable {
  /** File name without ending. */
  readonly name: string;
  readonly csv: () => string | Promise<string>;
  readonly json: () => string | Promise<string>;
}

/** Rows as something to export; columns of a DataTable fit. */
export function exportableOf<T>(
  name: string,
  columns: readonly ExportColumn<T>[],
  rows: readonly T[],
): Exportable {
  return { name, csv: () => csvOf(columns, rows), json: () => jsonOf(columns, rows) };
}

/** The head of a page: what it is, what it comes down to in a plain sentence, and what one can do with it. */
export function PageHeader({
  title,
  verdict,
  tone = "plain",
  copy,
  exports,
  children,
}: {
  title: ReactNode;
  /** One or two sentences a product manager reads first. */
  verdict?: ReactNode;
  tone?: "plain" | "good" | "warn" | "bad";
  copy?: CopyTexts;
  exports?: Exportable;
  /** The page's own buttons. */
  children?: ReactNode;
}): ReactElement {
  useEffect(() => {
    if (typeof title === "string") document.title = `${title} · Souk`;
  }, [title]);
  return (
    <header className={styles["header"]}>
      <div className={styles["words"]}>
        <Title order={1} fz={24} lh={1.25}>
          {title}
        </Title>
        {verdict && (
          <Text className={styles["verdict"]} data-tone={tone} component="p">
            {tone !== "plain" && <Icon name={tone === "good" ? "check" : "warning"} size={17} />}
            <span>{verdict}</span>
          </Text>
        )}
      </div>
      <Group gap="xs">
        {copy && <CopyAs texts={copy} />}
        {exports && <ExportMenu exports={exports} />}
        {children}
      </Group>
    </header>
  );
}

/** Takes something away as CSV or JSON. */
export function ExportMenu({ exports }: { exports: Exportable }): ReactElement {
  const { name, csv, json } = exports;
  return (
    <Menu position="bottom-end" shadow="md">
      <Menu.Target>
        <Button variant="default" size="xs" leftSection={<Icon name="download" size={15} />}>
          Export
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => void save(`${name}.csv`, csv, "text/csv")}>CSV</Menu.Item>
        <Menu.Item onClick={() => void save(`${name}.json`, json, "application/json")}>
          JSON
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

/** What must be fetched first comes when it is there, or says why it does not. */
async function save(
  name: string,
  text: () => string | Promise<string>,
  type: string,
): Promise<void> {
  try {
    saveFile(name, await text(), type);
  } catch (thrown) {
    const { message, code } = apiErrorOf(thrown);
    notifications.show({ message: `${message} (${code})`, color: "red" });
  }
}
