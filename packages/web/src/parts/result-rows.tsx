import { type ReactElement, useMemo } from "react";
import { dataOfCell, type ResultTable, sortOfColumn, textOfCell } from "./chart-spec.ts";
import { type Column, DataTable } from "./data-table.tsx";
import type { ReactNode } from "react";

type Row = readonly unknown[];

/** The columns of an answer, for tables and exports; names that come twice are numbered. */
export function columnsOfResult({ columns }: Pick<ResultTable, "columns">): Column<Row>[] {
  const seen = new Map<string, number>();
  return columns.map(({ name, type }, place) => {
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    const id = times === 1 ? name : `${name}_${times}`;
    const isWords = sortOfColumn({ name, type }) === "words";
    return {
      id,
      title: id,
      value: (row) => dataOfCell(row[place]),
      show: (row): ReactNode => exactText(row[place]),
      width: Math.min(260, Math.max(isWords ? 160 : 110, name.length * 8 + 40)),
      grow: isWords ? 2 : 1,
    };
  });
}

/** Numbers as they are: no thousands in a year, no rounding of an id; fractions to ten digits. */
function exactText(cell: unknown): string {
  return typeof cell === "number" && !Number.isInteger(cell)
    ? String(Number(cell.toPrecision(10)))
    : textOfCell(cell);
}

/** The rows of an answer, as many as there are. */
export function ResultRows({
  result,
  label,
  name,
  maxHeight = 560,
  withSearch = true,
}: {
  result: ResultTable;
  label: string;
  /** Names its part of the address; unique in its page. */
  name: string;
  maxHeight?: number;
  withSearch?: boolean;
}): ReactElement {
  const columns = useMemo(() => columnsOfResult(result), [result]);
  return (
    <DataTable
      name={name}
      label={label}
      columns={columns}
      rows={result.rows}
      rowId={(_row, index) => String(index)}
      maxHeight={maxHeight}
      withSearch={withSearch}
    />
  );
}
