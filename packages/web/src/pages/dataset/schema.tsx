import type { RouteAnswer } from "@souk/api";
import { Badge } from "@mantine/core";
import type { ReactElement } from "react";
import { type Column, DataTable } from "../../parts/data-table.tsx";
import { useApi } from "../../wire/hooks.ts";
import styles from "./dataset.module.css";
import { type Detail, ruleWords } from "./words.ts";

type SchemaColumn = Detail["columns"][number];
type Shape = RouteAnswer<"listShapes">["items"][number];

/** The columns of a dataset with their types, roles, and what their values must be. */
export function Schema({ detail }: { detail: Detail }): ReactElement {
  const shapes = useApi("listShapes", {}).data?.items;
  const shape = shapes?.find(({ name }) => name === detail.name);
  return (
    <DataTable
      name="columns"
      label="columns"
      columns={columnsOf(detail, shape)}
      rows={detail.columns}
      rowId={({ name }) => name}
      maxHeight={640}
    />
  );
}

function columnsOf(detail: Detail, shape: Shape | undefined): readonly Column<SchemaColumn>[] {
  const roleOf = (name: string): string[] => [
    ...(detail.key.includes(name) ? ["key"] : []),
    ...(detail.partitionBy.includes(name) ? ["partition"] : []),
  ];
  const ruleOf = (name: string): string =>
    ruleWords(
      shape?.columns.find((column) => column.name === name) ?? {},
      detail.key.includes(name),
    );
  return [
    { id: "name", title: "Column", value: ({ name }) => name, width: 150, grow: 2 },
    {
      id: "type",
      title: "Type",
      value: ({ type }) => type,
      show: ({ type }) => <code className={styles["code"]}>{type}</code>,
      width: 110,
    },
    { id: "rule", title: "Values", value: ({ name }) => ruleOf(name), width: 180, grow: 2 },
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
      width: 120,
    },
  ];
}
