import { Badge } from "@mantine/core";
import type { ReactElement } from "react";
import { type Column, DataTable } from "../../parts/data-table.tsx";
import styles from "./dataset.module.css";
import type { Detail } from "./words.ts";

type SchemaColumn = Detail["columns"][number];

/** The columns of a dataset with their types and roles. */
export function Schema({ detail }: { detail: Detail }): ReactElement {
  const roleOf = (name: string): string[] => [
    ...(detail.key.includes(name) ? ["key"] : []),
    ...(detail.partitionBy.includes(name) ? ["partition"] : []),
  ];
  const columns: readonly Column<SchemaColumn>[] = [
    { id: "name", title: "Column", value: ({ name }) => name, width: 170, grow: 2 },
    {
      id: "type",
      title: "Type",
      value: ({ type }) => type,
      show: ({ type }) => <code className={styles["code"]}>{type}</code>,
      width: 130,
    },
    {
      id: "nullable",
      title: "May be empty",
      value: ({ nullable }) => (nullable ? "yes" : "no"),
      width: 120,
    },
    {
      id: "role",
      title: "Role",
      value: ({ name }) => roleOf(name).join(", ") || null,
      show: ({ name }) =>
        roleOf(name).map((role) => (
          <Badge key={role} variant="light" mr={6} className={styles["role"]}>
            {role}
          </Badge>
        )),
      width: 150,
    },
  ];
  return (
    <DataTable
      name="columns"
      label="columns"
      columns={columns}
      rows={detail.columns}
      rowId={({ name }) => name}
      maxHeight={640}
    />
  );
}
